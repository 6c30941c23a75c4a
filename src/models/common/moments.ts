/** Means and deviations of the columns of a model, over the rows in which none is null. */

import { ShardfoldError } from '../../errors.js';
import { count, type Expr } from '../../expr/expr.js';
import type { Over } from '../../expr/infer.js';
import { allPresent, infinite, type NullRule, refuseInfinite, refuseNoRows, refuseNulls } from './columns.js';
import type { Fitting } from './fitting.js';

export interface Columns {
  readonly columns: readonly Expr[];
  readonly names: readonly string[];
  readonly nulls: NullRule | undefined;
}

export interface Moments {
  /** Rows that count, and rows with a null. */
  readonly n: number;
  readonly dropped: number;
  readonly means: readonly number[];
  /** Σ (x − mean)². */
  readonly squares: readonly number[];
}

/** @throws INVALID_VALUE for nulls that are refused, OUT_OF_RANGE for NaN and infinities, INVALID_ARGUMENT where there are no rows */
export async function momentsOf(fitting: Fitting, { columns, names, nulls }: Columns): Promise<Moments> {
  const where = allPresent(columns);
  const named = (name: string, of: (column: Expr) => Over<string>): [string, Over<string>][] =>
    columns.map((column, i) => [`${name}${i}`, of(column)]);
  const moments = [
    ...named('mean', (column) => column.mean({ where })),
    ...named('var', (column) => column.varPop({ where })),
  ];
  const asked = { all: count(), n: count({ where }), ...Object.fromEntries(moments) };
  const row = await fitting.row(asked).catch((error: unknown) => {
    const isVariance = error instanceof ShardfoldError && error.message.includes('the variance is out of range');
    throw isVariance ? infinite(names, error) : error;
  });
  const n = row.n as number;
  const dropped = (row.all as number) - n;
  refuseNulls(nulls, dropped, names);
  refuseNoRows(n, dropped, names);
  const read = (name: string): number[] => columns.map((_, i) => row[`${name}${i}`] as number);
  const [means, squares] = [read('mean'), read('var').map((variance) => variance * n)];
  refuseInfinite([...means, ...squares], names);
  return { n, dropped, means, squares };
}
