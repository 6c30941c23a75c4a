import { encodeSlice, type Kernel } from './kernel.js';

export interface GatherParams {
  /** Rows of the chunk, all of them in the slice. */
  readonly rows: readonly number[];
}

/** Values by their rows. A call takes the rows of one slice, so that partials are results in the order of the calls. */
export const gather = {
  name: 'gather',
  operands: 1,
  encode: (slice, operands, { rows }) => encodeSlice(slice, operands, rows),
  decode: (reply) => {
    if (reply.length % 8 !== 0) throw new RangeError(`values of ${reply.length} bytes`);
    return Float64Array.from({ length: reply.length / 8 }, (_, i) => reply.readDoubleLE(8 * i));
  },
  merge: (left, right) => Float64Array.of(...left, ...right),
  finish: (partial) => partial ?? new Float64Array(0),
} as const satisfies Kernel<GatherParams, Float64Array, Float64Array>;
