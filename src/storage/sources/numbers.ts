/**
 * Raw numbers of a columnar library (DuckDB, Arrow) turned into the physical numbers that are stored. Each `fill` copies rows
 * [from, to) and answers the first row that does not fit, or -1: null rows hold garbage, so only the caller can tell whether
 * that is an error. 64-bit integers are joined from two 32-bit words, because a BigInt for every value is many times slower.
 */

/** The arrays of a `NumberColumn`. */
export type Target = Float64Array | Float32Array | Int32Array | Uint8Array;
export type Raw =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;
export type Fill = (raw: Raw, from: number, to: number, target: Target, at: number) => number;

const { floor } = Math;
const { isSafeInteger } = Number;
const WORD = 2 ** 32;
/** The high word of ±2^53. */
const LIMIT = 2 ** 21;
const MAX_TIMESTAMP = 8.64e15;
/** DuckDB's infinite timestamp. */
const INFINITY = 2n ** 63n - 1n;
const MAX_DAY = 1e8;

/** Numbers of up to 32 bits and floats: any value fits. */
export const copy: Fill = (raw, from, to, target, at) => {
  target.set(from === 0 && to === raw.length ? raw : raw.subarray(from, to), at);
  return -1;
};

/** Signed 64-bit integers within ±2^53. */
export const int64: Fill = (words, from, to, target, at) => {
  for (let i = from; i < to; i++) {
    const low = (words[2 * i] as number) >>> 0;
    const high = words[2 * i + 1] as number;
    if ((high + LIMIT) >>> 0 >= 2 * LIMIT && !(high === LIMIT && low === 0)) return i;
    target[at + i - from] = high * WORD + low;
  }
  return -1;
};

/** Unsigned 64-bit integers up to 2^53. */
export const uint64: Fill = (words, from, to, target, at) => {
  for (let i = from; i < to; i++) {
    const low = (words[2 * i] as number) >>> 0;
    const high = (words[2 * i + 1] as number) >>> 0;
    if (high >= LIMIT && !(high === LIMIT && low === 0)) return i;
    target[at + i - from] = high * WORD + low;
  }
  return -1;
};

/** Signed 128-bit integers within ±2^53. */
export const int128: Fill = (words, from, to, target, at) => {
  for (let i = from; i < to; i++) {
    const low = (words[4 * i] as number) >>> 0;
    const high = words[4 * i + 1] as number;
    const sign = high >> 31;
    if (words[4 * i + 2] !== sign || words[4 * i + 3] !== sign) return i;
    if ((high + LIMIT) >>> 0 >= 2 * LIMIT && !(high === LIMIT && low === 0)) return i;
    target[at + i - from] = high * WORD + low;
  }
  return -1;
};

/** Unsigned 128-bit integers up to 2^53. */
export const uint128: Fill = (words, from, to, target, at) => {
  for (let i = from; i < to; i++) {
    const low = (words[4 * i] as number) >>> 0;
    const high = (words[4 * i + 1] as number) >>> 0;
    if (words[4 * i + 2] !== 0 || words[4 * i + 3] !== 0) return i;
    if (high >= LIMIT && !(high === LIMIT && low === 0)) return i;
    target[at + i - from] = high * WORD + low;
  }
  return -1;
};

/**
 * Doubles that must be integers below 2^53: how integers are read from text, where a reader told to make integers would
 * round 1.5 without a word. (2^53 itself may stand for a rounded 2^53 + 1 and does not pass.)
 */
export const integralDoubles: Fill = (raw, from, to, target, at) => {
  for (let i = from; i < to; i++) {
    const value = raw[i] as number;
    if (!isSafeInteger(value)) return i;
    target[at + i - from] = value + 0;
  }
  return -1;
};

/** Days since 1970; the infinite dates of DuckDB do not fit. */
export const days: Fill = (raw, from, to, target, at) => {
  for (let i = from; i < to; i++) {
    const day = raw[i] as number;
    if (day > MAX_DAY || day < -MAX_DAY) return i;
    target[at + i - from] = day;
  }
  return -1;
};

/** Milliseconds since 1970 of a date without a time of day, as days. */
export const dayMilliseconds: Fill = (words, from, to, target, at) => {
  const bad = int64(words, from, to, target, at);
  const end = bad < 0 ? to : bad;
  for (let i = from; i < end; i++) {
    const day = (target[at + i - from] as number) / 86_400_000;
    if (!Number.isInteger(day)) return i;
    target[at + i - from] = day;
  }
  return bad;
};

export const seconds: Fill = (words, from, to, target, at) => scaled(words, from, to, target, at, 1000);
export const milliseconds: Fill = (words, from, to, target, at) => scaled(words, from, to, target, at, 1);

function scaled(words: Raw, from: number, to: number, target: Target, at: number, factor: number): number {
  for (let i = from; i < to; i++) {
    const value = ((words[2 * i + 1] as number) * WORD + ((words[2 * i] as number) >>> 0)) * factor;
    if (value > MAX_TIMESTAMP || value < -MAX_TIMESTAMP) return i;
    target[at + i - from] = value;
  }
  return -1;
}

/** Timestamps of `perMillisecond` ticks: a finer one does not fit, or is cut towards the past. */
export function ticks(perMillisecond: 1000 | 1_000_000, truncate: boolean): Fill {
  return (words, from, to, target, at) => {
    for (let i = from; i < to; i++) {
      const low = (words[2 * i] as number) >>> 0;
      const high = words[2 * i + 1] as number;
      let ms: number;
      if ((high + LIMIT) >>> 0 < 2 * LIMIT) {
        // The division is exact where it comes out even, and a fraction of 1/1000 or more survives rounding.
        const exact = (high * WORD + low) / perMillisecond;
        ms = floor(exact);
        if (ms !== exact && !truncate) return i;
      } else {
        const value = (BigInt(high) << 32n) + BigInt(low);
        const rest = Number(value % BigInt(perMillisecond));
        if ((rest !== 0 && !truncate) || value === INFINITY || value === -INFINITY) return i;
        ms = Number(value / BigInt(perMillisecond)) - (rest < 0 ? 1 : 0);
        if (Math.abs(ms) > MAX_TIMESTAMP) return i;
      }
      target[at + i - from] = ms;
    }
    return -1;
  };
}

/** Half-precision floats as their 16 bits. */
export const halves: Fill = (raw, from, to, target, at) => {
  for (let i = from; i < to; i++) {
    const bits = raw[i] as number;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    const size =
      exponent === 31
        ? fraction === 0
          ? Number.POSITIVE_INFINITY
          : Number.NaN
        : exponent === 0
          ? fraction * 2 ** -24
          : (1 + fraction / 1024) * 2 ** (exponent - 15);
    target[at + i - from] = bits >= 0x8000 ? -size : size;
  }
  return -1;
};
