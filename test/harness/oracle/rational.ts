/** Exact arithmetic on doubles: every finite double is a whole number of 2^-1074. */

const bits = new DataView(new ArrayBuffer(8));

/** x * 2^1074. */
export function scaled(x: number): bigint {
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  const exponent = (high >>> 20) & 0x7ff;
  if (exponent === 0x7ff) throw new RangeError(`${x} is not finite`);
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(bits.getUint32(4));
  const magnitude = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
  return high >>> 31 === 1 ? -magnitude : magnitude;
}

export const SCALE = 1074n;
const abs = (x: bigint): bigint => (x < 0n ? -x : x);

/** What the exact value of a sum, a mean or a variance follows from. */
export interface Exact {
  readonly n: bigint;
  /** Σx, Σ|x| in units of 2^-1074, and Σx² in units of 2^-2148. */
  readonly sum: bigint;
  readonly magnitude: bigint;
  readonly squares: bigint;
  readonly finite: boolean;
  /** Σ of the values as doubles would have it, where some are not finite. */
  readonly plain: number;
}

export function exactOf(values: readonly number[]): Exact {
  let [sum, magnitude, squares, plain, finite] = [0n, 0n, 0n, 0, true];
  for (const x of values) {
    plain += x;
    if (!Number.isFinite(x)) finite = false;
    else {
      const s = scaled(x);
      sum += s;
      magnitude += abs(s);
      squares += s * s;
    }
  }
  return { n: BigInt(values.length), sum, magnitude, squares, finite, plain };
}

const LARGEST = scaled(Number.MAX_VALUE);

/** Whether every partial sum, in any order, is surely within the range of doubles. */
export const cannotOverflow = ({ magnitude }: Exact): boolean => magnitude <= LARGEST;

/** Whether |value - sum / divisor| <= 1e-12 * Σ|x| / divisor (and half of the least subnormal). */
export function nearSum(value: number, { sum, magnitude }: Exact, divisor = 1n): boolean {
  return abs(scaled(value) * divisor - sum) * 10n ** 12n <= magnitude + divisor * 10n ** 12n;
}

/** Whether a double is the one nearest to numerator / denominator. */
export function isNearest(value: number, numerator: bigint, denominator: bigint): boolean {
  const distance = (x: number): bigint => abs(scaled(x) * denominator - (numerator << SCALE));
  const neighbours = [nextTo(value, 1), nextTo(value, -1)].filter(Number.isFinite);
  return neighbours.every((other) => distance(value) <= distance(other));
}

export function nextTo(x: number, direction: 1 | -1): number {
  if (x === 0) return direction * 2 ** -1074;
  bits.setFloat64(0, x);
  bits.setBigInt64(0, bits.getBigInt64(0) + (x > 0 === direction > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}

/**
 * Whether a variance is within 1e-12 of condition: |value - M2 / (n - lost)| <= 1e-12 * sqrt(Σx² * M2) / (n - lost), which is
 * the relative error times the condition number sqrt(Σx² / M2) of Chan, Golub & LeVeque. Squares may underflow.
 */
export function nearVariance(value: number, { n, sum, squares }: Exact, lost: bigint): boolean {
  const moment = n * squares - sum * sum;
  const error = abs((scaled(value) << SCALE) * n * (n - lost) - moment);
  const underflow = (4n * n * n * n) << SCALE;
  if (error <= underflow) return true;
  return (error - underflow) ** 2n * 10n ** 24n <= n * squares * moment;
}

/** The variance as a double, with about 60 digits in between. */
export function varianceOf({ n, sum, squares }: Exact, lost: bigint): number {
  return toNumber(n * squares - sum * sum, (n * (n - lost)) << (2n * SCALE));
}

/** numerator / denominator as a double, near enough for comparisons with a tolerance. */
export function toNumber(numerator: bigint, denominator: bigint): number {
  if (numerator === 0n) return 0;
  const size = (x: bigint): number => abs(x).toString(16).length * 4;
  const shift = 80 + size(denominator) - size(numerator);
  const quotient =
    shift >= 0 ? (numerator << BigInt(shift)) / denominator : numerator / (denominator << BigInt(-shift));
  // In two steps, for 2^-shift itself may be out of range.
  const half = Math.trunc(shift / 2);
  return Number(quotient) / 2 ** half / 2 ** (shift - half);
}
