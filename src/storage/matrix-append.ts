/** What is appended to a matrix is whole rows of numbers: it stays a matrix, or nothing is changed. */

import { ShardfoldError } from '../errors.js';
import type { Batch } from './types.js';
import type { WritePlan } from './write-plan.js';

type Appended = Pick<WritePlan, 'name' | 'appendedMatrix'>;

/** @param first number of the batch's first value among those that are appended @throws INVALID_VALUE for a null */
export function checkNumbers(
  { name, appendedMatrix }: Appended,
  { rows, columns: [column] }: Batch,
  first: number,
): void {
  if (!appendedMatrix) return;
  const place = column?.valid?.subarray(0, rows).indexOf(0) ?? -1;
  if (place < 0) return;
  const { cols } = appendedMatrix;
  const [row, j] = [Math.floor((first + place) / cols), (first + place) % cols];
  throw new ShardfoldError('INVALID_VALUE', `cannot append to matrix "${name}": row ${row}, column c${j} is null`, {
    hint: 'say what a missing value stands for; NaN is a number',
  });
}

/** @param values all that are appended @throws SHAPE_MISMATCH where they end within a row */
export function checkWholeRows({ name, appendedMatrix }: Appended, values: number): void {
  if (!appendedMatrix || values % appendedMatrix.cols === 0) return;
  const { rows, cols } = appendedMatrix;
  const message = `cannot append ${values} ${values === 1 ? 'value' : 'values'} to matrix "${name}" of shape [${rows}, ${cols}]`;
  throw new ShardfoldError('SHAPE_MISMATCH', message, {
    hint: `whole rows, one after the other: a multiple of ${cols} values`,
  });
}
