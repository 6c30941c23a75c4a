import { decodeExtremes, type Extremes, mergeExtremes, type Zone, zoneOf } from './extremes.js';
import { encodeSlice, type Kernel } from './kernel.js';

/** Of each column, what is subtracted from its values and by what they are divided then. */
export interface ColumnScales {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
  /** Written as float32. */
  readonly narrow: boolean;
}

/** (x − mean) / deviation by columns, written where x lies; rows of the slice are values here. Two roundings a value. */
export const standardize = {
  name: 'standardize',
  operands: 1,
  encode: ({ firstRow, rows }, operands, { means, deviations, narrow }) => {
    const cols = means.length;
    const count = Math.min(cols, rows);
    const pairs = Array.from({ length: count }, (_, i) => (firstRow + i) % cols).flatMap((column) => [
      means[column] as number,
      deviations[column] as number,
    ]);
    return encodeSlice({ firstRow, rows }, operands, [count, narrow ? 4 : 8, ...pairs]);
  },
  decode: decodeExtremes,
  merge: mergeExtremes,
  finish: zoneOf,
} as const satisfies Kernel<ColumnScales, Extremes, Zone | undefined>;
