/**
 * Dates and times as text: ISO 8601, and only days and times that there are. `Date.parse` would move 30 February to March,
 * and 24:00 to the next day, without a word.
 */

const TEXT =
  /^(?!-0+-)([+-]?\d{4,6})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?)?$/;
const MINUTE_MS = 60_000;

/** What a Date can hold, in milliseconds to either side of 1970. */
const MAX_TIMESTAMP = 8.64e15;

/** Milliseconds since 1970, or why the text is none. */
export type TimeText = { readonly ms: number } | { readonly reason: string; readonly isFiner?: true };

/** Reads a date, or a date with a time of day; without a zone it is UTC. */
export function parseTime(text: string): TimeText | undefined {
  const parts = TEXT.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', , sign, ...offset] = parts;
  const [zoneHour = '00', zoneMinute = '00'] = offset;
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  if (m < 1 || m > 12 || d < 1 || d > daysOf(y, m)) return { reason: `there is no day ${year}-${month}-${day}` };
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return { reason: `there is no time ${text.slice(`${year}-${month}-${day}T`.length).replace(/[Zz+-].*/, '')}` };
  }
  if (Number(zoneHour) > 23 || Number(zoneMinute) > 59) {
    return { reason: `there is no zone ${sign}${zoneHour}:${zoneMinute}` };
  }
  if (/[^0]/.test(fraction.slice(3))) return { reason: 'finer than a millisecond', isFiner: true };
  // Set by itself: Date.UTC takes the years 0 to 99 for 1900 to 1999.
  const time = new Date(0);
  time.setUTCFullYear(y, m - 1, d);
  const ofDay = (Number(hour) * 60 + Number(minute)) * MINUTE_MS + Number(second) * 1000;
  const zone = (Number(zoneHour) * 60 + Number(zoneMinute)) * MINUTE_MS * (sign === '-' ? -1 : 1);
  const ms = time.getTime() + ofDay + Number(fraction.slice(0, 3).padEnd(3, '0')) - zone;
  return !(Math.abs(ms) <= MAX_TIMESTAMP) ? { reason: 'beyond its range' } : { ms };
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
