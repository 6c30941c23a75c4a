/** The rows of a table, or of a query, as a file. */
import type { WriteFormat } from '../engine/results/write/format.js';
import type { WrittenFile } from '../engine/results/write/write-result.js';
import { Query } from '../query/query.js';
import { sqlPlan } from '../sql/plan.js';
import { openTable } from '../storage/catalog.js';
import { readShapes, type SchemaFlags } from './keys/schema-option.js';
import { printJson, say } from './output.js';
import { progressBar } from './progress.js';
import type { OptionalProjectSession } from './project.js';
import { formatTable } from './table.js';
import { formatBytes, formatCount, formatCounted, formatMs, formatRate } from './units.js';

export interface RowsFlags extends SchemaFlags {
  /** One of the two. */
  table?: string;
  sql?: string;
  columns?: string[];
  format?: WriteFormat;
}

/** @param path `-` for stdout */
export async function exportRows(path: string, session: OptionalProjectSession<RowsFlags>): Promise<void> {
  const { signal, flags, json } = session;
  const { format, timeout } = flags;
  const from = performance.now();
  const { query, name, rows } = await queryOf(session);
  const bar = progressBar({ label: `exporting ${name}`, unit: 'rows', ...(rows !== undefined && { total: rows }) });
  let written: WrittenFile;
  try {
    written = await query.writeTo(path === '-' ? process.stdout : path, {
      signal,
      ...(timeout !== undefined && { timeout }),
      ...(format && { format }),
      onWritten: (now) => bar.update(now.rows, undefined, `${formatBytes(now.bytes)} written`),
    });
  } finally {
    bar.stop();
  }
  summary(path, written, { seconds: (performance.now() - from) / 1000, json });
}

/** What is exported, what to call it, and how many rows it has, where that is known beforehand. */
async function queryOf({ link, context, flags }: OptionalProjectSession<RowsFlags>) {
  const { table, sql, columns } = flags;
  if (table === undefined)
    return { query: new Query(link, sqlPlan(sql as string, [], await readShapes(flags))), name: 'rows' };
  const { rows } = await openTable(link, table, context);
  const all = new Query(link, { kind: 'scan', table });
  return { query: columns ? all.select(...columns) : all, name: table, rows };
}

function summary(path: string, written: WrittenFile, { seconds, json }: { seconds: number; json: boolean }): void {
  const { rows, bytes, format, columns, receipt } = written;
  if (json) {
    const { table, version } = receipt;
    const rowsPerSecond = Math.round(rows / seconds);
    if (path !== '-') printJson({ file: path, format, table, version, rows, bytes, seconds, rowsPerSecond, columns });
    return;
  }
  const lines = columns.map(({ name, type, nulls }) => [name, type, formatCount(nulls)]);
  say(formatTable(['column', 'type', 'nulls'], lines, { right: ['nulls'] }));
  const name = path === '-' ? 'stdout' : path;
  say(`\n${name}  ${formatCounted(rows, 'row')}, ${formatCounted(columns.length, 'column')}, ${formatBytes(bytes)}`);
  say(`exported in ${formatMs(seconds * 1000)}, ${formatRate(rows, seconds * 1000)}`);
}
