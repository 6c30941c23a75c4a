/**
 * Values by their indices. Of each chunk the wanted ones are picked in the shard where it lies; they come together here, a chunk of
 * the result at a time.
 */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { runOptions } from '../engine/options.js';
import { type Receipt, ReceiptBuilder } from '../engine/receipt.js';
import { runTasks } from '../engine/schedule.js';
import { ShardfoldError, showValue } from '../errors.js';
import { KERNELS } from '../kernels/index.js';
import { type Batch, CHUNK_ROWS, type ChunkMeta, type ColumnChunk, type TableSnapshot } from '../storage/types.js';
import { callKernel } from './call.js';
import { checkReplaceable, openVector } from './open.js';
import { contextOf, runOnNewest, type VectorOptions, type VectorWriteOptions, WRITE_OPTIONS } from './run.js';
import { Resident } from './sources.js';
import type { Target } from './updates.js';
import { writeByClient } from './write-client.js';

/** Indices as a user hands them in. */
export type VectorIndices = ArrayLike<number> | Iterable<number>;

/** Values that one call picks: under a millisecond. */
const CALL_VALUES = 2048;

/** @throws INVALID_ARGUMENT for what is no list of whole numbers, OUT_OF_RANGE for an index that the vector does not have */
export async function gatherOf(
  link: ClusterLink,
  name: string,
  indices: VectorIndices,
  options: VectorOptions,
): Promise<Float64Array> {
  const wanted = indicesOf(indices);
  return runOnNewest(contextOf(link, options), options, async (context) => {
    const home = await openVector(link, name, context);
    checkIndices(wanted, home);
    const picking = new Picking(link, home, options, context);
    const result = new Float64Array(wanted.length);
    for (let at = 0; at < wanted.length; at += CHUNK_ROWS) {
      result.set(await picking.pick(wanted.subarray(at, at + CHUNK_ROWS)), at);
    }
    return { result, receipt: picking.receipt() };
  });
}

/** As `gatherOf`; nothing is written then. */
export async function gatherInto(
  link: ClusterLink,
  { name, into, indices }: Target & { readonly indices: VectorIndices },
  options: VectorWriteOptions,
): Promise<void> {
  const wanted = indicesOf(indices);
  return runOnNewest(contextOf(link, options, WRITE_OPTIONS), options, async (context) => {
    const home = await openVector(link, name, context);
    checkIndices(wanted, home);
    if (into !== name) await checkReplaceable(link, into, context);
    const picking = new Picking(link, home, options, context);
    const written = await writeByClient(
      link,
      { home, into, batches: () => batchesOf(wanted, picking) },
      options,
      context,
    );
    return { result: undefined, receipt: { ...picking.receipt(), written } };
  });
}

async function* batchesOf(wanted: Float64Array, picking: Picking): AsyncGenerator<Batch> {
  for (let at = 0; at < wanted.length; at += CHUNK_ROWS) {
    const values = await picking.pick(wanted.subarray(at, at + CHUNK_ROWS));
    yield { rows: values.length, columns: [{ kind: 'number', values }] };
  }
}

/** The indices in a chunk that are wanted, and their places in the result. */
interface Share {
  readonly chunk: ChunkMeta;
  readonly rows: number[];
  readonly places: number[];
}

class Picking {
  readonly #link: ClusterLink;
  readonly #home: TableSnapshot;
  readonly #options: VectorOptions;
  readonly #context: CallContext;
  readonly #receipt: ReceiptBuilder;
  readonly #touched = new Set<ChunkMeta>();

  constructor(link: ClusterLink, home: TableSnapshot, options: VectorOptions, context: CallContext) {
    this.#link = link;
    this.#home = home;
    this.#options = options;
    this.#context = context;
    this.#receipt = new ReceiptBuilder(home);
  }

  /** The values of some indices, in their order. */
  async pick(indices: Float64Array): Promise<Float64Array> {
    const shares = this.#sharesOf(indices);
    const values = new Float64Array(indices.length);
    const call = { kernel: KERNELS.gather, sources: [new Resident(this.#home)] };
    const chunks = [...shares.values()].map(({ chunk }) => chunk);
    const schedule = { ...runOptions(this.#options), wholeChunks: () => true, context: this.#context };
    await runTasks(this.#link, chunks, schedule, async ({ chunk }, shard, inner) => {
      const { rows, places } = shares.get(chunk.index) as Share;
      for (let at = 0; at < rows.length; at += CALL_VALUES) {
        const part = rows.slice(at, at + CALL_VALUES);
        const [first, last] = [part.reduce((a, b) => Math.min(a, b)), part.reduce((a, b) => Math.max(a, b))];
        const slice = { chunk, firstRow: first, rows: last - first + 1 };
        const params = { rows: part };
        const { partial, microseconds } = await callKernel(this.#link, { ...call, params }, slice, inner);
        this.#receipt.call(shard, microseconds);
        for (const [i, value] of partial.entries()) values[places[at + i] as number] = value;
      }
      if (!this.#touched.has(chunk)) this.#receipt.computed(shard, 'shards');
      this.#touched.add(chunk);
      return 0;
    });
    return values;
  }

  receipt(): Receipt {
    this.#receipt.notNeeded(this.#home.chunks.length - this.#touched.size);
    const bytes = [...this.#touched].reduce((sum, { columns }) => sum + (columns[0] as ColumnChunk).bytes, 0);
    return this.#receipt.finish(this.#context.tally, bytes);
  }

  #sharesOf(indices: Float64Array): Map<number, Share> {
    const shares = new Map<number, Share>();
    for (const [place, index] of indices.entries()) {
      const chunk = chunkAt(this.#home, index);
      const share = shares.get(chunk.index) ?? { chunk, rows: [], places: [] };
      shares.set(chunk.index, share);
      share.rows.push(index - chunk.firstRow);
      share.places.push(place);
    }
    return shares;
  }
}

/** The chunk of a row, by halving: chunks may be of different lengths. */
function chunkAt({ chunks }: TableSnapshot, row: number): ChunkMeta {
  let [low, high] = [0, chunks.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((chunks[middle] as ChunkMeta).firstRow <= row) low = middle;
    else high = middle - 1;
  }
  return chunks[low] as ChunkMeta;
}

function indicesOf(indices: VectorIndices): Float64Array {
  const isList = typeof indices === 'object' && indices !== null && (Symbol.iterator in indices || 'length' in indices);
  if (!isList) {
    throw new ShardfoldError('INVALID_ARGUMENT', `the indices are ${showValue(indices)}`, {
      hint: 'an array of whole numbers, or an iterable of them',
    });
  }
  const list: readonly unknown[] = Array.from(indices as ArrayLike<unknown>);
  const wrong = list.findIndex((index) => !Number.isInteger(index));
  if (wrong < 0) return Float64Array.from(list as readonly number[]);
  throw new ShardfoldError('INVALID_ARGUMENT', `index ${wrong} is ${showValue(list[wrong])}`, {
    hint: 'whole numbers, from 0 on',
  });
}

function checkIndices(indices: Float64Array, { name, rows }: TableSnapshot): void {
  const wrong = indices.findIndex((index) => index < 0 || index >= rows);
  if (wrong < 0) return;
  const message = `index ${wrong} is ${indices[wrong]}, and vector "${name}" has ${rows} values`;
  throw new ShardfoldError('OUT_OF_RANGE', message, { hint: `from 0 to ${rows - 1}` });
}
