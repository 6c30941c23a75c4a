/** Means and deviations of the columns of a model, over the rows in which none is null. */

import type { Expr } from '../../expr/expr.js';
import { type NullRule, refuseInfinite } from './columns.js';
import type { Fitting } from './fitting.js';
import { noRows, refuseNulls } from './rows.js';

export interface Columns {
  readonly columns: readonly Expr[];
  /** As messages call them. */
  readonly names: readonly string[];
  /** Which of the names each of the columns is made of, where they are not one for one. */
  readonly of?: readonly string[];
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
export async function momentsOf(fitting: Fitting, asked: Columns): Promise<Moments> {
  const { columns, names, of = names, nulls } = asked;
  const read = await fitting.pass('moments', columns, []);
  await refuseNulls(fitting, { nulls, read, names, source: fitting.source });
  const { flat, rows, dropped } = read;
  if (rows === 0) throw noRows(fitting, read, names, 'INVALID_ARGUMENT');
  const width = columns.length;
  const [means, squares] = [flat.slice(1, width + 1), flat.slice(width + 1)];
  const bad = of.filter((_, i) => !Number.isFinite(means[i]) || !Number.isFinite(squares[i]));
  refuseInfinite(flat, [...new Set(bad)]);
  return { n: rows, dropped, means, squares };
}
