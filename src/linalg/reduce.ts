/** A reduction: slices → partials → the merge tree → one result, with a receipt. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import type { RunOptions } from '../engine/options.js';
import { type Receipt, ReceiptBuilder } from '../engine/receipt.js';
import { nodeOf, runTasks, type Task } from '../engine/schedule.js';
import { MergeTree } from '../engine/tree.js';
import { type TableSnapshot, UNIT_ROWS, UNITS_PER_CHUNK } from '../storage/types.js';
import { callKernel, type KernelCall } from './call.js';
import { type Source, storedBytes, Travelling } from './sources.js';

/** What a result on vectors accounts for: the chunks of `table`, beside which all was computed. */
export interface VectorReceipt extends Receipt {
  /** The operand that was pulled and sent to the shards of `table`, since its chunks do not lie beside that one's. */
  readonly travelled?: { readonly vector: string; readonly version: number; readonly bytes: number };
}

/** Receipts of vectors, as they are collected. */
export class VectorReceiptBuilder extends ReceiptBuilder {
  readonly #sources: readonly Source[];

  constructor(home: TableSnapshot, sources: readonly Source[]) {
    super(home);
    this.#sources = sources;
  }

  done(context: CallContext): VectorReceipt {
    const stored = new Set(this.#sources.map(({ snapshot }) => snapshot));
    const receipt = this.finish(
      context.tally,
      [...stored].reduce((sum, snapshot) => sum + storedBytes(snapshot), 0),
    );
    const moved = this.#sources.find((source) => source instanceof Travelling);
    if (!moved) return receipt;
    const { name: vector, version } = moved.snapshot;
    return { ...receipt, travelled: { vector, version, bytes: moved.bytes } };
  }
}

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
  const unitsOf = (rows: number): number => Math.ceil(rows / UNIT_ROWS);
  const unitsTotal = home.chunks.reduce((sum, { rows }) => sum + unitsOf(rows), 0);
  const rowsLeft = new Map(home.chunks.map(({ index, rows }) => [index, rows]));
  let unitsDone = 0;
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
    unitsDone += unitsOf(rows);
    options.onProgress?.({ unitsDone, unitsTotal });
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
