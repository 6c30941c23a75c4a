/** Kernels on some columns of a run of a matrix's rows: what they share beside what those on whole rows do. */

import type { Operand, RowRun } from './kernel.js';
import { decodeDoubles, encodeRows, type RowsParams } from './rows.js';

/** Neighbouring columns of a matrix. */
export interface Stripe extends RowsParams {
  /** The first column, from 0. */
  readonly first: number;
  readonly width: number;
}

/** Rows of the run are rows of the matrix. */
export function encodeStripe(
  run: RowRun,
  [operand]: readonly Operand[],
  stripe: Stripe,
  numbers: readonly number[] = [],
): Buffer[] {
  return encodeRows(run, operand as Operand, stripe, [stripe.first, stripe.width, ...numbers]);
}

/** @throws RangeError where the reply is no list of so many numbers a line, behind those of its head */
export function decodeLines(reply: Buffer, perLine: number, head = 0): Float64Array {
  const values = decodeDoubles(reply);
  if ((values.length - head) % perLine !== 0) throw new RangeError(`numbers of lines in ${reply.length} bytes`);
  return values;
}
