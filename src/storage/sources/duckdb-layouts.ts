/** How DuckDB's types lie in memory, and which column type each becomes. */
import type { ColumnType } from '../types.js';
import type { NumberOptions } from './duckdb-numbers.js';
import { copy, days, int64, int128, milliseconds, seconds, ticks, uint64, uint128 } from './numbers.js';

export type Layout = Pick<NumberOptions, 'fill' | 'raw' | 'target' | 'reason' | 'hint'> & { readonly type: ColumnType };

const INFINITE = (shown: string) => (/infinity/i.test(shown) ? 'it is infinite' : 'beyond its range');

/** The numeric types of DuckDB: what they become, and how they lie in memory. */
export function layoutOf(type: string, truncate: boolean): Layout | undefined {
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(type);
  if (decimal) return decimalLayout(Number(decimal[1]), Number(decimal[2]));
  const time = timestampLayout(type, truncate);
  if (time) return time;
  switch (type) {
    case 'BOOLEAN':
      return { type: 'bool', fill: copy, raw: Uint8Array, target: Uint8Array };
    case 'TINYINT':
      return { type: 'int32', fill: copy, raw: Int8Array, target: Int32Array };
    case 'SMALLINT':
      return { type: 'int32', fill: copy, raw: Int16Array, target: Int32Array };
    case 'INTEGER':
      return { type: 'int32', fill: copy, raw: Int32Array, target: Int32Array };
    case 'UTINYINT':
      return { type: 'int32', fill: copy, raw: Uint8Array, target: Int32Array };
    case 'USMALLINT':
      return { type: 'int32', fill: copy, raw: Uint16Array, target: Int32Array };
    case 'UINTEGER':
      return { type: 'int64', fill: copy, raw: Uint32Array, target: Float64Array };
    case 'BIGINT':
      return { type: 'int64', fill: int64, raw: Int32Array, target: Float64Array };
    case 'UBIGINT':
      return { type: 'int64', fill: uint64, raw: Int32Array, target: Float64Array };
    case 'HUGEINT':
      return { type: 'int64', fill: int128, raw: Int32Array, target: Float64Array };
    case 'UHUGEINT':
      return { type: 'int64', fill: uint128, raw: Int32Array, target: Float64Array };
    case 'FLOAT':
      return { type: 'float32', fill: copy, raw: Float32Array, target: Float32Array };
    case 'DOUBLE':
      return { type: 'float64', fill: copy, raw: Float64Array, target: Float64Array };
    case 'DATE':
      return {
        type: 'date',
        fill: days,
        raw: Int32Array,
        target: Int32Array,
        reason: () => 'infinite, or beyond its range',
      };
    default:
      return undefined;
  }
}

/** A decimal's integer has 16, 32, 64 or 128 bits by its width. Scales beyond 15 have no column type. */
function decimalLayout(width: number, scale: number): Layout | undefined {
  if (scale > 15) return undefined;
  const type: ColumnType = `decimal(${scale})`;
  if (width <= 4) return { type, fill: copy, raw: Int16Array, target: Float64Array };
  if (width <= 9) return { type, fill: copy, raw: Int32Array, target: Float64Array };
  return { type, fill: width <= 18 ? int64 : int128, raw: Int32Array, target: Float64Array };
}

export function timestampLayout(type: string, truncate: boolean): Layout | undefined {
  const layout = { type: 'timestamp', raw: Int32Array, target: Float64Array, reason: INFINITE } as const;
  const finer = {
    reason: (shown: string) => (/infinity/i.test(shown) ? INFINITE(shown) : 'finer than a millisecond'),
    hint: 'truncate: true, or --truncate, cuts to milliseconds',
  };
  if (type === 'TIMESTAMP_S') return { ...layout, fill: seconds };
  if (type === 'TIMESTAMP_MS') return { ...layout, fill: milliseconds };
  if (type === 'TIMESTAMP_NS') return { ...layout, ...finer, fill: ticks(1_000_000, truncate) };
  if (type !== 'TIMESTAMP' && type !== 'TIMESTAMP WITH TIME ZONE') return undefined;
  return { ...layout, ...finer, fill: ticks(1000, truncate) };
}
