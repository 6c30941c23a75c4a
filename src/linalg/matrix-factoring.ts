/** Decompositions of tall matrices, and systems that are solved by them. */

import type { Work } from './matrix-elementwise.js';
import { type PcaResult, pcaOf, qrOf, type SvdResult, svdOfRows, type Target } from './matrix-factors.js';
import type { MatrixSnapshot } from './matrix-open.js';
import { MatrixProducts } from './matrix-products.js';
import { writeOf } from './matrix-set.js';
import { type LeastSquares, lstsqOf, solveOf } from './matrix-solve.js';
import type { VectorLike } from './operands.js';
import { contextOf } from './run.js';
import { checkCount } from './shapes.js';
import {
  MATRIX_WRITE_OPTIONS,
  type MatrixOptions,
  type MatrixValues,
  type MatrixWriteOptions,
  type StoredMatrix,
} from './stored-matrix.js';

/** How a factor is found, and written: `Name` is the option for the matrix that one becomes. */
type FactorOptions<Name extends string> = MatrixWriteOptions & { readonly [name in Name]?: StoredMatrix | string };
type FactorNames<Name extends string> = Record<keyof FactorOptions<Name>, true>;

const QR_OPTIONS = { ...MATRIX_WRITE_OPTIONS, q: true } as const satisfies FactorNames<'q'>;
const SVD_OPTIONS = { ...MATRIX_WRITE_OPTIONS, u: true } as const satisfies FactorNames<'u'>;
const PCA_OPTIONS = { ...MATRIX_WRITE_OPTIONS, scores: true } as const satisfies FactorNames<'scores'>;

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
  async qr(options: FactorOptions<'q'> = {}): Promise<MatrixValues> {
    const context = contextOf(this.link, options, QR_OPTIONS);
    const target = this.#targetOf(options.q, options);
    return this.reduce(options, (work, matrix) => qrOf(work, matrix, target), context);
  }

  /**
   * The thin singular value decomposition of a tall matrix: of its R factor by TSQR, which Golub & Kahan's algorithm (ml-matrix)
   * decomposes here.
   * @param k how many singular values; by default all
   * @param options `u`: the matrix that the left singular vectors become, [rows, k]: made, and written, as Q in `qr`
   * @throws SHAPE_MISMATCH, PLAN_TOO_LARGE as `qr`; INVALID_VALUE for NaN and infinities; with `u` SINGULAR
   */
  async svd(k?: number, options: FactorOptions<'u'> = {}): Promise<SvdResult> {
    const context = contextOf(this.link, options, SVD_OPTIONS);
    const target = this.#targetOf(options.u, options);
    const factor = (work: Work, matrix: MatrixSnapshot) => {
      const count = k ?? matrix.cols;
      checkCount('k', count, matrix.cols);
      return svdOfRows(work, matrix, count, target);
    };
    return this.reduce(options, factor, context);
  }

  /**
   * The first k principal components: of the rows less the columns' means, by TSQR and the SVD of R (not by the covariance matrix, which
   * would lose half the digits).
   * @param options `scores`: the matrix that the rows' coordinates become, [rows, k], computed and written in the shards, beside A, where
   *   columns · k is at most 8,192 and weighs less than the rows of a call, and blocks come to 4,064 numbers or more; else here
   * @throws SHAPE_MISMATCH for fewer than two rows, PLAN_TOO_LARGE beyond 512 columns, INVALID_VALUE for NaN and infinities
   */
  async pca(k: number, options: FactorOptions<'scores'> = {}): Promise<PcaResult> {
    const context = contextOf(this.link, options, PCA_OPTIONS);
    const target = this.#targetOf(options.scores, options);
    const factor = (work: Work, matrix: MatrixSnapshot) => {
      checkCount('k', k, matrix.cols);
      return pcaOf(work, matrix, k, target);
    };
    return this.reduce(options, factor, context);
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
