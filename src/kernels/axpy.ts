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

/** y + factor · x, written where y lies; two roundings a value. The result is the zone map of what was written. */
export const axpy = {
  name: 'axpy',
  operands: 2,
  encode: (slice, operands, params) => encodeSlice(slice, operands, factorNumbers(params)),
  decode: decodeExtremes,
  merge: mergeExtremes,
  finish: zoneOf,
} as const satisfies Kernel<FactorParams, Extremes, Zone | undefined>;
