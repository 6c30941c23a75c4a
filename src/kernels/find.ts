import { encodeSlice, type Kernel } from './kernel.js';

export interface FindParams {
  readonly value: number;
}

/** The first row of a chunk that holds a value, be it NaN; −1 where none does. */
export const find = {
  name: 'find',
  operands: 1,
  encode: (slice, operands, { value }) => encodeSlice(slice, operands, [value]),
  decode: (reply) => {
    if (reply.length !== 8) throw new RangeError(`a row of ${reply.length} bytes`);
    return reply.readDoubleLE(0);
  },
  merge: (left, right) => (left >= 0 ? left : right),
  finish: (partial) => partial ?? -1,
} as const satisfies Kernel<FindParams, number, number>;
