import type { Kernel } from './kernel.js';
import { decodeLines, encodeStripe, type Stripe } from './stripes.js';

/** The diagonal within a run of rows, from the column `first` on. */
export const diagonal = {
  name: 'diagonal',
  operands: 1,
  encode: (run, operands, stripe) => encodeStripe(run, operands, stripe),
  decode: (reply) => decodeLines(reply, 1),
  merge: (left, right) => Float64Array.of(...left, ...right),
  finish: (partial = new Float64Array(0)) => partial,
} as const satisfies Kernel<Stripe, Float64Array, Float64Array>;
