/**
 * Prefix sums, in two passes over the chunks where they lie: each one's sum (but the last one's), then each one's prefix sums from the
 * sum of those before it. Chunks are cut by the data alone and walked row by row, so that nothing else can change a bit.
 */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { runOptions } from '../engine/options.js';
import { runTasks } from '../engine/schedule.js';
import { type Compensated, mergeCompensated } from '../kernels/compensated.js';
import type { CumulatedPart } from '../kernels/cumsum.js';
import { KERNELS } from '../kernels/index.js';
import { type ChunkMeta, type TableSnapshot, UNIT_ROWS } from '../storage/types.js';
import { callKernel } from './call.js';
import { openVector } from './open.js';
import { VectorReceiptBuilder } from './receipt.js';
import type { VectorWriteOptions } from './run.js';
import { Resident, type Source } from './sources.js';
import { type Target, writeVector } from './updates.js';

const NOTHING: Compensated = { sum: 0, compensation: 0 };

export function cumsumInto(link: ClusterLink, { name, into }: Target, options: VectorWriteOptions): Promise<void> {
  return writeVector(link, into, options, async (context) => {
    const home = await openVector(link, name, context);
    const sources = [new Resident(home)];
    const receipt = new VectorReceiptBuilder(home, sources);
    const before = await sumsBefore(link, { home, sources, receipt }, options, context);
    const paramsOf = ({ index }: ChunkMeta, written: CumulatedPart | undefined): Compensated =>
      written?.after ?? (before[index] as Compensated);
    return { home, work: { kernel: KERNELS.cumsum, params: NOTHING, sources, receipt, paramsOf } };
  });
}

interface FirstPass {
  readonly home: TableSnapshot;
  readonly sources: readonly Source[];
  readonly receipt: VectorReceiptBuilder;
}

/** For each chunk the sum of those before it, added up in their order. */
async function sumsBefore(
  link: ClusterLink,
  { home, sources, receipt }: FirstPass,
  options: VectorWriteOptions,
  context: CallContext,
): Promise<Compensated[]> {
  const sums: Compensated[] = [];
  const summed = home.chunks.slice(0, -1);
  const schedule = { ...runOptions(options), sliceUnits: undefined, wholeChunks: () => true, context };
  await runTasks(link, summed, schedule, async ({ chunk }, shard, inner) => {
    let params = NOTHING;
    for (let firstRow = 0; firstRow < chunk.rows; firstRow += UNIT_ROWS) {
      const slice = { chunk, firstRow, rows: Math.min(UNIT_ROWS, chunk.rows - firstRow) };
      const { partial, microseconds } = await callKernel(
        link,
        { kernel: KERNELS.running, params, sources },
        slice,
        inner,
      );
      receipt.call(shard, microseconds);
      params = partial;
    }
    sums[chunk.index] = params;
    return 0;
  });
  const before = [NOTHING];
  for (const sum of sums) before.push(mergeCompensated(before.at(-1) as Compensated, sum));
  return before;
}
