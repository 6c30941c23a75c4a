/** Exact sums of doubles, and of their products, at the end of a fold. */

import type { StateField, States } from './aggregate.js';
import { type Dyadic, dyadic, nearest, plus } from './dyadic.js';
import { LIMB_BITS, NOT_FINITE } from './exact-limbs.js';

/** An exact sum; where values are infinite or NaN, what doubles make of these. */
export type ExactTotal = Dyadic | number;

type Limbs = ReadonlyMap<number, number>;

/** The total of a state: doubles, then the limbs of what does not fit in them. */
export function exactTotal(states: States, kind: 'exactSum' | 'exactProduct', nth = 0): ExactTotal {
  const fields = states(kind, nth);
  const limbs = fields[fields.length - 1] as Limbs;
  const plain = limbs.get(NOT_FINITE);
  if (plain !== undefined) return plain;
  const doubles = fields.slice(0, -1).map((field: StateField) => dyadic(field as number));
  const rest = [...limbs].map(([index, whole]): Dyadic => ({ m: BigInt(whole), e: LIMB_BITS * index }));
  return [...doubles, ...rest].reduce(plus);
}

/** The double nearest to an exact sum divided by a number of values. */
export function exactQuotient(states: States, divisor: number): number {
  const [sum, compensation, limbs] = states('exactSum') as readonly [number, number, Limbs];
  if (limbs.size === 0) {
    const total = sum + compensation;
    // Adding two doubles rounds as it should; so does dividing what was not rounded.
    if (divisor === 1) return total;
    if (total - sum === compensation && total - compensation === sum) return total / divisor;
  }
  const total = exactTotal(states, 'exactSum');
  return typeof total === 'number' ? total : nearest(total.m, BigInt(divisor), total.e);
}
