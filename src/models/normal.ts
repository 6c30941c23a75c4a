/** Tails of the normal distribution. */

/**
 * P(|Z| > |z|), as the complementary error function of |z| / √2: by its series for small z, else by Laplace's continued fraction
 * (Abramowitz & Stegun 1964, 7.1.6 and 7.1.14), so that tails keep their digits.
 */
export function normalTwoSided(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  if (Number.isNaN(x)) return x;
  const scale = Math.exp(-x * x);
  if (x < 2) {
    let [term, sum] = [x, x];
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return Math.max(0, 1 - (2 / Math.sqrt(Math.PI)) * scale * sum);
  }
  let fraction = x;
  for (let k = 120; k >= 1; k--) fraction = x + k / 2 / fraction;
  return scale / fraction / Math.sqrt(Math.PI);
}
