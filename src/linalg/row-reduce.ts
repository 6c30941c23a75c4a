/** Reductions over the rows of a matrix: partials of calls → a merge tree → one result. */

import { MergeTree } from '../engine/tree.js';
import type { Kernel } from '../kernels/kernel.js';
import { callKernel } from './call.js';
import type { Work } from './matrix-elementwise.js';
import type { MatrixSnapshot } from './matrix-open.js';
import type { VectorReceipt } from './receipt.js';
import { callsOf, overRows, RowAccount, type RowCall, type RowPlan } from './row-calls.js';
import { Resident } from './sources.js';

export interface RowReduction<Params, Partial> extends RowPlan {
  readonly kernel: Pick<Kernel<Params, Partial, unknown>, 'name' | 'operands' | 'encode' | 'decode' | 'merge'>;
  params(call: RowCall): Params;
  /** Takes the partial of a lap over all rows, undefined where there are none, as soon as it is there. */
  finished(lap: number, partial: Partial | undefined): void;
}

/**
 * Leaves are calls: a block has as many as a full one's calls, up to the next power of two. What waits for its sibling is held:
 * of each lap that is under way at most a partial a block, and a few more.
 */
export async function reduceRows<Params, Partial>(
  work: Work,
  matrix: MatrixSnapshot,
  reduction: RowReduction<Params, Partial>,
): Promise<VectorReceipt> {
  const { laps = 1, finished } = reduction;
  const account = new RowAccount(work, matrix, laps);
  const source = new Resident(matrix.table);
  const kernel = { ...reduction.kernel, finish: () => undefined };
  const trees = new Map<number, LapTree<Partial>>();
  if (matrix.rows === 0) for (let lap = 0; lap < laps; lap++) finished(lap, undefined);
  const take = (call: RowCall, partial: Partial): void => {
    const tree = trees.get(call.lap) ?? new LapTree(matrix, reduction, kernel.merge);
    trees.set(call.lap, tree);
    if (!tree.add(call, partial)) return;
    trees.delete(call.lap);
    finished(call.lap, tree.result());
  };
  await overRows(work, matrix, { ...reduction, account }, async (call, shard, inner) => {
    const kernelCall = { kernel, params: reduction.params(call), sources: [source] };
    const { partial, microseconds } = await callKernel(work.link, kernelCall, call, inner);
    account.receipt.call(shard, microseconds);
    take(call, partial);
    return microseconds;
  });
  return account.finish();
}

/** The merge tree of one lap. */
export class LapTree<Partial> {
  readonly #tree: MergeTree<Partial>;
  readonly #leaves: number;
  #left = 0;

  constructor(matrix: MatrixSnapshot, plan: RowPlan, merge: (left: Partial, right: Partial) => Partial) {
    const { chunks } = matrix.table;
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, matrix.blockRows / plan.rowsOfCall)));
    this.#tree = new MergeTree(chunks.length * this.#leaves, merge);
    for (const chunk of chunks) {
      const calls = [...callsOf(matrix, chunk, plan)].length;
      this.#left += calls;
      for (let step = calls; step < this.#leaves; step++) this.#tree.skip(0, chunk.index * this.#leaves + step);
    }
  }

  /** @returns whether that was the last one */
  add({ chunk, step }: RowCall, partial: Partial): boolean {
    this.#tree.add(0, chunk.index * this.#leaves + step, partial);
    this.#left -= 1;
    return this.#left === 0;
  }

  result(): Partial | undefined {
    return this.#tree.result();
  }
}
