/** Rows back: columns pulled chunk by chunk, in order, a few chunks ahead; filter and expressions in JavaScript. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { locateNumber } from '../codegen/constants.js';
import { type RowsKernel, rowsKernel } from '../codegen/js-rows.js';
import { compileJavaScript } from '../codegen/js-runtime.js';
import { kernelColumns } from '../codegen/shape.js';
import type { RowSpec } from '../plan/rows-spec.js';
import type { ChunkMeta, ColumnChunk } from '../storage/types.js';
import { chunkColumns } from './chunk-columns.js';
import type { Columns } from './local-table.js';
import type { RunOptions } from './options.js';
import { withPlace } from './overflow.js';
import { unitProgress } from './progress.js';
import { bytesStored, type Receipt, ReceiptBuilder } from './receipt.js';
import { stoppable } from './schedule.js';

/** The rows of a source, at most `limit` of them. */
export interface ScanPlan extends RowSpec {
  readonly limit: number | undefined;
}

/** Chunks on their way or waiting for their turn: one is computed while others come. */
const AHEAD = 4;

interface Pending {
  readonly chunk: ChunkMeta;
  readonly shard: string;
  readonly columns: Promise<Columns>;
}

/**
 * The rows of one chunk after another, in the order of the table; stops pulling once `limit` rows are there, or a chunk fails.
 */
export async function* scanChunks(
  link: ClusterLink,
  plan: ScanPlan,
  options: RunOptions,
  outer: CallContext,
): AsyncGenerator<Columns, Receipt> {
  const receipt = new ReceiptBuilder(plan.snapshot);
  const kernels = new Map<string, RowsKernel>();
  const pending: Pending[] = [];
  const progress = unitProgress(plan.chunks, options);
  const { context, stop } = stoppable(outer);
  let [next, left, bytes] = [0, plan.limit ?? Number.POSITIVE_INFINITY, 0];
  const start = (chunk: ChunkMeta): boolean => {
    const shard = link.ownerOf(chunk.slot).address;
    if (pending.filter((other) => other.shard === shard).length >= options.maxInFlight) return false;
    const columns = readChunk(link, plan, chunk, kernels, context);
    // Whoever awaits it hears of the failure; nobody does where an earlier chunk failed.
    columns.catch(() => undefined);
    return pending.push({ chunk, shard, columns }) > 0;
  };
  receipt.pruned(plan.snapshot.chunks.length - plan.chunks.length);
  receipt.because('rows are asked for');
  // A limit is mostly met by the first chunk.
  const ahead = plan.limit === undefined ? AHEAD : 1;
  try {
    while (left > 0) {
      while (pending.length < ahead && next < plan.chunks.length && start(plan.chunks[next] as ChunkMeta)) next += 1;
      const first = pending.shift();
      if (first === undefined) break;
      const columns = await first.columns;
      context.check();
      context.progress();
      receipt.computed(first.shard, 'client');
      bytes += bytesStored(first.chunk, plan.columns);
      const rows = columns[0]?.length ?? 0;
      yield rows > left ? columns.map((column) => column.slice(0, left)) : columns;
      left -= rows;
      progress(first.chunk.rows);
    }
  } finally {
    stop();
  }
  receipt.notNeeded(plan.chunks.length - next);
  return receipt.finish(context.tally, bytes);
}

async function readChunk(
  link: ClusterLink,
  plan: ScanPlan,
  chunk: ChunkMeta,
  kernels: Map<string, RowsKernel>,
  context: CallContext,
): Promise<Columns> {
  const columns = kernelColumns(plan, plan.snapshot.schema, chunk);
  const layout = columns.map(({ encoding, nullable, unitStep }) => `${encoding}${nullable}${unitStep}`).join(' ');
  let kernel = kernels.get(layout);
  if (kernel === undefined) {
    kernel = rowsKernel(
      columns,
      plan.filter,
      plan.outputs.map(({ expr }) => expr),
      plan.bounds,
    );
    kernels.set(layout, kernel);
  }
  const slice = { chunk, firstRow: 0, rows: chunk.rows };
  const { source } = kernel;
  const input = {
    rows: chunk.rows,
    columns: await chunkColumns(link, { snapshot: plan.snapshot, columns }, slice, context),
    numbers: kernel.constants.numbers,
    strings: kernel.constants.strings,
    sets: kernel.constants.sets.map(({ values }) => values),
    thresholds: kernel.constants.thresholds.flatMap(({ index, value }) =>
      locateNumber(chunk.columns[index] as ColumnChunk, value),
    ),
    strides: [],
  };
  return withPlace(slice, () => compileJavaScript<Columns>(source)(input));
}
