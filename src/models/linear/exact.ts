/** Least squares in rational arithmetic: from exact sums of products to coefficients that are rounded once, whatever the condition. */

import { type Dyadic, dyadic, nearest, nearestRoot } from '../../aggregates/dyadic.js';

/** numerator / denominator * 2^exponent; the denominator is above 0. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly exponent: number;
}

export const rounded = ({ numerator, denominator, exponent }: Ratio): number =>
  nearest(numerator, denominator, exponent);
export const roundedRoot = ({ numerator, denominator, exponent }: Ratio): number =>
  nearestRoot(numerator < 0n ? 0n : numerator, denominator, exponent);

export interface ExactSolution {
  readonly beta: readonly Ratio[];
  /** Diagonal of the inverse of XᵀX (with the penalty). */
  readonly inverse: readonly Ratio[];
  /** The sum of squared residuals; of squares of y, about the mean where the first column is the intercept; and their difference. */
  readonly rss: Ratio;
  readonly total: Ratio;
  readonly explained: Ratio;
}

/** Coefficients beyond which whole numbers grow so long that the solution would hold this process up for seconds. */
export const MOST_EXACT = 40;

/**
 * Normal equations by Bareiss's elimination without fractions (Math. Comp. 22, 1968), in its form of Gauss & Jordan.
 * @param sums upper triangle of the products of [x…, y], row by row @param l2 is added to the diagonal
 * @returns undefined where the columns are linearly dependent, exactly
 */
export function solveExactly(
  sums: readonly Dyadic[],
  l2: readonly Dyadic[],
  intercept: boolean,
): ExactSolution | undefined {
  const p = l2.length;
  const least = Math.min(...[...sums, ...l2].filter(({ m }) => m !== 0n).map(({ e }) => e));
  const whole = ({ m, e }: Dyadic): bigint => (m === 0n ? 0n : m << BigInt(e - least));
  const g = symmetric(sums.map(whole), p + 1);
  const yy = g[p]?.[p] as bigint;
  const moments = g.slice(0, p).map((row) => row[p] as bigint);
  const penalty = l2.map(whole);
  const normal = g.slice(0, p).map((row, i) => {
    return row.slice(0, p).map((x, j) => (i === j ? x + (penalty[i] as bigint) : x));
  });
  const solved = eliminate(normal, moments);
  if (solved === undefined) return undefined;
  const { det, beta, inverse } = solved;
  // ‖y − Xβ‖² = yᵀy − βᵀXᵀy − βᵀΛβ, by the normal equations.
  const rest = yy * det - dot(beta, moments);
  const shrunk = dot(
    beta.map((b) => b * b),
    penalty,
  );
  const rss: Ratio = { numerator: rest * det - shrunk, denominator: det * det, exponent: least };
  const [n, sum] = intercept ? [g[0]?.[0] as bigint, moments[0] as bigint] : [1n, 0n];
  const total: Ratio = { numerator: yy * n - sum * sum, denominator: n, exponent: least };
  return {
    beta: beta.map((numerator) => ({ numerator, denominator: det, exponent: 0 })),
    inverse: inverse.map((numerator) => ({ numerator, denominator: det, exponent: -least })),
    rss,
    total,
    explained: {
      numerator: total.numerator * rss.denominator - rss.numerator * n,
      denominator: n * rss.denominator,
      exponent: least,
    },
  };
}

const dot = (a: readonly bigint[], b: readonly bigint[]): bigint =>
  a.reduce((sum, x, i) => sum + x * (b[i] as bigint), 0n);

function symmetric(triangle: readonly bigint[], size: number): bigint[][] {
  const rows = Array.from({ length: size }, () => new Array<bigint>(size).fill(0n));
  let place = 0;
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      const value = triangle[place++] as bigint;
      (rows[i] as bigint[])[j] = value;
      (rows[j] as bigint[])[i] = value;
    }
  }
  return rows;
}

/** det, det · β, and the diagonal of det · N⁻¹; undefined where a leading minor is 0. */
function eliminate(
  normal: readonly (readonly bigint[])[],
  moments: readonly bigint[],
): { det: bigint; beta: bigint[]; inverse: bigint[] } | undefined {
  const p = moments.length;
  // Behind N and the moments stands the unit matrix, of which column k is 0 but for its diagonal before step k.
  const rows = normal.map((row, i) => [...row, moments[i] as bigint, ...row.map((_, j) => (i === j ? 1n : 0n))]);
  let before = 1n;
  for (let k = 0; k < p; k++) {
    const row = rows[k] as bigint[];
    const pivot = row[k] as bigint;
    if (pivot === 0n) return undefined;
    for (let i = 0; i < p; i++) {
      if (i === k) continue;
      const other = rows[i] as bigint[];
      const f = other[k] as bigint;
      for (let j = k + 1; j <= p + 1 + k; j++) {
        other[j] = (pivot * (other[j] as bigint) - f * (row[j] as bigint)) / before;
      }
      if (i > k) other[p + 1 + i] = pivot;
      other[k] = 0n;
    }
    before = pivot;
  }
  return {
    det: before,
    beta: rows.map((row) => row[p] as bigint),
    inverse: rows.map((row, i) => row[p + 1 + i] as bigint),
  };
}

/** λ of the columns that it holds for. */
export const penalties = (l2: number, penalised: readonly boolean[], scales: readonly number[]): Dyadic[] =>
  penalised.map((is, j) => {
    const { m, e } = dyadic(is ? l2 : 0);
    return { m, e: e - 2 * (scales[j] as number) };
  });
