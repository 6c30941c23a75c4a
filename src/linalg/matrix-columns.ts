/** What the columns of a matrix come to: one pass in the shards. */

import { MergeTree } from '../engine/tree.js';
import type { ColumnMoments, ColumnSummary } from '../kernels/col_moments.js';
import { KERNELS } from '../kernels/index.js';
import type { Kernel } from '../kernels/kernel.js';
import type { Stripe } from '../kernels/stripes.js';
import type { Work } from './matrix-elementwise.js';
import type { MatrixSnapshot } from './matrix-open.js';
import { CALL_VALUES, stripesOf, walk } from './matrix-walk.js';
import type { VectorReceipt } from './receipt.js';
import type { Reduced } from './reduce.js';

/** Rows of a call, where a block has as many: a column sends back five numbers a call. */
const CALL_ROWS = 64;
/** Narrower stripes would cost more to be cut out; wider ones take long, for a column takes a microsecond by itself. */
const [NARROWEST, WIDEST] = [16, 508];

/** Columns of a call: all of them, where it has rows enough. */
function stripeWidth({ blockRows }: MatrixSnapshot): number {
  const fitting = Math.floor(CALL_VALUES / Math.min(CALL_ROWS, blockRows));
  return Math.min(WIDEST, Math.max(NARROWEST, fitting));
}

/** Means and sample deviations. */
export async function columnSummary(work: Work, matrix: MatrixSnapshot): Promise<Reduced<ColumnSummary>> {
  const kernel: Kernel<Stripe, ColumnMoments, ColumnSummary> = KERNELS.col_moments;
  const { results, receipt } = await reduceColumns(work, matrix, kernel, (stripe) => stripe);
  const means = joined(results.map((result) => result.means));
  const deviations = joined(results.map((result) => result.deviations));
  return { result: { means, deviations }, receipt };
}

/** Results of stripes, side by side. */
export const joined = (parts: readonly Float64Array[]): Float64Array =>
  Float64Array.from(parts.flatMap((part) => [...part]));

/** A result a stripe. Partials merge within a block in the order of rows, then by the tree of blocks. */
export async function reduceColumns<Params extends Stripe, Partial, Result>(
  work: Work,
  matrix: MatrixSnapshot,
  kernel: Kernel<Params, Partial, Result>,
  paramsOf: (stripe: Stripe) => Params,
): Promise<{ results: Result[]; receipt: VectorReceipt }> {
  const stripes = stripesOf(matrix.cols, stripeWidth(matrix)).map(paramsOf);
  const trees = stripes.map(() => new MergeTree<Partial>(matrix.table.chunks.length, kernel.merge));
  const open = new Map<number, Partial[]>();
  const receipt = await walk(work, matrix, {
    kernel,
    stripes,
    take: ({ chunk, firstRow, stripe }, partial) => {
      if (firstRow === 0 && stripe === 0) open.set(chunk.index, []);
      const sums = open.get(chunk.index) as Partial[];
      sums[stripe] = firstRow === 0 ? partial : kernel.merge(sums[stripe] as Partial, partial);
    },
    ended: ({ index }) => {
      for (const [stripe, partial] of (open.get(index) as Partial[]).entries()) trees[stripe]?.add(0, index, partial);
      open.delete(index);
    },
  });
  return { results: trees.map((tree, i) => kernel.finish(tree.result(), stripes[i] as Params)), receipt };
}
