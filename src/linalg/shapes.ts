/** What operands must fit, and what is too large. */

import { ShardfoldError, showValue } from '../errors.js';
import { type MatrixSnapshot, type Shape, showShape } from './matrix-open.js';

/** A matrix as it comes to the coordinator: its numbers row by row. */
export interface Dense {
  readonly data: Float64Array;
  readonly shape: Shape;
}

/** @throws SHAPE_MISMATCH for a vector of another length than wanted */
export function checkLength(what: string, length: number, wanted: number, matrix: MatrixSnapshot): void {
  if (length === wanted) return;
  throw new ShardfoldError(
    'SHAPE_MISMATCH',
    `${what} has shape [${length}], the matrix "${matrix.table.name}" ${showShape(matrix)}`,
    { hint: `${wanted} numbers fit` },
  );
}

/** @throws INVALID_ARGUMENT for what is no whole number from 1 on */
export function checkCount(what: string, count: unknown, most: number): asserts count is number {
  if (Number.isInteger(count) && (count as number) >= 1 && (count as number) <= most) return;
  throw new ShardfoldError('INVALID_ARGUMENT', `${what} is ${showValue(count)}`, {
    hint: `a whole number from 1 to ${most}`,
  });
}

/** @throws PLAN_TOO_LARGE for more columns than the coordinator is to work on */
export function checkWidth(what: string, { table, rows, cols }: MatrixSnapshot, most: number): void {
  if (cols <= most) return;
  throw new ShardfoldError(
    'PLAN_TOO_LARGE',
    `${what} of "${table.name}", shape ${showShape({ rows, cols })}: at most ${most} columns`,
    { hint: 'its columns times its columns are held in this process: choose among the columns first' },
  );
}

/** @throws SHAPE_MISMATCH for fewer rows than columns */
export function checkTall(what: string, { table, rows, cols }: MatrixSnapshot): void {
  if (rows >= cols) return;
  throw new ShardfoldError(
    'SHAPE_MISMATCH',
    `${what} of "${table.name}", shape ${showShape({ rows, cols })}: it has fewer rows than columns`,
    { hint: `at least [${cols}, ${cols}] is wanted; transpose it first` },
  );
}
