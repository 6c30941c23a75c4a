/** Results over keys: rows in no order, any row as the first, sums to the last bit. */
import { disagreement, type Judge, type Judged, keyText, type Outcome, show, wrongAggregate } from '../oracle/check.js';
import { type Duck, type Found, isOverflow } from '../oracle/duckdb.js';
import type { OraclePlan } from '../oracle/plan.js';
import { type Exact, exactOf, isNearest, SCALE } from '../oracle/rational.js';
import type { Stored } from '../oracle/table.js';

const ANY_ROW = new Set(['first', 'last', 'argMin', 'argMax']);

const rowText = (row: readonly Found[]): string =>
  row.map((value) => show(typeof value === 'bigint' ? Number(value) : value)).join(' | ');

/** The rows in an order that their values give. */
export function inOrder<Row extends readonly Found[]>(rows: readonly Row[]): Row[] {
  const texts = rows.map((row) => ({ row, text: rowText(row) }));
  return texts.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)).map(({ row }) => row);
}

/** @param limit how many of the rows there may be; all of them where it is not given */
export function differentBag(
  ours: readonly (readonly Stored[])[],
  theirs: readonly (readonly Found[])[],
  limit?: number,
): string | undefined {
  const wanted = Math.min(limit ?? theirs.length, theirs.length);
  if (ours.length !== wanted) return `${ours.length} rows instead of ${wanted}`;
  const left = new Map<string, number>();
  for (const row of theirs) left.set(rowText(row), (left.get(rowText(row)) ?? 0) + 1);
  for (const row of ours) {
    const count = left.get(rowText(row)) ?? 0;
    if (count === 0) {
      const near = [...left].filter(([text, more]) => more > 0 && text.startsWith(`${show(row[0] ?? null)} |`));
      return `the row ${rowText(row)} is not among theirs, or came too often; theirs: ${near.slice(0, 3).join(' // ')}`;
    }
    left.set(rowText(row), count - 1);
  }
  return undefined;
}

/** What the plan gives that depends on the order of rows. */
const isFree = ({ end }: OraclePlan, place: number): boolean =>
  end.kind === 'aggregate' && ANY_ROW.has(end.aggregates[place - end.keys.length]?.aggregate ?? '');

/** Bit for bit, but for what any row may give. */
export function sameResult(plan: OraclePlan, a: Outcome, b: Outcome): boolean {
  if (a.code !== undefined || b.code !== undefined) return a.code === b.code;
  if (a.rows.length !== b.rows.length) return false;
  if (plan.end.kind === 'rows') return plan.end.limit !== undefined || differentBag(a.rows, b.rows) === undefined;
  return a.rows.every((row, i) => row.every((value, c) => isFree(plan, c) || Object.is(value, b.rows[i]?.[c])));
}

/** The values that each group may show of an aggregate that takes one row's, by the group's key. */
async function candidates(duck: Duck, { where, end }: OraclePlan): Promise<Map<string, Found[]>[]> {
  if (end.kind === 'rows') return [];
  const keys = end.keys.map(({ sql }, i) => `${sql} AS k${i}`);
  const names = end.keys.map((_, i) => `k${i}`);
  const filter = where.length === 0 ? '' : ` WHERE ${where.map(({ sql }) => sql).join(' AND ')}`;
  return Promise.all(
    end.aggregates.map(async ({ aggregate, arg, by, where: own }) => {
      const found = new Map<string, Found[]>();
      if (!ANY_ROW.has(aggregate) || arg === undefined) return found;
      const flat = `SELECT ${[...keys, `${arg.sql} AS a`, `${by?.sql ?? '0'} AS b`, `${own?.sql ?? 'true'} AS w`].join(', ')} FROM t${filter}`;
      const isArg = by !== undefined;
      const passed = `SELECT * FROM (${flat}) WHERE w${isArg ? ' AND a IS NOT NULL AND b IS NOT NULL' : ''}`;
      const extreme = `${aggregate === 'argMax' ? 'max' : 'min'}(b) OVER (${names.length > 0 ? `PARTITION BY ${names.join(', ')}` : ''})`;
      const rows = await duck.rows(`SELECT ${[...names, 'a'].join(', ')} FROM (${passed}) QUALIFY b = ${extreme}`);
      for (const row of rows) {
        const key = keyText(row.slice(0, -1));
        found.set(key, [...(found.get(key) ?? []), row.at(-1) as Found]);
      }
      return found;
    }),
  );
}

/** Finite doubles whose exact sum (or mean, variance) rounds to infinity. */
const LARGEST = 2n ** 1024n - 2n ** 970n;
const rounds = (value: number, numerator: bigint, denominator: bigint): boolean => {
  if (Number.isFinite(value)) return isNearest(value, numerator, denominator);
  const size = numerator < 0n ? -numerator : numerator;
  return !Number.isNaN(value) && value < 0 === numerator < 0n && size >= LARGEST * denominator;
};

/** Sums, means and variances of finite numbers are the double nearest to the exact value. */
export function wrongRounding({ each, value, values }: Pick<Judged, 'each' | 'value' | 'values'>): string | undefined {
  const type = each.arg?.type;
  if (typeof value !== 'number' || (type !== 'float64' && type !== 'float32')) return undefined;
  const exact = exactOf(values.map(Number));
  if (!exact.finite) return undefined;
  const place = nearest(each.aggregate, value, exact);
  return place ? undefined : `${value} is not the double nearest to the exact ${each.aggregate}`;
}

function nearest(aggregate: string, value: number, { n, sum, squares }: Exact): boolean {
  if (aggregate === 'sum') return rounds(value, sum, 1n << SCALE);
  if (aggregate === 'mean') return rounds(value, sum, n << SCALE);
  const lost = aggregate === 'var' ? 1n : 0n;
  if ((aggregate !== 'var' && aggregate !== 'varPop') || n <= lost) return true;
  return rounds(value, n * squares - sum * sum, (n * (n - lost)) << (2n * SCALE));
}

/** @returns what is wrong with the outcome of a plan over keys */
export async function wrongResult(duck: Duck, plan: OraclePlan, outcome: Outcome): Promise<string | undefined> {
  if (plan.end.kind === 'rows' && outcome.code === undefined) {
    try {
      const theirs = await duck.flat(
        plan,
        plan.end.columns.map(({ sql }) => sql),
      );
      return differentBag(outcome.rows, theirs, plan.end.limit);
    } catch (error) {
      if (isOverflow(error)) return undefined;
      throw error;
    }
  }
  const allowed = await candidates(duck, plan);
  const judge: Judge = (judged) => {
    const { each, place, key, value, their, values } = judged;
    if (!ANY_ROW.has(each.aggregate)) return wrongRounding(judged) ?? wrongAggregate(each, value, their, values);
    const list = allowed[place]?.get(key) ?? [null];
    return list.some((one) => one === value || Object.is(one, value))
      ? undefined
      : `${show(value)} instead of one of ${list.slice(0, 5).map(show).join(', ')}`;
  };
  return disagreement(duck, plan, outcome, judge);
}
