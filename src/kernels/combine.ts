import { decodeExtremes, type Extremes, mergeExtremes, type Zone, zoneOf } from './extremes.js';
import { encodeSlice, type Kernel, WIDTH } from './kernel.js';

export type Operator = '+' | '-' | '*' | '/';

export interface CombineParams {
  readonly operator: Operator;
  /** The right side, where it is a number and no operand. */
  readonly number?: number;
  /** Written as float32. */
  readonly narrow?: boolean;
}

/** As lua/kernels/combine.lua counts them. */
const PLACES = { '+': 1, '-': 2, '*': 3, '/': 4 } as const satisfies Record<Operator, number>;

/** a ⊕ b, value by value or with one number, written where a lies; one rounding a value. The result is the zone map of what was written. */
export const combine = {
  name: 'combine',
  operands: 2,
  encode: (slice, operands, { operator, number = 0, narrow }) =>
    encodeSlice(slice, operands, [number, narrow ? WIDTH / 2 : WIDTH, PLACES[operator]]),
  decode: decodeExtremes,
  merge: mergeExtremes,
  finish: zoneOf,
} as const satisfies Kernel<CombineParams, Extremes, Zone | undefined>;
