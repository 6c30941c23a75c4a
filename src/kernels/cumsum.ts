import { type Compensated, decodeCompensated } from './compensated.js';
import { decodeExtremes, type Extremes, mergeExtremes, type Zone, zoneOf } from './extremes.js';
import { encodeSlice, type Kernel, WIDTH } from './kernel.js';

/** What was written, and the sum that the next part goes on from. */
export interface CumulatedPart extends Extremes {
  readonly after: Compensated;
}

const EXTREMES_BYTES = 17;

/** Prefix sums from the sum before, written where the values lie. The result is the zone map of what was written. */
export const cumsum = {
  name: 'cumsum',
  operands: 1,
  encode: (slice, operands, { sum, compensation }) => encodeSlice(slice, operands, [sum, WIDTH, compensation]),
  decode: (reply) => ({
    ...decodeExtremes(reply.subarray(0, EXTREMES_BYTES)),
    after: decodeCompensated(reply.subarray(EXTREMES_BYTES)),
  }),
  merge: (left, right) => ({ ...mergeExtremes(left, right), after: right.after }),
  finish: (partial: CumulatedPart | undefined) => zoneOf(partial),
} as const satisfies Kernel<Compensated, CumulatedPart, Zone | undefined>;
