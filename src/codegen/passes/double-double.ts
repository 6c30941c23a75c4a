/**
 * Unevaluated sums of two doubles, of some 106 bits: sums by Knuth (1969), products by Dekker (1971), since Lua has no fused
 * multiply-add.
 */

export type Pair = readonly [high: number, low: number];

/** The high half of a double (Veltkamp 1968). */
export function half(x: number): number {
  const w = x * 134217729;
  return w - (w - x);
}

/** (h, l) + (x, e), renormalised. */
export function plus(h: number, l: number, x: number, e: number): Pair {
  const s = h + x;
  const z = s - h;
  const t = l + (h - (s - z) + (x - z) + e);
  const sum = s + t;
  return [sum, t - (sum - s)];
}

/** The error of q = x * y, of doubles whose high halves are known. */
export function productError(q: number, [x, xh]: Pair, [y, yh]: Pair): number {
  const [xl, yl] = [x - xh, y - yh];
  return xh * yh - q + xh * yl + xl * yh + xl * yl;
}

/** (h, l) * w, renormalised. */
export function times(w: number, [h, l]: Pair): Pair {
  const q = w * h;
  const e = productError(q, [w, half(w)], [h, half(h)]) + w * l;
  const high = q + e;
  return [high, e - (high - q)];
}
