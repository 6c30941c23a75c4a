import {
  decodeExtremes,
  type Extremes,
  type FactorParams,
  factorNumbers,
  mergeExtremes,
  type Zone,
  zoneOf,
} from './extremes.js';
import { encodeSlice, type Kernel } from './kernel.js';

/** factor · x, written where x lies; one rounding a value. The result is the zone map of what was written. */
export const scale = {
  name: 'scale',
  operands: 1,
  encode: (slice, operands, params) => encodeSlice(slice, operands, factorNumbers(params)),
  decode: decodeExtremes,
  merge: mergeExtremes,
  finish: zoneOf,
} as const satisfies Kernel<FactorParams, Extremes, Zone | undefined>;
