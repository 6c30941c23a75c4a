/**
 * A logical value, as an app hands it in or gets it back, against the physical number or string that is stored.
 * Physical: milliseconds for timestamps, days since 1970 for dates, scaled integers for decimals, 0 and 1 for bool.
 */
import {
  asType,
  decimalScale,
  integerBounds,
  invalidValue,
  MAX_INTEGER,
  showValue,
  type ValuePlace,
} from './column-types.js';
import { parseTime } from './times.js';
import type { ColumnType } from './types.js';

const DAY_MS = 86_400_000;

/** What `fromPhysical` gives: timestamps and dates as Date (UTC; a date is its midnight), decimals as exact strings. */
export type LogicalValue = number | string | boolean | Date;

/** Every Node that we run on has it; the language level that we compile against has not. */
const wellFormed = (String.prototype as unknown as { isWellFormed: (this: string) => boolean }).isWellFormed;

/** True where every surrogate has its other half, so that the string has a UTF-8 form. */
export function isWellFormed(text: string): boolean {
  return wellFormed.call(text);
}

/**
 * Turns a value of a row into what is stored; null and undefined are null.
 * @throws INVALID_VALUE, naming the row and the column, where the value does not fit the type exactly.
 */
export function toPhysical(type: ColumnType, value: unknown, place: ValuePlace): number | string | null {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'float64':
      return float(type, value, place);
    case 'float32': {
      const number = Math.fround(float(type, value, place));
      if (!Number.isFinite(number) && Number.isFinite(Number(value))) {
        throw invalidValue(type, showValue(value), place, 'beyond its range', asType(place.column, 'float64'));
      }
      return number;
    }
    case 'utf8':
      if (typeof value !== 'string') throw invalidValue(type, showValue(value), place, 'not a string', 'pass a string');
      if (!isWellFormed(value)) throw loneSurrogate(value, place);
      return value;
    case 'bool':
      if (typeof value !== 'boolean') {
        throw invalidValue(type, showValue(value), place, 'not a boolean', 'pass true or false');
      }
      return value ? 1 : 0;
    case 'timestamp':
      return inBounds(type, timestamp(type, value, place), value, place);
    case 'date':
      return inBounds(type, date(value, place), value, place);
    case 'int32':
    case 'int64':
      return integer(type, value, place);
    default:
      return inBounds(type, decimal(type, value, place), value, place);
  }
}

/** The error for a string that has no UTF-8 form. */
export function loneSurrogate(text: string, place: ValuePlace) {
  const shown = showValue(text);
  return invalidValue('utf8', shown, place, 'it holds half a surrogate pair', 'mend it: text.toWellFormed()');
}

/** Turns a stored number or string back into what an app sees. */
export function fromPhysical(type: ColumnType, value: number | string): LogicalValue {
  if (typeof value === 'string') return value;
  if (type === 'bool') return value !== 0;
  if (type === 'timestamp') return new Date(value);
  if (type === 'date') return new Date(value * DAY_MS);
  const scale = decimalScale(type);
  return scale === undefined ? value : formatDecimal(value, scale);
}

function float(type: ColumnType, value: unknown, place: ValuePlace): number {
  if (typeof value !== 'number') throw invalidValue(type, showValue(value), place, 'not a number', 'pass a number');
  return value;
}

function inBounds(type: ColumnType, physical: unknown, value: unknown, place: ValuePlace, hint?: string): number {
  const [low, high] = integerBounds(type) ?? [0, 0];
  if (typeof physical !== 'number' || !Number.isInteger(physical)) {
    const reason = decimalScale(type) === undefined ? 'not an integer' : 'not a decimal number';
    throw invalidValue(type, showValue(value), place, reason, hint);
  }
  if (physical < low || physical > high) throw invalidValue(type, showValue(value), place, 'beyond its range', hint);
  return physical + 0;
}

function integer(type: ColumnType, value: unknown, place: ValuePlace): number {
  const { column } = place;
  if (typeof value === 'bigint' && exceeds(type, value)) {
    const hint = `pass such numbers as strings, all of the column: ${asType(column, 'utf8')}`;
    throw invalidValue(type, showValue(value), place, 'beyond its range', hint);
  }
  if (typeof value === 'number' || typeof value === 'bigint') {
    const isWhole = Number.isInteger(Number(value));
    const wider = type === 'int32' && isWhole && Math.abs(Number(value)) <= MAX_INTEGER ? 'int64' : 'float64';
    const hint = `column "${column}" is ${type}; for other numbers make the table with ${asType(column, wider)}`;
    if (!isWhole) throw invalidValue(type, showValue(value), place, 'not an integer', hint);
    return inBounds(type, Number(value), value, place, hint);
  }
  throw invalidValue(type, showValue(value), place, 'not a number', `column "${column}" is ${type}: pass a number`);
}

/** A bigint just beyond 2^53 rounds to 2^53 as a number: only the bigint itself can tell. */
function exceeds(type: ColumnType, value: bigint): boolean {
  return type === 'int64' && (value > BigInt(MAX_INTEGER) || value < -BigInt(MAX_INTEGER));
}

/** Milliseconds of a Date, a text or a number. */
function timestamp(type: 'timestamp' | 'date', value: unknown, place: ValuePlace): number {
  if (typeof value === 'number') return value;
  if (value instanceof Date) {
    if (!Number.isNaN(value.getTime())) return value.getTime();
    throw invalidValue(type, showValue(value), place, undefined, 'check how the Date was made');
  }
  if (typeof value !== 'string') throw invalidValue(type, showValue(value), place, 'not a Date', 'pass a Date');
  const time = parseTime(value);
  if (time && 'ms' in time) return time.ms;
  const writing = type === 'date' ? 'write dates as 2026-01-05' : 'write times as 2026-01-05T10:00:00Z';
  const hint = time?.isFiner ? 'cut it to milliseconds (files: --truncate, truncate: true)' : undefined;
  throw invalidValue(type, showValue(value), place, time?.reason ?? writing, hint);
}

function date(value: unknown, place: ValuePlace): number {
  const ms = timestamp('date', value, place);
  if (!Number.isInteger(ms) || ms % DAY_MS === 0) return ms / DAY_MS;
  throw invalidValue('date', showValue(value), place, 'it has a time of day', asType(place.column, 'timestamp'));
}

function decimal(type: ColumnType, value: unknown, place: ValuePlace): unknown {
  const scale = decimalScale(type) ?? 0;
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  const parts = typeof text === 'string' ? /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d{1,3}))?$/i.exec(text.trim()) : null;
  if (parts === null || `${parts[2]}${parts[3]}` === '') return Number.NaN;
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  const shift = scale - fraction.length + Number(exponent);
  let digits = `${whole}${fraction}`;
  if (shift < 0) {
    const dropped = digits.slice(shift);
    if (/[^0]/.test(dropped)) {
      throw invalidValue(
        type,
        showValue(value),
        place,
        `more than ${scale} decimal places`,
        'a larger scale, or round',
      );
    }
    digits = digits.slice(0, shift);
  } else {
    digits += '0'.repeat(shift);
  }
  const scaled = BigInt(`${digits === '' ? '0' : digits}`);
  if (scaled > BigInt(MAX_INTEGER)) throw invalidValue(type, showValue(value), place, 'beyond its range');
  return sign === '-' ? -Number(scaled) : Number(scaled);
}

function formatDecimal(value: number, scale: number): string {
  const digits = String(Math.abs(value)).padStart(scale + 1, '0');
  const sign = value < 0 ? '-' : '';
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
