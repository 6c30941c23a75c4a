import { type Compensated, decodeCompensated, finishCompensated, mergeCompensated } from './compensated.js';
import { encodeSlice, type Kernel } from './kernel.js';

/** A power of two by which values are multiplied before they are squared, the same for the whole vector. */
export interface NormParams {
  readonly scale: number;
}

/** √Σ a², within a few ulp. 0 for no rows. */
export const norm = {
  name: 'norm',
  operands: 1,
  encode: (slice, operands, { scale }) => encodeSlice(slice, operands, [scale]),
  decode: decodeCompensated,
  merge: mergeCompensated,
  finish: (partial, { scale }) => Math.sqrt(finishCompensated(partial)) / scale,
} as const satisfies Kernel<NormParams, Compensated, number>;

/** Squares of values up to 2^300 neither overflow in sum nor lose what matters: smaller ones vanish beside it. */
const SAFE = 2 ** 300;
/** 2^-k must be a number for every k that is chosen. */
const MAX_EXPONENT = 1000;

/** Whether the squares of values of about this magnitude stay in range, and so do those of values that matter beside it. */
export const isSafe = (magnitude: number): boolean => magnitude < SAFE && magnitude > 1 / SAFE;

/** The scale for values of at most this magnitude. NaN and infinity need none: they end as what they are. */
export function scaleFor(magnitude: number): number {
  if (magnitude === 0 || !Number.isFinite(magnitude) || isSafe(magnitude)) return 1;
  const exponent = Math.round(Math.log2(magnitude));
  return 2 ** -Math.max(-MAX_EXPONENT, Math.min(MAX_EXPONENT, exponent));
}
