import { type Compensated, decodeCompensated, finishCompensated, mergeCompensated } from './compensated.js';
import { encodeSlice, type Kernel } from './kernel.js';

export interface DotParams {
  /** A power of two by which both sides are multiplied, and with whose square the result is: see `scaleFor`. */
  readonly scale: number;
}

/**
 * Σ a · b, off by at most 2^-49.8 · Σ|a · b| (and 2^-1074 a row where products underflow). 0 for no rows. With a scale the
 * result stays scaled, since it may be greater than all doubles otherwise.
 */
export const dot = {
  name: 'dot',
  operands: 2,
  encode: (slice, operands, params) => encodeSlice(slice, operands, params ? [params.scale] : []),
  decode: decodeCompensated,
  merge: mergeCompensated,
  finish: finishCompensated,
} as const satisfies Kernel<DotParams | undefined, Compensated, number>;
