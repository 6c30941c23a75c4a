/** A reduction: slices → partials → the merge tree → one result, with a receipt. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import type { RunOptions } from '../engine/options.js';
import { unitProgress } from '../engine/progress.js';
import { nodeOf, runTasks, type Task } from '../engine/schedule.js';
import { MergeTree } from '../engine/tree.js';
import { type TableSnapshot, UNIT_ROWS, UNITS_PER_CHUNK } from '../storage/types.js';
import { callKernel, type KernelCall } from './call.js';
import { type VectorReceipt, VectorReceiptBuilder } from './receipt.js';

export interface Reduced<Result> {
  readonly result: Result;
  readonly receipt: VectorReceipt;
}

/** Runs a kernel over all rows of `home`, whose chunks say where and in which order. */
export async function reduce<Params, Partial, Result>(
  link: ClusterLink,
  home: TableSnapshot,
  call: KernelCall<Params, Partial, Result>,
  options: RunOptions,
  context: CallContext,
): Promise<Reduced<Result>> {
  const { kernel, sources, params } = call;
  const receipt = new VectorReceiptBuilder(home, sources);
  const tree = new MergeTree<Partial>(home.chunks.length * UNITS_PER_CHUNK, kernel.merge);
  const done = unitProgress(home.chunks, options);
  const rowsLeft = new Map(home.chunks.map(({ index, rows }) => [index, rows]));
  const schedule = { ...options, wholeChunks: () => false, context };
  await runTasks(link, home.chunks, schedule, async (task, shard, inner) => {
    const { chunk, rows } = task;
    const { partial, microseconds } = await callKernel(link, call, task, inner);
    receipt.call(shard, microseconds);
    const [height, index] = nodeOf(task);
    tree.add(height, index, partial);
    skipBeyond(tree, task);
    const left = (rowsLeft.get(chunk.index) as number) - rows;
    rowsLeft.set(chunk.index, left);
    if (left === 0) receipt.computed(shard, 'shards');
    done(rows);
    return microseconds;
  });
  return { result: kernel.finish(tree.result(), params), receipt: receipt.done(context) };
}

/** A slice that reaches the end of a short chunk answers for the units that the chunk lacks. */
function skipBeyond<Partial>(tree: MergeTree<Partial>, { chunk, firstUnit, units }: Task): void {
  const end = firstUnit + units;
  if (end * UNIT_ROWS < chunk.rows) return;
  for (let unit = end; unit < UNITS_PER_CHUNK; unit++) tree.skip(0, chunk.index * UNITS_PER_CHUNK + unit);
}
