import type { Kernel } from './kernel.js';
import { decodeDoubles, encodeRows, type Stripe } from './stripes.js';

/** The diagonal within a run of rows, from the column `first` on. */
export const diagonal = {
  name: 'diagonal',
  operands: 1,
  encode: (run, [operand], { cols, first }) => encodeRows(run, operand, cols, [first]),
  decode: (reply) => decodeDoubles(reply, 1),
  merge: (left, right) => Float64Array.of(...left, ...right),
  finish: (partial = new Float64Array(0)) => partial,
} as const satisfies Kernel<Stripe, Float64Array, Float64Array>;
