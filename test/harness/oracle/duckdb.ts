/** The same tables and plans in DuckDB. */
import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBTimestampValue,
} from '@duckdb/node-api';
import { decimalScale } from '../../../src/storage/schema.js';
import type { ColumnType } from '../../../src/storage/types.js';
import { sqlOf } from './aggregates.js';
import type { OraclePlan } from './plan.js';
import { identifier, sqlType } from './sql.js';
import type { OracleTable, Stored } from './table.js';

/** A value that DuckDB gave back, in the form in which we store it; sums of whole numbers stay bigints. */
export type Found = Stored | bigint;

const ROW = '"#"';

export class Duck {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  /** One thread and no optimiser: what stands in a query is computed, and an overflow is not optimised away. */
  static async open(): Promise<Duck> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    await connection.run('PRAGMA disable_optimizer');
    return new Duck(instance, connection);
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  /** Loads the rows exactly, numbered in a column of its own. */
  async load({ columns, rows }: OracleTable, name = 't'): Promise<void> {
    const list = columns.map(({ name, type }) => `${identifier(name)} ${sqlType(type)}`);
    await this.#connection.run(`CREATE OR REPLACE TABLE ${name} (${[`${ROW} INTEGER`, ...list].join(', ')})`);
    const appender = await this.#connection.createAppender(name);
    for (let i = 0; i < rows; i++) {
      appender.appendInteger(i);
      for (const { type, values } of columns) append(appender, type, values[i] as Stored);
      appender.endRow();
    }
    appender.closeSync();
  }

  async rows(sql: string): Promise<Found[][]> {
    const reader = await this.#connection.runAndReadAll(sql);
    return reader.getRows().map((row) => row.map(stored));
  }

  /** Rows in which lists may stand, as arrays. */
  async lists(sql: string): Promise<(Found | readonly Found[])[][]> {
    const reader = await this.#connection.runAndReadAll(sql);
    const value = (each: unknown) => (each instanceof DuckDBListValue ? each.items.map(stored) : stored(each));
    return reader.getRows().map((row) => row.map(value));
  }

  /** Result columns over the rows that pass, in the order of the table. */
  flat({ where }: OraclePlan, columns: readonly string[]): Promise<Found[][]> {
    const filter = where.length === 0 ? '' : ` WHERE ${where.map(({ sql }) => sql).join(' AND ')}`;
    return this.rows(`SELECT ${columns.join(', ')} FROM t${filter} ORDER BY ${ROW}`);
  }

  /** Exact aggregates of a plan, a row a group. */
  grouped({ where, end }: OraclePlan): Promise<Found[][]> {
    if (end.kind === 'rows') throw new TypeError('the plan has no groups');
    const filter = where.length === 0 ? '' : ` WHERE ${where.map(({ sql }) => sql).join(' AND ')}`;
    const keys = end.keys.map(({ sql }, i) => `${sql} AS k${i}`);
    const args = end.aggregates.flatMap(({ arg, by, where: own }, i) =>
      [arg, by, own].flatMap((part, k) => (part === undefined ? [] : [`${part.sql} AS ${'abw'[k]}${i}`])),
    );
    const flat = `SELECT ${[...keys, ...args, ROW].join(', ')} FROM t${filter}`;
    const results = end.aggregates.map((each, i) => sqlOf(each, { a: `a${i}`, b: `b${i}`, w: `w${i}`, row: ROW }));
    const names = keys.map((_, i) => `k${i}`);
    const by = names.length === 0 ? '' : ` GROUP BY ${names.join(', ')}`;
    return this.rows(`SELECT ${[...names, ...results].join(', ')} FROM (${flat})${by}`);
  }

  /** Whether one of these whole-number expressions leaves ±2^53 for some row, or fails. */
  async leavesRange(expressions: readonly string[], from = 't'): Promise<boolean> {
    for (const sql of expressions) {
      try {
        const [row] = await this.rows(`SELECT max(abs(CAST(${sql} AS HUGEINT))) FROM ${from}`);
        if (BigInt((row?.[0] as number | bigint | null) ?? 0) >= 2n ** 53n) return true;
      } catch (error) {
        if (isOverflow(error)) return true;
        throw error;
      }
    }
    return false;
  }
}

export const isOverflow = (error: unknown): boolean => /Out of Range Error|overflow/i.test(String(error));

function append(appender: DuckDBAppender, type: ColumnType, value: Stored): void {
  if (value === null) appender.appendNull();
  else if (typeof value === 'string') appender.appendVarchar(value);
  else if (type === 'float64') appender.appendDouble(value);
  else if (type === 'float32') appender.appendFloat(value);
  else if (type === 'int32') appender.appendInteger(value);
  else if (type === 'int64') appender.appendBigInt(BigInt(value));
  else if (type === 'bool') appender.appendBoolean(value === 1);
  else if (type === 'timestamp') appender.appendTimestamp(new DuckDBTimestampValue(BigInt(value) * 1000n));
  else if (type === 'date') appender.appendDate(new DuckDBDateValue(value));
  else appender.appendDecimal(new DuckDBDecimalValue(BigInt(value), 18, decimalScale(type) ?? 0));
}

function stored(value: unknown): Found {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof DuckDBTimestampValue) return Number(value.micros / 1000n);
  if (value instanceof DuckDBDateValue) return value.days;
  const whole = value instanceof DuckDBDecimalValue ? value.value : value;
  if (typeof whole !== 'bigint') throw new TypeError(`no stored form of ${String(value)}`);
  return whole > 2n ** 53n || whole < -(2n ** 53n) ? whole : Number(whole);
}
