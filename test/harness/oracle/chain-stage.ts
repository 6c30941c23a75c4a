/** The rows after each step of a random chain: as a table of DuckDB, numbered in their order, and as a query of ours. */

import { col, type Expr } from '../../../src/expr/expr.js';
import type { Query } from '../../../src/query/query.js';
import type { ColumnType } from '../../../src/storage/types.js';
import type { Duck, Found } from './duckdb.js';
import { isOverflow } from './duckdb.js';
import type { OracleScope } from './exprs.js';
import type { Classes } from './plan.js';
import { identifier, sqlType } from './sql.js';
import type { OracleTable, Stored } from './table.js';

export interface ChainColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly samples: readonly (number | string)[];
}

/** What a chain is built on: tables by number, and the expressions of that copy of the package which runs it. */
export interface ChainEnv {
  readonly table: (nth: number) => Query;
  readonly classes: Classes;
}

export const ownExpr = ({ classes }: ChainEnv, { node, alias }: Expr, name = alias): Expr =>
  new classes.Expr(node, name);

export interface Stage {
  /** Its table in DuckDB. */
  readonly sql: string;
  readonly columns: readonly ChainColumn[];
  readonly rows: number;
  readonly build: (env: ChainEnv) => Query;
  readonly text: string;
  /** Whether ours may say NUMERIC_OVERFLOW: a whole number within leaves ±2^53 for some row. */
  readonly mayOverflow: boolean;
  /** Set for a table as it is: its number. */
  readonly plain?: number;
}

/** A result column in SQL over the rows of `from`. */
export interface StepColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly sql: string;
}

export interface Step {
  readonly text: string;
  readonly columns: readonly StepColumn[];
  readonly from: string;
  readonly order: readonly string[];
  /** Whole-number expressions over another table that may leave ±2^53. */
  readonly wide: readonly { readonly sql: string; readonly from: string }[];
  readonly others: readonly Stage[];
  readonly build: (query: Query, env: ChainEnv) => Query;
}

export function scopeOfStage({ columns }: Pick<Stage, 'columns'>): OracleScope {
  return new Map(
    columns.map(({ name, type, samples }) => [
      name,
      { expr: col(name), sql: identifier(name), type, wide: [], samples },
    ]),
  );
}

export const plainColumns = (stage: Stage): StepColumn[] =>
  stage.columns.map(({ name, type }) => ({ name, type, sql: identifier(name) }));

let made = 0;

/** Makes the table of a step; undefined where DuckDB has no answer, or too many rows come of it. */
export async function stageOf(duck: Duck, before: Stage, step: Step): Promise<Stage | undefined> {
  const sql = `s${made++ % 2000}`;
  try {
    const inner = [
      ...step.columns.map((column, i) => `${column.sql} AS c${i}`),
      ...step.order.map((key, i) => `${key.replace(/ (ASC|DESC)? ?NULLS (FIRST|LAST)$/, '')} AS o${i}`),
    ];
    const order = step.order.map((key, i) => `o${i}${/ (?:(?:ASC|DESC) )?NULLS (?:FIRST|LAST)$/.exec(key)?.[0] ?? ''}`);
    const columns = step.columns.map(({ name, type }, i) => `CAST(c${i} AS ${sqlType(type)}) AS ${identifier(name)}`);
    const number = `row_number() OVER (${order.length > 0 ? `ORDER BY ${order.join(', ')}` : ''}) - 1 AS "#"`;
    await duck.rows(
      `CREATE OR REPLACE TABLE ${sql} AS SELECT ${[number, ...columns].join(', ')} FROM (SELECT ${inner.join(', ')} FROM ${step.from})`,
    );
  } catch (error) {
    if (isOverflow(error) || /Conversion Error/.test(String(error))) return undefined;
    throw new Error(`${String(error)}\n${before.text}\n${step.text}`);
  }
  const { columns, rows, outside } = await look(duck, sql, step.columns);
  let mayOverflow = before.mayOverflow || outside || step.others.some((other) => other.mayOverflow);
  for (const { sql: wide, from } of step.wide) mayOverflow ||= await duck.leavesRange([wide], from);
  return {
    sql,
    columns,
    rows,
    build: (env) => step.build(before.build(env), env),
    text: `${before.text}\n  ${step.text}`,
    mayOverflow,
  };
}

export async function look(
  duck: Duck,
  sql: string,
  columns: readonly Pick<ChainColumn, 'name' | 'type'>[],
): Promise<Pick<Stage, 'columns' | 'rows'> & { outside: boolean }> {
  const whole = columns.filter(({ type }) => type === 'int64' || type.startsWith('decimal'));
  const largest = whole.map(
    ({ name, type }) =>
      `max(abs(CAST(${identifier(name)} AS HUGEINT)))${type === 'int64' ? '' : ` * ${10 ** Number(/\d+/.exec(type)?.[0])}`}`,
  );
  const [counts] = await duck.rows(`SELECT ${['count(*)', ...largest].join(', ')} FROM ${sql}`);
  const outside = (counts ?? []).slice(1).some((value) => value !== null && BigInt(value as number) > 2n ** 53n);
  const first = await duck.rows(
    `SELECT ${columns.map(({ name }) => identifier(name)).join(', ')} FROM ${sql} ORDER BY "#" LIMIT 5`,
  );
  const known = columns.map(({ name, type }, i) => ({
    name,
    type,
    samples: first.map((row) => row[i] as Found).filter((value) => value !== null && typeof value !== 'bigint'),
  }));
  return { columns: known as ChainColumn[], rows: Number(counts?.[0]), outside };
}

/** A table that both have. */
export function tableStage(table: OracleTable, nth: number): Stage {
  return {
    sql: `t${nth}`,
    columns: table.columns.map(({ name, type, samples }) => ({ name, type, samples })),
    rows: table.rows,
    build: (env) => env.table(nth),
    text: `table ${nth}`,
    mayOverflow: false,
    plain: nth,
  };
}

/** The rows of a stage, in order. */
export async function rowsOfStage(duck: Duck, { sql, columns }: Stage): Promise<Stored[][]> {
  const names = columns.map(({ name }) => identifier(name)).join(', ');
  const rows = await duck.rows(`SELECT ${names} FROM ${sql} ORDER BY "#"`);
  return rows.map((row) => row.map((value) => (typeof value === 'bigint' ? Number(value) : value)));
}
