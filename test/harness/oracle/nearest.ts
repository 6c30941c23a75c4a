/** The double nearest to a fraction, or to its root: found by bisection among all doubles, of two equally near the even one. */
import { SCALE, scaled } from './rational.js';

const word = new DataView(new ArrayBuffer(8));

/** The n-th double from 0 on. */
function nth(n: bigint): number {
  word.setBigInt64(0, n);
  return word.getFloat64(0);
}

const INFINITE = 0x7ff0000000000000n;
/** In units of 2^-1074; what would come after the greatest double stands for infinity. */
const unitsOf = (n: bigint): bigint => (n === INFINITE ? 1n << (1024n + SCALE) : scaled(nth(n)));

/** @param isBelow whether a number of units of 2^-1075 is below the value */
function search(isBelow: (halves: bigint) => boolean, isAt: (halves: bigint) => boolean): number {
  let [low, high] = [0n, INFINITE];
  while (low + 1n < high) {
    const middle = (low + high) / 2n;
    if (isBelow(2n * unitsOf(middle)) || isAt(2n * unitsOf(middle))) low = middle;
    else high = middle;
  }
  const between = unitsOf(low) + unitsOf(high);
  if (isAt(between)) return nth(low % 2n === 0n ? low : high);
  return nth(isBelow(between) ? high : low);
}

/** numerator / denominator. @param denominator > 0 */
export function nearestTo(numerator: bigint, denominator: bigint): number {
  if (numerator === 0n) return 0;
  const size = (numerator < 0n ? -numerator : numerator) << (SCALE + 1n);
  const value = search(
    (halves) => halves * denominator < size,
    (halves) => halves * denominator === size,
  );
  return numerator < 0n ? -value : value;
}

/** The root of numerator / denominator. */
export function nearestToRoot(numerator: bigint, denominator: bigint): number {
  if (numerator === 0n) return 0;
  const size = numerator << (2n * (SCALE + 1n));
  return search(
    (halves) => halves * halves * denominator < size,
    (halves) => halves * halves * denominator === size,
  );
}
