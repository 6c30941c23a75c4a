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

/** x · y, value by value, written where x lies; one rounding a value. The factor is not used. */
export const mul = {
  name: 'mul',
  operands: 2,
  encode: (slice, operands, params) => encodeSlice(slice, operands, factorNumbers(params)),
  decode: decodeExtremes,
  merge: mergeExtremes,
  finish: zoneOf,
} as const satisfies Kernel<FactorParams, Extremes, Zone | undefined>;
