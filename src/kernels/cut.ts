import { decodeExtremes, type Extremes, mergeExtremes, type Zone, zoneOf } from './extremes.js';
import { encodeSlice, type Kernel } from './kernel.js';

export interface CutParams {
  /** The row of the chunk that the written key begins with. */
  readonly start: number;
}

/** The values as they are, written beside the chunk that they are part of. The result is the zone map of what was written. */
export const cut = {
  name: 'cut',
  operands: 1,
  encode: (slice, operands, { start }) => encodeSlice(slice, operands, [start]),
  decode: decodeExtremes,
  merge: mergeExtremes,
  finish: zoneOf,
} as const satisfies Kernel<CutParams, Extremes, Zone | undefined>;
