/** A file as a source: CSV, TSV, JSON, NDJSON and Parquet by DuckDB, Arrow by apache-arrow. Nothing is held whole. */
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { ShardfoldError } from '../../errors.js';
import { arrowFileSource } from './arrow-file.js';
import { csvScan } from './csv.js';
import { Duck } from './duckdb.js';
import { unreadable } from './duckdb-errors.js';
import { readBatches, type Scan } from './duckdb-scan.js';
import { jsonScan } from './json.js';
import { parquetScan } from './parquet.js';
import type { ColumnWishes, Source } from './source.js';
import { resolveWishes } from './wishes.js';

const FORMATS = {
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  parquet: 'parquet',
  pq: 'parquet',
  arrow: 'arrow',
  arrows: 'arrow',
  feather: 'arrow',
  ipc: 'arrow',
} as const;

export type FileFormat = (typeof FORMATS)[keyof typeof FORMATS];

export interface FileOptions extends ColumnWishes {
  /** By default the file's extension tells; a `.gz` after it is allowed for CSV, TSV, JSON and NDJSON. */
  readonly format?: FileFormat;
  /** Stops looking through the file, and reading it, with ABORTED. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a file: its columns are known at once, its rows are read as the batches are asked for (again from the start for every
 * iteration).
 *
 * Inferred types: integers of up to 32 bits int32, wider ones int64 (checked to lie within ±2^53), FLOAT float32, DOUBLE
 * float64, DECIMAL(p, s) decimal(s), BOOLEAN bool, VARCHAR, ENUM and UUID utf8, DATE date, timestamps timestamp in UTC.
 * In CSV and JSON, numbers are int64 where all are whole, else float64, and only ISO dates and times are taken for such.
 * An empty field of a CSV file is null (see `emptyText`).
 *
 * @throws FILE_UNREADABLE (with the line, where a line is wrong), MISSING_DEPENDENCY, TYPE_MISMATCH for a column that no
 * column type holds, and while reading INVALID_VALUE, which names the row (counted from 0) and the column
 */
export async function fileSource(path: string, options: FileOptions = {}): Promise<Source> {
  const file = resolve(path);
  await checkFile(path, file);
  const format = options.format ?? formatOf(path);
  if (format === 'arrow') return await arrowFileSource(file, options);
  const duck = await Duck.open(file, options.signal);
  const scan = await plan(duck, file, format, options);
  const { nameOf } = resolveWishes(
    scan.columns.map(({ name }) => name),
    options,
  );
  return {
    fields: scan.columns.map(({ name, type }) => ({ name: nameOf(name), type })),
    batches: { [Symbol.asyncIterator]: () => readBatches(duck, scan) },
    ...(scan.rows !== undefined && { rows: scan.rows }),
  };
}

function plan(duck: Duck, file: string, format: Exclude<FileFormat, 'arrow'>, options: FileOptions): Promise<Scan> {
  switch (format) {
    case 'csv':
      return csvScan(duck, file, options);
    case 'tsv':
      return csvScan(duck, file, options, '\t');
    case 'json':
      return jsonScan(duck, file, options, 'auto');
    case 'ndjson':
      return jsonScan(duck, file, options, 'newline_delimited');
    case 'parquet':
      return parquetScan(duck, options);
  }
}

async function checkFile(path: string, file: string): Promise<void> {
  const found = await stat(file).catch((cause: unknown) => {
    throw unreadable(path, 'there is no such file, or it may not be read', `looked for ${file}`, cause);
  });
  if (!found.isFile()) throw unreadable(path, 'it is not a file', 'name one file; folders and patterns are not read');
  if (found.size === 0) throw unreadable(path, 'it is empty', 'a file needs at least the names of its columns');
}

function formatOf(path: string): FileFormat {
  const name = basename(path).toLowerCase();
  const extension = /\.([^.]+?)(?:\.gz)?$/.exec(name)?.[1] ?? '';
  const format = (FORMATS as Record<string, FileFormat>)[extension];
  if (format !== undefined) return format;
  throw new ShardfoldError('FILE_UNREADABLE', `${basename(path)}: its name does not tell the format`, {
    hint: `name it with one of ${Object.keys(FORMATS)
      .map((known) => `.${known}`)
      .join(' ')}`,
  });
}
