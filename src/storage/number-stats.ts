/** One pass over the numbers of a chunk: what the zone map and the choice of an encoding need to know. */
import { MAX_INTEGER } from './column-types.js';

export interface NumberStats {
  /** Extremes over the non-null values that are not NaN; undefined where there are none. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly nulls: number;
  readonly hasNaN: boolean;
  readonly hasNegativeZero: boolean;
  /** Every non-null value is an integer (−0 counts as one) within ±2^53. */
  readonly integers: boolean;
}

/** @param valid one byte a row, 1 = present; without it every row is */
export function numberStats(values: Float64Array, valid: Uint8Array | undefined): NumberStats {
  const rows = values.length;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let nulls = 0;
  let nans = 0;
  let fractions = 0;
  let negativeZero = false;
  for (let i = 0; i < rows; i++) {
    if (valid !== undefined && valid[i] === 0) {
      nulls++;
      continue;
    }
    const value = values[i] as number;
    if (value < min) min = value;
    if (value > max) max = value;
    if (value !== Math.floor(value)) {
      if (Number.isNaN(value)) nans++;
      else fractions++;
    } else if (value === 0 && Object.is(value, -0)) {
      negativeZero = true;
    }
  }
  const hasExtremes = nulls + nans < rows;
  // −0 and 0 compare equal; as extremes take −0 for the lesser, so that the zone map does not depend on the order of rows.
  if (negativeZero && min === 0) min = -0;
  if (negativeZero && max === 0) max = holdsPositiveZero(values, valid) ? 0 : -0;
  return {
    min: hasExtremes ? min : undefined,
    max: hasExtremes ? max : undefined,
    nulls,
    hasNaN: nans > 0,
    hasNegativeZero: negativeZero,
    integers: nans === 0 && fractions === 0 && (!hasExtremes || (min >= -MAX_INTEGER && max <= MAX_INTEGER)),
  };
}

function holdsPositiveZero(values: Float64Array, valid: Uint8Array | undefined): boolean {
  for (let i = 0; i < values.length; i++) {
    if (Object.is(values[i], 0) && (valid === undefined || valid[i] !== 0)) return true;
  }
  return false;
}

/** The largest range of codes that the narrow encodings hold: 65,535 codes less the null, less one. */
export const MAX_STEPS = 65534;
export const MAX_BYTE_STEPS = 254;

/**
 * The greatest common divisor of all values' distances from the minimum, or undefined where the range is more than 65,534 of
 * them. A range of at most 254 needs no divisor: its step is 1.
 */
export function commonStep(
  values: Float64Array,
  valid: Uint8Array | undefined,
  min: number,
  max: number,
): number | undefined {
  const range = max - min;
  if (range <= MAX_BYTE_STEPS) return 1;
  if (range >= MAX_INTEGER) return undefined;
  let step = range;
  for (let i = 0; i < values.length; i++) {
    if (valid !== undefined && valid[i] === 0) continue;
    const distance = (values[i] as number) - min;
    const steps = distance / step;
    // The quotient is at most 65,534 (checked below), so that an integer here is exact and a multiple is never missed.
    if (steps === Math.floor(steps)) continue;
    step = greatestCommonDivisor(step, distance);
    if (range / step > MAX_STEPS) return undefined;
    if (step === 1) return 1;
  }
  return step;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [high, low] = [a, b];
  while (low !== 0) [high, low] = [low, high % low];
  return high;
}
