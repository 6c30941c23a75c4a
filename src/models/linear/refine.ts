/**
 * Björck's refinement of a least-squares solution (BIT 7, 1967; Numerical Methods for Least Squares Problems, §2.9.3) by corrected
 * seminormal equations: residuals and their products with the columns in double-double, corrections by R.
 */

import { type Pair, plus, times } from '../../codegen/passes/double-double.js';
import { columnNorms, norm, type Rows, solveLower, solveUpper } from './triangle.js';

/** Half of the last place of 1. */
const EPS = 2 ** -53;
const MOST_PASSES = 3;

/** What the pass `residuals` gives: Σ w r x_j, and Σ w r². */
export interface Residuals {
  readonly products: readonly Pair[];
  readonly squares: number;
}

export interface RefineInput {
  /** R of [X, y] with the penalty's rows, and without. */
  readonly r: Rows;
  readonly data: Rows;
  /** λ of each column; 0 where it is not penalised. */
  readonly l2: readonly number[];
  readonly condition: number;
  readonly inverse: readonly number[];
  readonly rows: number;
  residuals(beta: readonly Pair[]): Promise<Residuals>;
}

export interface Refined {
  readonly beta: readonly number[];
  readonly rss: number;
  /** Bounds of what the coefficients may be off, and of what rss may. */
  readonly errors: readonly number[];
  readonly rssError: number;
}

/** How much of a correction is left, at most, for the next; from the rounding errors of R (Higham, §20.5). */
export const refinementRate = (condition: number, p: number): number => (64 + 8 * p) * EPS * condition;

export async function refine(input: RefineInput): Promise<Refined> {
  const p = input.l2.length;
  const z = input.r.slice(0, p).map((row) => row[p] as number);
  let beta: readonly Pair[] = solveUpper(input.r, z).map((b) => [b, 0]);
  let before = Number.POSITIVE_INFINITY;
  let rate = refinementRate(input.condition, p);
  for (let pass = 1; ; pass++) {
    const step = correct(input, beta, await input.residuals(beta));
    if (pass === 1) rate = Math.max(rate, observedRate(input, step, norm(z)));
    // What does not shrink is noise: then the solution is as far off as the correction is large.
    const isWorse = !(step.size <= before / 2);
    const bounds = boundsOf(input, step, isWorse ? 1 : rate);
    if (bounds.isDone || isWorse || pass === MOST_PASSES) {
      return { ...bounds, beta: step.beta.map(([high, low]) => high + low), rss: step.rss };
    }
    beta = step.beta;
    before = step.size;
  }
}

interface Step {
  readonly beta: readonly Pair[];
  /** ‖Rδ‖ with the penalty's rows, and without. */
  readonly size: number;
  readonly moved: number;
  readonly rss: number;
}

/** RᵀR δ = Xᵀr − Λβ */
function correct({ r, data, l2 }: RefineInput, beta: readonly Pair[], { products, squares }: Residuals): Step {
  const s = products.map(([high, low], j) => {
    const [shrunk, rest] = times(l2[j] as number, beta[j] as Pair);
    return plus(high, low, -shrunk, -rest)[0];
  });
  const z = solveLower(r, s);
  const delta = solveUpper(r, z);
  const moved = norm(product(data, delta));
  // ‖r − Xδ‖² = ‖r‖² − 2 δᵀXᵀr + ‖Xδ‖²
  const gain = delta.reduce((sum, d, j) => sum + d * (products[j] as Pair)[0], 0);
  return {
    beta: beta.map(([high, low], j) => plus(high, low, delta[j] as number, 0)),
    ...{ size: norm(z), moved },
    rss: Math.max(0, squares - 2 * gain + moved * moved),
  };
}

/** The first correction shows how large the errors of R are: by these alone it would be so much (Björck 1967). */
function observedRate({ condition }: RefineInput, { size, rss }: Step, length: number): number {
  const most = length + condition * Math.sqrt(rss);
  return most === 0 ? 0 : ((4 * size) / most) * condition;
}

/** @param rate how much of the correction is left */
function boundsOf(input: RefineInput, { beta, size, moved, rss }: Step, rate: number) {
  const { condition, inverse, data, rows, l2 } = input;
  const p = l2.length;
  const norms = columnNorms(data);
  const y = norms[p] as number;
  const noise = sumError(rows, p) * (y + beta.reduce((sum, [b], j) => sum + Math.abs(b) * (norms[j] as number), 0));
  const sums = noise * Math.sqrt(p) * condition;
  const left = size * rate + sums;
  const last = beta.map(([b]) => EPS * Math.abs(b));
  // With a penalty the sum of squares is not at its least.
  const spread = (noise + (l2.some((x) => x > 0) ? left : 0)) * Math.sqrt(rss);
  // Beyond what the sums leave open no further pass helps; they are mostly a thousand times better than their bound.
  const isSmall = size * rate <= sums / 1000 || inverse.every((u, j) => u * left <= (last[j] as number));
  return {
    errors: inverse.map((u, j) => u * left + (last[j] as number)),
    rssError: left * left + 2 * spread + 8 * EPS * moved * moved + 4 * EPS * rss,
    isDone: isSmall && (moved * moved <= 0.01 * rss || moved <= 1e-20 * y),
  };
}

/** R δ, of the leading part of R. */
const product = (r: Rows, delta: readonly number[]): number[] =>
  delta.map((_, i) => delta.reduce((sum, d, j) => (j < i ? sum : sum + (r[i]?.[j] as number) * d), 0));

/** Relative to the sum of magnitudes: of double-double sums of so many terms, in units of at most 8,128 rows that merge by a tree. */
function sumError(rows: number, p: number): number {
  const terms = Math.min(rows, 8128) + Math.log2(1 + rows / 8128) + p + 20;
  return terms * 2 ** -103;
}
