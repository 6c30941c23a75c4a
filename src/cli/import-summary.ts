/** What an import says when it is done. */
import type { TableSnapshot } from '../storage/types.js';
import { print, printJson } from './output.js';
import { formatTable } from './table.js';
import { formatBytes, formatCount, formatCounted, formatMs, formatRate } from './units.js';

export interface ImportResult {
  readonly table: TableSnapshot;
  /** By this import alone. */
  readonly written: { readonly rows: number; readonly bytes: number };
  readonly seconds: number;
  /** Its append id counted already: nothing was added. */
  readonly isDuplicate: boolean;
}

export function printSummary(result: ImportResult, json: boolean): void {
  const { table, written, seconds, isDuplicate } = result;
  const columns = columnsOf(table);
  const bytes = columns.reduce((sum, column) => sum + column.bytes, 0);
  if (json) {
    printJson({
      table: table.name,
      version: table.version,
      rows: table.rows,
      chunks: table.chunks.length,
      bytes,
      rowsImported: isDuplicate ? 0 : written.rows,
      bytesWritten: isDuplicate ? 0 : written.bytes,
      seconds,
      rowsPerSecond: isDuplicate ? 0 : Math.round(written.rows / seconds),
      duplicate: isDuplicate,
      columns,
    });
    return;
  }
  const rows = columns.map(({ name, type, nulls, bytes, bytesPerValue }) => [
    name,
    type,
    formatCount(nulls),
    bytesPerValue === null ? null : bytesPerValue.toFixed(2),
    formatBytes(bytes),
  ]);
  print(
    formatTable(['column', 'type', 'nulls', 'bytes/value', 'stored'], rows, {
      right: ['nulls', 'bytes/value', 'stored'],
    }),
  );
  const size = `${formatCounted(table.rows, 'row')} in ${formatCounted(table.chunks.length, 'chunk')}, ${formatBytes(bytes)}`;
  print(`\n${table.name}  ${size}`);
  print(isDuplicate ? 'nothing was added: this append id counts already' : timing(result));
}

function timing({ table, written, seconds }: ImportResult): string {
  const part = written.rows === table.rows ? '' : `${formatCount(written.rows)} of them `;
  return `${part}imported in ${formatMs(seconds * 1000)}, ${formatRate(written.rows, seconds * 1000)}`;
}

function columnsOf(table: TableSnapshot) {
  return table.schema.map(({ name, type }, k) => {
    let bytes = 0;
    let nulls = 0;
    for (const { columns } of table.chunks) {
      const column = columns[k];
      bytes += (column?.bytes ?? 0) + (column?.validityBytes ?? 0) + (column?.dictionaryBytes ?? 0);
      nulls += column?.nullCount ?? 0;
    }
    return { name, type, nulls, bytes, bytesPerValue: table.rows === 0 ? null : bytes / table.rows };
  });
}
