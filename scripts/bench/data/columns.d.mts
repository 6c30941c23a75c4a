import type { DuckDBConnection } from '@duckdb/node-api';

export type GeneratedColumn =
  | { name: string; type: 'utf8'; codes: Int32Array; dictionary: readonly string[] }
  | { name: string; type: 'int32' | 'float64' | 'date' | 'decimal(2)'; values: Int32Array | Float64Array };
export interface GeneratedTable {
  rows: number;
  columns: GeneratedColumn[];
}
export function sourceOf(table: GeneratedTable): object;
export function loadIntoDuckdb(connection: DuckDBConnection, name: string, table: GeneratedTable): Promise<void>;
