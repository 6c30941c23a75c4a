/**
 * Functions of times: milliseconds since 1970, UTC, in the proleptic Gregorian calendar (H. Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms"). Each has a twin in Lua. Quotients below 2^53 are rounded, but never up to a whole number.
 */

import { failure } from './failure.js';

const DAY = 86_400_000;

const dayOf = (ms: number): number => Math.floor(ms / DAY);

/** Year, month (1 to 12) and day of a number of days since 1970. */
function civil(days: number): [number, number, number] {
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const e = z - era * 146097;
  const yoe = Math.floor((e - Math.floor(e / 1460) + Math.floor(e / 36524) - Math.floor(e / 146096)) / 365);
  const doy = e - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  return [year, month, doy - Math.floor((153 * mp + 2) / 5) + 1];
}

/** Days since 1970 of the first of a month; months may be any whole number. */
function firstOf(year: number, month: number): number {
  const m = (year * 12 + month - 1) % 12;
  const at = m < 0 ? m + 13 : m + 1;
  const y = (year * 12 + month - at) / 12 - (at <= 2 ? 1 : 0);
  const era = Math.floor(y / 400);
  const yoe = y - era * 400;
  const doy = Math.floor((153 * (at > 2 ? at - 3 : at + 9) + 2) / 5);
  return era * 146097 + yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy - 719468;
}

function f_timestamp(ms: number): number {
  if (!(ms <= 8640000000000000 && ms >= -8640000000000000)) throw failure('OUT_OF_RANGE', 'timestamp');
  return ms;
}

/** Months since the year 0. */
function f_months(ms: number): number {
  const [year, month] = civil(dayOf(ms));
  return year * 12 + month - 1;
}

/** What is left of a whole number after whole units, never negative. */
const floored = (x: number, unit: number): number => x - Math.floor(x / unit) * unit;

export const TIME = {
  f_timestamp,
  f_date(days: number): number {
    if (!(days <= 100000000 && days >= -100000000)) throw failure('OUT_OF_RANGE', 'date');
    return days;
  },
  f_months,
  f_year: (ms: number): number => civil(dayOf(ms))[0],
  f_month: (ms: number): number => civil(dayOf(ms))[1],
  f_day: (ms: number): number => civil(dayOf(ms))[2],
  /** Which unit of a larger one it is: hours of the day, minutes of the hour, seconds of the minute. */
  f_part: (ms: number, unit: number, count: number): number => floored(Math.floor(ms / unit), count),
  /** 0 is Sunday. */
  f_dayOfWeek: (ms: number): number => floored(dayOf(ms) + 4, 7),
  f_dayOf: dayOf,
  f_truncate: (ms: number, unit: number): number => f_timestamp(Math.floor(ms / unit) * unit),
  /** To Monday. */
  f_truncateWeek(ms: number): number {
    const day = dayOf(ms);
    return f_timestamp((day - floored(day + 3, 7)) * DAY);
  },
  /** To the first of a month, quarter or year. @param unit in months */
  f_truncateMonths: (ms: number, unit: number): number =>
    f_timestamp(firstOf(0, Math.floor(f_months(ms) / unit) * unit + 1) * DAY),
  f_difference: (from: number, to: number, unit: number): number => Math.floor(to / unit) - Math.floor(from / unit),
  f_differenceMonths: (from: number, to: number, unit: number): number =>
    Math.floor(f_months(to) / unit) - Math.floor(f_months(from) / unit),
  /** Whole weeks between two days, as DuckDB counts them. */
  f_differenceWeeks(from: number, to: number): number {
    const days = dayOf(to) - dayOf(from);
    return (days - (days % 7)) / 7 + 0;
  },
  f_addTime: (ms: number, count: number, unit: number): number => f_timestamp(ms + count * unit),
  /** A day that the month does not have becomes its last. */
  f_addMonths(ms: number, count: number, unit: number): number {
    const day = dayOf(ms);
    const [year, month, dom] = civil(day);
    const to = month + f_timestamp(count * unit);
    const first = firstOf(year, to);
    const length = firstOf(year, to + 1) - first;
    return f_timestamp((first + (dom < length ? dom : length) - 1) * DAY + (ms - day * DAY));
  },
  civil,
  firstOf,
} as const;
