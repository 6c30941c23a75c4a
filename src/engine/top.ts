/**
 * The first rows of an order: each slice sends the keys of its first rows, fewer and fewer as it becomes known how good they must
 * be; then the outputs of the rows that are left are asked for.
 */

import type { CallContext } from '../cluster/types.js';
import type { Entry } from '../codegen/rows-entries.js';
import type { OrderBy } from '../codegen/rows-shape.js';
import type { TypedExpr } from '../expr/typed.js';
import type { ChunkMeta } from '../storage/types.js';
import type { Columns } from './local-table.js';
import { heapBytes } from './order-way.js';
import { unitProgress } from './progress.js';
import { bytesStored, type Receipt, ReceiptBuilder } from './receipt.js';
import { RowSide } from './scan-side.js';
import type { RowSpec, RowWork } from './scan-spec.js';
import { Taker } from './scan-take.js';
import { runTasks, type Task } from './schedule.js';
import { firstOf, OrderPass } from './selection-pass.js';
import { Zones } from './selection-zone.js';

/** So many rows more than are wanted, by their share, are kept before they are sorted and cut. */
const SPARE_SHARE = 0.25;
/** Replies are judged from this many times the weight on that they are expected to have. */
const PATIENCE = 2;

export interface TopRange {
  readonly offset?: number;
  readonly limit: number;
  /** Only rows after this entry of the order. */
  readonly after?: Entry;
}

export interface TopResult {
  readonly columns: Columns;
  /** Keys and numbers of the rows, in order. */
  readonly keys: readonly Entry[];
  readonly receipt: Receipt;
}

/**
 * The rows `offset` … `offset + limit` - 1 of an order; offset + limit is at most `MAX_TOP_ROWS`. Rows that are equal come in the
 * order of the table.
 */
export async function topRows(work: RowWork, order: readonly OrderBy[], range: TopRange): Promise<TopResult> {
  return new Top(work, order).run(range);
}

class Top {
  readonly #work: RowWork;
  readonly #receipt: ReceiptBuilder;
  readonly #side: RowSide;
  readonly #pass: OrderPass;
  readonly #zones: Zones;
  readonly #order: readonly OrderBy[];
  /** Of each chunk: rows that are still to come, and whether any slice was computed. */
  readonly #left = new Map<ChunkMeta, { rows: number; side: 'shards' | 'client' | undefined }>();
  #kept: Entry[] = [];
  #worst: Entry | undefined;
  #bytes = 0;

  constructor(work: RowWork, order: readonly OrderBy[]) {
    const { spec, options } = work;
    this.#work = work;
    this.#order = order;
    this.#receipt = new ReceiptBuilder(spec.snapshot);
    this.#side = new RowSide(options, this.#receipt, { plain: false, snapshot: spec.snapshot });
    this.#pass = new OrderPass(work, order, this.#side);
    this.#zones = new Zones(spec, order);
  }

  async run({ offset = 0, limit, after }: TopRange): Promise<TopResult> {
    const { link, spec, options, context } = this.#work;
    const most = limit === 0 ? 0 : offset + limit;
    const { chunks, snapshot } = spec;
    this.#receipt.pruned(snapshot.chunks.length - chunks.length);
    if (most === 0) this.#receipt.notNeeded(chunks.length);
    const progress = unitProgress(chunks, options);
    // The first replies are full, those that follow less and less.
    this.#side.judgeFrom(PATIENCE * heapBytes(spec, this.#order, most));
    const run = async (task: Task, shard: string, inner: CallContext): Promise<number> => {
      const microseconds = await this.#task(task, { most, after }, shard, inner);
      progress(task.rows);
      return microseconds;
    };
    const schedule = {
      maxInFlight: options.maxInFlight,
      sliceUnits: options.sliceUnits,
      context,
      wholeChunks: () => this.#side.pulls,
    };
    if (most > 0) await runTasks(link, this.#zones.bestFirst(chunks), schedule, run);
    const keys = this.#first(most).slice(offset);
    const columns = keysAsOutputs(spec, this.#order, keys) ?? (await this.#take(keys));
    return { columns, keys, receipt: this.#receipt.finish(context.tally, this.#bytes) };
  }

  #take(keys: readonly Entry[]): Promise<Columns> {
    const taker = new Taker(this.#work, this.#side, this.#receipt);
    return taker.take(keys.map(({ row }) => row));
  }

  async #task(
    task: Task,
    { most, after }: { most: number; after: Entry | undefined },
    shard: string,
    context: CallContext,
  ): Promise<number> {
    const { chunk } = task;
    const state = this.#left.get(chunk) ?? { rows: chunk.rows, side: undefined };
    this.#left.set(chunk, state);
    let microseconds = 0;
    const useless = this.#zones.isAfter(chunk, this.#worst) || this.#zones.isBefore(chunk, after);
    if (!useless) {
      const answer = await this.#pass.top(task, { most, after, worst: this.#worst }, context);
      state.side = answer.side;
      ({ microseconds } = answer);
      if (answer.side === 'shards') this.#receipt.call(shard, microseconds);
      this.#keep(answer.entries, most);
    }
    state.rows -= task.rows;
    if (state.rows === 0) {
      if (state.side === undefined) this.#receipt.pruned(1);
      else {
        this.#receipt.computed(shard, state.side);
        this.#bytes += bytesStored(chunk, this.#pass.columns);
      }
    }
    return microseconds;
  }

  /** Sorts only now and then: a threshold a little old lets a few more entries come, and saves most of the work. */
  #keep(entries: readonly Entry[], most: number): void {
    const { compare } = this.#pass;
    const worst = this.#worst;
    for (const entry of entries) {
      if (worst === undefined || compare(entry, worst) <= 0) this.#kept.push(entry);
    }
    const enough = worst === undefined ? most : most + Math.max(1, Math.floor(SPARE_SHARE * most));
    if (this.#kept.length >= enough) this.#worst = this.#first(most).at(-1);
  }

  #first(most: number): Entry[] {
    this.#kept = firstOf(this.#kept, { most, after: undefined, worst: undefined }, this.#pass.compare);
    return this.#kept;
  }
}

/** Where the outputs are the keys themselves, all of them are there already. */
export function keysAsOutputs(
  { outputs }: RowSpec,
  order: readonly OrderBy[],
  entries: readonly Entry[],
): Columns | undefined {
  const isSame = (a: TypedExpr, b: TypedExpr): boolean =>
    a.kind === 'column' && b.kind === 'column' && a.index === b.index;
  const places = outputs.map(({ expr }) => order.findIndex((by) => isSame(by.expr, expr)));
  if (places.includes(-1)) return undefined;
  return places.map((key) => entries.map(({ keys }) => keys[key] ?? null));
}
