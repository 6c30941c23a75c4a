/** What text stands for: numbers, bools and times. Null is what is none; whether that is an error is for others to say. */

import { TIME } from './time.js';

const DAY = 86_400_000;

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

/** Without spaces as C's isspace knows them, in one pass. */
function trimmed(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return text.substring(from, to);
}

/**
 * A number in digits, with or without a fraction and an exponent, times 10^places; rounded to a whole number by its first
 * digit behind the point (halves away from zero).
 */
function f_textWhole(text: string, places: number): number | null {
  const [, sign, whole = '', fraction = '', exponent] =
    /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]*))?$/.exec(trimmed(text)) ?? [];
  if (sign === undefined || whole + fraction === '') return null;
  if (exponent !== undefined && !/[0-9]/.test(exponent)) return null;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent || '0') + places;
  const left = point <= 0 ? '' : digits.substring(0, point);
  const kept = left.replace(/^0+/, '');
  const missing = kept === '' ? 0 : point - left.length;
  if (kept.length + missing > 16) return null;
  const shown = (kept || '0') + '0'.repeat(missing);
  const value = Number(shown);
  const next = point >= 0 && point < digits.length ? digits.charCodeAt(point) : 48;
  // One more than 2^53 reads as 2^53.
  if (value === 9007199254740992 && (next >= 53 || !shown.endsWith('2'))) return null;
  const rounded = next >= 53 ? value + 1 : value;
  if (rounded > 9007199254740992) return null;
  return sign === '-' ? -rounded + 0 : rounded;
}

function f_textFloat(text: string): number | null {
  const plain = trimmed(text).toLowerCase();
  const name = plain.replace(/^[+-]/, '');
  if (name === 'nan') return Number.NaN;
  if (name === 'inf' || name === 'infinity')
    return plain.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/^(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?$/.test(name)) return null;
  return Number(plain);
}

const TRUE = new Set(['true', 't', 'yes', 'y', '1']);
const FALSE = new Set(['false', 'f', 'no', 'n', '0']);

/** Days since 1970 of a day that there is. */
function dayOf(year: string, month: string, day: string): number | null {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  if (year.length > 7 || m < 1 || m > 12 || d < 1) return null;
  const first = TIME.firstOf(y, m);
  if (d > TIME.firstOf(y, m + 1) - first) return null;
  const days = first + d - 1;
  return days >= -100000000 && days <= 100000000 ? days : null;
}

/** Milliseconds of a time of day; 24:00 is the end of it. Digits beyond milliseconds are cut. */
function ofDay(text: string): number | null {
  if (text === '') return 0;
  const [, hour, minute, second = '0', fraction = ''] =
    /^[ T]([0-9][0-9]?):([0-9][0-9]?)(?::([0-9][0-9]?)(?:\.([0-9]+))?)?[Zz]?$/.exec(text) ?? [];
  if (hour === undefined || Number(minute) > 59 || Number(second) > 59) return null;
  const ms = Number(`${fraction}000`.substring(0, 3));
  const total = (Number(hour) * 60 + Number(minute)) * 60000 + Number(second) * 1000 + ms;
  return total <= DAY ? total : null;
}

const DATE = /^([+-]?[0-9]+)-([0-9][0-9]?)-([0-9][0-9]?)(.*)$/s;

export const CAST_TEXT = {
  f_textWhole,
  f_textInt32(text: string): number | null {
    const value = f_textWhole(text, 0);
    return value !== null && value >= -2147483648 && value <= 2147483647 ? value : null;
  },
  f_textFloat,
  f_textFloat32(text: string): number | null {
    const value = f_textFloat(text);
    return value === null ? null : Math.fround(value);
  },
  f_textBool(text: string): number | null {
    const word = text.toLowerCase();
    return TRUE.has(word) ? 1 : FALSE.has(word) ? 0 : null;
  },
  f_textTimestamp(text: string): number | null {
    const [, year, month = '', day = '', rest = ''] = DATE.exec(trimmed(text)) ?? [];
    const days = year === undefined ? null : dayOf(year, month, day);
    const ms = ofDay(rest);
    if (days === null || ms === null) return null;
    const time = days * DAY + ms;
    return time <= 8640000000000000 ? time : null;
  },
  f_textDate(text: string): number | null {
    const [, year, month = '', day = '', rest = ''] = DATE.exec(trimmed(text)) ?? [];
    return year === undefined || ofDay(rest) === null ? null : dayOf(year, month, day);
  },
  f_dateText(days: number): string {
    const [year, month, day] = TIME.civil(days);
    const [shown, era] = year > 0 ? [year, ''] : [1 - year, ' (BC)'];
    const two = (n: number): string => String(n).padStart(2, '0');
    return `${String(shown).padStart(4, '0')}-${two(month)}-${two(day)}${era}`;
  },
  f_timestampText(ms: number): string {
    const days = Math.floor(ms / DAY);
    const rest = ms - days * DAY;
    const part = (unit: number, count: number): string => String(Math.floor(rest / unit) % count).padStart(2, '0');
    const fraction = String(rest % 1000)
      .padStart(3, '0')
      .replace(/0+$/, '');
    const clock = `${part(3600000, 24)}:${part(60000, 60)}:${part(1000, 60)}${fraction === '' ? '' : `.${fraction}`}`;
    return `${CAST_TEXT.f_dateText(days)} ${clock}`;
  },
} as const;
