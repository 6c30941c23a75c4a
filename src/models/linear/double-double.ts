/** Unevaluated sums of two doubles, of some 106 bits. */

export type Pair = readonly [high: number, low: number];

/** Knuth's sum of two doubles, with its error. */
function twoSum(a: number, b: number): Pair {
  const s = a + b;
  const z = s - a;
  return [s, a - (s - z) + (b - z)];
}

export function plus([a, e]: Pair, x: number): Pair {
  const [s, t] = twoSum(a, x);
  return twoSum(s, t + e);
}

const half = (x: number): number => {
  const w = x * 134217729;
  return w - (w - x);
};

/** a · x, by Dekker's product. */
export function times([a, e]: Pair, x: number): Pair {
  const q = a * x;
  const [ah, xh] = [half(a), half(x)];
  const [al, xl] = [a - ah, x - xh];
  return twoSum(q, ah * xh - q + ah * xl + al * xh + al * xl + e * x);
}

export const minus = ([a, e]: Pair, [b, f]: Pair): Pair => plus(plus([a, e], -b), -f);
