/**
 * JSON (one array of objects) and NDJSON (an object a line). Every record is looked at before the first is read, so that a key
 * or a fraction that first comes up in the last record still has its column: two passes, both streaming.
 */

import type { ColumnType } from '../types.js';
import { type Duck, identifier, literal } from './duckdb.js';
import { typedColumn } from './duckdb-columns.js';
import { unreadable } from './duckdb-errors.js';
import type { Scan } from './duckdb-scan.js';
import type { ColumnWishes } from './source.js';
import { columnList, inferTypes, textColumn } from './text-columns.js';
import { resolveWishes } from './wishes.js';

const ALL_RECORDS = 'sample_size = -1, maximum_depth = 2, map_inference_threshold = -1, field_appearance_threshold = 0';
const EXACT = new Set(['BIGINT', 'UBIGINT', 'HUGEINT', 'BOOLEAN']);

export async function jsonScan(
  duck: Duck,
  file: string,
  wishes: ColumnWishes,
  format: 'auto' | 'newline_delimited',
): Promise<Scan> {
  const layout = `format = ${literal(format)}, records = true, hive_partitioning = false`;
  const explicit = (columns: readonly { name: string; read: string }[]) =>
    `read_json($1, ${layout}, auto_detect = false, ${columnList(columns)})`;
  const found = await duck.describe(`read_json($1, ${layout}, ${ALL_RECORDS})`);
  if (found.length === 0) throw unreadable(file, 'it holds no records', 'the columns are the keys of its objects');
  const textFrom = explicit(found.map(({ name }) => ({ name, read: 'VARCHAR' })));
  const resolved = resolveWishes(
    found.map(({ name }) => name),
    wishes,
  );
  const known = await nullsAsText(duck, found, textFrom);
  const types = await inferTypes(duck, known, textFrom, 'all');
  const columns = known.map(({ name, type }, k) =>
    column({ name, type }, types[k] ?? 'utf8', resolved.typeOf(name), resolved.truncate),
  );
  return { from: explicit(columns), columns: columns.map(({ planned }) => planned), textFrom };
}

function column(
  found: { name: string; type: string },
  inferred: ColumnType,
  wanted: ColumnType | undefined,
  truncate: boolean,
) {
  const { name, type } = found;
  const isMixed = type === 'JSON' || /^(?:STRUCT|MAP)\b|\[\d*\]$/.test(type);
  if ((EXACT.has(type) || isMixed) && wanted === undefined) {
    // Whole numbers and booleans throughout: DuckDB has nothing to round. Mixed and nested ones are refused in there.
    return { name, read: type, planned: typedColumn(found, wanted, truncate) };
  }
  return textColumn(name, inferred, wanted, truncate);
}

/** A key that is null in all records has the type JSON, like one with mixed values; as in CSV it is text. */
async function nullsAsText(duck: Duck, found: { name: string; type: string }[], textFrom: string) {
  const open = found.filter(({ type }) => type === 'JSON');
  if (open.length === 0) return found;
  const counts = open.map(({ name }) => `count(${identifier(name)})`).join(', ');
  const [answers = []] = await duck.rows(`SELECT ${counts} FROM ${textFrom}`);
  return found.map((column) =>
    Number(answers[open.indexOf(column)] ?? 1) === 0 ? { ...column, type: 'VARCHAR' } : column,
  );
}
