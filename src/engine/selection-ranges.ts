/** Passes over a table that count the rows of ranges of an order, and gather some of them. */

import type { CallContext } from '../cluster/types.js';
import type { Entry } from '../codegen/rows-entries.js';
import type { OrderBy } from '../codegen/rows-shape.js';
import type { ChunkMeta } from '../storage/types.js';
import { bytesStored, type ReceiptBuilder } from './receipt.js';
import { RowSide } from './scan-side.js';
import type { RowWork } from './scan-spec.js';
import { runTasks, type Task } from './schedule.js';
import { type Compare, OrderPass } from './selection-pass.js';
import { Zones } from './selection-zone.js';

/** What a pass found: rows in each range, and those of them that were asked for, in order. */
export interface Ranges {
  readonly counts: readonly number[];
  readonly rows: readonly (readonly Entry[])[];
}

export class RangePasses {
  readonly compare: Compare;
  readonly side: RowSide;
  readonly #work: RowWork;
  readonly #receipt: ReceiptBuilder;
  readonly #pass: OrderPass;
  readonly #zones: Zones;
  /** Chunks that were accounted for. */
  readonly #seen = new Set<ChunkMeta>();
  #bytes = 0;

  constructor(work: RowWork, order: readonly OrderBy[], receipt: ReceiptBuilder) {
    this.#work = work;
    this.#receipt = receipt;
    this.side = new RowSide(work.options, receipt, { plain: false, snapshot: work.spec.snapshot });
    this.#pass = new OrderPass(work, order, this.side);
    this.#zones = new Zones(work.spec, order);
    this.compare = this.#pass.compare;
    receipt.pruned(work.spec.snapshot.chunks.length - work.spec.chunks.length);
  }

  /** Bytes of the columns read, of the chunks that had to be looked at. */
  get bytesStored(): number {
    return this.#bytes;
  }

  get receipt(): ReceiptBuilder {
    return this.#receipt;
  }

  /** Notes that chunks which no pass looked at are accounted for by their numbers of rows. */
  finish(): void {
    this.#receipt.fromManifest(this.#work.spec.chunks.length - this.#seen.size);
  }

  /**
   * Range i holds the rows after entry i - 1 (all, for 0) up to entry i, that included.
   * @param strides for each range 0, or n: about every nth of its rows comes back
   * @param counted whether ranges of which nothing comes back are counted too
   */
  async run(entries: readonly Entry[], strides: readonly number[], counted = true): Promise<Ranges> {
    const { link, spec, options, context } = this.#work;
    const counts = strides.map(() => 0);
    const rows: Entry[][] = strides.map(() => []);
    const task = async (each: Task, shard: string, inner: CallContext): Promise<number> => {
      const known = this.#rangeOf(each.chunk, entries);
      if (known !== undefined && strides[known] === 0 && (!counted || spec.filter === undefined)) {
        counts[known] = (counts[known] as number) + each.rows;
        return 0;
      }
      const answer = await this.#pass.ranges(each, { entries, strides }, inner);
      if (answer.side === 'shards') this.#receipt.call(shard, answer.microseconds);
      this.#account(each.chunk, shard, answer.side);
      for (const [i, count] of answer.counts.entries()) counts[i] = (counts[i] as number) + count;
      for (const entry of answer.entries) rows[this.#place(entry, entries)]?.push(entry);
      return answer.microseconds;
    };
    const { maxInFlight, sliceUnits } = options;
    const schedule = { maxInFlight, sliceUnits, context, wholeChunks: () => this.side.pulls };
    await runTasks(link, spec.chunks, schedule, task);
    for (const list of rows) list.sort(this.compare);
    return { counts, rows };
  }

  #account(chunk: ChunkMeta, shard: string, side: 'shards' | 'client'): void {
    if (this.#seen.has(chunk)) return;
    this.#seen.add(chunk);
    this.#receipt.computed(shard, side);
    this.#bytes += bytesStored(chunk, this.#pass.columns);
  }

  /** The range that holds all rows of a chunk, if its zone map tells. */
  #rangeOf(chunk: ChunkMeta, entries: readonly Entry[]): number | undefined {
    const after = entries.filter((entry) => this.#zones.isAfter(chunk, entry)).length;
    const before = entries.filter((entry) => this.#zones.isBefore(chunk, entry)).length;
    return after + before === entries.length ? after : undefined;
  }

  #place(entry: Entry, entries: readonly Entry[]): number {
    let [low, high] = [0, entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.compare(entry, entries[middle] as Entry) > 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
