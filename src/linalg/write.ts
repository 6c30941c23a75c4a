/**
 * Vectors computed where they lie. Every chunk of the result is made in the slot of the chunk that it is made from, part by
 * part under the new write's own keys, then sealed; when all are there the write is published. Until then readers see the
 * old version, and a writer that dies leaves only keys that a collector finds.
 */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import type { RunOptions } from '../engine/options.js';
import { unitProgress } from '../engine/progress.js';
import { runTasks } from '../engine/schedule.js';
import { ShardfoldError } from '../errors.js';
import { callFunction } from '../functions/call.js';
import type { Extremes, FactorParams, Zone } from '../kernels/extremes.js';
import type { FieldSpec } from '../storage/schema.js';
import type { ChunkMeta, ColumnChunk, TableSnapshot } from '../storage/types.js';
import { openWriter, type TableWriter, takeBack } from '../storage/write.js';
import { callKernel, type KernelCall } from './call.js';
import { VECTOR_FIELDS } from './open.js';
import { overtaken } from './overtaken.js';
import { type VectorReceipt, VectorReceiptBuilder } from './receipt.js';
import type { Slice } from './sources.js';

/** How a chunk's values are taken. */
export interface PartRows {
  /** Values of a row of the source, and of one of the result; kernels count in such rows. */
  readonly from: number;
  readonly to: number;
  /** Rows that one call computes and writes. */
  readonly ofCall: number;
}

/** Value by value: about 0.6 ms a call at 150 ns a value, so that slower machines stay near 1 ms. */
const VALUES: PartRows = { from: 1, to: 1, ofCall: 4096 };

export interface VectorWrite<Params = FactorParams, Part extends Extremes = Extremes>
  extends KernelCall<Params, Part, Zone | undefined> {
  /** What a part of a chunk is told, where that is not `params` for all: `before` is what the parts before it wrote. */
  readonly paramsOf?: (chunk: ChunkMeta, before: Part | undefined) => Params;
  /** Tables whose values go into the result otherwise than by the sources. */
  readonly operands?: readonly TableSnapshot[];
  /** By default a value of the result for each of the source. */
  readonly partRows?: PartRows;
  /** The values that chunk j of the result is made of, of one chunk after the other; by default each chunk's own. */
  readonly parts?: readonly Slice[];
  /** By default one of its own; what was computed before the writing goes into it too. */
  readonly receipt?: VectorReceiptBuilder;
  /** Called with each chunk that was written, before anything is published; may throw. */
  readonly checkChunk?: (column: ColumnChunk) => void;
}

export interface TargetOptions {
  /** Name of the vector that the result becomes. */
  readonly into: string;
  /** Columns of the result's table, by default those of a vector. A float32 one takes 4 bytes a value, which the kernel must write. */
  readonly fields?: readonly FieldSpec[];
  /** The most rows of its chunks; by default as many as are made of a full one of the source. */
  readonly chunkRows?: number;
  /** Placement seed under which the result lies beside its parts, where these do not begin with the first chunk. */
  readonly seed?: number | undefined;
  readonly waitReplicas?: number | undefined;
  readonly graceMs?: number | undefined;
}

/**
 * Runs a write kernel over all rows of `home`, or over parts of it, and publishes the result.
 * @throws WRITE_CONFLICT where another writer was first, SERVER_REFUSES_WRITES (full), CLUSTER_DOWN where a failover lost what
 *   was written; nothing is published then
 */
export async function writeInShards<Params, Part extends Extremes>(
  link: ClusterLink,
  home: TableSnapshot,
  work: VectorWrite<Params, Part> & TargetOptions,
  options: RunOptions,
  context: CallContext,
): Promise<VectorReceipt> {
  const { parts = home.chunks.map(wholeOf) } = work;
  const chunks = parts.map(({ chunk }) => chunk);
  const { receipt = new VectorReceiptBuilder(home, work.sources, chunks) } = work;
  receipt.notNeeded(home.chunks.length - chunks.length);
  const writer = await openTarget(link, home, work, context);
  try {
    checkBase(writer, home, work);
    await writer.reserve(parts.length);
    const done = unitProgress(parts, options);
    // A task is a whole chunk here, since its parts must be written in order.
    const schedule = { ...options, sliceUnits: undefined, wholeChunks: () => true, context };
    await runTasks(link, chunks, schedule, async ({ chunk }, shard, inner) => {
      const index = chunk.index - (chunks[0] as ChunkMeta).index;
      const part = parts[index] as Slice;
      const took = (microseconds: number): void => receipt.call(shard, microseconds);
      const column = await makeChunk(link, part, { ...work, target: writer.keysOf(index, 0).data, took }, inner);
      work.checkChunk?.(column);
      writer.note(index, madeOf(part.rows, work), [column]);
      receipt.computed(shard, 'shards');
      done(part.rows);
      return 0;
    });
    await publish(writer);
  } catch (error) {
    await takeBack(writer);
    throw error;
  }
  const { from } = work.partRows ?? VALUES;
  const rows = parts.reduce((sum, part) => sum + part.rows / from, 0);
  return { ...receipt.done(context), written: { way: 'shards', rows, bytes: writer.bytes } };
}

const wholeOf = (chunk: ChunkMeta): Slice => ({ chunk, firstRow: 0, rows: chunk.rows });

/** Values of the result that are made of so many of the source. */
const madeOf = (values: number, { partRows: { from, to } = VALUES }: { readonly partRows?: PartRows }): number =>
  Math.floor(values / from) * to;

/** Must not fail once the version is published: run again, the work would be done twice. */
async function publish(writer: TableWriter): Promise<void> {
  try {
    await writer.publish();
  } catch (error) {
    // Others have replaced and collected it already; it was published nevertheless.
    if (!(error instanceof ShardfoldError) || error.code !== 'VERSION_COLLECTED') throw error;
  }
}

async function openTarget(
  link: ClusterLink,
  home: TableSnapshot,
  {
    into,
    fields = VECTOR_FIELDS,
    seed,
    waitReplicas,
    graceMs,
    chunkRows,
    ...work
  }: TargetOptions & { readonly partRows?: PartRows },
  context: CallContext,
): Promise<TableWriter> {
  const options = {
    fields,
    mode: 'replace' as const,
    chunkRows: chunkRows ?? madeOf(home.chunkRows, work),
    ...(into !== home.name && seed === undefined && { alignWith: home.name }),
    ...(seed !== undefined && { placementSeed: seed }),
    ...(waitReplicas !== undefined && { waitReplicas }),
    ...(graceMs !== undefined && { graceMs }),
  };
  // Only an append can find that it was counted already.
  return (await openWriter(link, into, options, context)) as TableWriter;
}

/** What the result replaces must be the very version that it is made from, and the result lie where `home` lies. */
function checkBase(
  { plan }: TableWriter,
  home: TableSnapshot,
  { into, seed = home.seed, sources, operands = [] }: TargetOptions & Pick<VectorWrite, 'sources' | 'operands'>,
): void {
  const own = [home, ...sources.map(({ snapshot }) => snapshot), ...operands].find(({ name }) => name === into);
  const isOther = own && (plan.baseVersion !== own.version || plan.table.tableId !== own.tableId);
  if (isOther || plan.seed !== seed) throw overtaken(own ?? home);
}

interface ChunkWork<Params, Part extends Extremes> extends VectorWrite<Params, Part>, Pick<TargetOptions, 'fields'> {
  readonly target: string;
  took(microseconds: number): void;
}

/** Makes one chunk of the result, part after part. @returns its entry in the manifest */
async function makeChunk<Params, Part extends Extremes>(
  link: ClusterLink,
  { chunk, ...part }: Slice,
  { took, fields, paramsOf, partRows = VALUES, ...work }: ChunkWork<Params, Part>,
  context: CallContext,
): Promise<ColumnChunk> {
  const { kernel, target } = work;
  let written: Part | undefined;
  const { from, ofCall } = partRows;
  const [first, end] = [part.firstRow / from, (part.firstRow + part.rows) / from];
  for (let firstRow = first; firstRow < end; firstRow += ofCall) {
    const slice = { chunk, firstRow, rows: Math.min(ofCall, end - firstRow) };
    const call = paramsOf ? { ...work, params: paramsOf(chunk, written) } : work;
    const { partial, microseconds } = await callKernel(link, call, slice, context);
    took(microseconds);
    written = written === undefined ? partial : kernel.merge(written, partial);
  }
  const narrow = fields?.[0]?.type === 'float32';
  const bytes = (narrow ? 4 : 8) * madeOf(part.rows, { partRows });
  const checksum = await seal(link, target, bytes, context);
  const none = {
    validityBytes: 0,
    validityChecksum: 0,
    dictionaryBytes: 0,
    dictionaryChecksum: 0,
    dictionaryEntries: 0,
  };
  const { min, max } = kernel.finish(written, work.params) as Zone;
  // Rounding keeps the order, and what is told of the values is told before it.
  const zone = narrow ? { min: Math.fround(min), max: Math.fround(max) } : { min, max };
  return { encoding: narrow ? 'f32' : 'f64', base: 0, step: 0, nullCount: 0, bytes, checksum, ...none, ...zone };
}

/** Ends the writing of a key; its checksum is computed where it lies. */
async function seal(link: ClusterLink, key: string, bytes: number, context: CallContext): Promise<number> {
  const call = { name: 'chunk_seal', key, keys: [key], args: [`${bytes}`], readOnly: false, idempotent: true };
  return ((await callFunction(link, call, context)) as Buffer).readUInt32LE(0);
}
