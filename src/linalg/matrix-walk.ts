/**
 * Kernels over all of a matrix, by areas that its shape and its blocks alone decide: of every block the same columns and the same rows a call,
 * about 4,064 numbers, which takes about half a millisecond.
 */

import { unitProgress } from '../engine/progress.js';
import { runTasks } from '../engine/schedule.js';
import type { Kernel } from '../kernels/kernel.js';
import type { Stripe } from '../kernels/stripes.js';
import type { ChunkMeta } from '../storage/types.js';
import { callKernel } from './call.js';
import type { Work } from './matrix-elementwise.js';
import type { MatrixSnapshot } from './matrix-open.js';
import { type VectorReceipt, VectorReceiptBuilder } from './receipt.js';
import { Resident } from './sources.js';

export const CALL_VALUES = 4064;

/** What one call covers: rows of a block (the first counted from the block's own), and some columns. */
export interface Leaf {
  readonly chunk: ChunkMeta;
  readonly firstRow: number;
  readonly rows: number;
  readonly stripe: number;
}

export interface Walk<Params extends Stripe, Partial> {
  readonly kernel: Kernel<Params, Partial, unknown>;
  readonly stripes: readonly Params[];
  /** Called for a block's leaves in order, the stripes of the first rows first. */
  take(leaf: Leaf, partial: Partial): void;
  /** Called when all leaves of a block were taken. */
  ended?(chunk: ChunkMeta): void;
}

/** The columns in stripes of at most so many, about as wide as each other. */
export function stripesOf(cols: number, most: number): Stripe[] {
  const count = Math.ceil(cols / most);
  const width = Math.ceil(cols / count);
  return Array.from({ length: Math.ceil(cols / width) }, (_, i) => {
    return { cols, first: i * width, width: Math.min(width, cols - i * width) };
  });
}

/** @returns the receipt of all calls */
export async function walk<Params extends Stripe, Partial>(
  { link, run, context }: Work,
  { table, cols }: MatrixSnapshot,
  { kernel, stripes, take, ended }: Walk<Params, Partial>,
): Promise<VectorReceipt> {
  const sources = [new Resident(table)];
  const receipt = new VectorReceiptBuilder(table, sources);
  const done = unitProgress(table.chunks, run);
  const leafRows = Math.max(1, Math.floor(CALL_VALUES / (stripes[0]?.width ?? 1)));
  const schedule = { ...run, sliceUnits: undefined, wholeChunks: () => true, context };
  await runTasks(link, table.chunks, schedule, async ({ chunk }, shard, inner) => {
    const rows = chunk.rows / cols;
    for (let firstRow = 0; firstRow < rows; firstRow += leafRows) {
      const slice = { chunk, firstRow, rows: Math.min(leafRows, rows - firstRow) };
      for (const [stripe, params] of stripes.entries()) {
        const { partial, microseconds } = await callKernel(link, { kernel, params, sources }, slice, inner);
        receipt.call(shard, microseconds);
        take({ ...slice, stripe }, partial);
      }
    }
    ended?.(chunk);
    receipt.computed(shard, 'shards');
    done(chunk.rows);
    return 0;
  });
  return receipt.done(context);
}
