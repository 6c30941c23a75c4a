import { type Compensated, decodeCompensated, mergeCompensated } from './compensated.js';
import { encodeSlice, type Kernel, WIDTH } from './kernel.js';

const NOTHING: Compensated = { sum: 0, compensation: 0 };

/** The sum before a slice carried on to its end, with the additions of `cumsum`. Sums of neighbours, each from 0 on, add up. */
export const running = {
  name: 'running',
  operands: 1,
  encode: (slice, operands, { sum, compensation }) => encodeSlice(slice, operands, [sum, WIDTH, compensation]),
  decode: decodeCompensated,
  merge: mergeCompensated,
  finish: (partial) => partial ?? NOTHING,
} as const satisfies Kernel<Compensated, Compensated, Compensated>;
