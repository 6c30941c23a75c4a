/** Typed values of raw texts in DuckDB's SQL: the rule of TRY_CAST, within our types. */
import type { ColumnType } from '../../../src/storage/types.js';
import { sqlType } from '../oracle/sql.js';
import type { SpaceColumn } from './space.js';

const EDGE = '9007199254740992';
/** Spellings that DuckDB takes and we do not (docs/semantics.md): hexadecimal and binary digits, underscores, a sign before spaces. */
const NOT_OURS = "'_|^\\s*[+-]?0[xXbBoO]|^\\s*[+-]\\s'";
const MAX_TIME_MS = '8640000000000000';

/** The value of a text. */
export function textCell(sql: string, { type, unit }: Pick<SpaceColumn, 'type' | 'unit'>): string {
  if (type === 'utf8') return sql;
  const text = `CASE WHEN NOT regexp_matches(${sql}, ${NOT_OURS}) THEN ${sql} END`;
  if (unit !== undefined) return timeOf(`TRY_CAST(${text} AS DECIMAL(38, ${unit === 's' ? 3 : 0}))`, unit);
  return bounded(`TRY_CAST(${text} AS ${sqlType(type)})`, type);
}

/** A number of seconds or milliseconds as a time. */
const timeOf = (sql: string, unit: 's' | 'ms'): string => {
  const ms = `(${sql} * ${unit === 's' ? 1000 : 1})`;
  return `CASE WHEN ${ms} BETWEEN -${MAX_TIME_MS} AND ${MAX_TIME_MS} THEN make_timestamp(CAST(${ms} AS BIGINT) * 1000) END`;
};

/** DuckDB's integers and decimals reach further than ours. */
function bounded(sql: string, type: ColumnType): string {
  if (type === 'int64') return `CASE WHEN ${sql} BETWEEN -${EDGE} AND ${EDGE} THEN ${sql} END`;
  if (!type.startsWith('decimal')) return sql;
  const unit = `CAST(10 AS HUGEINT) ** ${type.slice(8, -1)}`;
  return `CASE WHEN abs(CAST(${sql} AS DOUBLE)) * ${unit} <= ${EDGE} THEN ${sql} END`;
}

const jsonPath = (path: readonly (string | number)[]): string =>
  `'$${path.map((step) => (typeof step === 'number' ? `[${step}]` : `."${step.replaceAll("'", "''")}"`)).join('')}'`;

/** What JSON holds at a column's path: `raw` is null where that is missing or null, `typed` where it is of another type, too. */
export function jsonCell(sql: string, { type, unit, path = [] }: SpaceColumn): { raw: string; typed: string } {
  const found = `json_extract(${sql}, ${jsonPath(path)})`;
  const raw = `NULLIF(json_type(${found}), 'NULL')`;
  const text = `json_extract_string(${sql}, ${jsonPath(path)})`;
  const when = (kinds: string, value: string): string =>
    `CASE WHEN json_type(${found}) IN (${kinds}) THEN ${value} END`;
  const isNumber = "'UBIGINT', 'BIGINT', 'DOUBLE'";
  if (type === 'utf8') return { raw, typed: when("'VARCHAR'", text) };
  if (type === 'bool') return { raw, typed: when("'BOOLEAN'", `TRY_CAST(${text} AS BOOLEAN)`) };
  if (unit !== undefined) return { raw, typed: when(isNumber, textCell(text, { type, unit })) };
  if (type === 'timestamp' || type === 'date') return { raw, typed: when("'VARCHAR'", textCell(text, { type })) };
  return { raw, typed: when(isNumber, textCell(text, { type })) };
}
