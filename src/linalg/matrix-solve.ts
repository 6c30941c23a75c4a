/** Linear systems and least squares, by the R factor of the matrix with the right side as its last column. */

import { ShardfoldError } from '../errors.js';
import { factorOf, widthOf } from '../kernels/householder.js';
import { checkFinite, solveUpper, squareOf } from './dense.js';
import type { Work } from './matrix-elementwise.js';
import { MAX_FACTORED } from './matrix-factors.js';
import { type MatrixSnapshot, showShape } from './matrix-open.js';
import { numbersOf, type VectorLike } from './operands.js';
import { checkFull, rankOf } from './rank.js';
import type { Reduced } from './reduce.js';
import { checkTall, checkWidth, type Dense } from './shapes.js';
import { columnsOf, tsqr } from './tsqr.js';
import { readValues } from './values.js';

/** A system of so many columns takes two seconds in this process. */
const MAX_SYSTEM = 1024;

export interface LeastSquares {
  readonly coefficients: Float64Array;
  /** √Σ (b - A·x)². */
  readonly residualNorm: number;
  readonly rank: number;
  /** σ₁/σₚ, to a few per cent of more than 128 columns: so many times eps is the relative error to be expected. */
  readonly conditionNumber: number;
}

/** @throws SHAPE_MISMATCH for fewer rows than columns, or a right side of another length; SINGULAR */
export async function lstsqOf(work: Work, matrix: MatrixSnapshot, b: VectorLike): Promise<Reduced<LeastSquares>> {
  checkWidth('least squares', matrix, MAX_FACTORED);
  checkTall('least squares', matrix);
  const beside = await numbersOf(work, b, { what: 'the right side', length: matrix.rows, matrix });
  const { result: flat, receipt } = await tsqr(work, matrix, { change: { factors: [] }, beside });
  return { result: leastSquares(flat as Float64Array, matrix), receipt };
}

/** @throws SHAPE_MISMATCH for a matrix that is not square, or a right side of another length; SINGULAR */
export async function solveOf(work: Work, matrix: MatrixSnapshot, b: VectorLike): Promise<Reduced<LeastSquares>> {
  const { table, rows, cols } = matrix;
  if (rows !== cols) {
    throw new ShardfoldError('SHAPE_MISMATCH', `matrix "${table.name}" of shape ${showShape(matrix)} is not square`, {
      hint: `a system needs shape [${cols}, ${cols}]; lstsq(b) solves tall ones in the least-squares sense`,
    });
  }
  checkWidth('the system', matrix, MAX_SYSTEM);
  const beside = await numbersOf(work, b, { what: 'the right side', length: rows, matrix });
  const { result: values, receipt } = await readValues(work.link, table, work.run, work.context);
  return { result: leastSquares(factorOf(columnsOf(values, [rows, cols], beside)), matrix), receipt };
}

/** From the factor of [A b]: R is what it has of A, its last column Qᵀb, and its corner the residual. */
function leastSquares(flat: Float64Array, matrix: MatrixSnapshot): LeastSquares {
  checkFinite(flat, matrix);
  const p = widthOf(flat) - 1;
  const whole = squareOf(flat);
  const at = (i: number, j: number): number => whole.data[i * (p + 1) + j] as number;
  const r: Dense = {
    data: Float64Array.from({ length: p * p }, (_, n) => at(Math.floor(n / p), n % p)),
    shape: [p, p],
  };
  const rank = rankOf(r);
  checkFull(rank, matrix);
  const right = Float64Array.from({ length: p }, (_, i) => at(i, p));
  return {
    coefficients: solveUpper(r, right),
    residualNorm: at(p, p),
    rank: rank.rank,
    conditionNumber: rank.conditionNumber,
  };
}
