/** QR, SVD and principal components of tall matrices, by TSQR. */

import type { Receipt } from '../engine/receipt.js';
import { combineReceipts } from '../engine/receipt.js';
import { ShardfoldError } from '../errors.js';
import { checkFinite, invertUpper, leading, multiply, squareOf, svdOf } from './dense.js';
import { columnSummary } from './matrix-columns.js';
import type { Work } from './matrix-elementwise.js';
import { type MatrixSnapshot, showShape } from './matrix-open.js';
import type { MatrixWrite } from './matrix-set.js';
import { checkFull, rankOf } from './rank.js';
import type { VectorReceipt } from './receipt.js';
import type { Reduced } from './reduce.js';
import { checkTall, checkWidth, type Dense } from './shapes.js';
import { transformInto } from './transform.js';
import { tsqr } from './tsqr.js';

/** The SVD of so many columns takes seconds in this process. */
export const MAX_FACTORED = 512;

/** A matrix that is written besides. */
export interface Target {
  readonly into: string;
  readonly write: MatrixWrite;
}

/** What has been done so far, and its receipts. */
class Passes {
  readonly #receipts: Receipt[] = [];
  #written: VectorReceipt['written'];
  readonly #started = performance.now();

  take<Result>({ result, receipt }: Reduced<Result>): Result {
    this.#receipts.push(receipt);
    return result;
  }

  /** What was written besides. */
  add(receipt: VectorReceipt): void {
    this.#receipts.push(receipt);
    this.#written = receipt.written;
  }

  done<Result>(result: Result, { context }: Work): Reduced<Result> {
    const receipt = combineReceipts(this.#receipts, context.tally, performance.now() - this.#started);
    return { result, receipt: { ...receipt, ...(this.#written && { written: this.#written }) } };
  }
}

/** R; Q = A·R⁻¹ where it is asked for, orthogonalised once more by the QR of what that gives. */
export async function qrOf(work: Work, matrix: MatrixSnapshot, target: Target | undefined): Promise<Reduced<Dense>> {
  checkWidth('the QR decomposition', matrix, MAX_FACTORED);
  checkTall('the QR decomposition', matrix);
  const passes = new Passes();
  const first = squareOf(passes.take(await tsqr(work, matrix, { change: { factors: [] } })) ?? new Float64Array(0));
  if (!target) return passes.done(first, work);
  const { r, factors } = await refined(work, matrix, first, passes);
  passes.add(await transformInto(work, matrix, { ...target, change: { factors } }));
  return passes.done(r, work);
}

/** A·R⁻¹ is as far from orthogonal as R is ill-conditioned; its own R factor makes up for that. */
async function refined(
  work: Work,
  matrix: MatrixSnapshot,
  first: Dense,
  passes: Passes,
): Promise<{ r: Dense; factors: readonly [Dense, Dense] }> {
  checkFinite(first.data, matrix);
  checkFull(rankOf(first), matrix);
  const inverse = invertUpper(first);
  const again = passes.take(await tsqr(work, matrix, { change: { factors: [inverse] } }));
  const second = squareOf(again as Float64Array);
  return { r: multiply(second, first), factors: [inverse, invertUpper(second)] };
}

export interface SvdResult {
  /** Descending. */
  readonly singularValues: Float64Array;
  /** Right singular vectors, one a column: [columns, k]. */
  readonly v: Dense;
}

export async function svdOfRows(
  work: Work,
  matrix: MatrixSnapshot,
  k: number,
  target: Target | undefined,
): Promise<Reduced<SvdResult>> {
  checkWidth('the singular value decomposition', matrix, MAX_FACTORED);
  checkTall('the singular value decomposition', matrix);
  const passes = new Passes();
  const flat = passes.take(await tsqr(work, matrix, { change: { factors: [] } })) as Float64Array;
  let r = squareOf(flat);
  checkFinite(r.data, matrix);
  let basis: readonly [Dense, Dense] | undefined;
  if (target) ({ r, factors: basis } = await refined(work, matrix, r, passes));
  const { u, values, v } = svdOf(r);
  if (target && basis) {
    const factors = [basis[0], multiply(basis[1], leading(u, k))];
    passes.add(await transformInto(work, matrix, { ...target, change: { factors } }));
  }
  return passes.done({ singularValues: values.slice(0, k), v: leading(v, k) }, work);
}

export interface PcaResult {
  readonly means: Float64Array;
  /** One component a row: [k, columns]; the entry of greatest magnitude is positive. */
  readonly components: Dense;
  /** Variances along the components, divided by rows - 1. */
  readonly explainedVariance: Float64Array;
  /** Their shares of the variance of all columns. */
  readonly explainedVarianceRatio: Float64Array;
}

export async function pcaOf(
  work: Work,
  matrix: MatrixSnapshot,
  k: number,
  target: Target | undefined,
): Promise<Reduced<PcaResult>> {
  const { rows, cols, table } = matrix;
  checkWidth('the principal components', matrix, MAX_FACTORED);
  if (rows < 2) {
    throw new ShardfoldError(
      'SHAPE_MISMATCH',
      `the principal components of "${table.name}", shape ${showShape(matrix)}`,
      {
        hint: `a variance takes two rows: at least [2, ${cols}]`,
      },
    );
  }
  const passes = new Passes();
  const { means } = passes.take(await columnSummary(work, matrix));
  checkFinite(means, matrix);
  const flat = passes.take(await tsqr(work, matrix, { change: { shift: means, factors: [] } })) as Float64Array;
  const r = squareOf(flat);
  checkFinite(r.data, matrix);
  const { values, v } = svdOf(r);
  const vectors = leading(v, k);
  const variances = values.map((value) => (value * value) / (rows - 1));
  const total = variances.reduce((sum, value) => sum + value, 0);
  if (target) {
    passes.add(await transformInto(work, matrix, { ...target, change: { shift: means, factors: [vectors] } }));
  }
  const result = {
    means,
    components: { data: transposed(vectors), shape: [k, cols] as const },
    explainedVariance: variances.slice(0, k),
    explainedVarianceRatio: variances.slice(0, k).map((value) => value / total),
  };
  return passes.done(result, work);
}

const transposed = ({ data, shape: [rows, cols] }: Dense): Float64Array =>
  Float64Array.from({ length: rows * cols }, (_, at) => data[(at % rows) * cols + Math.floor(at / rows)] as number);
