/** Functions of numbers. Each has a twin in src/codegen/lua-functions that does the same operations in the same order. */

import { failure } from './failure.js';

/** To the nearest whole number, halves away from zero; exact. */
function f_round(x: number): number {
  const size = Math.abs(x);
  if (!(size < 4503599627370496)) return x;
  let whole = Math.floor(size);
  if (size - whole >= 0.5) whole = whole + 1;
  // Zero keeps the sign.
  if (whole === 0) return x * 0;
  return x < 0 ? -whole : whole;
}

/** x / unit, both whole, rounded to the nearest, halves away from zero; exact, for fmod is. */
function f_roundQuotient(x: number, unit: number): number {
  const rest = x % unit;
  const whole = (x - rest) / unit;
  if (rest * 2 >= unit) return whole + 1;
  return rest * 2 <= -unit ? whole - 1 : whole + 0;
}

function logarithm(x: number, take: (x: number) => number): number {
  if (x < 0) throw failure('OUT_OF_RANGE', 'lognegative');
  if (x === 0) throw failure('OUT_OF_RANGE', 'logzero');
  return take(x);
}

function ofAngle(x: number, take: (x: number) => number): number {
  if (x === Number.POSITIVE_INFINITY || x === Number.NEGATIVE_INFINITY) throw failure('OUT_OF_RANGE', 'angle');
  return take(x);
}

export const MATH = {
  f_abs: (x: number): number => Math.abs(x),
  f_floor: (x: number): number => Math.floor(x),
  f_ceil: (x: number): number => Math.ceil(x),
  f_round,
  f_roundQuotient,
  /** To a number of places, as DuckDB: what cannot be scaled stays. @param unit 10^places */
  f_roundPlaces(x: number, unit: number): number {
    const rounded = f_round(x * unit) / unit;
    return rounded - rounded === 0 ? rounded : x;
  },
  /** To tens, hundreds …, as DuckDB: 0 where nothing finite is left. */
  f_roundTens(x: number, unit: number): number {
    const rounded = f_round(x / unit) * unit;
    return rounded - rounded === 0 ? rounded : 0;
  },
  f_roundWhole: (x: number, unit: number): number => f_roundQuotient(x, unit) * unit + 0,
  /** Floor and ceiling of a scaled integer: the rounded quotient of whole numbers below 2^53 never reaches another. */
  f_floorQuotient: (x: number, unit: number): number => Math.floor(x / unit),
  f_ceilQuotient: (x: number, unit: number): number => Math.ceil(x / unit) + 0,
  f_sign: (x: number): number => (x > 0 ? 1 : x < 0 ? -1 : 0),
  f_sqrt(x: number): number {
    if (x < 0) throw failure('OUT_OF_RANGE', 'sqrt');
    return Math.sqrt(x);
  },
  /** The divisor is not 0. */
  f_intDiv: (a: number, b: number): number => (a - (a % b)) / b + 0,
  f_exp: (x: number): number => Math.exp(x),
  f_ln: (x: number): number => logarithm(x, Math.log),
  f_log2: (x: number): number => logarithm(x, Math.log2),
  f_log10: (x: number): number => logarithm(x, Math.log10),
  f_sin: (x: number): number => ofAngle(x, Math.sin),
  f_cos: (x: number): number => ofAngle(x, Math.cos),
  f_tan: (x: number): number => ofAngle(x, Math.tan),
  f_atan2: (y: number, x: number): number => Math.atan2(y, x),
  /** C's rules, where JavaScript's differ: 1 to any power is 1, and so is -1 to an infinite one. */
  f_pow(a: number, b: number): number {
    if (a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY)) return 1;
    return a ** b;
  },
} as const;
