/** Facts about the column types: how they are written, and which physical numbers each may hold. */
import { ShardfoldError } from '../errors.js';
import { shellWord } from '../shell-words.js';
import { closest } from '../suggest.js';
import type { ColumnType } from './types.js';

/** Integers are stored as doubles; beyond this bound they would no longer be exact. */
export const MAX_INTEGER = 2 ** 53;
const MAX_SCALE = 15;
const MAX_TIMESTAMP = 8.64e15;
const MAX_DAY = 1e8;

const PLAIN_TYPES = new Set(['float64', 'float32', 'int32', 'int64', 'bool', 'utf8', 'timestamp', 'date']);
const SYNONYMS: Readonly<Record<string, ColumnType>> = {
  double: 'float64',
  float: 'float32',
  integer: 'int32',
  bigint: 'int64',
  boolean: 'bool',
  string: 'utf8',
};

/** Reads a type as a user writes it (`int64`, `decimal(2)`); INVALID_ARGUMENT where it is none. */
export function parseType(text: string): ColumnType {
  const name = text.trim().toLowerCase();
  if (PLAIN_TYPES.has(name)) return name as ColumnType;
  const decimal = /^decimal\(\s*(\d{1,2})\s*\)$/.exec(name);
  if (decimal && Number(decimal[1]) <= MAX_SCALE) return `decimal(${Number(decimal[1])})`;
  const meant = SYNONYMS[name] ?? closest(name, [...PLAIN_TYPES, 'decimal(2)']);
  throw new ShardfoldError('INVALID_ARGUMENT', `"${text}" is no column type`, {
    hint: meant
      ? `write ${meant}`
      : `one of ${[...PLAIN_TYPES].join(', ')}, decimal(scale) with a scale from 0 to ${MAX_SCALE}`,
  });
}

/** The number of decimal places of a `decimal(scale)`, undefined for every other type. */
export function decimalScale(type: ColumnType): number | undefined {
  return type.startsWith('decimal(') ? Number(type.slice(8, -1)) : undefined;
}

/** Bounds of the physical integers of a type; undefined for floats and strings. */
export function integerBounds(type: ColumnType): readonly [number, number] | undefined {
  switch (type) {
    case 'float64':
    case 'float32':
    case 'utf8':
      return undefined;
    case 'int32':
      return [-(2 ** 31), 2 ** 31 - 1];
    case 'bool':
      return [0, 1];
    case 'timestamp':
      return [-MAX_TIMESTAMP, MAX_TIMESTAMP];
    case 'date':
      return [-MAX_DAY, MAX_DAY];
    default:
      return [-MAX_INTEGER, MAX_INTEGER];
  }
}

/** Where a value stands: the 0-based row over the whole source, and the column's name. */
export interface ValuePlace {
  readonly row: number;
  readonly column: string;
}

/** How a user asks for a column's type: in a program, and on the command line. */
export function asType(column: string, type: ColumnType): string {
  return `types: { ${asKey(column)}: '${type}' }, or --type ${shellWord(`${column}=${type}`)}`;
}

/** A name as the key of an object in a program. */
export function asKey(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** The error for a value that does not fit its column. */
export function invalidValue(
  type: ColumnType,
  shown: string,
  place: ValuePlace,
  reason?: string,
  hint?: string,
): ShardfoldError {
  const why = reason === undefined ? '' : `: ${reason}`;
  return new ShardfoldError(
    'INVALID_VALUE',
    `row ${place.row}, column "${place.column}": ${shown} is no ${type} value${why}`,
    { hint: hint ?? `mend the row, or load the column as text: ${asType(place.column, 'utf8')}` },
  );
}

/** The error of a value in rows that are appended: what a column of the table is stays, whatever type is asked for. */
export function inAppend(error: unknown): unknown {
  if (!(error instanceof ShardfoldError && error.code === 'INVALID_VALUE')) return error;
  // Hints that speak of making the table are right already.
  if (!error.hint?.includes('--type ') || error.hint.includes('make the table with')) return error;
  return new ShardfoldError('INVALID_VALUE', error.message, {
    hint: "mend the row: an append keeps the types of the table; for another, replace it (--replace, or mode: 'replace') with all of its rows",
    cause: error,
  });
}

/** A value as an error message shows it: short, and quoted where it is text. */
export function showValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'bigint') return `${value}`;
  if (Object.is(value, -0)) return '-0';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : value.toISOString();
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
}
