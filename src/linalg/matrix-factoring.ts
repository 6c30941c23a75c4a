/** Decompositions of tall matrices, and systems that are solved by them. */

import { type PcaResult, pcaOf, qrOf, type SvdResult, svdOfRows, type Target } from './matrix-factors.js';
import { MatrixProducts } from './matrix-products.js';
import { writeOf } from './matrix-set.js';
import { type LeastSquares, lstsqOf, solveOf } from './matrix-solve.js';
import type { VectorLike } from './operands.js';
import { checkCount } from './shapes.js';
import type { MatrixOptions, MatrixValues, MatrixWriteOptions, StoredMatrix } from './stored-matrix.js';

export abstract class MatrixFactoring extends MatrixProducts {
  /**
   * The QR decomposition of a tall matrix by TSQR (Demmel, Grigori, Hoemmen & Langou 2012): R, its diagonal not negative. The same bits
   * on any number of shards. Calls take a millisecond up to 30 columns, two and a half at 40; blocks of wider rows are pulled and factored here.
   * @param options `q`: the matrix that Q becomes, Q = A·R⁻¹, computed in the shards. A·R⁻¹ alone is as far from orthogonal as
   *   eps times the condition number; therefore Q is made of the R factor of that once more (as CholeskyQR2 does: Fukaya, Nakatsukasa,
   *   Yanagisawa & Yamamoto 2014), which gives a few eps up to condition numbers of about 1e12.
   *   Up to 31 columns it is written in the shards, too, and lies beside A: none of it travels. Of more, the factors that go along with
   *   calls would weigh more than the rows: these are pulled and multiplied here. `written` in the receipt says which way it went
   * @throws SHAPE_MISMATCH for fewer rows than columns, PLAN_TOO_LARGE beyond 512 columns; with `q` SINGULAR naming the columns that
   *   depend on others, and INVALID_VALUE for NaN and infinities (which without it make R NaN)
   */
  async qr({ q, ...options }: MatrixWriteOptions & { readonly q?: StoredMatrix | string } = {}): Promise<MatrixValues> {
    const target = this.#targetOf(q, options);
    return this.reduce(options, (work, matrix) => qrOf(work, matrix, target));
  }

  /**
   * The thin singular value decomposition of a tall matrix: of its R factor by TSQR, which Golub & Kahan's algorithm (ml-matrix)
   * decomposes here.
   * @param k how many singular values; by default all
   * @param options `u`: the matrix that the left singular vectors become, [rows, k]: made, and written, as Q in `qr`
   * @throws SHAPE_MISMATCH, PLAN_TOO_LARGE as `qr`; INVALID_VALUE for NaN and infinities; with `u` SINGULAR
   */
  async svd(
    k?: number,
    { u, ...options }: MatrixWriteOptions & { readonly u?: StoredMatrix | string } = {},
  ): Promise<SvdResult> {
    const target = this.#targetOf(u, options);
    return this.reduce(options, (work, matrix) => {
      const count = k ?? matrix.cols;
      checkCount('k', count, matrix.cols);
      return svdOfRows(work, matrix, count, target);
    });
  }

  /**
   * The first k principal components: of the rows less the columns' means, by TSQR and the SVD of R (not by the covariance matrix, which
   * would lose half the digits).
   * @param options `scores`: the matrix that the rows' coordinates become, [rows, k], computed and written in the shards, beside A, where
   *   columns · k is at most 8,192 and weighs less than the rows of a call, and blocks come to 4,064 numbers or more; else here
   * @throws SHAPE_MISMATCH for fewer than two rows, PLAN_TOO_LARGE beyond 512 columns, INVALID_VALUE for NaN and infinities
   */
  async pca(
    k: number,
    { scores, ...options }: MatrixWriteOptions & { readonly scores?: StoredMatrix | string } = {},
  ): Promise<PcaResult> {
    const target = this.#targetOf(scores, options);
    return this.reduce(options, (work, matrix) => {
      checkCount('k', k, matrix.cols);
      return pcaOf(work, matrix, k, target);
    });
  }

  /**
   * x of A·x = b for a square matrix, which is pulled and factored here (Householder QR): no factor of it would be smaller.
   * @param b as many numbers as there are rows, or a vector's name
   * @throws SHAPE_MISMATCH, SINGULAR naming the columns that depend on others, PLAN_TOO_LARGE beyond 1,024 columns, INVALID_VALUE for NaN
   */
  async solve(b: VectorLike, options: MatrixOptions = {}): Promise<Float64Array> {
    return this.reduce(options, async (work, matrix) => {
      const { result, receipt } = await solveOf(work, matrix, b);
      return { result: result.coefficients, receipt };
    });
  }

  /**
   * The x for which ‖b - A·x‖ is least, of a tall matrix, by TSQR of A with b beside it (b is sent to the shards; this process holds it).
   * @param b as many numbers as there are rows, or a vector's name
   * @throws SHAPE_MISMATCH, SINGULAR naming the columns that depend on others (judged with columns scaled to length 1, at
   *   max(64, 8·columns)·2^-52), PLAN_TOO_LARGE beyond 512 columns, INVALID_VALUE for NaN and infinities
   */
  async lstsq(b: VectorLike, options: MatrixOptions = {}): Promise<LeastSquares> {
    return this.reduce(options, (work, matrix) => lstsqOf(work, matrix, b));
  }

  #targetOf(into: StoredMatrix | string | undefined, options: MatrixWriteOptions): Target | undefined {
    return into === undefined ? undefined : { into: this.nameOf(into), write: writeOf(options) };
  }
}
