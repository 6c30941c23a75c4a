/** Runs a fold: tasks → partials → the merge tree → finished rows, with a receipt. */

import type { ResultValue } from '../aggregates/index.js';
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { type Kernel, Kernels } from '../codegen/kernel.js';
import type { Partial } from '../codegen/partial.js';
import { ShardfoldError } from '../errors.js';
import type { Physical } from '../expr/typed.js';
import type { AggregateOutput, FoldPlan } from '../plan/lower.js';
import { missingChunkError, readColumns } from '../storage/read.js';
import { type ChunkMeta, UNIT_ROWS, UNITS_PER_CHUNK } from '../storage/types.js';
import { foldOnClient } from './client-side.js';
import { dictionariesOf } from './columns.js';
import { type Group, GroupLayout, type Groups } from './groups.js';
import type { RunOptions } from './options.js';
import { unitProgress } from './progress.js';
import { bytesStored, type Receipt, ReceiptBuilder } from './receipt.js';
import { nodeOf, runTasks, type Task } from './schedule.js';
import { foldInShard, KernelTooLarge, mayUse } from './shard-side.js';
import { MergeTree } from './tree.js';

/** Physical values, a row a group, in the order of the plan's outputs. */
export interface FoldResult {
  readonly rows: readonly (readonly ResultValue[])[];
  readonly receipt: Receipt;
}

/** Pulling wins where partials would weigh more than this share of the columns that they come from. */
const PULL_SHARE = 0.5;
/** Bytes of partials before that is judged: small tables are not worth a change of sides. */
const PULL_JUDGED_BYTES = 256 * 1024;

export async function runFold(
  link: ClusterLink,
  plan: FoldPlan,
  options: RunOptions,
  context: CallContext,
): Promise<FoldResult> {
  const receipt = new ReceiptBuilder(plan.snapshot);
  const layout = new GroupLayout(plan.spec);
  const groups = isRowCount(plan)
    ? countFromManifest(plan, layout, receipt)
    : await new Fold(link, plan, options, context, { receipt, layout }).run();
  const rows = finish(plan, layout, groups);
  return { rows, receipt: receipt.finish(context.tally, storedBytes(plan)) };
}

/** `count()` of all rows stands in the manifest. */
function isRowCount({ spec }: FoldPlan): boolean {
  return spec.filter === undefined && spec.keys.length === 0 && spec.args.length === 0;
}

function countFromManifest({ snapshot }: FoldPlan, layout: GroupLayout, receipt: ReceiptBuilder): Groups {
  receipt.fromManifest(snapshot.chunks.length);
  return new Map([[null, layout.group(snapshot.rows)]]);
}

/** Bytes of the columns read, in the chunks that were not pruned. */
function storedBytes(plan: FoldPlan): number {
  return isRowCount(plan) ? 0 : plan.chunks.reduce((sum, chunk) => sum + bytesStored(chunk, plan.spec.columns), 0);
}

class Fold {
  readonly #link: ClusterLink;
  readonly #plan: FoldPlan;
  readonly #options: RunOptions;
  readonly #context: CallContext;
  readonly #receipt: ReceiptBuilder;
  readonly #layout: GroupLayout;
  readonly #kernels: Kernels;
  readonly #tree: MergeTree<Groups>;
  /** Rows of each chunk that are still to come. */
  readonly #rowsLeft = new Map<ChunkMeta, number>();
  readonly #progress: (rows: number) => void;
  #pull: boolean;
  #noKernel = false;
  #partialBytes = 0;
  #sourceBytes = 0;

  constructor(
    link: ClusterLink,
    plan: FoldPlan,
    options: RunOptions,
    context: CallContext,
    parts: { receipt: ReceiptBuilder; layout: GroupLayout },
  ) {
    this.#link = link;
    this.#plan = plan;
    this.#options = options;
    this.#context = context;
    this.#receipt = parts.receipt;
    this.#layout = parts.layout;
    this.#kernels = new Kernels(plan.spec, plan.snapshot.schema);
    const leaves = plan.snapshot.chunks.length * UNITS_PER_CHUNK;
    this.#tree = new MergeTree(leaves, (left, right) => parts.layout.merge(left, right));
    this.#progress = unitProgress(plan.chunks, options);
    this.#pull = options.side === 'client';
    if (this.#pull) parts.receipt.because('asked for');
  }

  async run(): Promise<Groups> {
    const { chunks, snapshot } = this.#plan;
    const kept = new Set(chunks);
    for (const chunk of snapshot.chunks) if (!kept.has(chunk)) this.#tree.skip(CHUNK_HEIGHT, chunk.index);
    this.#receipt.pruned(snapshot.chunks.length - kept.size);
    const { maxInFlight, sliceUnits } = this.#options;
    const schedule = { maxInFlight, sliceUnits, context: this.#context, wholeChunks: () => this.#pull };
    await runTasks(this.#link, chunks, schedule, (...call) => this.#task(...call));
    return this.#tree.result() ?? new Map();
  }

  async #task(task: Task, shard: string, context: CallContext): Promise<number> {
    const { chunk } = task;
    const kernel = this.#kernels.of(chunk);
    if (!this.#pull && !mayUse(kernel)) this.#giveUpKernels('this process has made 256 kernels already');
    let microseconds = 0;
    const pulled = this.#noKernel || (this.#pull && task.units === UNITS_PER_CHUNK);
    const found = pulled
      ? undefined
      : await this.#inShard(task, kernel, context, (us) => {
          microseconds = us;
          this.#receipt.call(shard, us);
        });
    const partial = found ?? (await this.#onClient(task, kernel, context));
    const text = await dictionariesOf(this.#link, this.#plan.snapshot, kernel, chunk, context);
    const [height, index] = nodeOf(task);
    this.#tree.add(height, index, this.#layout.read(partial, kernel.body, chunk, text));
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
      const { snapshot } = this.#plan;
      const { partial, microseconds, bytes } = await foldInShard(this.#link, snapshot, kernel, task, context);
      measured(microseconds);
      this.#weigh(task, bytes);
      return partial;
    } catch (error) {
      if (error instanceof KernelTooLarge) {
        this.#giveUpKernels('Lua cannot hold a kernel of this size');
        return undefined;
      }
      if (error instanceof ShardfoldError && error.code === 'DATA_LOSS') {
        throw await missingChunkError(this.#link, this.#plan.snapshot, task.chunk, context);
      }
      throw error;
    }
  }

  async #onClient(task: Task, kernel: Kernel, context: CallContext): Promise<Partial> {
    const { snapshot, spec } = this.#plan;
    const buffers = await readColumns(this.#link, snapshot, task.chunk, spec.columns, context);
    return foldOnClient(kernel, task, buffers);
  }

  #giveUpKernels(reason: string): void {
    this.#noKernel = true;
    this.#pull = true;
    this.#receipt.because(reason);
  }

  /** Whether partials turn out so heavy that the rest is better pulled. */
  #weigh({ chunk, rows }: Task, bytes: number): void {
    this.#partialBytes += bytes;
    this.#sourceBytes += (bytesStored(chunk, this.#plan.spec.columns) * rows) / chunk.rows;
    if (this.#options.side === 'shards' || this.#pull || this.#partialBytes < PULL_JUDGED_BYTES) return;
    if (this.#partialBytes > PULL_SHARE * this.#sourceBytes) {
      this.#pull = true;
      this.#receipt.because('the partial results would weigh more than half of the columns');
    }
  }

  /** Notes what a task has covered, the end of a short chunk included. */
  #account({ chunk, firstUnit, units, rows }: Task, shard: string, side: 'shards' | 'client'): void {
    const left = (this.#rowsLeft.get(chunk) ?? chunk.rows) - rows;
    this.#rowsLeft.set(chunk, left);
    if (left === 0) this.#receipt.computed(shard, side);
    if ((firstUnit + units) * UNIT_ROWS >= chunk.rows) {
      for (let unit = firstUnit + units; unit < UNITS_PER_CHUNK; unit++) {
        this.#tree.skip(0, chunk.index * UNITS_PER_CHUNK + unit);
      }
    }
    this.#progress(rows);
  }
}

/** A chunk is a node of this height: eight units. */
const CHUNK_HEIGHT = Math.log2(UNITS_PER_CHUNK);

/** From merged states to rows, ordered by the plan's sort, else by the keys. */
function finish(plan: FoldPlan, layout: GroupLayout, groups: Groups): ResultValue[][] {
  if (plan.spec.keys.length === 0 && groups.size === 0) groups.set(null, layout.group());
  const rows = [...groups.values()].map((group) =>
    plan.outputs.map((output) =>
      output.kind === 'key' ? (group.keys[output.key] as Physical) : finishOne(output, layout, group),
    ),
  );
  rows.sort(rowOrder(plan));
  return plan.limit === undefined ? rows : rows.slice(0, plan.limit);
}

function finishOne({ name, aggregate }: AggregateOutput, layout: GroupLayout, group: Group): ResultValue {
  try {
    return aggregate.finish(layout.states(group));
  } catch (error) {
    if (!(error instanceof ShardfoldError)) throw error;
    throw new ShardfoldError(error.code, `column "${name}": ${error.message}`, {
      ...(error.hint && { hint: error.hint }),
      cause: error,
    });
  }
}

/** Order of physical values: numbers with NaN the greatest, strings by bytes, nulls last. */
function compareValues(a: Physical, b: Physical): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

function rowOrder({ outputs, sort }: FoldPlan): (a: readonly ResultValue[], b: readonly ResultValue[]) => number {
  const place = (name: string): number => outputs.findIndex((output) => output.name === name);
  const asked = sort.map(({ name, descending }) => ({ column: place(name), descending }));
  // Ties, and everything where no order was asked for, by the keys: the same rows in the same order at every run.
  const keys = outputs.flatMap((output, column) => (output.kind === 'key' ? [{ column, descending: false }] : []));
  const order = [...asked, ...keys];
  return (a, b) => {
    for (const { column, descending } of order) {
      const [x, y] = [a[column] as Physical, b[column] as Physical];
      const by = compareValues(x, y);
      if (by !== 0) return descending && x !== null && y !== null ? -by : by;
    }
    return 0;
  };
}
