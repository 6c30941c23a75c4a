/** Constants and casts in DuckDB's SQL, exact to the last bit. */
import { decimalScale } from '../../../src/storage/schema.js';
import type { ColumnType } from '../../../src/storage/types.js';

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const sqlText = (text: string): string => `decode(from_hex('${Buffer.from(text).toString('hex')}'))`;
export const sqlDouble = (x: number): string => `CAST('${Object.is(x, -0) ? '-0.0' : x}' AS DOUBLE)`;
export const sqlTime = (ms: number): string => `make_timestamp(${ms}000::BIGINT)`;

const TYPES: Partial<Record<ColumnType, string>> = {
  float64: 'DOUBLE',
  float32: 'FLOAT',
  int32: 'INTEGER',
  int64: 'BIGINT',
  bool: 'BOOLEAN',
  utf8: 'VARCHAR',
  timestamp: 'TIMESTAMP',
  date: 'DATE',
};

export const sqlType = (type: ColumnType): string => TYPES[type] ?? `DECIMAL(18, ${decimalScale(type)})`;

/** A scaled integer in digits. */
export function decimalText(value: number, scale: number): string {
  const digits = String(Math.abs(value)).padStart(scale + 1, '0');
  const point = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return `${value < 0 ? '-' : ''}${point}`;
}
