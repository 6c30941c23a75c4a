/** Our rows against DuckDB's and against exact arithmetic. */
import type { Rows } from '../../../src/engine/results/rows.js';
import { decimalScale } from '../../../src/storage/schema.js';
import type { ColumnType } from '../../../src/storage/types.js';
import { isExact } from './aggregates.js';
import { type Duck, type Found, isOverflow } from './duckdb.js';
import { type OracleAggregate, type OraclePlan, resultTypes } from './plan.js';
import { cannotOverflow, type Exact, exactOf, isNearest, nearSum, nearVariance, varianceOf } from './rational.js';
import type { Stored } from './table.js';

const DAY_MS = 86_400_000;

/** What a query came to: rows in stored form, or the code of its error. */
export type Outcome =
  | { readonly code: string; readonly message: string }
  | { readonly code: undefined; readonly rows: readonly (readonly Stored[])[]; readonly reason?: string };

export async function outcomeOf(plan: OraclePlan, run: () => Promise<Rows>): Promise<Outcome> {
  const types = resultTypes(plan);
  try {
    const rows = await run();
    const { reason } = rows.receipt.computedOn;
    const list = rows.map((row) => types.map(({ name, type }) => toStored(type, row[name])));
    return { code: undefined, rows: list, ...(reason !== undefined && { reason }) };
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    if (typeof code !== 'string') throw error;
    return { code, message };
  }
}

export function toStored(type: ColumnType, value: unknown): Stored {
  if (value === undefined) throw new TypeError('a result column is missing');
  if (value instanceof Date) return type === 'date' ? value.getTime() / DAY_MS : value.getTime();
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'string' && type.startsWith('decimal')) return Number(value.replace('.', ''));
  return value as Stored;
}

/** Bit for bit: -0 is not 0, and NaN is NaN. */
export function sameBits(a: Outcome, b: Outcome): boolean {
  if (a.code !== undefined || b.code !== undefined) return a.code === b.code;
  return (
    a.rows.length === b.rows.length &&
    a.rows.every((row, i) => {
      const other = b.rows[i] ?? [];
      return row.length === other.length && row.every((value, column) => Object.is(value, other[column]));
    })
  );
}

/** One value of an aggregate of a group, and what it is judged by. */
export interface Judged {
  readonly each: OracleAggregate;
  /** Of the aggregate in the plan, and the group's. */
  readonly place: number;
  readonly key: string;
  readonly value: Stored;
  readonly their: Found;
  /** Of the aggregate's argument in the group, nulls left out. */
  readonly values: readonly Found[];
}
/** @returns what is wrong with it */
export type Judge = (judged: Judged) => string | undefined;
const asDuck: Judge = ({ each, value, their, values }) => wrongAggregate(each, value, their, values);

/** @returns what is wrong with an outcome, undefined where nothing is; `skipped` where DuckDB has no answer */
export async function disagreement(
  duck: Duck,
  plan: OraclePlan,
  outcome: Outcome,
  judge: Judge = asDuck,
): Promise<string | undefined> {
  let theirs: Found[][];
  try {
    theirs = plan.end.kind === 'rows' ? await flatRows(duck, plan) : await duck.grouped(plan);
  } catch (error) {
    // Their overflow in a value that we did not need is no error of ours.
    if (isOverflow(error)) return undefined;
    throw error;
  }
  if (plan.end.kind === 'rows') {
    if (outcome.code !== undefined) return justified(duck, plan, outcome, []);
    return differentRows(outcome.rows, plan.end.limit === undefined ? theirs : theirs.slice(0, plan.end.limit));
  }
  const { keys, aggregates } = plan.end;
  const args = aggregates.flatMap(({ arg, where }) => {
    if (arg === undefined) return [];
    return [where === undefined ? arg.sql : `CASE WHEN ${where.sql} THEN ${arg.sql} END`];
  });
  const flat = await duck.flat(plan, ['1', ...keys.map(({ sql }) => sql), ...args]);
  const groups = groupRows(plan.end, flat);
  if (outcome.code !== undefined) return justified(duck, plan, outcome, [...groups.values()].flat());
  if (outcome.rows.length !== theirs.length) return `${outcome.rows.length} groups instead of ${theirs.length}`;
  const byKey = new Map(theirs.map((row) => [keyText(row.slice(0, keys.length)), row]));
  for (const row of outcome.rows) {
    const key = keyText(row.slice(0, keys.length));
    const their = byKey.get(key);
    if (their === undefined) return `the group ${key} is not among theirs, or came before`;
    byKey.delete(key);
    for (const [place, each] of aggregates.entries()) {
      const value = row[keys.length + place] as Stored;
      const values = groups.get(key)?.[place] ?? [];
      const wrong = judge({ each, place, key, value, their: their[keys.length + place] as Found, values });
      if (wrong !== undefined) return `group ${key}, ${each.aggregate}(${each.arg?.sql ?? '*'}): ${wrong}`;
    }
  }
  return undefined;
}

function flatRows(duck: Duck, plan: OraclePlan): Promise<Found[][]> {
  return duck.flat(plan, plan.end.kind === 'rows' ? plan.end.columns.map(({ sql }) => sql) : []);
}

export function differentRows(ours: readonly (readonly Stored[])[], theirs: readonly Found[][]): string | undefined {
  if (ours.length !== theirs.length) return `${ours.length} rows instead of ${theirs.length}`;
  for (const [i, row] of ours.entries()) {
    for (const [column, value] of row.entries()) {
      const their = theirs[i]?.[column] as Found;
      if (!Object.is(value, typeof their === 'bigint' ? Number(their) : their)) {
        return `row ${i}, column ${column}: ${show(value)} instead of ${show(their)}`;
      }
    }
  }
  return undefined;
}

export const show = (value: Found): string =>
  Object.is(value, -0) ? '-0' : typeof value === 'string' ? JSON.stringify(value) : String(value);
export const keyText = (key: readonly Found[]): string =>
  key.map((value) => (value === 0 ? '0' : show(value))).join(' | ');

/** The values of each aggregate's argument in every group, nulls left out. */
function groupRows(
  { keys, aggregates }: Extract<OraclePlan['end'], { kind: 'aggregate' }>,
  flat: readonly Found[][],
): Map<string, Found[][]> {
  const groups = new Map<string, Found[][]>();
  for (const row of flat) {
    const key = keyText(row.slice(1, keys.length + 1));
    let lists = groups.get(key);
    if (lists === undefined) {
      lists = aggregates.map(() => []);
      groups.set(key, lists);
    }
    let place = keys.length + 1;
    for (const [i, { arg }] of aggregates.entries()) {
      const value = arg === undefined ? null : (row[place++] as Found);
      if (value !== null) lists[i]?.push(value);
    }
  }
  return groups;
}

/** An error of ours where DuckDB has an answer: beyond ±2^53, or a variance that is not finite. */
async function justified(
  duck: Duck,
  { wide, end }: OraclePlan,
  { code, message }: { code: string; message: string },
  lists: readonly Found[][],
): Promise<string | undefined> {
  if (code === 'NUMERIC_OVERFLOW') {
    const sums = lists.map((list) =>
      list.reduce<bigint>((sum, value) => (isWhole(value) ? sum + BigInt(value) : sum), 0n),
    );
    if (sums.some((sum) => sum > 2n ** 53n || sum < -(2n ** 53n)) && message.startsWith('column')) return undefined;
    if (await duck.leavesRange(wide)) return undefined;
  }
  if (code === 'OUT_OF_RANGE' && end.kind === 'aggregate') {
    const values = lists.flat().filter((value): value is number => typeof value === 'number');
    if (values.some((value) => !Number.isFinite(value) || Math.abs(value) > 1e150)) return undefined;
  }
  return `${code}: ${message}`;
}

const isWhole = (value: Found): value is number | bigint => typeof value === 'bigint' || Number.isInteger(value);

/** @param values those of the group, nulls left out */
export function wrongAggregate(
  each: OracleAggregate,
  value: Stored,
  their: Found,
  values: readonly Found[],
): string | undefined {
  const { aggregate, arg } = each;
  const isFloat = arg?.type === 'float64' || arg?.type === 'float32';
  if (isExact(each)) {
    if (isBetweenFarTimes(each, value, their)) return undefined;
    // Which of two equal zeros is the least is not decided.
    return value === their || Object.is(value, their) ? undefined : `${show(value)} instead of ${show(their)}`;
  }
  const numbers = values.map(Number);
  const lost = aggregate === 'var' || aggregate === 'std' ? 1 : 0;
  if (numbers.length <= lost) return value === null ? undefined : `${show(value)} instead of null`;
  if (typeof value !== 'number') return `${show(value)} instead of a number`;
  const divisor = 10 ** (arg === undefined ? 0 : (decimalScale(arg.type) ?? 0));
  const exact = exactOf(numbers);
  if (aggregate === 'sum' || aggregate === 'mean') {
    return wrongSum(value, exact, { mean: aggregate === 'mean', divisor: isFloat ? undefined : divisor });
  }
  return wrongVariance(value, exact, { lost, divisor, root: aggregate.startsWith('std') });
}

/** DuckDB interpolates microseconds in doubles, which round them beyond 2^53. */
function isBetweenFarTimes({ aggregate, arg }: OracleAggregate, value: Stored, their: Found): boolean {
  if (aggregate !== 'median' && aggregate !== 'quantile') return false;
  if (arg?.type !== 'timestamp' && arg?.type !== 'date') return false;
  if (typeof value !== 'number' || typeof their !== 'number') return false;
  return Math.abs(value) > 2 ** 53 / 1000 && Math.abs(value - their) <= 2;
}

function wrongSum(
  value: number,
  exact: Exact,
  { mean, divisor }: { mean: boolean; divisor: number | undefined },
): string | undefined {
  if (!exact.finite)
    return Object.is(value, exact.plain) || hides(exact) ? undefined : `${value} instead of ${exact.plain}`;
  if (!cannotOverflow(exact)) return undefined;
  if (!Number.isFinite(value)) return `${value} of finite numbers`;
  const n = mean ? exact.n : 1n;
  if (divisor !== undefined) {
    const nearest = isNearest(value, exact.sum >> 1074n, n * BigInt(divisor));
    return nearest ? undefined : `${value} is not the double nearest to the mean`;
  }
  return nearSum(value, exact, n) ? undefined : `${value} is too far from the exact value`;
}

/** Finite values whose sum may overflow beside an infinity of the other sign. */
const hides = (exact: Exact): boolean => !cannotOverflow(exact);

function wrongVariance(
  value: number,
  exact: Exact,
  { lost, divisor, root }: { lost: number; divisor: number; root: boolean },
): string | undefined {
  if (!exact.finite) return exact.n === 1n && value === 0 ? undefined : `${value} of values that are not finite`;
  const variance = varianceOf(exact, BigInt(lost));
  const wanted = (root ? Math.sqrt(variance) : variance) / divisor ** (root ? 1 : 2);
  if (divisor === 1 && !root) {
    return nearVariance(value, exact, BigInt(lost)) ? undefined : `${value} is too far from ${wanted}`;
  }
  // The bound of a variance, halved by the root.
  const deviation = Math.sqrt(variance);
  const size = Math.sqrt(Number(exact.squares >> 2100n) * 2 ** -48);
  const condition = deviation === 0 ? 1 : Math.max(1, size / (deviation * Math.sqrt(Number(exact.n))));
  const error = Math.abs(value - wanted);
  return error <= 1e-12 * condition * wanted + 1e-160 ? undefined : `${value} is too far from ${wanted}`;
}
