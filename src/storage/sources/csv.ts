/** CSV and TSV: the first line names the columns, fields may be quoted, an empty field is null (see `emptyText`), text is UTF-8. */
import { ShardfoldError } from '../../errors.js';
import { readCsvHead } from './csv-head.js';
import { type Duck, literal } from './duckdb.js';
import { unreadable } from './duckdb-errors.js';
import type { Scan } from './duckdb-scan.js';
import type { ColumnWishes } from './source.js';
import { columnList, inferTypes, textColumn } from './text-columns.js';
import { asRename, resolveWishes } from './wishes.js';

export async function csvScan(duck: Duck, file: string, wishes: ColumnWishes, delimiter?: string): Promise<Scan> {
  const head = await readCsvHead(file, delimiter);
  const dialect = `delim = ${literal(head.delimiter)}, quote = '"', escape = '"', header = true, skip = ${head.skip},
    comment = '', allow_quoted_nulls = ${wishes.emptyText !== true}, hive_partitioning = false`;
  const explicit = (columns: readonly { name: string; read: string }[]) =>
    `read_csv($1, ${dialect}, auto_detect = false, ${columnList(columns)})`;
  const found = await detect(duck, file, dialect).catch(async (error: unknown) => {
    // The detection says only that it failed; reading all as text finds the line.
    const columns = head.names.map((_, k) => ({ name: `column${k}`, read: 'VARCHAR' }));
    await duck.rows(`SELECT count(COLUMNS(*)) FROM ${explicit(columns)}`);
    throw error;
  });
  checkHead(head.names, found, wishes);
  const textFrom = explicit(found.map(({ name }) => ({ name, read: 'VARCHAR' })));
  const names = found.map(({ name }) => name);
  const resolved = resolveWishes(names, wishes);
  const types = await inferTypes(duck, found, textFrom, 'sample');
  const columns = names.map((name, k) =>
    textColumn(name, types[k] ?? 'utf8', resolved.typeOf(name), resolved.truncate),
  );
  return { from: explicit(columns), columns: columns.map(({ planned }) => planned), textFrom };
}

/** DuckDB calls a second `a` `a_1`: only whoever says so by renaming it gets that column. */
function checkHead(names: readonly string[], found: readonly { name: string }[], { rename = {} }: ColumnWishes): void {
  for (const [k, name] of names.entries()) {
    const given = found[k]?.name;
    if (names.indexOf(name) === k || given === undefined || given === name || Object.hasOwn(rename, given)) continue;
    throw new ShardfoldError('INVALID_ARGUMENT', `two columns are called "${name}"`, { hint: asRename(given) });
  }
}

/** Names and types as DuckDB detects them; a TIME stays text. */
async function detect(duck: Duck, file: string, dialect: string): Promise<{ name: string; type: string }[]> {
  const candidates = ['BOOLEAN', 'BIGINT', 'DOUBLE', 'DATE', 'TIMESTAMP', 'TIMESTAMPTZ', 'VARCHAR'];
  const found = await duck.describe(
    `read_csv($1, ${dialect}, auto_type_candidates = [${candidates.map(literal).join(', ')}])`,
  );
  if (found.length === 0) throw unreadable(file, 'it has no columns', 'the first line has to name the columns');
  return found;
}
