/** Rows of a statement against DuckDB's: as far as the statement decides them, and sums as exact arithmetic has them. */
import type { AggregateName } from '../../../src/expr/nodes.js';
import { type Outcome, show, wrongAggregate } from '../oracle/check.js';
import type { Found } from '../oracle/duckdb.js';
import type { OracleExpr } from '../oracle/expr.js';
import type { Stored } from '../oracle/table.js';
import { inOrder, wrongRounding } from './check.js';
import type { Inexact, Statement } from './sql-statement.js';

/** A value, or the values that an aggregate is of. */
export type Cell = Found | readonly Found[];
export type Rows<Value = Stored> = readonly (readonly Value[])[];

export interface Theirs {
  /** Of the statement without its order and its cut. */
  readonly all: Rows<Cell>;
  /** Of the statement as it is. */
  readonly cut: Rows<Cell>;
}

/** Which of two equal zeros a group, a least value or an order shows is not decided. */
const isLoose = ({ merges, ordered }: Statement): boolean => merges || ordered !== undefined;
const cell = (value: Cell, loose: boolean): string => {
  const plain = typeof value === 'bigint' ? Number(value) : (value as Stored);
  return show(loose && plain === 0 ? 0 : plain);
};

/** Sums are exact where keys are read; those over a table of ours alone follow the order of its rows (docs/semantics.md). */
const isExact = ({ text, making }: Statement): boolean =>
  making.mentions.some(({ called }, n) => called !== undefined && new RegExp(`⟦${n}[:⟧]`).test(text));

/** Whether the statement decides which rows there are, and not only how many. */
export const isDecided = (statement: Statement): boolean => {
  const { cut, ordered, names, inexact } = statement;
  if (inexact.size > 0 && !isExact(statement)) return false;
  return (cut.limit === undefined && cut.offset === 0) || (ordered?.length === names.length && inexact.size === 0);
};

const keysOf = ({ ordered = [] }: Statement, row: readonly Cell[]): string =>
  ordered.map((place) => cell(row[place] as Cell, true)).join(' | ');

/** @returns what is wrong with rows of ours */
export function wrongRows(statement: Statement, ours: Rows, { all, cut }: Theirs): string | undefined {
  if (ours.length !== cut.length) return `${ours.length} rows instead of ${cut.length}`;
  const misplaced = ours.findIndex((row, i) => keysOf(statement, row) !== keysOf(statement, cut[i] ?? []));
  if (misplaced >= 0) {
    const [own, their] = [ours, cut].map((rows) => keysOf(statement, (rows as Rows<Cell>)[misplaced] ?? []));
    return `row ${misplaced} is ${own} instead of ${their}`;
  }
  const left = new Map<string, (readonly Cell[])[]>();
  const exact = (row: readonly Cell[]): string =>
    row.map((value, i) => (statement.inexact.has(i) ? '~' : cell(value, isLoose(statement)))).join(' | ');
  for (const row of all) {
    const text = exact(row);
    const same = left.get(text);
    if (same === undefined) left.set(text, [row]);
    else same.push(row);
  }
  for (const row of ours) {
    const same = left.get(exact(row)) ?? [];
    if (same.length === 0) return `the row ${exact(row)} is not among theirs, or came too often; ${nearest(row, all)}`;
    const place = same.findLastIndex((their) => wrongSums(statement, row, their) === undefined);
    if (place < 0) return `${exact(row)}: ${wrongSums(statement, row, same[0] ?? [])}`;
    same.splice(place, 1);
  }
  return undefined;
}

function nearest(row: readonly Stored[], all: Rows<Cell>): string {
  const near = all.filter((their) => their.length < 2 || cell(their[0] as Cell, true) === cell(row[0] ?? null, true));
  return `theirs: ${near
    .slice(0, 3)
    .map((their) => their.map((value) => (Array.isArray(value) ? '~' : cell(value, false))).join(' | '))
    .join(' // ')}`;
}

function wrongSums(statement: Statement, row: readonly Stored[], their: readonly Cell[]): string | undefined {
  for (const [place, { aggregate, type }] of statement.inexact) {
    const values = ((their[place] ?? []) as readonly Found[]).filter((value) => value !== null);
    const each = { name: 'x', aggregate, arg: { type } as OracleExpr };
    const value = row[place] ?? null;
    const wrong =
      (isExact(statement) ? wrongRounding({ each, value, values }) : undefined) ??
      wrongAggregate(each, value, values.length === 0 ? null : 0, values);
    if (wrong !== undefined) return `${aggregate} of ${values.length}: ${wrong}`;
  }
  return undefined;
}

/** @returns what differs between two outcomes of one statement: bit for bit, as far as the rows are decided */
export function differs(statement: Statement, a: Outcome, b: Outcome): string | undefined {
  if (a.code !== undefined || b.code !== undefined) return a.code === b.code ? undefined : `${a.code} and ${b.code}`;
  if (a.rows.length !== b.rows.length) return `${a.rows.length} and ${b.rows.length} rows`;
  if (!isDecided(statement)) return undefined;
  const [left, right] = [inOrder(a.rows), inOrder(b.rows)];
  const row = left.findIndex((each, i) => each.some((value, place) => !Object.is(value, right[i]?.[place])));
  if (row >= 0) return `${left[row]?.map(show).join(' | ')} and ${right[row]?.map(show).join(' | ')}`;
  const place = a.rows.findIndex((each, i) => keysOf(statement, each) !== keysOf(statement, b.rows[i] ?? []));
  return place < 0 ? undefined : `another order at ${place}`;
}

const SPREADS: readonly AggregateName[] = ['var', 'varPop', 'std', 'stdPop'];

/** Whether a variance may be out of range: of values that are not finite, or whose squares are not. */
export const spreadsFar = (inexact: ReadonlyMap<number, Inexact>, all: Rows<Cell>): boolean =>
  [...inexact].some(
    ([place, { aggregate }]) =>
      SPREADS.includes(aggregate) &&
      all.some((row) => ((row[place] ?? []) as readonly Found[]).some((value) => !(Math.abs(Number(value)) <= 1e150))),
  );
