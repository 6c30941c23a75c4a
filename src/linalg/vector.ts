/** Vectors: reductions and updates inside the shards. */

import { runOptions } from '../engine/options.js';
import type { Over } from '../expr/infer.js';
import type { Operator } from '../kernels/combine.js';
import { writeTable } from '../storage/write.js';
import { cumsumInto } from './cumsum.js';
import { gatherInto, gatherOf, type VectorIndices } from './gather.js';
import { checkReplaceable, openVector, VECTOR_FIELDS } from './open.js';
import { contextOf, runOnNewest, type VectorOptions, type VectorWriteOptions } from './run.js';
import { sliceInto, sliceOf } from './slice.js';
import { sortInto, type VectorSortOptions } from './sort.js';
import { axpyInto, combineInto, mapInto, scaleInto } from './updates.js';
import { readValues, type VectorData, vectorBatches } from './values.js';
import { VectorNumbers } from './vector-numbers.js';

export interface VectorSetOptions extends Pick<VectorWriteOptions, 'timeout' | 'signal' | 'waitReplicas' | 'graceMs'> {
  /** A vector (or table) beside whose chunks these shall lie, so that both meet on their shards. */
  readonly alignWith?: Vector | string;
  /** The most values of a chunk, by default 65,024. */
  readonly chunkRows?: number;
}

const SET_OPTIONS = {
  ...{ timeout: true, signal: true, waitReplicas: true, graceMs: true },
  ...{ alignWith: true, chunkRows: true },
} as const satisfies Record<keyof VectorSetOptions, true>;

const METHODS: Record<Operator, string> = { '+': 'add', '-': 'sub', '*': 'mul', '/': 'div' };

/** A vector as an operand, or one number for all values. */
export type VectorOperand = Vector | string | number;

/**
 * A vector by its name: a table with one column `value` (float64) and no nulls. Sums are compensated and go up the same merge
 * tree as those of queries: the bits do not depend on the number of shards. NaN and infinities behave as in IEEE 754.
 *
 * All methods throw TABLE_NOT_FOUND where there is no such table, SCHEMA_MISMATCH where it has another shape, INVALID_VALUE
 * where it holds nulls, and DATA_LOSS, TIMEOUT, ABORTED, …: a result is whole, or an error.
 *
 * Methods that make a vector take the one that the result becomes, by default this one, and return it. Readers see the old values or
 * the new; a failure or a crash leaves the old ones. They throw WRITE_CONFLICT where another writer was first, SERVER_REFUSES_WRITES
 * where a shard is full, SCHEMA_MISMATCH where what would be replaced is no vector.
 */
export class Vector extends VectorNumbers {
  /**
   * Makes the vector of these values, or replaces it by them. Readers see the old values or the new.
   * @throws INVALID_VALUE naming the first element that is no number; WRITE_CONFLICT where another writer was first
   */
  async set(data: VectorData, options: VectorSetOptions = {}): Promise<this> {
    const context = contextOf(this.link, options, SET_OPTIONS);
    const { alignWith, chunkRows, waitReplicas, graceMs } = options;
    await checkReplaceable(this.link, this.name, context);
    const write = {
      fields: VECTOR_FIELDS,
      mode: 'replace' as const,
      ...(alignWith !== undefined && { alignWith: this.nameOf(alignWith) }),
      ...(chunkRows !== undefined && { chunkRows }),
      ...(waitReplicas !== undefined && { waitReplicas }),
      ...(graceMs !== undefined && { graceMs }),
    };
    await writeTable(this.link, this.name, vectorBatches(data), write, context);
    return this;
  }

  /** All values. */
  async get(options: VectorOptions = {}): Promise<Float64Array> {
    return runOnNewest(contextOf(this.link, options), options, async (context) =>
      readValues(this.link, await openVector(this.link, this.name, context), runOptions(options), context),
    );
  }

  /**
   * y ← a·x + y, this vector being y, computed where y lies: with a·x and the sum rounded one after the other. Where x does not
   * lie beside y it is pulled and sent to the shards of y (`travelled` in the receipt).
   * @param into the vector that the result becomes instead, aligned with y
   * @returns the vector that was written
   * @throws NOT_ALIGNED where the vectors are of different lengths
   */
  async axpy(
    a: number,
    x: Vector | string,
    into: Vector | string = this,
    options: VectorWriteOptions = {},
  ): Promise<Vector> {
    const target = this.targetOf(into, 'options come fourth: axpy(a, x, into, options)');
    const work = { name: this.name, into: target, x: this.nameOf(x), factor: a };
    return this.#made(target, axpyInto(this.link, work, options));
  }

  /** x ← a·x, computed where it lies; otherwise as `axpy`. */
  async scale(a: number, into: Vector | string = this, options: VectorWriteOptions = {}): Promise<Vector> {
    const target = this.targetOf(into, 'options come third: scale(a, into, options)');
    return this.#made(target, scaleInto(this.link, { name: this.name, into: target, factor: a }, options));
  }

  /** x ← x + y, value by value, y being a vector or one number: rounded once, as in JavaScript; otherwise as `axpy`. */
  async add(y: VectorOperand, into: Vector | string = this, options: VectorWriteOptions = {}): Promise<Vector> {
    return this.#combine('+', y, into, options);
  }

  /** x ← x − y, as `add`. */
  async sub(y: VectorOperand, into: Vector | string = this, options: VectorWriteOptions = {}): Promise<Vector> {
    return this.#combine('-', y, into, options);
  }

  /** x ← x · y, value by value, as `add`. */
  async mul(y: VectorOperand, into: Vector | string = this, options: VectorWriteOptions = {}): Promise<Vector> {
    return this.#combine('*', y, into, options);
  }

  /** x ← x / y, value by value, as `add`: of zeros ±Infinity or NaN. */
  async div(y: VectorOperand, into: Vector | string = this, options: VectorWriteOptions = {}): Promise<Vector> {
    return this.#combine('/', y, into, options);
  }

  /**
   * Each value becomes that of an expression over `col('value')`: `x.map(col('value').abs().sqrt())`, as float64, and NaN where the
   * expression is null. Computed where the values lie; where this user may not run scripts that write, by way of this process
   * (`written` in the receipt), with the same bits. The last bits of exp, ln, sin, … depend on where they are computed.
   * @throws INVALID_ARGUMENT, UNKNOWN_COLUMN, TYPE_MISMATCH before anything is written; OUT_OF_RANGE, CAST_FAILED, … where a value has
   *   no result, such as the root of a negative number: nothing is changed then
   */
  async map(
    expression: Over<'value'>,
    into: Vector | string = this,
    options: VectorWriteOptions = {},
  ): Promise<Vector> {
    const target = this.targetOf(into, 'options come third: map(expression, into, options)');
    return this.#made(target, mapInto(this.link, { name: this.name, into: target, expression }, options));
  }

  /**
   * Each value becomes the sum of those up to it, computed where they lie: each chunk's sum first, then each chunk from the sum of those
   * before it. Compensated row by row: a prefix sum is the exact one rounded, off by at most half a unit in its last place and
   * n² · 2^-105 · Σ|value|. From the first NaN on all are NaN; a sum that overflows stays infinite.
   */
  async cumsum(into: Vector | string = this, options: VectorWriteOptions = {}): Promise<Vector> {
    const target = this.targetOf(into, 'options come second: cumsum(into, options)');
    return this.#made(target, cumsumInto(this.link, { name: this.name, into: target }, options));
  }

  /**
   * The values in ascending order, or descending; NaN is the greatest, equal ones (-0 and 0) keep their order. They travel through this
   * process, since they change shards and the servers of a stock cluster do not send to each other. It holds them all: up to 33,554,432
   * values, 256 MB. More are sorted chunk by chunk and merged, in passes over ranges of values where that would take more than 512 MB,
   * and many times slower.
   */
  async sort(into: Vector | string = this, options: VectorSortOptions = {}): Promise<Vector> {
    const target = this.targetOf(into, 'options come second: sort(into, { descending: true })');
    return this.#made(target, sortInto(this.link, { name: this.name, into: target }, options));
  }

  /**
   * The values from index `from` up to `to`, which is not among them; as a vector where one is named. That is written where the values
   * lie: its chunks are those that the range touches, the first and the last one cut, as float64. It meets slices of aligned vectors
   * that begin at the same index. Where no placement puts all its chunks where they are cut, which is rare, it goes by way of this
   * process, a few chunks at a time (`written` in the receipt).
   * @throws OUT_OF_RANGE unless 0 <= from <= to <= length
   */
  slice(from: number, to: number, options?: VectorOptions): Promise<Float64Array>;
  slice(from: number, to: number, into: Vector | string, options?: VectorWriteOptions): Promise<Vector>;
  async slice(
    from: number,
    to: number,
    into: Vector | string | VectorOptions = {},
    options: VectorWriteOptions = {},
  ): Promise<Float64Array | Vector> {
    if (!isTarget(into)) return sliceOf(this.link, this.name, { from, to }, into);
    const target = this.nameOf(into, 'the vector to write');
    return this.#made(target, sliceInto(this.link, { name: this.name, into: target, from, to }, options));
  }

  /**
   * The values at these indices (from 0, in any order, as often as wanted); as a vector where one is named. They are picked in the shards,
   * and come through this process, since they change shards as those of `sort` do; it holds 65,024 of them at a time beside the indices.
   * @throws OUT_OF_RANGE naming the first index that the vector does not have, INVALID_ARGUMENT for what is no index
   */
  gather(indices: VectorIndices, options?: VectorOptions): Promise<Float64Array>;
  gather(indices: VectorIndices, into: Vector | string, options?: VectorWriteOptions): Promise<Vector>;
  async gather(
    indices: VectorIndices,
    into: Vector | string | VectorOptions = {},
    options: VectorWriteOptions = {},
  ): Promise<Float64Array | Vector> {
    if (!isTarget(into)) return gatherOf(this.link, this.name, indices, into);
    const target = this.nameOf(into, 'the vector to write');
    return this.#made(target, gatherInto(this.link, { name: this.name, into: target, indices }, options));
  }

  async #combine(
    operator: Operator,
    y: VectorOperand,
    into: Vector | string,
    options: VectorWriteOptions,
  ): Promise<Vector> {
    const target = this.targetOf(into, `options come third: ${METHODS[operator]}(y, into, options)`);
    const right = typeof y === 'number' ? y : this.nameOf(y);
    return this.#made(target, combineInto(this.link, { name: this.name, into: target, operator, right }, options));
  }

  async #made(target: string, work: Promise<void>): Promise<Vector> {
    await work;
    return new Vector(this.link, target);
  }
}

const isTarget = (into: Vector | string | VectorOptions): into is Vector | string =>
  typeof into === 'string' || into instanceof Vector;
