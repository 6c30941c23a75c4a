/** Matrices: what is done with them where they lie. */

import { columnSummary } from './matrix-columns.js';
import { readDiagonal, traceOf } from './matrix-diagonal.js';
import { combine, type MatrixTarget, scaleMatrix, type Work } from './matrix-elementwise.js';
import { MatrixFactoring } from './matrix-factoring.js';
import { checkNorms, type LineNorms, lineNorms, matrixNorm } from './matrix-norms.js';
import { type ConstantColumns, standardizeMatrix } from './matrix-standardize.js';
import { transposeMatrix } from './matrix-transpose.js';
import type { Reduced } from './reduce.js';
import type { OptionNames } from './run.js';
import { MATRIX_WRITE_OPTIONS, type MatrixOptions, type MatrixWriteOptions } from './stored-matrix.js';

export type { MatrixOptions, MatrixSetOptions, MatrixValues, MatrixWriteOptions } from './stored-matrix.js';

export interface StandardizeOptions extends MatrixWriteOptions {
  /** What becomes of columns whose values are all equal: an error SINGULAR that names them (the default), or zeros. */
  readonly constant?: ConstantColumns;
}

const STANDARDIZE_OPTIONS = {
  ...MATRIX_WRITE_OPTIONS,
  constant: true,
} as const satisfies Record<keyof StandardizeOptions, true>;

/**
 * A matrix by its name: rows and columns of float64 or float32 numbers, stored row by row in blocks of whole rows (at most 65,024
 * numbers), a block in a chunk of the cluster. It has at least one column and at most 65,024; it may have no rows. NaN is a number.
 *
 * All methods throw TABLE_NOT_FOUND where there is no such table, SCHEMA_MISMATCH where it is no matrix, SHAPE_MISMATCH where shapes
 * do not fit, and DATA_LOSS, TIMEOUT, ABORTED, …: a result is whole, or an error.
 */
export class Matrix extends MatrixFactoring {
  /**
   * A + B, number by number, computed and written where A lies; A becomes the sum, or `into` does. Where B does not lie beside A
   * (alignWith), it is pulled and sent to A's shards (`travelled` in the receipt). Readers see the old matrix or the new; a
   * failure or a crash leaves the old one.
   * @returns the matrix that was written
   * @throws SHAPE_MISMATCH with both shapes, WRITE_CONFLICT where another writer was first, SERVER_REFUSES_WRITES (full)
   */
  async add(other: Matrix | string, into: Matrix | string = this, options: MatrixWriteOptions = {}): Promise<Matrix> {
    return this.#combine('+', other, into, options);
  }

  /** A − B; otherwise as `add`. */
  async sub(other: Matrix | string, into: Matrix | string = this, options: MatrixWriteOptions = {}): Promise<Matrix> {
    return this.#combine('-', other, into, options);
  }

  /** The products of A's numbers and B's in the same places; otherwise as `add`. */
  async hadamard(
    other: Matrix | string,
    into: Matrix | string = this,
    options: MatrixWriteOptions = {},
  ): Promise<Matrix> {
    return this.#combine('*', other, into, options);
  }

  /** a · A; otherwise as `add`. */
  async scale(a: number, into: Matrix | string = this, options: MatrixWriteOptions = {}): Promise<Matrix> {
    return this.#write(into, options, (work, target) => scaleMatrix(work, this.name, a, target));
  }

  /**
   * (x − mean) / deviation in each column: two passes in the shards; deviations are those of samples, over rows − 1.
   * @throws SINGULAR naming columns whose values are all equal (of one row all are); else as `add`
   */
  async standardize(into: Matrix | string = this, options: StandardizeOptions = {}): Promise<Matrix> {
    const write = (work: Work, target: MatrixTarget) => standardizeMatrix(work, this.name, options.constant, target);
    return this.#write(into, options, write, STANDARDIZE_OPTIONS);
  }

  /**
   * Aᵀ, written as `into`. It goes by way of this process, some columns at a time: all numbers are pulled and sent back once, and
   * no more than 16 MiB of them are held. Stored in the type of A unless asked otherwise.
   * @throws SHAPE_MISMATCH where there are no rows, or more than 65,024; else as `add`
   */
  async transpose(into: Matrix | string, options: MatrixWriteOptions = {}): Promise<Matrix> {
    return this.#write(into, options, (work, target) => transposeMatrix(work, this.name, target));
  }

  /** The mean of each column; NaN where there are no rows. */
  async colMeans(options: MatrixOptions = {}): Promise<Float64Array> {
    return this.reduce(options, async (work, matrix) => {
      const { result, receipt } = await columnSummary(work, matrix);
      return { result: result.means, receipt };
    });
  }

  /** The sample deviation of each column, over rows − 1: NaN for fewer than two rows, 0 where all values are equal. */
  async colStds(options: MatrixOptions = {}): Promise<Float64Array> {
    return this.reduce(options, async (work, matrix) => {
      const { result, receipt } = await columnSummary(work, matrix);
      return { result: result.deviations, receipt };
    });
  }

  /** Norms of all rows or all columns; `p` is 1, 2 (the default) or Infinity. Neither overflows nor loses small values. @throws INVALID_ARGUMENT */
  async norms(norms: LineNorms, options: MatrixOptions = {}): Promise<Float64Array> {
    const checked = checkNorms(norms);
    return this.reduce(options, (work, matrix) => lineNorms(work, matrix, checked));
  }

  /** `fro` (the default): √Σ a²; 1: the greatest Σ|a| of a column; Infinity: of a row. 0 where there are no rows. */
  async norm(kind: 'fro' | 1 | number = 'fro', options: MatrixOptions = {}): Promise<number> {
    return this.reduce(options, (work, matrix) => matrixNorm(work, matrix, kind));
  }

  /** The diagonal from the upper left, min(rows, columns) numbers. */
  async diag(options: MatrixOptions = {}): Promise<Float64Array> {
    return this.reduce(options, readDiagonal);
  }

  /** The sum of the diagonal. @throws SHAPE_MISMATCH where the matrix is not square */
  async trace(options: MatrixOptions = {}): Promise<number> {
    return this.reduce(options, traceOf);
  }

  async #combine(
    operator: '+' | '-' | '*',
    other: Matrix | string,
    into: Matrix | string,
    options: MatrixWriteOptions,
  ): Promise<Matrix> {
    const guest = this.nameOf(other);
    return this.#write(into, options, (work, target) => combine(work, [this.name, guest], operator, target));
  }

  async #write(
    into: Matrix | string,
    options: MatrixWriteOptions,
    write: (work: Work, target: MatrixTarget) => Promise<Reduced<undefined>>,
    names: OptionNames = MATRIX_WRITE_OPTIONS,
  ): Promise<Matrix> {
    return new Matrix(this.link, await this.writeInto(into, options, write, names));
  }
}
