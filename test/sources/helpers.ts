import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { ShardfoldError } from '../../src/errors';
import type { Source } from '../../src/storage/sources/source';
import type { Batch } from '../../src/storage/types';

/** A folder for the test file's own files, removed after its tests. */
export function workFolder(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'shardfold-sources-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}

export type Physical = number | string | null;

/** All rows of a source as physical values, and the sizes of its batches. */
export async function collect(source: Source): Promise<{ rows: Physical[][]; sizes: number[] }> {
  const rows: Physical[][] = [];
  const sizes: number[] = [];
  for await (const batch of source.batches) {
    sizes.push(batch.rows);
    for (let i = 0; i < batch.rows; i++) rows.push(rowOf(batch, i));
  }
  return { rows, sizes };
}

export function rowOf(batch: Batch, i: number): Physical[] {
  return batch.columns.map((column) => {
    if (column.valid?.[i] === 0) return null;
    if (column.kind === 'number') return column.values[i] as number;
    return column.dictionary[column.codes[i] as number] as string;
  });
}

export const typesOf = (source: Source) => Object.fromEntries(source.fields.map(({ name, type }) => [name, type]));

let instance: Promise<DuckDBInstance> | undefined;

/** Rows of a query, by DuckDB's own values. */
export async function duck(sql: string): Promise<DuckDBValue[][]> {
  instance ??= DuckDBInstance.create(':memory:');
  const connection = await (await instance).connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    return (await connection.runAndReadAll(sql)).getRows();
  } finally {
    connection.closeSync();
  }
}

/** The error that a promise fails with, which has to be one of ours. */
export async function failure(promise: Promise<unknown>): Promise<ShardfoldError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ShardfoldError) return error;
  throw new Error(`expected a ShardfoldError, not ${String(error)}`);
}
