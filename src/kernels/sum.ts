import { type Compensated, decodeCompensated, finishCompensated, mergeCompensated } from './compensated.js';
import { encodeSlice, type Kernel } from './kernel.js';

/** Σ a, off by at most 2^-50 · Σ|a|. 0 for no rows. */
export const sum = {
  name: 'sum',
  operands: 1,
  encode: (slice, operands) => encodeSlice(slice, operands),
  decode: decodeCompensated,
  merge: mergeCompensated,
  finish: finishCompensated,
} as const satisfies Kernel<undefined, Compensated, number>;
