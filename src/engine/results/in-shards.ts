/**
 * A result written where it is made: chunk j of the new table lies in the slot of chunk j that it is made of, so that columns which are
 * taken over are copied by the server, computed ones are packed by a kernel, and only counts and checksums travel. Until all
 * is there readers see the old version, and a writer that dies leaves only keys that a collector finds.
 */

import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { missingChunkError } from '../../storage/read.js';
import type { ChunkMeta, ColumnChunk, TableSnapshot } from '../../storage/types.js';
import { openWriter, type TableWriter, takeBack } from '../../storage/write.js';
import { tablesIn } from '../../storage/zipped.js';
import type { RunOptions } from '../options.js';
import { unitProgress } from '../progress.js';
import { bytesStored, ReceiptBuilder } from '../receipt.js';
import { runTasks } from '../schedule.js';
import { copyColumn, makeColumn } from './in-shards-column.js';
import type { InShardsPlan } from './in-shards-plan.js';
import type { IntoReceipt, Target } from './into-types.js';

interface Work {
  readonly name: string;
  readonly plan: InShardsPlan;
  readonly target: Target;
}

/** The result lies otherwise than what it is made of: it has to go by way of this process. */
export class NotInPlace extends Error {}

/**
 * @returns the table as published, undefined where others have replaced and collected it already
 * @throws NotInPlace, KernelTooLarge with nothing changed; WRITE_CONFLICT where another writer was first, SERVER_REFUSES_WRITES
 *   (full), CLUSTER_DOWN where a failover lost what was written
 */
export async function writeInShards(
  link: ClusterLink,
  { name, plan, target }: Work,
  options: RunOptions,
  context: CallContext,
): Promise<{ table: TableSnapshot | undefined; receipt: IntoReceipt }> {
  const { snapshot, columns } = plan;
  const receipt = new ReceiptBuilder(snapshot);
  const writer = await open(link, name, { plan, target }, context);
  let table: TableSnapshot | undefined;
  try {
    checkBase(writer, snapshot, name);
    await writer.reserve(snapshot.chunks.length);
    const done = unitProgress(snapshot.chunks, options);
    // A task is a whole chunk here, since its parts must be written in order.
    const schedule = { ...options, sliceUnits: undefined, wholeChunks: () => true, context };
    await runTasks(link, snapshot.chunks, schedule, async ({ chunk }, shard, inner) => {
      const took = (microseconds: number): void => receipt.call(shard, microseconds);
      const made: ColumnChunk[] = [];
      for (const [k, column] of columns.entries()) {
        const keys = writer.keysOf(chunk.index, k);
        const place = { link, snapshot, chunk, keys, context: inner, took };
        made.push(
          await lostFor(place, () =>
            column.kind === 'copy' ? copyColumn(place, column.index) : makeColumn(place, column),
          ),
        );
      }
      writer.note(chunk.index, chunk.rows, made);
      receipt.computed(shard, 'shards');
      done(chunk.rows);
      return 0;
    });
    table = await publish(writer);
  } catch (error) {
    await takeBack(writer);
    throw error;
  }
  const stored = snapshot.chunks.reduce((sum, chunk) => sum + bytesStored(chunk, plan.read), 0);
  const written = { way: 'shards', rows: snapshot.rows, bytes: writer.bytes } as const;
  return { table, receipt: { ...receipt.finish(context.tally, stored), written } };
}

/** Must not fail once the version is published: run again, the work would be done twice. */
async function publish(writer: TableWriter): Promise<TableSnapshot | undefined> {
  try {
    return await writer.publish();
  } catch (error) {
    // Others have replaced and collected it already; it was published nevertheless.
    if (!(error instanceof ShardfoldError) || error.code !== 'VERSION_COLLECTED') throw error;
    return undefined;
  }
}

async function open(
  link: ClusterLink,
  name: string,
  { plan: { snapshot, fields }, target }: Pick<Work, 'plan' | 'target'>,
  context: CallContext,
): Promise<TableWriter> {
  const inPlace = name === snapshot.name;
  const options = {
    ...target,
    fields,
    chunkRows: snapshot.chunkRows,
    ...(!inPlace && { alignWith: snapshot.name }),
  };
  // Only an append can find that it was counted already.
  return (await openWriter(link, name, options, context)) as TableWriter;
}

/** The result must lie where its rows lie, and follow the very version that it is made from. */
function checkBase({ plan }: TableWriter, snapshot: TableSnapshot, name: string): void {
  const own = tablesIn(snapshot).find((table) => table.name === name);
  if (own && (plan.baseVersion !== own.version || plan.table.tableId !== own.tableId)) {
    throw new ShardfoldError('WRITE_CONFLICT', `table "${name}" was written to while this write to it began`, {
      hint: 'run it again: it starts from the newest version',
    });
  }
  if (plan.seed !== snapshot.seed) throw new NotInPlace();
}

/** Tells lost data from a version that was collected meanwhile. */
async function lostFor<Result>(
  {
    link,
    snapshot,
    chunk,
    context,
  }: { link: ClusterLink; snapshot: TableSnapshot; chunk: ChunkMeta; context: CallContext },
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ShardfoldError) || error.code !== 'DATA_LOSS') throw error;
    throw await missingChunkError(link, snapshot, chunk, context);
  }
}
