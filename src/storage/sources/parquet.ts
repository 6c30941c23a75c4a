/** Parquet: types and the number of rows are in the file. */
import type { Duck } from './duckdb.js';
import { typedColumn } from './duckdb-columns.js';
import type { Scan } from './duckdb-scan.js';
import type { ColumnWishes } from './source.js';
import { resolveWishes } from './wishes.js';

export async function parquetScan(duck: Duck, wishes: ColumnWishes): Promise<Scan> {
  const from = 'read_parquet($1, hive_partitioning = false)';
  const found = await duck.describe(from);
  const resolved = resolveWishes(
    found.map(({ name }) => name),
    wishes,
  );
  const columns = found.map((column) => typedColumn(column, resolved.typeOf(column.name), resolved.truncate));
  const [[rows] = []] = await duck.rows('SELECT num_rows FROM parquet_file_metadata($1)');
  return { from, columns, rows: Number(rows) };
}
