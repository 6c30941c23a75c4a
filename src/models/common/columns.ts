/** The columns that a model is of: named, and numbers. */

import { checkOptions } from '../../engine/check-options.js';
import type { CollectOptions } from '../../engine/options.js';
import type { Receipt } from '../../engine/receipt.js';
import { ShardfoldError, showValue } from '../../errors.js';
import { col, type Expr } from '../../expr/expr.js';
import type { Query } from '../../query/query.js';
import { asKey } from '../../storage/schema.js';
import type { ColumnType } from '../../storage/types.js';

export const isNumber = (type: string): boolean => /^(int|float|decimal)/.test(type);

export function invalid(message: string, hint: string): ShardfoldError {
  return new ShardfoldError('INVALID_ARGUMENT', message, { hint });
}

/** Columns of a pass. */
export const MOST_COLUMNS = 64;

/** @param most columns that there may be @throws INVALID_ARGUMENT for what is no list of different names, PLAN_TOO_LARGE */
export function checkNames(names: unknown, what: string, most = MOST_COLUMNS): asserts names is readonly string[] {
  const isList = Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === 'string');
  if (!isList) throw invalid(`${what} is ${showValue(names)}`, `names of columns: ${what}: ['area', 'rooms']`);
  const double = names.find((name, i) => names.indexOf(name) !== i);
  if (double !== undefined) throw invalid(`${what} names column "${double}" twice`, 'each column once');
  if (names.length > most) {
    throw new ShardfoldError('PLAN_TOO_LARGE', `${what} names ${names.length} columns: at most ${most}`, {
      hint: 'choose the columns that matter',
    });
  }
}

/** A column as float64, of bools 0 and 1. */
export const asNumber = (name: string): Expr => col(name).cast('float64');

interface Sourced {
  readonly source: Query;
  readonly run: CollectOptions;
}

/** Columns as numbers, bools as 0 and 1. @throws UNKNOWN_COLUMN, TYPE_MISMATCH naming the column that holds no numbers */
export async function numberColumns({ source, run }: Sourced, names: readonly string[], what: string): Promise<Expr[]> {
  const { types } = await source
    .select(...names)
    .limit(0)
    .collectColumns(run);
  return names.map((name) => {
    const type = types[name] as ColumnType;
    if (isNumber(type) || type === 'bool') return asNumber(name);
    throw new ShardfoldError('TYPE_MISMATCH', `column "${name}" is ${type}, and ${what} needs numbers`, {
      hint: `leave it out, or ${numberHint(name, type)}`,
    });
  });
}

/** How a column of this type becomes numbers: times have parts, texts may hold numbers. */
export function numberHint(name: string, type: string): string {
  return type === 'date' || type === 'timestamp'
    ? `make a number of it before: .withColumns({ ${asKey(name)}: col('${name}').year() })`
    : `make a number of it before: .withColumns({ ${asKey(name)}: col('${name}').cast('float64') })`;
}

/** @param names the columns that the sums are of @throws OUT_OF_RANGE where sums are no finite numbers */
export function refuseInfinite(sums: readonly number[], names: readonly string[]): void {
  if (sums.every(Number.isFinite)) return;
  const message = `${names.join(', ')}: there are NaN or infinite values, or squares beyond 1e308`;
  // Of less than 1e150 squares are finite; NaN is above every number.
  const hint = `leave such rows out, e.g. .filter(col('${names[0]}').abs().lt(1e150)), or divide the column by a constant`;
  throw new ShardfoldError('OUT_OF_RANGE', message, { hint });
}

/** Of columns whose own sums are known to be finite. @throws OUT_OF_RANGE where sums over all of them are not */
export function refuseOverflow(sums: readonly number[], names: readonly string[]): void {
  if (sums.every(Number.isFinite)) return;
  const message = `${names.join(', ')}: there are sums of squares beyond 1e308`;
  throw new ShardfoldError('OUT_OF_RANGE', message, { hint: 'divide the columns by a constant' });
}

/** Rows that were read, and how many of them a null keeps out. */
export interface RowsRead {
  readonly rows: number;
  readonly dropped: number;
  readonly receipt: Receipt;
}

/** True where none is null. */
export const allPresent = (columns: readonly Expr[]): Expr =>
  columns.map((column): Expr => column.isNotNull()).reduce((all, each) => all.and(each));

export type NullRule = 'drop' | 'error';

/** @throws INVALID_ARGUMENT */
export function checkNullRule(nulls: unknown): asserts nulls is NullRule | undefined {
  if (nulls === undefined || nulls === 'drop' || nulls === 'error') return;
  throw invalid(`nulls is ${showValue(nulls)}`, "'drop' leaves rows with nulls out, 'error' refuses them");
}

/** @throws INVALID_ARGUMENT unless the option is a whole number of the range, or left out */
export function checkWhole(name: string, value: unknown, [least, most]: readonly [number, number]): void {
  if (value === undefined) return;
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return;
  throw invalid(`${name} is ${showValue(value)}`, `a whole number from ${least} to ${most.toLocaleString('en')}`);
}

/** @throws INVALID_ARGUMENT unless the option is a number from 0 on, or left out */
export function checkNotNegative(name: string, value: unknown): void {
  if (value === undefined || (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY)) return;
  throw invalid(`${name} is ${showValue(value)}`, 'a number from 0 on');
}

/** What the new column of a prediction is called. */
export interface PredictOptions {
  readonly as?: string;
}

/** @throws INVALID_ARGUMENT for other options, and for what is no name */
export function newName(options: PredictOptions, otherwise: string): string {
  checkOptions(options, ['as']);
  const { as = otherwise } = options;
  if (typeof as === 'string' && as !== '') return as;
  throw invalid(`as is ${showValue(as)}`, `the name of the new column: { as: '${otherwise}' }`);
}
