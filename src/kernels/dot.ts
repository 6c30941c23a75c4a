import { type Compensated, decodeCompensated, finishCompensated, mergeCompensated } from './compensated.js';
import { encodeSlice, type Kernel } from './kernel.js';

/** Σ a · b, off by at most 2^-49.8 · Σ|a · b| (and 2^-1074 a row where products underflow). 0 for no rows. */
export const dot = {
  name: 'dot',
  operands: 2,
  encode: (slice, operands) => encodeSlice(slice, operands),
  decode: decodeCompensated,
  merge: mergeCompensated,
  finish: finishCompensated,
} as const satisfies Kernel<undefined, Compensated, number>;
