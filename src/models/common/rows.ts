/** What is said where no rows are left for a model, or where some of them hold nulls that are refused. */

import { ShardfoldError } from '../../errors.js';
import { col, count } from '../../expr/expr.js';
import type { Query } from '../../query/query.js';
import { ofTables } from '../receipt.js';
import type { NullRule, RowsRead } from './columns.js';
import type { Fitting } from './fitting.js';

/**
 * @param names the columns that have to have values
 * @param code as the model calls having too few rows
 */
export function noRows(
  { filtered }: Pick<Fitting, 'filtered'>,
  { dropped, receipt }: Omit<RowsRead, 'rows'>,
  names: readonly string[],
  code: 'INVALID_ARGUMENT' | 'TOO_FEW_ROWS',
): ShardfoldError {
  const of = ofTables(receipt);
  if (dropped > 0) {
    const rows = dropped === 1 ? `the only row${of} has` : `all ${dropped.toLocaleString('en')} rows${of} have`;
    return new ShardfoldError(code, `${rows} a null in ${names.join(', ')}`, {
      hint: 'choose other rows, or other columns',
    });
  }
  // An empty table has no chunks, and no filter is to blame.
  return filtered && receipt.chunks.expected > 0
    ? new ShardfoldError(code, `the filter holds for no row${of}`, { hint: 'check the values that it compares with' })
    : new ShardfoldError(code, `there are no rows${of}`, { hint: 'choose other rows' });
}

interface Looked {
  readonly nulls: NullRule | undefined;
  readonly read: RowsRead;
  readonly names: readonly string[];
  /** The rows that were read. */
  readonly source: Query;
}

/** @throws INVALID_VALUE where rows with nulls are refused, and there are some: naming the columns that hold them */
export async function refuseNulls(fitting: Fitting, { nulls, read, names, source }: Looked): Promise<void> {
  const { dropped, receipt } = read;
  if (nulls !== 'error' || dropped === 0) return;
  const counts = names.map((name, i) => [`n${i}`, count({ where: col(name).isNull() })] as const);
  const [found = {}] = await fitting.ask<Record<string, number>>(source.agg(Object.fromEntries(counts)));
  const holding = names
    .map((name, i) => ({ name, n: found[`n${i}`] ?? 0 }))
    .filter(({ n }) => n > 0)
    .map(({ name, n }, _, { length }) => (length === 1 ? name : `${name} (${n.toLocaleString('en')})`));
  const of = ofTables(receipt);
  const rows = dropped === 1 ? `a row${of} has` : `${dropped.toLocaleString('en')} rows${of} have`;
  throw new ShardfoldError('INVALID_VALUE', `${rows} a null in ${holding.join(', ')}`, {
    hint: "nulls: 'drop' leaves them out; coalesce(…) in withColumns gives them a value",
  });
}
