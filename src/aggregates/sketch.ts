/**
 * DDSketch (Masson, Rim & Lee 2019) with buckets that need no logarithm: an octave [2^e, 2^(e+1)) is cut into `steps` parts of
 * equal width, which frexp and a multiplication find alike in Lua and JavaScript. The widest part, relatively, is the first: from 1 to
 * 1 + 1 / steps. Its harmonic mean is within 1 / (2 steps + 1) of every value in it, so that is the error of every estimate.
 */

import { isDecimal } from '../expr/typed.js';
import { decimalScale } from '../storage/schema.js';
import { type Aggregate, mapOf } from './aggregate.js';
import { numbersOnly } from './numbers.js';
import { checkNumber } from './options.js';
import { sortedValues, valueAt } from './value-counts.js';

/** Added to exponents, so that no bucket of a number has the index of zero. */
export const EXPONENT_BIAS = 1100;
export const INFINITE_BUCKET = 2 ** 30;
export const NAN_BUCKET = 2 ** 30 + 1;

/** Parts of an octave for a relative error. */
export const stepsFor = (relativeError: number): number => Math.ceil((1 / relativeError - 1) / 2);

/** What stands for all values of a bucket. */
export function bucketValue(index: number, steps: number): number {
  if (index < 0) return -bucketValue(-index, steps);
  if (index === 0) return 0;
  if (index === NAN_BUCKET) return Number.NaN;
  if (index === INFINITE_BUCKET) return Number.POSITIVE_INFINITY;
  const part = (index - 1) % steps;
  const exponent = (index - 1 - part) / steps - EXPONENT_BIAS;
  const ratio = (steps + part) / steps;
  const mean = (ratio * 2 * (steps + part + 1)) / (2 * (steps + part) + 1);
  // In two steps: 2^exponent alone may be out of the range of doubles.
  const half = Math.floor(exponent / 2);
  return Math.min(Number.MAX_VALUE, mean * 2 ** half * 2 ** (exponent - half));
}

export const approxQuantile: Aggregate = {
  name: 'approxQuantile',
  ...numbersOnly,
  options: ['q', 'relativeError'],
  check: (options) => {
    checkNumber(options, 'q', [0, 1]);
    checkNumber(options, 'relativeError', [0.0001, 0.5]);
  },
  resultType: () => 'float64',
  requires: ({ options }) => [{ kind: 'buckets', param: stepsFor(options.relativeError as number) }],
  finish: (states, { type, options }) => {
    const values = sortedValues(mapOf(states, 'buckets'));
    if (values.total === 0) return null;
    const rank = Math.floor((options.q as number) * (values.total - 1));
    const estimate = bucketValue(valueAt(values, rank) as number, stepsFor(options.relativeError as number));
    return isDecimal(type) ? estimate / 10 ** (decimalScale(type) ?? 0) : estimate;
  },
};
