/** Matrices as a user hands them in, as runs of numbers row by row. */

import { ShardfoldError, showValue } from '../errors.js';
import { CHUNK_ROWS, type TableSnapshot } from '../storage/types.js';
import { MAX_COLS, type Shape, showShape } from './matrix-open.js';

/** Numbers on their way in, row by row; runs of any length. */
export interface MatrixSource {
  readonly cols: number;
  readonly runs: Iterable<Float64Array> | AsyncIterable<Float64Array>;
  /** Tables that the numbers come from: what replaces one of them must follow that very version. */
  readonly operands?: readonly TableSnapshot[];
  /** Lets go of a file or whatever else was opened; the runs may not have been begun. */
  close?(): Promise<void>;
}

export type NumberArray = Exclude<NodeJS.TypedArray, BigInt64Array | BigUint64Array>;

/** An array of rows, or an iterable of them; every row has as many numbers. */
export type MatrixRows = Iterable<ArrayLike<number>> | AsyncIterable<ArrayLike<number>>;

export function isNumberArray(data: unknown): data is NumberArray {
  if (!ArrayBuffer.isView(data)) return false;
  return !(data instanceof DataView || data instanceof BigInt64Array || data instanceof BigUint64Array);
}

/** @throws INVALID_ARGUMENT for what is no shape */
export function checkShape(shape: unknown): asserts shape is Shape {
  const [rows, cols] = Array.isArray(shape) && shape.length === 2 ? shape : [];
  if (Number.isSafeInteger(rows) && Number.isSafeInteger(cols) && rows >= 0 && cols >= 1) {
    if (cols <= MAX_COLS) return;
    throw new ShardfoldError('INVALID_ARGUMENT', `a matrix of ${cols} columns: at most ${MAX_COLS}`, {
      hint: 'a row lies in one chunk; store the transposed matrix',
    });
  }
  const shown = Array.isArray(shape) ? `[${shape.map(showValue).join(', ')}]` : showValue(shape);
  throw new ShardfoldError('INVALID_ARGUMENT', `the shape is ${shown}`, {
    hint: '[rows, cols], whole numbers: at least 0 rows, at least 1 column',
  });
}

/** @throws SHAPE_MISMATCH where there are more or fewer numbers than the shape says; INVALID_VALUE naming what is no number */
export function flatSource(data: ArrayLike<number>, [rows, cols]: Shape): MatrixSource {
  if (data.length !== rows * cols) {
    throw new ShardfoldError(
      'SHAPE_MISMATCH',
      `${data.length} numbers do not make a matrix of shape ${showShape({ rows, cols })}, which has ${rows * cols}`,
      { hint: 'numbers row by row, rows · cols of them' },
    );
  }
  return { cols, runs: flatRuns(data, cols) };
}

function* flatRuns(data: ArrayLike<number>, cols: number): Generator<Float64Array> {
  for (let from = 0; from < data.length; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, data.length - from);
    if (isNumberArray(data)) {
      yield Float64Array.from(data.subarray(from, from + count));
      continue;
    }
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      values[i] = numberAt(data[from + i], Math.floor((from + i) / cols), (from + i) % cols);
    }
    yield values;
  }
}

/**
 * @param first the first row, where there is one
 * @throws SHAPE_MISMATCH for a row of another length, or another number of rows than the shape says; INVALID_VALUE
 */
export async function* rowRuns(rows: MatrixRows, cols: number, shape: Shape | undefined): AsyncGenerator<Float64Array> {
  let [values, filled, count] = [new Float64Array(runLength(cols)), 0, 0];
  for await (const row of rows) {
    const length = rowLength(row, count);
    if (length !== cols) throw ragged(count, length, cols, shape);
    for (let j = 0; j < cols; j++) values[filled + j] = numberAt(row[j], count, j);
    filled += cols;
    count += 1;
    if (filled < values.length) continue;
    yield values;
    [values, filled] = [new Float64Array(runLength(cols)), 0];
  }
  if (shape && shape[0] !== count) {
    throw new ShardfoldError(
      'SHAPE_MISMATCH',
      `there are rows for ${showShape({ rows: count, cols })}, the shape says ${showShape({ rows: shape[0], cols: shape[1] })}`,
      { hint: 'leave the shape out: the rows say it' },
    );
  }
  yield values.subarray(0, filled);
}

const runLength = (cols: number): number => Math.max(1, Math.floor(CHUNK_ROWS / cols)) * cols;

/** @throws INVALID_VALUE for what is no row of numbers */
export function rowLength(row: unknown, index: number): number {
  if (Array.isArray(row) || isNumberArray(row)) return row.length;
  throw new ShardfoldError('INVALID_VALUE', `row ${index} is ${showValue(row)}`, {
    hint: 'an array of numbers; numbers that are not in rows need a shape: set(numbers, [rows, cols])',
  });
}

function ragged(row: number, length: number, cols: number, shape: Shape | undefined): ShardfoldError {
  const others = shape ? `the shape [${shape.join(', ')}] wants ${cols}` : `the rows before it have ${cols}`;
  return new ShardfoldError('SHAPE_MISMATCH', `row ${row} has ${length} numbers, ${others}`, {
    hint: 'all rows of a matrix have as many numbers',
  });
}

function numberAt(value: unknown, row: number, col: number): number {
  if (typeof value === 'number') return value;
  throw new ShardfoldError('INVALID_VALUE', `row ${row}, column c${col}: ${showValue(value)} is not a number`, {
    hint: 'a matrix holds numbers alone; NaN is one',
  });
}
