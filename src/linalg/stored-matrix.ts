/** Matrices as they are stored: in, out, and what every operation on them needs. */

import { inspect } from 'node:util';
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { runOptions } from '../engine/options.js';
import { ShardfoldError, showValue } from '../errors.js';
import type { MatrixTarget, Work } from './matrix-elementwise.js';
import { type MatrixSnapshot, openMatrix, type Shape } from './matrix-open.js';
import { type Area, readArea } from './matrix-read.js';
import { checkType, writeMatrix } from './matrix-set.js';
import { type MatrixData, matrixSource } from './matrix-source.js';
import { writeNpy } from './npy-write.js';
import type { Reduced } from './reduce.js';
import {
  contextOf,
  type OptionNames,
  runOnNewest,
  type VectorOptions,
  type VectorWriteOptions,
  WRITE_OPTIONS,
} from './run.js';
import { readValues } from './values.js';

export type MatrixOptions = VectorOptions;

export interface MatrixWriteOptions extends VectorWriteOptions {
  /** How the result is stored: by default as float64, but as float32 where all operands are. */
  readonly type?: 'float64' | 'float32';
}

/** Of methods that write a matrix. */
export const MATRIX_WRITE_OPTIONS = {
  ...WRITE_OPTIONS,
  type: true,
} as const satisfies Record<keyof MatrixWriteOptions, true>;

export interface MatrixSetOptions extends Pick<VectorWriteOptions, 'timeout' | 'signal' | 'waitReplicas' | 'graceMs'> {
  /** How the numbers are stored: `float64`, the default, or `float32`, rounded and of half the size. */
  readonly type?: 'float64' | 'float32';
  /** A matrix of as many columns beside whose blocks these shall lie, so that both meet on their shards. */
  readonly alignWith?: StoredMatrix | string;
}

const SET_OPTIONS = {
  ...{ timeout: true, signal: true, waitReplicas: true, graceMs: true },
  ...{ type: true, alignWith: true },
} as const satisfies Record<keyof MatrixSetOptions, true>;

/** [rows, columns] are in the manifest: there is nothing to be read in slices. */
const SHAPE_OPTIONS = { timeout: true, signal: true } as const;

/** A matrix as it is pulled: its numbers row by row. */
export interface MatrixValues {
  readonly data: Float64Array;
  readonly shape: Shape;
}

/**
 * A matrix as it is stored: rows and columns of float64 or float32 numbers, stored row by row in blocks of whole rows (at most 65,024
 * numbers), a block in a chunk of the cluster. It has at least one column and at most 65,024; it may have no rows. NaN is a number.
 *
 * All methods throw TABLE_NOT_FOUND where there is no such table, SCHEMA_MISMATCH where it is no matrix, SHAPE_MISMATCH where shapes
 * do not fit, and DATA_LOSS, TIMEOUT, ABORTED, …: a result is whole, or an error.
 */
export abstract class StoredMatrix {
  readonly name: string;
  protected readonly link: ClusterLink;

  constructor(link: ClusterLink, name: string) {
    this.link = link;
    this.name = name;
  }

  /** What `console.log` shows. */
  [inspect.custom](): string {
    return `Matrix ${JSON.stringify(this.name)} (not read: call .get())`;
  }

  /** As in a template literal: what `console.log` shows. */
  toString(): string {
    return this[inspect.custom]();
  }

  /**
   * Makes the matrix of these numbers, or replaces it by them. Readers see the old matrix or the new.
   * @param data numbers row by row (a typed array or an array, with a shape); rows, also from an (async) iterable; `{ npy }`, the path
   *   or the bytes of a .npy file (format 1.0 to 3.0; floats, little-endian integers and bool); a table or a query, `sf.table('t').select('a', 'b')`,
   *   or an Arrow Table or RecordBatch, whose columns hold numbers or bool. All but numbers that are held already is read
   *   in pieces, with bounded memory, by way of this process
   * @throws INVALID_VALUE naming row and column of what is no number, or null; TYPE_MISMATCH naming a column or dtype of no numbers;
   *   SHAPE_MISMATCH; FILE_UNREADABLE; WRITE_CONFLICT where another writer was first
   */
  async set(data: MatrixData, shape?: Shape | MatrixSetOptions, options?: MatrixSetOptions): Promise<this> {
    const [given, work] = shape === undefined || Array.isArray(shape) ? [shape, options] : [undefined, shape];
    const set = (work ?? {}) as MatrixSetOptions;
    const context = contextOf(this.link, set, SET_OPTIONS);
    const { alignWith, type, waitReplicas, graceMs, timeout, signal } = set;
    const write = {
      type: checkType(type),
      alignWith: alignWith === undefined ? undefined : this.nameOf(alignWith),
      waitReplicas,
      graceMs,
    };
    const source = await matrixSource(data, given as Shape | undefined, {
      ...(timeout !== undefined && { timeout }),
      ...(signal && { signal }),
    });
    try {
      await writeMatrix(this.link, this.name, source, write, context);
    } finally {
      await source.close?.();
    }
    return this;
  }

  /** All numbers, row by row, and the shape. */
  async get(options: MatrixOptions = {}): Promise<MatrixValues> {
    return this.#run(options, async (context) => {
      const { table, rows, cols } = await openMatrix(this.link, this.name, context);
      const { result: data, receipt } = await readValues(this.link, table, runOptions(options), context);
      return { result: { data, shape: [rows, cols] as const }, receipt };
    });
  }

  /**
   * The matrix as NumPy's .npy (format 1.0, row by row, '<f8' or '<f4' as it is stored): its bytes, or with a path a file, which is
   * there only when it is whole. A file is written block by block: memory is bounded.
   * @throws FILE_UNWRITABLE
   */
  toNpy(path: string, options?: MatrixOptions): Promise<undefined>;
  toNpy(path?: undefined, options?: MatrixOptions): Promise<Buffer>;
  async toNpy(path?: string, options: MatrixOptions = {}): Promise<Buffer | undefined> {
    if (path !== undefined && typeof path !== 'string') {
      throw new ShardfoldError('INVALID_ARGUMENT', `path is ${showValue(path)}`, {
        hint: 'the path of a file, or nothing',
      });
    }
    const bytes = await this.#run(options, async (context) => {
      return writeNpy(this.link, await openMatrix(this.link, this.name, context), path, context);
    });
    return path === undefined ? bytes : undefined;
  }

  /** [rows, columns]; no number is read. */
  async shape(options: Pick<MatrixOptions, 'timeout' | 'signal'> = {}): Promise<Shape> {
    const { rows, cols } = await openMatrix(this.link, this.name, contextOf(this.link, options, SHAPE_OPTIONS));
    return [rows, cols];
  }

  /** Row i, from 0. @throws OUT_OF_RANGE */
  async row(i: number, options: MatrixOptions = {}): Promise<Float64Array> {
    return this.#read(options, ({ cols }) => ({ r0: i, r1: i + 1, c0: 0, c1: cols }));
  }

  /** The number in row i and column j, from 0. @throws OUT_OF_RANGE */
  async at(i: number, j: number, options: MatrixOptions = {}): Promise<number> {
    const values = await this.#read(options, () => ({ r0: i, r1: i + 1, c0: j, c1: j + 1 }));
    return values[0] as number;
  }

  /** Rows r0 … r1 and columns c0 … c1 (all of them by default), ends exclusive. @throws OUT_OF_RANGE */
  async block(r0: number, r1: number, c0 = 0, c1?: number): Promise<MatrixValues> {
    let cols = 0;
    const data = await this.#read({}, (matrix) => {
      cols = (c1 ?? matrix.cols) - c0;
      return { r0, r1, c0, c1: c1 ?? matrix.cols };
    });
    return { data, shape: [r1 - r0, cols] };
  }

  /**
   * @param names of all options that the method has
   * @returns the name of the matrix that `write` writes
   */
  protected async writeInto(
    into: StoredMatrix | string,
    options: MatrixWriteOptions,
    write: (work: Work, target: MatrixTarget) => Promise<Reduced<undefined>>,
    names: OptionNames = MATRIX_WRITE_OPTIONS,
  ): Promise<string> {
    if (typeof into !== 'string' && !(into instanceof StoredMatrix)) {
      throw new ShardfoldError('INVALID_ARGUMENT', `the matrix to write is ${showValue(into)}`, {
        hint: "the name of the matrix that the result becomes, or sf.matrix(name); options come after it: matmul(B, 'product', options)",
      });
    }
    const context = contextOf(this.link, options, names);
    const { type, waitReplicas, graceMs } = options;
    const target = { into: this.nameOf(into), type: type && checkType(type), waitReplicas, graceMs };
    const run = runOptions(options);
    await runOnNewest(context, options, (inner) => write({ link: this.link, run, context: inner }, target));
    return target.into;
  }

  /** @param context made of the options, where the method has some of its own */
  protected async reduce<Result>(
    options: MatrixOptions,
    reduce: (work: Work, matrix: MatrixSnapshot) => Promise<Reduced<Result>>,
    context: CallContext = contextOf(this.link, options),
  ): Promise<Result> {
    const run = runOptions(options);
    return runOnNewest(context, options, async (inner) => {
      const matrix = await openMatrix(this.link, this.name, inner);
      return reduce({ link: this.link, run, context: inner }, matrix);
    });
  }

  #read(options: MatrixOptions, areaOf: (matrix: MatrixSnapshot) => Area): Promise<Float64Array> {
    return this.#run(options, async (context) => {
      const matrix = await openMatrix(this.link, this.name, context);
      return readArea(this.link, matrix, areaOf(matrix), context);
    });
  }

  async #run<Result>(
    options: MatrixOptions,
    work: (context: CallContext) => Promise<Reduced<Result>>,
  ): Promise<Result> {
    return runOnNewest(contextOf(this.link, options), options, work);
  }

  protected nameOf(other: StoredMatrix | string): string {
    if (typeof other === 'string') return other;
    if (!(other instanceof StoredMatrix) || other.link !== this.link) {
      throw new ShardfoldError('INVALID_ARGUMENT', 'the other operand is no matrix of this connection', {
        hint: 'sf.matrix(name) of the same connection, or a name',
      });
    }
    return other.name;
  }
}
