/** Known questions put to Shardfold, on both sides, and to DuckDB over the same rows. */
import { type DuckDBConnection, DuckDBDecimalValue, DuckDBInstance, DuckDBListValue } from '@duckdb/node-api';
import type { Question } from '../../scripts/bench/data/questions.mjs';
import type { Shardfold } from '../../src/index.js';

export interface Judge {
  readonly connection: DuckDBConnection;
  /**
   * Asks with the builder and in SQL. Expects the same bits in the shards and on the client side, and DuckDB's rows: floats within
   * 1e-12, all else exactly.
   */
  agrees(question: Question, sf: Shardfold, table: string): Promise<void>;
  close(): void;
}

type Asked = ReturnType<Question['query']>;

export async function openJudge(): Promise<Judge> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  return {
    connection,
    async agrees({ query, sql, keys, onlyBuilder }, sf, table) {
      const text = keys.length > 0 ? `${sql} ORDER BY ${keys.join(', ')}` : sql;
      const theirs = (await connection.runAndReadAll(text)).getRowObjects();
      await answers(query(sf.table(table)), theirs);
      if (!onlyBuilder) await answers(sf.sql(text), theirs);
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function answers(asked: Asked, theirs: readonly Row[]): Promise<void> {
  const [shards, client] = [await asked.collect({ side: 'shards' }), await asked.collect({ side: 'client' })];
  expect(shards.receipt.computedOn.client).toBe(0);
  expect(client.receipt.computedOn.shards).toBe(0);
  expect(firstDifference(client, shards, isSame)).toBeUndefined();
  expect(firstDifference(shards, theirs, isNear)).toBeUndefined();
}

type Row = Readonly<Record<string, unknown>>;

/** Where two results differ, undefined where they do not. A million `expect`s take minutes. */
function firstDifference(
  ours: readonly Row[],
  theirs: readonly Row[],
  same: (a: unknown, b: unknown) => boolean,
): unknown {
  if (ours.length !== theirs.length) return { rows: ours.length, expected: theirs.length };
  for (const [row, values] of theirs.entries()) {
    const found = ours[row] as Row;
    const column = Object.keys(values).find((name) => !same(found[name], values[name]));
    if (column !== undefined) return { row, column, found, expected: values };
  }
  return undefined;
}

/** Bit for bit. */
function isSame(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return Object.is(a, b);
  return a.length === b.length && a.every((item, i) => Object.is(item, b[i]));
}

/** Whole numbers, decimals, strings and nulls are the same; where DuckDB has an exact decimal and we a float, the float is near it. */
function isNear(ours: unknown, theirs: unknown): boolean {
  if (typeof theirs === 'bigint') return ours === Number(theirs);
  if (theirs instanceof DuckDBDecimalValue) {
    return typeof ours === 'string' ? ours === theirs.toString() : isNear(ours, theirs.toDouble());
  }
  if (theirs instanceof DuckDBListValue) {
    const { items } = theirs;
    return Array.isArray(ours) && ours.length === items.length && items.every((item, i) => isNear(ours[i], item));
  }
  if (typeof ours !== 'number' || typeof theirs !== 'number' || Number.isNaN(theirs)) return Object.is(ours, theirs);
  // Of whole numbers below 10^12 only the same is as near as that.
  return Math.abs(ours - theirs) <= 1e-12 * Math.max(1, Math.abs(theirs));
}
