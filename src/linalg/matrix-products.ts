/** Products of matrices, computed where the left one lies. */

import type { ClusterLink } from '../cluster/types.js';
import type { Metric, RowScore } from '../kernels/topk.js';
import { gramOf } from './matrix-gram.js';
import { matmulInto } from './matrix-matmul.js';
import { openMatrix } from './matrix-open.js';
import { writeOf } from './matrix-set.js';
import { matvecOf, vecmatOf } from './matrix-sums.js';
import { checkRowQuery, rowTopKOf } from './matrix-topk.js';
import type { VectorLike } from './operands.js';
import { contextOf, RUN_OPTIONS } from './run.js';
import { type MatrixOptions, type MatrixValues, type MatrixWriteOptions, StoredMatrix } from './stored-matrix.js';

interface RowTopKOptions extends MatrixOptions {
  readonly metric?: Metric;
}

const TOP_OPTIONS = { ...RUN_OPTIONS, metric: true } as const satisfies Record<keyof RowTopKOptions, true>;

export abstract class MatrixProducts extends StoredMatrix {
  /**
   * A·B into another matrix, computed where A lies. B is sent to the shards of A in panels, or whole where it takes up to 64 KiB; every
   * element is summed plainly over at most 128 columns of A (all of them where B is that small), and such sums are added in their order:
   * the same bits on any number of shards. A shard holds a call's rows and columns, under 100 KiB. Calls take about a millisecond.
   *
   * Where B takes up to 64 KiB and weighs less than the rows of a call, and has no more columns than A, the product is written where it is
   * computed: it lies beside A, and none of it travels. That takes blocks of A whose rows make 4,064 numbers or more (or one block alone).
   * Where such a B weighs more, A is pulled and multiplied here. Else the product is gathered and written from here; `written` in the receipt
   * says which way it went. This process holds 32 MiB of B and of the product each then; where B is larger it is pulled once for every 32
   * MiB of the product.
   * @param b a matrix of as many rows as this one has columns
   * @returns the matrix that was written
   * @throws SHAPE_MISMATCH, with both shapes; WRITE_CONFLICT where another writer was first; INVALID_VALUE with `type: 'float32'` for
   *   a result that is beyond its range
   */
  async matmul(b: StoredMatrix | string, into: StoredMatrix | string, options: MatrixWriteOptions = {}): Promise<this> {
    const right = this.nameOf(b);
    const name = await this.writeInto(into, options, async (work, { into: target }) => {
      const left = await openMatrix(work.link, this.name, work.context);
      const other = right === this.name ? left : await openMatrix(work.link, right, work.context);
      const type = left.type === other.type ? left.type : 'float64';
      const receipt = await matmulInto(work, { a: left, b: other, into: target }, writeOf({ type, ...options }));
      return { result: undefined, receipt };
    });
    return new (this.constructor as new (link: ClusterLink, name: string) => this)(this.link, name);
  }

  /**
   * A·v, a number a row; products are rounded, and summed pairwise within runs of 64 columns. This process holds the result, once for
   * every 1,024 columns; a shard holds a call's values, 200 KiB.
   * @param v as many numbers as there are columns, or a vector's name
   * @throws SHAPE_MISMATCH
   */
  async matvec(v: VectorLike, options: MatrixOptions = {}): Promise<Float64Array> {
    return this.reduce(options, (work, matrix) => matvecOf(work, matrix, v));
  }

  /**
   * vᵀ·A, a number a column; products are rounded, and summed plainly within 128 rows and compensated between.
   * @param v as many numbers as there are rows, or a vector's name: this process holds all of it
   * @throws SHAPE_MISMATCH
   */
  async vecmat(v: VectorLike, options: MatrixOptions = {}): Promise<Float64Array> {
    return this.reduce(options, (work, matrix) => vecmatOf(work, matrix, v));
  }

  /**
   * AᵀA, [columns, columns]. Products are rounded; sums are plain within 128 rows (fewer of more than 32 columns) and compensated between,
   * in a fixed order: the same bits on any number of shards. Squaring squares the condition number: for least squares use `lstsq`.
   * A call takes about a millisecond, and under 300 KiB in a shard; this process holds the result and,
   * of up to 64 columns or of panels of 32 by 32, a partial result for every block that waits for its neighbour (at most 33 KiB each).
   * @throws PLAN_TOO_LARGE beyond 2,048 columns (32 MiB here)
   */
  async gram(options: MatrixOptions = {}): Promise<MatrixValues> {
    return this.reduce(options, gramOf);
  }

  /**
   * The k rows that score best against one: the greatest dot products or cosines, or the least Euclidean distances, best first; of equal
   * scores the lower row first, NaN last (the cosine with a row of zeros is NaN). Only k rows a call leave a shard.
   * @param query as many numbers as there are columns, or a vector's name
   * @throws SHAPE_MISMATCH; INVALID_ARGUMENT for k beyond 10,000
   */
  async rowTopK(query: VectorLike, k: number, options: RowTopKOptions = {}): Promise<RowScore[]> {
    const context = contextOf(this.link, options, TOP_OPTIONS);
    const { metric = 'dot' } = options;
    checkRowQuery(k, metric);
    return this.reduce(options, (work, matrix) => rowTopKOf(work, matrix, { query, k, metric }), context);
  }
}
