/** Exact whole numbers at the end of a sum, and their correctly rounded quotients. */

import { ShardfoldError } from '../errors.js';
import type { ValueType } from '../expr/typed.js';
import { decimalScale, MAX_INTEGER } from '../storage/schema.js';
import type { StateKind, States } from './aggregate.js';
import { nearest } from './dyadic.js';

/** Sums of whole numbers are kept as high * 2^32 + low, both exact in a double. */
const LIMB = 4294967296n;

export function exactSum(states: States, kind: StateKind): bigint {
  const [high, low] = states(kind) as [number, number];
  return BigInt(high) * LIMB + BigInt(low);
}

/** An exact sum as an int64 of ours. @throws NUMERIC_OVERFLOW beyond ±2^53, where doubles would round. */
export function checkedInteger(total: bigint, what: string): number {
  if (total > BigInt(MAX_INTEGER) || total < -BigInt(MAX_INTEGER)) {
    throw new ShardfoldError('NUMERIC_OVERFLOW', `${what} is ${total}, beyond ±2^53`, {
      hint: 'sum float64 values instead, e.g. col(name).div(1).sum(), if an approximation will do',
    });
  }
  return Number(total);
}

/** numerator / denominator (> 0), rounded once, to the nearest double. */
export const quotient = (numerator: bigint, denominator: bigint): number => nearest(numerator, denominator);

/** 10^scale of a decimal, 1 for every other type: what a physical whole number is divided by. */
export function denominatorOf(type: ValueType): bigint {
  return 10n ** BigInt(type === 'null' ? 0 : (decimalScale(type) ?? 0));
}
