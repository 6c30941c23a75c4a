/** The same SQL text in DuckDB, and what it gives as plain values: times as milliseconds, decimals as numbers. */
import {
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBTimestampValue,
} from '@duckdb/node-api';
import type { Plain, SqlTable } from './random.js';

const TYPES: Readonly<Record<string, string>> = {
  int32: 'INTEGER',
  int64: 'BIGINT',
  float64: 'DOUBLE',
  'decimal(2)': 'DECIMAL(18, 2)',
  utf8: 'VARCHAR',
  bool: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
  date: 'DATE',
};

export class SqlDuck {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(): Promise<SqlDuck> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    // PostgreSQL's name for what DuckDB writes with an operator that PostgreSQL does not know.
    await connection.run('CREATE MACRO div(a, b) AS a // b');
    return new SqlDuck(instance, connection);
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  async load({ name, columns, rows }: SqlTable): Promise<void> {
    const types = columns.map((column) => `${column.name} ${TYPES[column.type]}`);
    await this.#connection.run(`CREATE OR REPLACE TABLE ${name} (${types.join(', ')})`);
    const lines = rows.map((row) => `(${row.map((value, i) => constant(value, columns[i]?.type ?? '')).join(', ')})`);
    if (lines.length > 0) await this.#connection.run(`INSERT INTO ${name} VALUES ${lines.join(', ')}`);
  }

  async rows(sql: string): Promise<Plain[][]> {
    const reader = await this.#connection.runAndReadAll(sql);
    return reader.getRows().map((row) => row.map(plain));
  }
}

function constant(value: Plain, type: string): string {
  if (value === null) return 'NULL';
  if (type === 'timestamp') return `make_timestamp(${value}000::BIGINT)`;
  if (type === 'date') return `make_timestamp(${value}000::BIGINT)::DATE`;
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return String(value);
}

function plain(value: unknown): Plain {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof DuckDBTimestampValue) return Number(value.micros / 1000n);
  if (value instanceof DuckDBDateValue) return value.days * 86_400_000;
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value === null || ['number', 'string', 'boolean'].includes(typeof value)) return value as Plain;
  throw new TypeError(`${String(value)} is no plain value`);
}
