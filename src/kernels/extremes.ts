/** What the kernels that write tell of the values they wrote: what axpy and scale share. */

export interface Extremes {
  /** Over the values that are not NaN; min > max where there are none. */
  readonly min: number;
  readonly max: number;
  readonly nan: boolean;
  /** Which zeros were seen; known only where an extreme is zero. */
  readonly zero: boolean;
  readonly negativeZero: boolean;
}

/** By what the values of an operand are multiplied. */
export interface FactorParams {
  readonly factor: number;
  /** Written as float32. */
  readonly narrow?: boolean;
}

/** The numbers of a kernel that writes, as lua/linalg/slice.lua reads them. */
export const factorNumbers = ({ factor, narrow }: FactorParams): number[] => [factor, narrow ? 4 : 8];

/** A zone map: NaN is the greatest number, -0 the lesser zero. */
export interface Zone {
  readonly min: number;
  readonly max: number;
}

const [NAN, ZERO, NEGATIVE_ZERO] = [1, 2, 4];

export function decodeExtremes(reply: Buffer): Extremes {
  if (reply.length !== 17) throw new RangeError(`extremes of ${reply.length} bytes`);
  const flags = reply.readUInt8(16);
  return {
    min: reply.readDoubleLE(0),
    max: reply.readDoubleLE(8),
    nan: (flags & NAN) !== 0,
    zero: (flags & ZERO) !== 0,
    negativeZero: (flags & NEGATIVE_ZERO) !== 0,
  };
}

export function mergeExtremes(left: Extremes, right: Extremes): Extremes {
  return {
    min: Math.min(left.min, right.min),
    max: Math.max(left.max, right.max),
    nan: left.nan || right.nan,
    zero: left.zero || right.zero,
    negativeZero: left.negativeZero || right.negativeZero,
  };
}

export function zoneOf(partial: Extremes | undefined): Zone | undefined {
  if (partial === undefined) return undefined;
  const { min, max, nan, zero, negativeZero } = partial;
  if (min > max) return { min: Number.NaN, max: Number.NaN };
  return {
    min: min === 0 ? (negativeZero ? -0 : 0) : min,
    max: nan ? Number.NaN : max === 0 ? (zero || !negativeZero ? 0 : -0) : max,
  };
}
