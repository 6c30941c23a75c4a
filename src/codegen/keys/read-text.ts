/**
 * How text is read as a column's type in Lua: by the functions of casts from text, so that a column is TRY_CAST of its text, with
 * short cuts in front for what text mostly looks like. A short cut gives the very bits that the function would.
 */

import type { TimeUnit } from '../../plan/keys/source.js';
import { decimalScale } from '../../storage/schema.js';
import type { ColumnType } from '../../storage/types.js';

interface Quick {
  /** Table of what the first texts that passed stand for: mostly there are few different ones. */
  readonly known?: string;
  test(v: string): string;
  value(v: string): string;
}

export interface TextRule {
  /** Lua that is needed once, before the loop. */
  readonly setup: readonly string[];
  /** Where this holds of text `v`, `value` is what it stands for; only evaluated if so. */
  readonly quick?: Quick;
  /** A value, or false where the text is none. */
  read(v: string): string;
}

/** A plain number: no hex, no names, no spaces, no exponent; not so long that a pattern which tries again takes its time. What passes is read by Lua's own arithmetic, which keeps the sign of 0. */
const DECIMAL = "#% <= 40 and key_find(%, '^-?%d+%.?%d*$')";
const WHOLE = "key_find(%, '^-?%d+$')";

const FIND = 'local key_find = string.find';

/** Digits that are surely whole numbers below 2^50, and without loss in tenths of the scale. */
const SAFE_DIGITS = 15;

/** How many of them a call keeps: looking one up takes 16 ns, matching and reading it 85. */
const KNOWN_WHOLES = 64;

/** @param pattern whose `#%` and `(%` are the text */
const matching = (pattern: string, v: string): string => pattern.replace('#%', `#${v}`).replace('(%', `(${v}`);

/** Numbers with exponents, without the steps that other text takes. */
const FLOAT = `local function key_float(text)
  if #text <= 40 and key_find(text, '^-?%d+%.?%d*[eE][-+]?%d+$') then return text * 1 end
  return f_textFloat(text)
end`;

/** Days by their text: there are few different ones, and reading one takes microseconds. */
const DAYS = `local key_days, key_days_known = {}, 0
local function key_day(text)
  local day = f_textDate(text)
  if key_days_known < 2000 and #text < 32 and key_days[text] == nil then
    key_days_known = key_days_known + 1
    key_days[text] = day
  end
  return day
end`;

/** 2024-02-29T12:34:56 with or without T, milliseconds and Z; anything else is left to f_textTimestamp. */
const TIMES = `local key_midnights, key_midnights_known = {}, 0
local function key_midnight(date)
  local day = key_find(date, '^%d%d%d%d%-%d%d%-%d%d$') and f_textDate(date)
  local ms = day and day * 86400000
  if key_midnights_known < 2000 then
    key_midnights_known = key_midnights_known + 1
    key_midnights[date] = ms
  end
  return ms
end
local function key_time(text)
  local date = sub(text, 1, 10)
  local ms = key_midnights[date]
  if ms == nil then ms = key_midnight(date) end
  if not ms then return f_textTimestamp(text) end
  local t, h, i, c, m, n, d, s, u, z, x, y, w, e, more = byte(text, 11, 25)
  if not t then return ms end
  if not u or more or c ~= 58 or d ~= 58 or (t ~= 84 and t ~= 32) then return f_textTimestamp(text) end
  if h < 48 or h > 50 or i < 48 or i > 57 or m < 48 or m > 53 or n < 48 or n > 57 then return f_textTimestamp(text) end
  if s < 48 or s > 53 or u < 48 or u > 57 or (h == 50 and i > 51) then return f_textTimestamp(text) end
  ms = ms + ((h * 10 + i - 528) * 60 + m * 10 + n - 528) * 60000 + (s * 10 + u - 528) * 1000
  if not z or (z == 90 and not x) then return ms end
  if z ~= 46 or not w or (e and e ~= 90) then return f_textTimestamp(text) end
  if x < 48 or x > 57 or y < 48 or y > 57 or w < 48 or w > 57 then return f_textTimestamp(text) end
  return ms + x * 100 + y * 10 + w - 5328
end`;

/** Numbers that count seconds or milliseconds since 1970. */
const EPOCH = `local function key_epoch(text, places)
  local ms = f_textWhole(text, places)
  return ms and ms <= 8640000000000000 and ms >= -8640000000000000 and ms
end`;

const BOOLS = `local key_bools = { ['1'] = 1, ['0'] = 0, ['true'] = 1, ['false'] = 0 }`;

export function textRule(type: ColumnType, unit?: TimeUnit): TextRule {
  switch (type) {
    case 'float64':
      return { setup: [FIND, FLOAT], quick: plain((v) => `${v} * 1`), read: (v) => `key_float(${v})` };
    case 'float32':
      return { setup: [FIND], quick: plain((v) => `fround(${v} * 1)`), read: (v) => `f_textFloat32(${v})` };
    case 'int32':
      return wholes(9, (v) => `f_textInt32(${v})`);
    case 'int64':
      return wholes(SAFE_DIGITS, (v) => `f_textWhole(${v}, 0)`);
    case 'bool':
      return { setup: [BOOLS], read: (v) => `key_bools[${v}] or f_textBool(${v})` };
    case 'utf8':
      return { setup: [], read: (v) => v };
    case 'date':
      if (unit !== undefined) return days(epoch(unit));
      return {
        setup: [DAYS],
        quick: { test: (v) => `key_days[${v}]`, value: (v) => `key_days[${v}]` },
        read: (v) => `key_day(${v})`,
      };
    case 'timestamp':
      if (unit !== undefined) return epoch(unit);
      return { setup: [FIND, TIMES], read: (v) => `key_time(${v})` };
    default:
      return decimal(decimalScale(type) ?? 0);
  }
}

const plain = (value: (v: string) => string): Quick => ({ test: (v) => matching(DECIMAL, v), value });

/** Lua adds nothing to a number but a sign to -0. */
function wholes(digits: number, read: TextRule['read']): TextRule {
  const known = `key_wholes${digits}`;
  const quick = {
    known,
    test: (v: string) => `#${v} <= ${digits} and ${matching(WHOLE, v)}`,
    value: (v: string) => `${v} + 0`,
  };
  return { setup: [FIND, `local ${known}, ${known}_left = {}, ${KNOWN_WHOLES}`], quick, read };
}

/**
 * No more places than the scale, so that nothing is rounded by hand: the number times 10^scale is then a whole one but for errors
 * of two operations, which are less than a half below 2^50.
 */
function decimal(scale: number): TextRule {
  const read = (v: string): string => `f_textWhole(${v}, ${scale})`;
  if (scale === 0) return wholes(SAFE_DIGITS, read);
  const pattern = `key_find(%, '^-?%d+%.?${'%d?'.repeat(scale)}$')`;
  // With few places a length tells that it is small enough, with many only the number itself.
  const isSafe = (v: string): string =>
    scale <= 4
      ? `#${v} <= ${SAFE_DIGITS - scale} and ${matching(pattern, v)}`
      : `#${v} <= 20 and ${matching(pattern, v)} and ${v} * 1 < 1e${SAFE_DIGITS - scale} and ${v} * 1 > -1e${SAFE_DIGITS - scale}`;
  return {
    setup: [FIND],
    quick: {
      test: isSafe,
      value: (v) => `floor(${v} * ${10 ** scale} + 0.5)`,
    },
    read,
  };
}

/** What passes the short cut is far within the range of times. */
function epoch(unit: TimeUnit): TextRule {
  const places = unit === 's' ? 3 : 0;
  const { quick, setup } = decimal(places);
  return { setup: [...setup, EPOCH], ...(quick && { quick }), read: (v) => `key_epoch(${v}, ${places})` };
}

export const DAY_OF = 'local function key_day_of(ms) return ms and floor(ms / 86400000) end';

function days({ setup, quick, read }: TextRule): TextRule {
  return {
    setup: [...setup, DAY_OF],
    ...(quick && { quick: { test: quick.test, value: (v: string) => `floor((${quick.value(v)}) / 86400000)` } }),
    read: (v) => `key_day_of(${read(v)})`,
  };
}
