/** Runs one pass of a fold: tasks → partials → the merge tree → the groups of the source, with a receipt. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { type Kernel, Kernels } from '../codegen/kernel.js';
import type { Partial } from '../codegen/partial.js';
import { type Units, unitsOf } from '../codegen/units.js';
import { ShardfoldError } from '../errors.js';
import type { FoldPass } from '../plan/fold-plan.js';
import { missingChunkError } from '../storage/read.js';
import type { ChunkMeta } from '../storage/types.js';
import { chunkColumns } from './chunk-columns.js';
import { foldOnClient } from './client-side.js';
import { dictionariesOf } from './columns.js';
import type { GroupLayout, Groups } from './groups.js';
import { sentBytes, unpackUs } from './join-limits.js';
import { isLocal } from './local-table.js';
import type { RunOptions } from './options.js';
import { unitProgress } from './progress.js';
import { bytesStored, type Receipt, ReceiptBuilder } from './receipt.js';
import { nodeOf, runTasks, type Task } from './schedule.js';
import { foldInShard, KernelTooLarge, mayUse } from './shard-side.js';
import { MergeTree } from './tree.js';

/** Pulling wins where partials would weigh more than this share of the columns that they come from. */
const PULL_SHARE = 0.5;
/** Bytes of partials before that is judged: small tables are not worth a change of sides. */
const PULL_JUDGED_BYTES = 256 * 1024;

/** What a pass came to. */
export interface FoldResult {
  /** Undefined where no row was reached. */
  readonly groups: Groups | undefined;
  readonly receipt: Receipt;
}

export async function runFold(
  link: ClusterLink,
  { pass, layout }: { readonly pass: FoldPass; readonly layout: GroupLayout },
  options: RunOptions,
  context: CallContext,
): Promise<FoldResult> {
  const receipt = new ReceiptBuilder(pass.snapshot);
  const groups = isRowCount(pass)
    ? countFromManifest(pass, layout, receipt)
    : await new Fold(link, pass, options, context, { receipt, layout }).run();
  return { groups, receipt: receipt.finish(context.tally, storedBytes(pass)) };
}

/** `count()` of all rows stands in the manifest. */
export function isRowCount({ spec }: FoldPass): boolean {
  return spec.lookups === undefined && spec.filter === undefined && spec.keys.length === 0 && spec.args.length === 0;
}

function countFromManifest({ snapshot }: FoldPass, layout: GroupLayout, receipt: ReceiptBuilder): Groups {
  receipt.fromManifest(snapshot.chunks.length);
  return layout.single(snapshot.rows);
}

/** Bytes of the columns read, in the chunks that were not pruned. */
function storedBytes(pass: FoldPass): number {
  return isRowCount(pass) ? 0 : pass.chunks.reduce((sum, chunk) => sum + bytesStored(chunk, pass.spec.columns), 0);
}

class Fold {
  readonly #link: ClusterLink;
  readonly #pass: FoldPass;
  readonly #options: RunOptions;
  readonly #context: CallContext;
  readonly #receipt: ReceiptBuilder;
  readonly #layout: GroupLayout;
  readonly #kernels: Kernels;
  readonly #tree: MergeTree<Groups>;
  readonly #units: Units;
  /** Rows of each chunk that are still to come. */
  readonly #rowsLeft = new Map<ChunkMeta, number>();
  readonly #progress: (rows: number) => void;
  #pull: boolean;
  #noKernel = false;
  #partialBytes = 0;
  #sourceBytes = 0;

  constructor(
    link: ClusterLink,
    pass: FoldPass,
    options: RunOptions,
    context: CallContext,
    parts: { receipt: ReceiptBuilder; layout: GroupLayout },
  ) {
    this.#link = link;
    this.#pass = pass;
    this.#options = options;
    this.#context = context;
    this.#receipt = parts.receipt;
    this.#layout = parts.layout;
    this.#kernels = new Kernels(pass.spec, pass.snapshot.schema);
    this.#units = unitsOf(pass.spec);
    const leaves = pass.snapshot.chunks.length * this.#units.perChunk;
    this.#tree = new MergeTree(leaves, (left, right) => parts.layout.merge(left, right));
    this.#progress = unitProgress(pass.chunks, options, this.#units.rows);
    this.#pull = options.side === 'client' || isLocal(pass.snapshot);
    if (options.side === 'client') parts.receipt.because('asked for');
  }

  async run(): Promise<Groups | undefined> {
    const { chunks, snapshot } = this.#pass;
    const kept = new Set(chunks);
    const chunkHeight = Math.log2(this.#units.perChunk);
    for (const chunk of snapshot.chunks) if (!kept.has(chunk)) this.#tree.skip(chunkHeight, chunk.index);
    this.#receipt.pruned(snapshot.chunks.length - kept.size);
    const { maxInFlight, sliceUnits } = this.#options;
    const overheadUs = unpackUs(this.#pass.spec);
    const schedule = {
      ...{ maxInFlight, sliceUnits, overheadUs, units: this.#units, context: this.#context },
      wholeChunks: () => this.#pull,
    };
    await runTasks(this.#link, chunks, schedule, (...call) => this.#task(...call));
    return this.#tree.result();
  }

  async #task(task: Task, shard: string, context: CallContext): Promise<number> {
    const { chunk } = task;
    const kernel = this.#kernels.of(chunk);
    if (!this.#pull && !mayUse(kernel)) this.#giveUpKernels('this process has made 256 kernels already');
    let microseconds = 0;
    const pulled = this.#noKernel || (this.#pull && task.units === this.#units.perChunk);
    const found = pulled
      ? undefined
      : await this.#inShard(task, kernel, context, (us) => {
          microseconds = us;
          this.#receipt.call(shard, us);
        });
    const partial = found ?? (await this.#onClient(task, kernel, context));
    const text = await dictionariesOf(this.#link, this.#pass.snapshot, kernel, chunk, context);
    const [height, index] = nodeOf(task, this.#units);
    this.#tree.add(height, index, this.#layout.read(partial, { body: kernel.body, codes: { chunk, text } }));
    this.#account(task, shard, found === undefined ? 'client' : 'shards');
    return microseconds;
  }

  /** Undefined where Lua cannot hold the kernel. */
  async #inShard(
    task: Task,
    kernel: Kernel,
    context: CallContext,
    measured: (microseconds: number) => void,
  ): Promise<Partial | undefined> {
    try {
      const { snapshot } = this.#pass;
      const { partial, microseconds, bytes } = await foldInShard(this.#link, snapshot, kernel, task, context);
      measured(microseconds);
      this.#weigh(task, bytes + sentBytes(this.#pass.spec));
      return partial;
    } catch (error) {
      if (error instanceof KernelTooLarge) {
        this.#giveUpKernels('Lua cannot hold a kernel of this size');
        return undefined;
      }
      if (error instanceof ShardfoldError && error.code === 'DATA_LOSS') {
        throw await missingChunkError(this.#link, this.#pass.snapshot, task.chunk, context);
      }
      throw error;
    }
  }

  async #onClient(task: Task, kernel: Kernel, context: CallContext): Promise<Partial> {
    const { columns } = kernel.body.shape;
    const source = { snapshot: this.#pass.snapshot, columns };
    return foldOnClient(kernel, task, await chunkColumns(this.#link, source, task, context));
  }

  #giveUpKernels(reason: string): void {
    this.#noKernel = true;
    this.#pull = true;
    this.#receipt.because(reason);
  }

  /** Whether what goes and comes turns out so heavy that the rest is better pulled. */
  #weigh({ chunk, rows }: Task, bytes: number): void {
    this.#partialBytes += bytes;
    this.#sourceBytes += (bytesStored(chunk, this.#pass.spec.columns) * rows) / chunk.rows;
    if (this.#options.side === 'shards' || this.#pull || this.#partialBytes < PULL_JUDGED_BYTES) return;
    if (this.#partialBytes > PULL_SHARE * this.#sourceBytes) {
      this.#pull = true;
      const sent = sentBytes(this.#pass.spec) > 0 ? ' and the right sides of joins' : '';
      this.#receipt.because(`the partial results${sent} would weigh more than half of the columns`);
    }
  }

  /** Notes what a task has covered, the end of a short chunk included. */
  #account({ chunk, firstUnit, units, rows }: Task, shard: string, side: 'shards' | 'client'): void {
    const left = (this.#rowsLeft.get(chunk) ?? chunk.rows) - rows;
    this.#rowsLeft.set(chunk, left);
    if (left === 0) this.#receipt.computed(shard, side);
    const { rows: unitRows, perChunk } = this.#units;
    if ((firstUnit + units) * unitRows >= chunk.rows) {
      for (let unit = firstUnit + units; unit < perChunk; unit++) {
        this.#tree.skip(0, chunk.index * perChunk + unit);
      }
    }
    this.#progress(rows);
  }
}
