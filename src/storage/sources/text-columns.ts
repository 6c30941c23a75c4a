/**
 * Columns of files that hold text (CSV, JSON). DuckDB is asked only for DOUBLE and VARCHAR: told to read integers, dates or
 * timestamps it would round 1.5 to 2, drop a time of day or a zone, and say nothing. Exactness is checked here.
 */
import type { ColumnType } from '../types.js';
import { type Duck, identifier, literal } from './duckdb.js';
import {
  doubles,
  ISO_DATE,
  ISO_TIMESTAMP,
  integers,
  type PlannedColumn,
  strings,
  texts,
  textTimestamps,
} from './duckdb-columns.js';

export interface TextColumn {
  readonly name: string;
  /** The type as which DuckDB is to read it. */
  readonly read: 'DOUBLE' | 'VARCHAR';
  readonly planned: PlannedColumn;
}

export function textColumn(
  name: string,
  inferred: ColumnType,
  wanted: ColumnType | undefined,
  truncate: boolean,
): TextColumn {
  const type = wanted ?? inferred;
  const isNumber = inferred === 'int64' || inferred === 'float64';
  // What is no number in the rows that were looked at is parsed here, where a misfit can be named.
  if (isNumber && type === 'float64') return { name, read: 'DOUBLE', planned: doubles(name) };
  if (isNumber && (type === 'int32' || type === 'int64' || type === 'timestamp')) {
    return { name, read: 'DOUBLE', planned: integers(name, type) };
  }
  if (type === 'utf8') return { name, read: 'VARCHAR', planned: strings(name) };
  if (type === 'timestamp') return { name, read: 'VARCHAR', planned: textTimestamps(name, truncate) };
  return { name, read: 'VARCHAR', planned: texts(name, type) };
}

/** `columns = {'a': 'DOUBLE', …}` of read_csv and read_json. */
export function columnList(columns: readonly { name: string; read: string }[]): string {
  return `columns = {${columns.map(({ name, read }) => `${literal(name)}: ${literal(read)}`).join(', ')}}`;
}

const SAMPLE_ROWS = 20_480;

/**
 * The column types for what DuckDB found in a text file, with its guesses checked on the rows that it looked at: the first
 * 20,480, or all. Dates and times count as such only in ISO form (01/02/2020 may be either month), and integers too long for
 * 64 bits are integers still, and no floats (they are refused with a hint, instead of being rounded).
 */
export async function inferTypes(
  duck: Duck,
  found: readonly { name: string; type: string }[],
  textFrom: string,
  looked: 'sample' | 'all',
): Promise<ColumnType[]> {
  const guesses = found.map(({ type }) => guess(type));
  const names = found.map(({ name }) => name);
  const sampled = await checked(duck, names, guesses, `(SELECT * FROM ${textFrom} LIMIT ${SAMPLE_ROWS})`);
  // What the first rows show is settled by all of them, where the guess was made from all: seldom, so it costs no pass.
  const doubtful = looked === 'all' && guesses.some((type, k) => type === 'float64' && sampled[k] === 'int64');
  return doubtful ? await checked(duck, names, guesses, textFrom) : sampled;
}

async function checked(
  duck: Duck,
  names: readonly string[],
  guesses: readonly ColumnType[],
  from: string,
): Promise<ColumnType[]> {
  const checks = guesses.map((type, k) => check(type, `trim(${identifier(names[k] as string)})`));
  const [answers = []] = await duck.rows(`SELECT ${checks.join(', ')} FROM ${from}`);
  return guesses.map((type, k) => {
    if (type === 'float64') return answers[k] === true ? 'int64' : 'float64';
    return answers[k] === false ? 'utf8' : type;
  });
}

function guess(type: string): ColumnType {
  if (/^(?:U?BIGINT|U?HUGEINT)$/.test(type)) return 'int64';
  if (type === 'DOUBLE') return 'float64';
  if (type === 'BOOLEAN') return 'bool';
  if (type === 'DATE') return 'date';
  return type.startsWith('TIMESTAMP') ? 'timestamp' : 'utf8';
}

function check(type: ColumnType, text: string): string {
  const matches = (pattern: string) => `bool_and(regexp_full_match(${text}, '${pattern}'))`;
  if (type === 'float64') return matches(String.raw`[+-]?\d+`);
  if (type === 'date') return matches(ISO_DATE);
  return type === 'timestamp' ? matches(ISO_TIMESTAMP.replace('0*', String.raw`\d*`)) : 'NULL';
}
