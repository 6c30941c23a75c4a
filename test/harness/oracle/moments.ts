/** Sums, means, variances, covariances of doubles: exact rationals, rounded once, with the rules for null, NaN and infinity. */
import { nearestTo, nearestToRoot } from './nearest.js';
import { SCALE, scaled } from './rational.js';

export type Name =
  | 'sum'
  | 'mean'
  | 'var'
  | 'std'
  | 'varPop'
  | 'stdPop'
  | 'covar'
  | 'covarPop'
  | 'corr'
  | 'weightedMean';
export type Results = Record<Name, unknown>;
export type Row = readonly [x: number, y: number | null, group: number];
type Pair = readonly [x: number, y: number, group: number];

/** @param unit in which x is a whole number: 100 of a decimal(2) */
export function expected(rows: readonly Row[], unit = 1n): Results {
  const both = rows.filter((row): row is Pair => row[1] !== null);
  if (both.length === rows.length) return ofPairs(both, unit);
  const {
    sum,
    mean,
    var: sample,
    std,
    varPop,
    stdPop,
  } = ofPairs(
    rows.map(([a, , group]) => [a, 0, group]),
    unit,
  );
  return { ...ofPairs(both, unit), sum, mean, var: sample, std, varPop, stdPop };
}

/** n, the exact sums in units of 2^-1074 and 2^-2148, and what doubles make of values that are not finite. */
function ofPairs(rows: readonly Pair[], unit: bigint): Results {
  let [sx, sy, sxx, sxy, syy] = [0n, 0n, 0n, 0n, 0n];
  let [px, py, pxy, finite, finiteX] = [0, 0, 0, true, true];
  for (const [a, b] of rows) {
    const both = Number.isFinite(a) && Number.isFinite(b);
    finite &&= both;
    finiteX &&= Number.isFinite(a);
    const [i, j] = [Number.isFinite(a) ? scaled(a) : 0n, Number.isFinite(b) ? scaled(b) : 0n];
    [sx, sy, sxx, sxy, syy] = [sx + i, sy + j, sxx + i * i, sxy + (both ? i * j : 0n), syy + j * j];
    if (!Number.isFinite(a)) px += a;
    if (!Number.isFinite(b)) py += b;
    if (!both) pxy += a * b;
  }
  const count = rows.length;
  const n = BigInt(count);
  const one = 1n << SCALE;
  const deviations = (ab: bigint, a: bigint, b: bigint): bigint => n * ab - a * b;
  const [dxx, dxy, dyy] = [deviations(sxx, sx, sx), deviations(sxy, sx, sy), deviations(syy, sy, sy)];
  const variance = (lost: bigint, root: boolean): unknown => {
    if (n <= lost) return null;
    if (n === 1n) return 0;
    const divisor = n * (n - lost) * one * one * unit * unit;
    if (!finiteX || nearestTo(dxx, divisor) === Number.POSITIVE_INFINITY) return 'OUT_OF_RANGE';
    return root ? nearestToRoot(dxx, divisor) : nearestTo(dxx, divisor);
  };
  const covariance = (lost: bigint): unknown => {
    if (n <= lost) return null;
    return finite ? nearestTo(dxy, n * (n - lost) * one * one * unit) : Number.NaN;
  };
  const correlation = (): unknown => {
    if (n === 1n) return Number.NaN;
    if (!finite) return 'OUT_OF_RANGE';
    if (dxx * dyy === 0n) return Number.NaN;
    const size = nearestToRoot(dxy * dxy, dxx * dyy);
    return dxy < 0n ? -size : size;
  };
  const weighted = (): unknown => {
    const [numerator, weights] = [finite ? nearestTo(sxy, one * one) : pxy, py !== 0 ? py : nearestTo(sy, one)];
    if (!finite || sy === 0n) return numerator / weights;
    return sy < 0n ? nearestTo(-sxy, -sy * one * unit) : nearestTo(sxy, sy * one * unit);
  };
  return {
    sum: finiteX ? nearestTo(sx, one) : px,
    mean: finiteX ? nearestTo(sx, n * one * unit) : px / count,
    var: variance(1n, false),
    std: variance(1n, true),
    varPop: variance(0n, false),
    stdPop: variance(0n, true),
    covar: covariance(1n),
    covarPop: covariance(0n),
    corr: correlation(),
    weightedMean: weighted(),
  };
}
