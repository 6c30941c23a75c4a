/** The column type of JavaScript values: whole numbers (and bigints) int64, other numbers float64, Date timestamp, and so on. */
import type { ColumnType } from '../types.js';
import { mismatch } from './shape.js';

type Kind = 'whole' | 'bigint' | 'float' | 'utf8' | 'bool' | 'timestamp';

/**
 * The type that fits all values, undefined where all are null. −0 is no integer. Whole numbers mix with other numbers, and
 * with bigints; nothing else mixes.
 * @throws SCHEMA_MISMATCH naming the row and column of the first value that does not go with those before it
 */
export function inferType(values: Iterable<unknown>, column: string): ColumnType | undefined {
  let found: Kind | undefined;
  let row = -1;
  for (const value of values) {
    row++;
    if (value === null || value === undefined) continue;
    const kind = kindOf(value);
    if (kind !== undefined && kind === found) continue;
    const both: Kind | undefined = found === undefined || kind === undefined ? kind : join(found, kind);
    if (both === undefined) {
      const was = found === undefined ? '' : `, after ${nameOf(found)}`;
      throw mismatch(
        `row ${row}, column "${column}": ${describe(value)}${was}`,
        isArray(value)
          ? 'a column holds no arrays: JSON.stringify it, or make a row of each item; columns come as one object, or from a generator'
          : 'one column holds one kind of value: numbers, bigints, strings, booleans or Dates (or null)',
      );
    }
    found = both;
  }
  if (found === undefined) return undefined;
  return found === 'whole' || found === 'bigint' ? 'int64' : found === 'float' ? 'float64' : found;
}

function kindOf(value: unknown): Kind | undefined {
  switch (typeof value) {
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? 'whole' : 'float';
    case 'bigint':
      return 'bigint';
    case 'string':
      return 'utf8';
    case 'boolean':
      return 'bool';
    default:
      return value instanceof Date ? 'timestamp' : undefined;
  }
}

function join(a: Kind, b: Kind): Kind | undefined {
  const pair = new Set([a, b]);
  if (pair.has('whole') && pair.has('float')) return 'float';
  return pair.has('whole') && pair.has('bigint') ? 'bigint' : undefined;
}

function nameOf(kind: Kind): string {
  const names = {
    whole: 'numbers',
    float: 'numbers',
    bigint: 'bigints',
    utf8: 'strings',
    bool: 'booleans',
    timestamp: 'Dates',
  };
  return names[kind];
}

const isArray = (value: unknown) => Array.isArray(value) || ArrayBuffer.isView(value);

function describe(value: unknown): string {
  if (typeof value !== 'object') return `a ${typeof value}`;
  return isArray(value) ? 'an array' : value instanceof Date ? 'a Date' : 'an object';
}
