/** Tails and quantiles of Student's t and the F distribution. */

import { incompleteBeta } from './incomplete-beta.js';

/** P(|T| > |t|) of ν degrees of freedom; NaN of NaN. */
export function studentTwoSided(t: number, df: number): number {
  // Squares that leave the range of doubles do not matter: the ratio does.
  const ratio = Math.abs(t) / Math.sqrt(df);
  if (ratio > 1e150) return Number.isFinite(df) ? incompleteBeta(df / 2, 0.5, 1 / ratio / ratio, 1) : 0;
  const square = ratio * ratio;
  return incompleteBeta(df / 2, 0.5, 1 / (1 + square), square / (1 + square));
}

/** P(F > f) of d1 and d2 degrees of freedom. */
export function fUpperTail(f: number, d1: number, d2: number): number {
  if (f === Number.POSITIVE_INFINITY) return 0;
  const ratio = (d1 * f) / d2;
  if (ratio === Number.POSITIVE_INFINITY) return 0;
  return incompleteBeta(d2 / 2, d1 / 2, 1 / (1 + ratio), ratio / (1 + ratio));
}

const tailAt = (logT: number, df: number): number => Math.log(studentTwoSided(Math.exp(logT), df));

/** The t with P(|T| ≤ t) = level, 0 < level < 1: by bisection in logarithms until doubles end. */
export function studentQuantile(level: number, df: number): number {
  const wanted = Math.log1p(-level);
  let [low, high] = [-40, 1];
  while (tailAt(high, df) > wanted && high < 700) high *= 2;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (tailAt(middle, df) > wanted) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}
