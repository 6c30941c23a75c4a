/** What the kernels on runs of a matrix's rows share: their arguments, as lua/linalg/matrix.lua reads them. */

import type { Operand, RowRun } from './kernel.js';

/** Neighbouring columns of a matrix. */
export interface Stripe {
  /** Columns of the matrix. */
  readonly cols: number;
  /** The first column, from 0. */
  readonly first: number;
  readonly width: number;
}

/** Rows of the run are rows of the matrix. */
export function encodeRows(
  { firstRow, rows }: RowRun,
  operand: Operand | undefined,
  cols: number,
  numbers: readonly number[],
): Buffer[] {
  const { encoding, bytes, base, step } = operand as Operand;
  const head = Float64Array.of(firstRow, rows, cols, bytes, base, step, ...numbers);
  return [Buffer.from(head.buffer), Buffer.from(encoding)];
}

/** @throws RangeError where the reply is no list of so many numbers a line */
export function decodeDoubles(reply: Buffer, perLine: number, head = 0): Float64Array {
  if (reply.length % 8 !== 0 || (reply.length / 8 - head) % perLine !== 0) {
    throw new RangeError(`numbers of lines in ${reply.length} bytes`);
  }
  const values = new Float64Array(reply.length / 8);
  for (let i = 0; i < values.length; i++) values[i] = reply.readDoubleLE(8 * i);
  return values;
}
