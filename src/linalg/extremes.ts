/** The least and the greatest value of a vector, which its manifest tells, and where they stand. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { runOptions } from '../engine/options.js';
import { ReceiptBuilder } from '../engine/receipt.js';
import { runTasks } from '../engine/schedule.js';
import { ShardfoldError } from '../errors.js';
import { KERNELS } from '../kernels/index.js';
import type { ChunkMeta, ColumnChunk, TableSnapshot } from '../storage/types.js';
import { callKernel } from './call.js';
import { emptyVector, openVector } from './open.js';
import type { Reduced } from './reduce.js';
import { contextOf, runOnNewest, type VectorOptions } from './run.js';
import { Resident } from './sources.js';

export type Extreme = 'least' | 'greatest';

const zoneOf = ({ columns: [column] }: ChunkMeta): Record<Extreme, number> => {
  const { min, max } = column as ColumnChunk;
  return { least: min as number, greatest: max as number };
};

/** NaN is the greatest number: the greatest where there is one, the least where there is nothing else. Of none both are NaN. */
export function extremesOf({ chunks }: TableSnapshot): Record<Extreme, number> {
  let [least, greatest] = [Number.NaN, Number.NEGATIVE_INFINITY];
  for (const zone of chunks.map(zoneOf)) {
    if (!(zone.least >= least)) least = Number.isNaN(zone.least) ? least : zone.least;
    greatest = Math.max(greatest, zone.greatest);
  }
  return { least, greatest: chunks.length === 0 ? Number.NaN : greatest };
}

/** @throws OUT_OF_RANGE for an empty vector */
export function extremeOf(link: ClusterLink, name: string, which: Extreme, options: VectorOptions): Promise<number> {
  return runOnNewest(contextOf(link, options), options, async (context) => {
    const home = await openVector(link, name, context);
    if (home.rows === 0) throw emptyVector(name, `${which} value`);
    const receipt = new ReceiptBuilder(home);
    receipt.fromManifest(home.chunks.length);
    return { result: extremesOf(home)[which], receipt: receipt.finish(context.tally, 0) };
  });
}

/** The first chunk that holds the extreme is known; one pass over that one finds the row. @throws OUT_OF_RANGE */
export function placeOf(link: ClusterLink, name: string, which: Extreme, options: VectorOptions): Promise<number> {
  return runOnNewest(contextOf(link, options), options, async (context) => {
    const home = await openVector(link, name, context);
    if (home.rows === 0) throw emptyVector(name, `${which} value`);
    const value = extremesOf(home)[which];
    const chunk = home.chunks.find((each) => isSame(zoneOf(each)[which], value)) as ChunkMeta;
    return firstRow(link, { home, chunk, value }, options, context);
  });
}

/** -0 and 0 are the same. */
const isSame = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b));

interface Search {
  readonly home: TableSnapshot;
  readonly chunk: ChunkMeta;
  readonly value: number;
}

async function firstRow(
  link: ClusterLink,
  { home, chunk, value }: Search,
  options: VectorOptions,
  context: CallContext,
): Promise<Reduced<number>> {
  const receipt = new ReceiptBuilder(home);
  const call = { kernel: KERNELS.find, params: { value }, sources: [new Resident(home)] };
  let found = Number.POSITIVE_INFINITY;
  let computedOn = '';
  const schedule = { ...runOptions(options), wholeChunks: () => false, context };
  await runTasks(link, [chunk], schedule, async (task, shard, inner) => {
    computedOn = shard;
    if (task.firstRow > found) return 0;
    const { partial, microseconds } = await callKernel(link, call, task, inner);
    receipt.call(shard, microseconds);
    if (partial >= 0) found = Math.min(found, partial);
    return microseconds;
  });
  if (found === Number.POSITIVE_INFINITY) {
    throw new ShardfoldError('CORRUPT_MANIFEST', `no value of chunk ${chunk.index} of "${home.name}" is ${value}`, {
      hint: 'shardfold fsck',
      slot: chunk.slot,
    });
  }
  receipt.computed(computedOn, 'shards');
  receipt.fromManifest(home.chunks.length - 1);
  const { bytes } = chunk.columns[0] as ColumnChunk;
  return { result: chunk.firstRow + found, receipt: receipt.finish(context.tally, bytes) };
}
