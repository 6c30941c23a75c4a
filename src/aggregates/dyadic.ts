/** Whole numbers times powers of two, which every finite double is: exact arithmetic, and one correct rounding at the end. */

/** m * 2^e */
export interface Dyadic {
  readonly m: bigint;
  readonly e: number;
}

const ZERO: Dyadic = { m: 0n, e: 0 };
const word = new DataView(new ArrayBuffer(8));

/** A finite double as it is. */
export function dyadic(x: number): Dyadic {
  if (Number.isSafeInteger(x)) return x === 0 ? ZERO : { m: BigInt(x), e: 0 };
  word.setFloat64(0, x);
  const high = word.getUint32(0);
  const exponent = (high >>> 20) & 0x7ff;
  const fraction = (exponent === 0 ? 0 : 2 ** 52) + (high & 0xfffff) * 2 ** 32 + word.getUint32(4);
  return { m: BigInt(x < 0 ? -fraction : fraction), e: Math.max(exponent, 1) - 1075 };
}

export function plus(a: Dyadic, b: Dyadic): Dyadic {
  if (a.m === 0n) return b;
  if (b.m === 0n) return a;
  if (a.e === b.e) return { m: a.m + b.m, e: a.e };
  return a.e < b.e ? { m: a.m + (b.m << BigInt(b.e - a.e)), e: a.e } : { m: (a.m << BigInt(a.e - b.e)) + b.m, e: b.e };
}

export const times = (a: Dyadic, b: Dyadic): Dyadic => ({ m: a.m * b.m, e: a.e + b.e });
export const negated = ({ m, e }: Dyadic): Dyadic => ({ m: -m, e });

/** The number of bits of a positive number. */
function bits(value: bigint): number {
  const hex = value.toString(16);
  return 4 * hex.length - Math.clz32(Number.parseInt(hex.charAt(0), 16)) + 28;
}

/** numerator / denominator * 2^exponent as a double would have it, rounded once: to the nearest, of two to the even one. @param denominator > 0 */
export function nearest(numerator: bigint, denominator: bigint, exponent = 0): number {
  if (numerator === 0n) return 0;
  const magnitude = numerator < 0n ? -numerator : numerator;
  // Two bits more than a double has, at least.
  const shift = 56 + bits(denominator) - bits(magnitude);
  const scaled = shift > 0 ? magnitude << BigInt(shift) : magnitude;
  const divisor = shift < 0 ? denominator << BigInt(-shift) : denominator;
  const quotient = scaled / divisor;
  // Doubles end at 2^-1074, however few bits are left above it.
  const lost = Math.max(bits(quotient) - 53, shift - exponent - 1074);
  const value = scale(rounded(quotient, lost, quotient * divisor !== scaled), exponent - shift + lost);
  return numerator < 0n ? -value : value;
}

/** value / 2^lost. @param more whether the value is a little greater than it is said to be */
function rounded(value: bigint, lost: number, more: boolean): number {
  if (lost > bits(value)) return 0;
  const kept = value >> BigInt(lost);
  const rest = value - (kept << BigInt(lost));
  const half = 1n << BigInt(lost - 1);
  const isUp = rest > half || (rest === half && (more || (kept & 1n) === 1n));
  return Number(isUp ? kept + 1n : kept);
}

/** x * 2^e of a whole number up to 2^53, where that is a double or too large for one. */
const scale = (x: number, e: number): number => (e > 900 ? x * 2 ** 900 * 2 ** (e - 900) : x * 2 ** e);

/** The square root of numerator / denominator * 2^exponent, rounded once. Neither is negative. */
export function nearestRoot(numerator: bigint, denominator: bigint, exponent = 0): number {
  if (numerator === 0n) return 0;
  const odd = ((exponent % 2) + 2) % 2;
  const even = numerator << BigInt(odd);
  // A root of 64 bits; a bit below them says whether there is more, and rounding goes the same way as if all were there.
  const shift = 2 * Math.ceil((128 + bits(denominator) - bits(even)) / 2);
  const scaled = shift > 0 ? even << BigInt(shift) : even;
  const divisor = shift < 0 ? denominator << BigInt(-shift) : denominator;
  const square = scaled / divisor;
  const root = wholeRoot(square);
  const isExact = root * root === square && square * divisor === scaled;
  return nearest(2n * root + (isExact ? 0n : 1n), 1n, (exponent - odd - shift) / 2 - 1);
}

/** By Newton's steps from a double, which is near for numbers of this size. */
function wholeRoot(square: bigint): bigint {
  let root = BigInt(Math.floor(Math.sqrt(Number(square)))) + 1n;
  root = (root + square / root) >> 1n;
  root = (root + square / root) >> 1n;
  while (root * root > square) root -= 1n;
  while ((root + 1n) * (root + 1n) <= square) root += 1n;
  return root;
}
