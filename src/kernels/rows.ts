/** Kernels on rows of a matrix: what they share. */

import { type Operand, packDoubles, type RowRun } from './kernel.js';

export interface RowsParams {
  /** Columns of the matrix. */
  readonly cols: number;
}

/** A run of columns. */
export interface Columns {
  readonly from: number;
  readonly width: number;
}

/** Arguments as lua/linalg/matrix.lua reads them. @param run whole rows of the matrix, counted within the chunk */
export function encodeRows(
  { firstRow, rows }: RowRun,
  { encoding, bytes, base, step }: Operand,
  { cols }: RowsParams,
  numbers: readonly number[] = [],
): Buffer[] {
  return [packDoubles([firstRow, rows, cols, bytes, base, step, ...numbers]), Buffer.from(encoding)];
}

/** The bytes of doubles; they are not copied. */
export const bytesOf = (values: Float64Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** A reply's doubles. @throws RangeError where it is not of whole doubles */
export function decodeDoubles(reply: Buffer): Float64Array {
  if (reply.length % 8 !== 0) throw new RangeError(`doubles in ${reply.length} bytes`);
  const values = new Float64Array(reply.length / 8);
  bytesOf(values).set(reply);
  return values;
}

/** Rows of the left, then of the right. */
export function concatenate(left: Float64Array, right: Float64Array): Float64Array {
  const all = new Float64Array(left.length + right.length);
  all.set(left);
  all.set(right, left.length);
  return all;
}
