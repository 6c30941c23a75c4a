/** Types of columns that are read from keys: all column types, and times that are written as numbers. */

import { ShardfoldError, showValue } from '../../errors.js';
import { parseType } from '../../storage/column-types.js';
import type { ColumnType } from '../../storage/types.js';
import { closest } from '../../suggest.js';
import type { PackedType, TimeUnit } from './source.js';

/** A column type, or a timestamp that is written as the seconds or milliseconds since 1970. */
export type KeyType = ColumnType | 'timestamp(s)' | 'timestamp(ms)';

export interface ReadAs {
  readonly type: ColumnType;
  readonly unit?: TimeUnit;
}

/** @throws INVALID_ARGUMENT where it is no type */
export function parseKeyType(text: string): ReadAs {
  const [, unit] = /^\s*timestamp\s*\(\s*(\w+)\s*\)\s*$/i.exec(text) ?? [];
  if (unit === undefined) return { type: parseType(text) };
  const known = unit.toLowerCase();
  if (known === 's' || known === 'ms') return { type: 'timestamp', unit: known };
  throw new ShardfoldError('INVALID_ARGUMENT', `"${text}" is no column type`, {
    hint: 'timestamp(s) and timestamp(ms) are times written as numbers, timestamp those written as text; read others as int64',
  });
}

export const PACKED_TYPES: readonly PackedType[] = ['float64', 'float32', 'int32', 'uint8', 'uint16'];

/** @throws INVALID_ARGUMENT where it is none of PACKED_TYPES */
export function parsePackedType(type: unknown): PackedType {
  const found = PACKED_TYPES.find((each) => each === type);
  if (found !== undefined) return found;
  const near = typeof type === 'string' ? closest(type, PACKED_TYPES) : undefined;
  throw new ShardfoldError('INVALID_ARGUMENT', `${showValue(type)} is no type of packed numbers`, {
    hint: near === undefined ? `one of ${PACKED_TYPES.join(', ')}` : `did you mean '${near}'?`,
  });
}
