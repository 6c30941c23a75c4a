/** Vectors: reductions and updates inside the shards. */

import { inspect } from 'node:util';
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { runOptions } from '../engine/options.js';
import { ShardfoldError, showValue } from '../errors.js';
import type { FactorParams } from '../kernels/extremes.js';
import { KERNELS } from '../kernels/index.js';
import { scaleFor } from '../kernels/norm.js';
import type { TableSnapshot } from '../storage/types.js';
import { writeTable } from '../storage/write.js';
import { checkReplaceable, openVector, VECTOR_FIELDS } from './open.js';
import { type Reduced, reduce } from './reduce.js';
import { contextOf, runOnNewest, type VectorOptions, type VectorWriteOptions } from './run.js';
import { areAligned, checkLengths, magnitudeOf, Resident, type Source, sourceBeside, storedBytes } from './sources.js';
import { readValues, type VectorData, vectorBatches } from './values.js';
import { type VectorWrite, writeInShards } from './write.js';

export interface VectorSetOptions extends Pick<VectorWriteOptions, 'timeout' | 'signal' | 'waitReplicas' | 'graceMs'> {
  /** A vector (or table) beside whose chunks these shall lie, so that both meet on their shards. */
  readonly alignWith?: Vector | string;
  /** The most values of a chunk, by default 65,024. */
  readonly chunkRows?: number;
}

/**
 * A vector by its name: a table with one column `value` (float64) and no nulls. Sums are compensated and go up the same merge
 * tree as those of queries: the bits do not depend on the number of shards. NaN and infinities behave as in IEEE 754.
 *
 * All methods throw TABLE_NOT_FOUND where there is no such table, SCHEMA_MISMATCH where it has another shape, INVALID_VALUE
 * where it holds nulls, and DATA_LOSS, TIMEOUT, ABORTED, …: a result is whole, or an error.
 */
export class Vector {
  readonly name: string;
  readonly #link: ClusterLink;

  constructor(link: ClusterLink, name: string) {
    this.#link = link;
    this.name = name;
  }

  /** What `console.log` shows. */
  [inspect.custom](): string {
    return `Vector ${JSON.stringify(this.name)} (not read: call .get())`;
  }

  /**
   * Makes the vector of these values, or replaces it by them. Readers see the old values or the new.
   * @throws INVALID_VALUE naming the first element that is no number; WRITE_CONFLICT where another writer was first
   */
  async set(data: VectorData, options: VectorSetOptions = {}): Promise<this> {
    const context = contextOf(this.#link, options);
    const { alignWith, chunkRows, waitReplicas, graceMs } = options;
    await checkReplaceable(this.#link, this.name, context);
    const write = {
      fields: VECTOR_FIELDS,
      mode: 'replace' as const,
      ...(alignWith !== undefined && { alignWith: this.#nameOf(alignWith) }),
      ...(chunkRows !== undefined && { chunkRows }),
      ...(waitReplicas !== undefined && { waitReplicas }),
      ...(graceMs !== undefined && { graceMs }),
    };
    await writeTable(this.#link, this.name, vectorBatches(data), write, context);
    return this;
  }

  /** All values. */
  get(options: VectorOptions = {}): Promise<Float64Array> {
    return this.#run(options, async (context) =>
      readValues(this.#link, await openVector(this.#link, this.name, context), runOptions(options), context),
    );
  }

  /** Σ values, off by at most 2^-50 · Σ|value|; 0 for an empty vector. The same bits as `sf.table(name).agg(col('value').sum())`. */
  sum(options: VectorOptions = {}): Promise<number> {
    return this.#run(options, async (context) => {
      const home = await openVector(this.#link, this.name, context);
      const call = { kernel: KERNELS.sum, params: undefined, sources: [new Resident(home)] };
      return reduce(this.#link, home, call, runOptions(options), context);
    });
  }

  /** The sum divided by the number of values; NaN for an empty vector. */
  mean(options: VectorOptions = {}): Promise<number> {
    return this.#run(options, async (context) => {
      const home = await openVector(this.#link, this.name, context);
      const call = { kernel: KERNELS.sum, params: undefined, sources: [new Resident(home)] };
      const { result, receipt } = await reduce(this.#link, home, call, runOptions(options), context);
      return { result: result / home.rows, receipt };
    });
  }

  /** The Euclidean norm √Σ value², with neither overflow nor underflow on the way; 0 for an empty vector. */
  norm(options: VectorOptions = {}): Promise<number> {
    return this.#run(options, async (context) => {
      const home = await openVector(this.#link, this.name, context);
      const params = { scale: scaleFor(magnitudeOf(home)) };
      const call = { kernel: KERNELS.norm, params, sources: [new Resident(home)] };
      return reduce(this.#link, home, call, runOptions(options), context);
    });
  }

  /**
   * The dot product, off by at most 2^-49.8 · Σ|a · b| (products are rounded before they are summed); 0 for empty vectors.
   * Vectors that were made with `alignWith` meet on their shards; of others the one that takes fewer bytes is pulled and sent
   * to the shards of the other, and the receipt says so (`travelled`).
   * @throws NOT_ALIGNED where the vectors are of different lengths
   */
  async dot(other: Vector | string, options: VectorOptions = {}): Promise<number> {
    const otherName = this.#nameOf(other);
    return this.#run(options, async (context) => {
      const left = await openVector(this.#link, this.name, context);
      const right = otherName === this.name ? left : await openVector(this.#link, otherName, context);
      checkLengths(left, right);
      const more = storedBytes(left) - storedBytes(right);
      // Of equal ones the name decides: a · b and b · a then go by the chunks of the same vector, hence to the same bits.
      const leftStays = areAligned(left, right) || more > 0 || (more === 0 && left.name <= right.name);
      const [home, guest] = leftStays ? [left, right] : [right, left];
      const sources = [new Resident(home), sourceBeside(this.#link, home, guest)];
      return reduce(
        this.#link,
        home,
        { kernel: KERNELS.dot, params: undefined, sources },
        runOptions(options),
        context,
      );
    });
  }

  /**
   * y ← a·x + y, this vector being y, computed where y lies: with a·x and the sum rounded one after the other. Where x does not
   * lie beside y it is pulled and sent to the shards of y (`travelled` in the receipt). Readers see the old values or the new;
   * a failure or a crash leaves the old ones.
   * @param into the vector that the result becomes instead, aligned with y
   * @returns the vector that was written
   * @throws NOT_ALIGNED where the vectors are of different lengths, WRITE_CONFLICT where another writer was first,
   *   SERVER_REFUSES_WRITES where a shard is full
   */
  async axpy(
    a: number,
    x: Vector | string,
    into: Vector | string = this,
    options: VectorWriteOptions = {},
  ): Promise<Vector> {
    refuseOptions(into, 'options come fourth: axpy(a, x, into, options)');
    const xName = this.#nameOf(x);
    return this.#write(a, into, options, async (context) => {
      const home = await openVector(this.#link, this.name, context);
      const other = xName === this.name ? home : await openVector(this.#link, xName, context);
      checkLengths(home, other);
      const sources = [new Resident(home), sourceBeside(this.#link, home, other)];
      return { home, sources, kernel: KERNELS.axpy };
    });
  }

  /** x ← a·x, computed where it lies; otherwise as `axpy`. */
  async scale(a: number, into: Vector | string = this, options: VectorWriteOptions = {}): Promise<Vector> {
    refuseOptions(into, 'options come third: scale(a, into, options)');
    return this.#write(a, into, options, async (context) => {
      const home = await openVector(this.#link, this.name, context);
      return { home, sources: [new Resident(home)], kernel: KERNELS.scale };
    });
  }

  async #write(
    factor: number,
    into: Vector | string,
    options: VectorWriteOptions,
    prepare: (
      context: CallContext,
    ) => Promise<{ home: TableSnapshot; sources: Source[]; kernel: VectorWrite['kernel'] }>,
  ): Promise<Vector> {
    if (typeof factor !== 'number') {
      throw new ShardfoldError('INVALID_ARGUMENT', `the factor is ${showValue(factor)}`, { hint: 'a number' });
    }
    const target = this.#nameOf(into);
    const params: FactorParams = { factor };
    await this.#run(options, async (context) => {
      const { home, ...work } = await prepare(context);
      if (target !== home.name) await checkReplaceable(this.#link, target, context);
      const { waitReplicas, graceMs } = options;
      const whole = { ...work, params, into: target, waitReplicas, graceMs };
      return { result: undefined, receipt: await writeInShards(this.#link, home, whole, runOptions(options), context) };
    });
    return new Vector(this.#link, target);
  }

  async #run<Result>(
    options: VectorOptions,
    work: (context: CallContext) => Promise<Reduced<Result>>,
  ): Promise<Result> {
    return runOnNewest(contextOf(this.#link, options), options, work);
  }

  #nameOf(other: Vector | string): string {
    if (typeof other === 'string') return other;
    if (!(other instanceof Vector) || other.#link !== this.#link) {
      throw new ShardfoldError('INVALID_ARGUMENT', 'the other operand is no vector of this connection', {
        hint: 'sf.vector(name) of the same connection, or a name',
      });
    }
    return other.name;
  }
}

/** Options in the place of the vector that the result becomes are an easy slip. */
function refuseOptions(into: unknown, hint: string): void {
  if (typeof into === 'string' || into instanceof Vector) return;
  throw new ShardfoldError('INVALID_ARGUMENT', `the vector to write is ${showValue(into)}`, { hint });
}
