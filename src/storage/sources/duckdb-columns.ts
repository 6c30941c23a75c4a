/** How each column of a file is asked of DuckDB and read, by its type there and the type that the user wants. */
import { ShardfoldError } from '../../errors.js';
import { asType, integerBounds } from '../schema.js';
import type { ColumnType } from '../types.js';
import { identifier } from './duckdb.js';
import { type Layout, layoutOf, timestampLayout } from './duckdb-layouts.js';
import { NumberReader } from './duckdb-numbers.js';
import type { ColumnReader } from './duckdb-reader.js';
import { StringReader, TextReader } from './duckdb-strings.js';
import { copy, integralDoubles } from './numbers.js';

export interface PlannedColumn {
  /** Its name in the file. */
  readonly name: string;
  readonly type: ColumnType;
  /** The expression to select. */
  readonly sql: string;
  reader(): ColumnReader;
}

const TEXTUAL = /^(?:VARCHAR|UUID|"NULL"|ENUM\()/;
const NESTED = /\[\d*\]$|^(?:STRUCT|MAP|UNION|VARIANT)\b/;
const INTEGRAL = /^U?(?:TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/;
const NUMERIC = /^(?:U?(?:TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL\(.*\))$/;

/** A column that has a type in the file (Parquet; numbers of JSON). */
export function typedColumn(
  column: { name: string; type: string },
  wanted: ColumnType | undefined,
  truncate: boolean,
): PlannedColumn {
  const { name, type } = column;
  const sql = identifier(name);
  const layout = layoutOf(type, truncate);
  const natural = layout?.type ?? (TEXTUAL.test(type) ? 'utf8' : undefined);
  if (layout && (wanted === undefined || wanted === layout.type)) {
    return { name, type: layout.type, sql, reader: () => new NumberReader({ name, ...layout }) };
  }
  if (wanted === undefined && natural === undefined) throw noColumnType(name, type);
  if (wanted === undefined || wanted === 'utf8') return strings(name, textOf(sql, type));
  if (layout && INTEGRAL.test(type) && ['int32', 'int64', 'timestamp'].includes(wanted)) {
    return within(name, wanted, sql, layout);
  }
  if (wanted === 'float64' && NUMERIC.test(type)) return doubles(name, `CAST(${sql} AS DOUBLE)`);
  if (natural === undefined) throw noColumnType(name, type);
  return texts(name, wanted, `CAST(${sql} AS VARCHAR)`);
}

function textOf(sql: string, type: string): string {
  if (type === 'VARCHAR') return sql;
  if (type === 'BLOB') return `decode(${sql})`;
  return NESTED.test(type) ? `CAST(to_json(${sql}) AS VARCHAR)` : `CAST(${sql} AS VARCHAR)`;
}

function noColumnType(name: string, type: string): ShardfoldError {
  const shown = type.length > 60 ? `${type.slice(0, 60)}…` : type;
  return new ShardfoldError('TYPE_MISMATCH', `column "${name}" is ${shown}, which no column type holds`, {
    hint: `cast it in the file, or load it as text: ${asType(name, 'utf8')}`,
  });
}

function within(name: string, type: ColumnType, sql: string, layout: Layout): PlannedColumn {
  const bounds = integerBounds(type);
  const options = { name, ...layout, type, target: Float64Array, ...(bounds && { bounds }) };
  return { name, type, sql, reader: () => new NumberReader(options) };
}

export function doubles(name: string, sql = identifier(name)): PlannedColumn {
  const options = { name, type: 'float64', fill: copy, raw: Float64Array, target: Float64Array } as const;
  return { name, type: 'float64', sql, reader: () => new NumberReader(options) };
}

/** Integers (or milliseconds) that were asked of DuckDB as DOUBLE. */
export function integers(name: string, type: ColumnType): PlannedColumn {
  const bounds = integerBounds(type);
  const shape = { fill: integralDoubles, raw: Float64Array, target: Float64Array, fromText: true } as const;
  const options = { name, type, ...shape, ...(bounds && { bounds }) };
  return { name, type, sql: identifier(name), reader: () => new NumberReader(options) };
}

export function strings(name: string, sql = identifier(name)): PlannedColumn {
  return { name, type: 'utf8', sql, reader: () => new StringReader() };
}

/** Texts parsed by `parseText`, every distinct one once. */
export function texts(name: string, type: ColumnType, sql = identifier(name)): PlannedColumn {
  const target = type === 'bool' ? Uint8Array : type === 'float32' ? Float32Array : Float64Array;
  return { name, type, sql, reader: () => new TextReader({ name, type, target }) };
}

const DAY = String.raw`\d{4}-\d{2}-\d{2}`;
const ZONE = String.raw`(?: ?(?:Z|z|[+-]\d{2}(?::?\d{2})?))?`;
// DuckDB takes 24:00 for the next day.
const HOUR = String.raw`(?:[01]\d|2[0-3])`;
/** A date, or a date and a time, as ISO 8601 writes them; digits beyond the microsecond only where they are zeros. */
export const ISO_DATE = DAY;
export const ISO_TIMESTAMP = String.raw`${DAY}(?:[T ]${HOUR}:[0-5]\d(?::[0-5]\d(?:\.\d{1,6}0*)?)?${ZONE})?`;

/**
 * Texts read as timestamps by DuckDB, which is many times faster than doing it here. Its own casts from text drop a zone or
 * digits in silence, hence the proofs: what it prints is the text again, or else a strict pattern. What passes neither comes
 * as infinity and is explained from the text.
 */
export function textTimestamps(name: string, truncate: boolean): PlannedColumn {
  const column = identifier(name);
  const trimmed = `trim(${column})`;
  const text = truncate ? String.raw`regexp_replace(${trimmed}, '(\.\d{3})\d+', '\1')` : trimmed;
  const sql = `CASE WHEN ${column} IS NULL THEN NULL
    WHEN CAST(TRY_CAST(${column} AS TIMESTAMP) AS VARCHAR) = ${column} THEN TRY_CAST(${column} AS TIMESTAMP)
    WHEN regexp_full_match(${text}, '${ISO_TIMESTAMP}')
    THEN coalesce(TRY_CAST(${text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC', 'infinity') ELSE 'infinity'::TIMESTAMP END`;
  const layout = timestampLayout('TIMESTAMP', truncate) as Layout;
  return { name, type: 'timestamp', sql, reader: () => new NumberReader({ name, ...layout, fromText: true }) };
}
