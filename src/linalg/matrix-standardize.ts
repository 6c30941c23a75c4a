/** Columns of mean 0 and deviation 1. */

import { ShardfoldError, showValue } from '../errors.js';
import type { ColumnSummary } from '../kernels/col_moments.js';
import { KERNELS } from '../kernels/index.js';
import { columnSummary } from './matrix-columns.js';
import { type MatrixTarget, resultType, type Work, writeFrom } from './matrix-elementwise.js';
import { type MatrixSnapshot, openMatrix, showShape } from './matrix-open.js';
import type { Reduced } from './reduce.js';
import { Resident } from './sources.js';

/** What becomes of a column whose values are all equal: an error, or zeros. */
export type ConstantColumns = 'error' | 'zero';

const MOST_NAMED = 8;

/** (x − mean) / deviation, column by column. @throws SINGULAR naming constant columns; INVALID_ARGUMENT */
export async function standardizeMatrix(
  work: Work,
  name: string,
  constant: ConstantColumns | undefined,
  target: MatrixTarget,
): Promise<Reduced<undefined>> {
  if (constant !== undefined && constant !== 'error' && constant !== 'zero') {
    throw new ShardfoldError('INVALID_ARGUMENT', `constant is ${showValue(constant)}`, { hint: "'error' or 'zero'" });
  }
  const home = await openMatrix(work.link, name, work.context);
  const { result: columns } = await columnSummary(work, home);
  if (constant !== 'zero') checkVaries(home, columns);
  const { means } = columns;
  // Of one row there is no deviation: it is its own mean.
  const deviations = columns.deviations.map((deviation) => (deviation === 0 || home.rows === 1 ? 1 : deviation));
  const params = { means, deviations, narrow: resultType([home], target) === 'float32' };
  const call = { kernel: KERNELS.standardize, sources: [new Resident(home.table)], params };
  return writeFrom(work, home, call, target);
}

function checkVaries(matrix: MatrixSnapshot, { deviations }: ColumnSummary): void {
  const { table, rows } = matrix;
  if (rows === 0) return;
  const constant = [...deviations.keys()].filter((j) => rows === 1 || deviations[j] === 0);
  if (constant.length === 0) return;
  const shown = constant.slice(0, MOST_NAMED).map((j) => `c${j}`);
  const more = constant.length > MOST_NAMED ? ` and ${constant.length - MOST_NAMED} more` : '';
  const [are, hold, their] = constant.length === 1 ? ['column', 'holds', 'its'] : ['columns', 'hold', 'their'];
  throw new ShardfoldError(
    'SINGULAR',
    `${are} ${shown.join(', ')}${more} of matrix "${table.name}" of shape ${showShape(matrix)} ${hold} one value alone: ${their} deviation is 0`,
    { hint: "leave them out, or say { constant: 'zero' }: they become zeros" },
  );
}
