/** What stands in the way of a regression once its rows are read. */

import { ShardfoldError } from '../../errors.js';
import type { Fitting } from '../common/fitting.js';
import { counted } from '../common/print.js';
import { noRows, refuseNulls } from '../common/rows.js';
import { ofTables } from '../receipt.js';
import type { Design } from './design.js';
import type { LinearSpec } from './options.js';
import { at, type Dependence, type Rows } from './triangle.js';

interface Counted {
  readonly spec: LinearSpec;
  readonly design: Design;
  readonly rows: number;
  readonly dropped: number;
}

/** @throws INVALID_VALUE for nulls where they are refused, TOO_FEW_ROWS */
export async function checkRows(fitting: Fitting, { spec, design, rows, dropped }: Counted): Promise<void> {
  const { y, x, weights } = spec;
  const { receipt } = fitting;
  const names = [y, ...x, ...(weights === undefined ? [] : [weights])];
  await refuseNulls(fitting, { nulls: spec.nulls, read: { rows, dropped, receipt }, names, source: design.source });
  if (rows === 0) throw noRows(fitting, { dropped, receipt }, names, 'TOO_FEW_ROWS');
  const least = spec.l2 > 0 ? 0 : design.names.length;
  if (rows > least) return;
  const without = dropped > 0 ? ` without a null (${dropped} ${dropped === 1 ? 'has' : 'have'} one)` : '';
  throw new ShardfoldError(
    'TOO_FEW_ROWS',
    `${counted(rows)}${ofTables(receipt)}${without} cannot tell ${design.names.length} coefficients`,
    {
      hint: 'more rows than coefficients are needed; fewer columns, or a penalty: l2',
    },
  );
}

/** A number that is not finite makes its column of R so. @throws OUT_OF_RANGE */
export function notFinite(r: Rows, names: readonly string[]): void {
  const isBad = (i: number, j: number): boolean => !Number.isFinite(at(r, i, j));
  const first = names.filter((_, j) => isBad(0, j));
  const bad = first.length > 0 && !isBad(0, 0) ? first : names.filter((_, j) => isBad(j, j)).slice(0, 1);
  if (bad.length === 0) return;
  throw new ShardfoldError('OUT_OF_RANGE', `column "${bad.join('", "')}" has NaN, infinite or too large values`, {
    hint: `filter such rows out first: .filter(col('${bad[0]}').abs().lt(1e150))`,
  });
}

/** @param found none where doubles do not tell which columns */
export function dependentError(
  found: readonly Dependence[],
  names: readonly string[],
  method: LinearSpec['method'],
): ShardfoldError {
  const quoted = (j: number): string => `"${names[j]}"`;
  const what = found.map(({ column, of }) =>
    of.length === 0
      ? `${quoted(column)} is 0 in all rows`
      : `${quoted(column)} is a combination of ${of.map(quoted).join(', ')}`,
  );
  return new ShardfoldError('SINGULAR', `the columns are collinear: ${what.join('; ') || names.join(', ')}`, {
    hint: `leave such columns out of x, or add a penalty: l2${method === 'normal' ? "; method 'qr' tells columns apart that differ by less" : ''}`,
  });
}
