/** Rows back, in the order of the table: filter and expressions in the shards, or on the client side over columns pulled. */

import type { CallContext } from '../cluster/types.js';
import type { Slice } from '../codegen/arguments.js';
import { type ChunkMeta, UNIT_ROWS } from '../storage/types.js';
import { unpackUs } from './join-limits.js';
import type { Columns } from './local-table.js';
import { unitProgress } from './progress.js';
import { bytesStored, type Receipt, ReceiptBuilder } from './receipt.js';
import { RowsPass, type RowsResult } from './scan-rows.js';
import { RowSide } from './scan-side.js';
import type { RowWork } from './scan-spec.js';
import { Pace, stoppable } from './schedule.js';

/** Chunks on their way or waiting for their turn at most: one is taken while others come. */
const AHEAD = 4;

/** Rows from which on the packed columns are the cheapest way to send them. */
export const FEW_ROWS = 1024;

/** Which of the rows that pass. */
export interface ScanRange {
  readonly offset: number;
  readonly limit: number | undefined;
  /** Rows of the table before this one do not count. */
  readonly fromRow?: number;
}

interface Pending {
  readonly chunk: ChunkMeta;
  readonly shard: string;
  readonly result: Promise<ChunkRows>;
}

interface Part {
  readonly columns: Columns;
  readonly count: number;
  /** Numbers of the rows in the table, where they were asked for. */
  readonly rows: readonly number[];
}

interface ChunkRows {
  readonly parts: readonly Part[];
  readonly side: 'shards' | 'client';
}

/**
 * Rows in the order of the table, in batches of no fixed size; the receipt at the end. It looks no further than `limit` makes
 * needful, and stops where a chunk fails: what was given out before stands.
 * @throws what reading and computing may throw: DATA_LOSS, NUMERIC_OVERFLOW, TIMEOUT, ABORTED, …
 */
export async function* scanRows(work: RowWork, range: ScanRange): AsyncGenerator<Columns, Receipt> {
  const { receipt } = yield* numberedRows(work, range);
  return receipt;
}

export interface ScanEnd {
  readonly receipt: Receipt;
  /** Rows of the offset that there were. */
  readonly skipped: number;
  /** Numbers of the rows in the table, where `fromRow` was given. */
  readonly rows: readonly number[];
}

/** As `scanRows`, and tells where it ended. */
export async function* numberedRows(work: RowWork, range: ScanRange): AsyncGenerator<Columns, ScanEnd> {
  return yield* new Scan(work, range).run();
}

class Scan {
  readonly #work: RowWork;
  readonly #range: ScanRange;
  readonly #receipt: ReceiptBuilder;
  readonly #side: RowSide;
  readonly #pass: RowsPass;
  readonly #overheadUs: number;
  readonly #paces = new Map<string, Pace>();
  readonly #progress: (rows: number) => void;
  /** Rows that still are to be left out, and to be given. */
  #skip: number;
  #left: number;
  readonly #rows: number[] = [];

  constructor(work: RowWork, range: ScanRange) {
    const { spec, options } = work;
    this.#work = work;
    this.#range = range;
    this.#receipt = new ReceiptBuilder(spec.snapshot);
    // Few rows are few bytes, even as numbers.
    const plain =
      spec.filter === undefined && spec.lookups === undefined && (range.limit ?? Number.POSITIVE_INFINITY) > FEW_ROWS;
    this.#side = new RowSide(options, this.#receipt, { plain, snapshot: spec.snapshot });
    const exprs = spec.outputs.map(({ expr }) => expr);
    const { filter, lookups } = spec;
    const asked = { filter, exprs, numbered: range.fromRow !== undefined, ...(lookups && { lookups }) };
    this.#pass = new RowsPass(work, this.#side, asked);
    this.#overheadUs = unpackUs(spec);
    this.#progress = unitProgress(spec.chunks, options);
    this.#skip = range.offset;
    this.#left = range.limit ?? Number.POSITIVE_INFINITY;
  }

  async *run(): AsyncGenerator<Columns, ScanEnd> {
    const { link, spec, options, context: outer } = this.#work;
    const { context, stop } = stoppable(outer);
    const chunks = this.#needed();
    const pending: Pending[] = [];
    let [next, bytes, ahead] = [0, 0, this.#range.limit === undefined ? AHEAD : 1];
    const start = (chunk: ChunkMeta): boolean => {
      const shard = link.ownerOf(chunk.slot).address;
      if (pending.filter((other) => other.shard === shard).length >= options.maxInFlight) return false;
      const result = this.#chunk(chunk, shard, context);
      // Whoever awaits it hears of the failure; nobody does where an earlier chunk failed.
      result.catch(() => undefined);
      return pending.push({ chunk, shard, result }) > 0;
    };
    this.#receipt.pruned(spec.snapshot.chunks.length - spec.chunks.length);
    this.#receipt.notNeeded(spec.chunks.length - chunks.length);
    try {
      while (this.#left > 0) {
        while (pending.length < ahead && next < chunks.length && start(chunks[next] as ChunkMeta)) next += 1;
        const first = pending.shift();
        if (first === undefined) break;
        const { parts, side } = await first.result;
        context.check();
        context.progress();
        this.#receipt.computed(first.shard, side);
        bytes += bytesStored(first.chunk, this.#pass.columns);
        yield* this.#cut(parts);
        this.#progress(first.chunk.rows);
        // A limit is mostly met by the first chunk; where it is not, by more and more of them.
        ahead = Math.min(AHEAD, 2 * ahead);
      }
    } finally {
      stop();
    }
    // Those that were started though nobody needs them by now.
    this.#receipt.notNeeded(chunks.length - next + pending.length);
    const receipt = this.#receipt.finish(outer.tally, bytes);
    return { receipt, skipped: this.#range.offset - this.#skip, rows: this.#rows };
  }

  /** Chunks from the first row on that counts; without a filter whole chunks are left out by their numbers of rows. */
  #needed(): readonly ChunkMeta[] {
    const { spec } = this.#work;
    const { fromRow = 0 } = this.#range;
    if (this.#left === 0) return [];
    const chunks = spec.chunks.filter(({ firstRow, rows }) => firstRow + rows > fromRow);
    if (spec.filter !== undefined || spec.lookups !== undefined) return chunks;
    let first = 0;
    for (; first < chunks.length; first++) {
      const { firstRow, rows } = chunks[first] as ChunkMeta;
      const counted = firstRow + rows - Math.max(fromRow, firstRow);
      if (counted > this.#skip) break;
      this.#skip -= counted;
    }
    return chunks.slice(first);
  }

  /** All rows of a chunk that may be wanted: it is not known yet how many those before it give. */
  async #chunk(chunk: ChunkMeta, shard: string, context: CallContext): Promise<ChunkRows> {
    const parts: Part[] = [];
    const from = Math.max(0, (this.#range.fromRow ?? 0) - chunk.firstRow);
    const most = this.#skip + this.#left;
    let passed = 0;
    let side: RowsResult['side'] = 'client';
    let unit = Math.floor(from / UNIT_ROWS);
    while (unit * UNIT_ROWS < chunk.rows && passed < most) {
      context.check();
      const slice = this.#slice(chunk, unit, shard);
      const first = Math.max(from, unit * UNIT_ROWS) - slice.firstRow;
      const result = await this.#pass.run(slice, { from: first, limit: most - passed }, context);
      ({ side } = result);
      if (side === 'shards') {
        this.#receipt.call(shard, result.microseconds);
        this.#pace(shard).measured(slice.rows, result.microseconds);
        context.progress();
      }
      const count = Math.min(result.passed, most - passed);
      const base = chunk.firstRow + slice.firstRow;
      parts.push({ columns: result.columns, count, rows: result.rows.map((row) => base + row) });
      passed += count;
      unit = (slice.firstRow + Math.ceil(slice.rows / UNIT_ROWS) * UNIT_ROWS) / UNIT_ROWS;
    }
    return { parts, side };
  }

  #pace(shard: string): Pace {
    let pace = this.#paces.get(shard);
    if (pace === undefined) {
      pace = new Pace(this.#work.options.sliceUnits, this.#overheadUs);
      this.#paces.set(shard, pace);
    }
    return pace;
  }

  #slice(chunk: ChunkMeta, unit: number, shard: string): Slice {
    // What is pulled is pulled once, whatever was computed in the shard before.
    if (this.#side.pulls) return { chunk, firstRow: 0, rows: chunk.rows };
    let { units } = this.#pace(shard);
    while (unit % units !== 0) units /= 2;
    const firstRow = unit * UNIT_ROWS;
    return { chunk, firstRow, rows: Math.min(units * UNIT_ROWS, chunk.rows - firstRow) };
  }

  /** What is wanted of a chunk's rows. */
  *#cut(parts: readonly Part[]): Generator<Columns> {
    for (const { columns, count, rows } of parts) {
      const skipped = Math.min(count, this.#skip);
      const taken = Math.min(count - skipped, this.#left);
      this.#skip -= skipped;
      this.#left -= taken;
      if (taken === 0) continue;
      for (const row of rows.slice(skipped, skipped + taken)) this.#rows.push(row);
      const whole = skipped === 0 && taken === columns[0]?.length;
      yield whole ? columns : columns.map((column) => column.slice(skipped, skipped + taken));
    }
  }
}
