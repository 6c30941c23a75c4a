/** Rows by their numbers: outputs are evaluated for the rows of a result alone, once it is known which those are. */

import type { CallContext } from '../cluster/types.js';
import type { Physical } from '../expr/typed.js';
import { type ChunkMeta, UNIT_ROWS } from '../storage/types.js';
import type { Columns } from './local-table.js';
import type { ReceiptBuilder } from './receipt.js';
import { isFew, RowsPass } from './scan-rows.js';
import type { RowSide } from './scan-side.js';
import type { RowWork } from './scan-spec.js';
import { stoppable } from './schedule.js';

/** Rows of a chunk, by their places in the result. */
interface Wanted {
  readonly chunk: ChunkMeta;
  readonly firstRow: number;
  readonly rows: number;
  readonly list: readonly number[];
  readonly places: readonly number[];
}

export class Taker {
  readonly #work: RowWork;
  readonly #side: RowSide;
  readonly #pass: RowsPass;
  readonly #receipt: ReceiptBuilder;

  constructor(work: RowWork, side: RowSide, receipt: ReceiptBuilder) {
    this.#work = work;
    this.#side = side;
    this.#receipt = receipt;
    const exprs = work.spec.outputs.map(({ expr }) => expr);
    this.#pass = new RowsPass(work, side, { filter: undefined, exprs, listed: true });
  }

  /** Indexes of the table's columns that are read. */
  get columns(): readonly number[] {
    return this.#pass.columns;
  }

  /** @param rows numbers of rows in the table, in the order in which they are wanted */
  async take(rows: readonly number[]): Promise<Columns> {
    const { link, spec, options } = this.#work;
    const out: Physical[][] = spec.outputs.map(() => new Array<Physical>(rows.length).fill(null));
    const byShard = new Map<string, Wanted[]>();
    for (const wanted of this.#wanted(rows)) {
      const { address } = link.ownerOf(wanted.chunk.slot);
      byShard.set(address, [...(byShard.get(address) ?? []), wanted]);
    }
    const { context, stop } = stoppable(this.#work.context);
    const drain = async (shard: string, list: Wanted[]): Promise<void> => {
      for (let wanted = list.pop(); wanted !== undefined; wanted = list.pop()) {
        await this.#one(wanted, shard, out, context);
      }
    };
    const drains = [...byShard].flatMap(([shard, list]) =>
      Array.from({ length: options.maxInFlight }, () => drain(shard, list)),
    );
    try {
      await Promise.all(drains);
    } finally {
      stop();
    }
    return out;
  }

  async #one(wanted: Wanted, shard: string, out: Physical[][], context: CallContext): Promise<void> {
    context.check();
    const { columns, side, microseconds } = await this.#pass.run(wanted, { list: wanted.list }, context);
    if (side === 'shards') this.#receipt.call(shard, microseconds);
    context.progress();
    for (const [i, values] of columns.entries()) {
      wanted.places.forEach((place, k) => {
        (out[i] as Physical[])[place] = values[k] as Physical;
      });
    }
  }

  /** The chunks that hold wanted rows; where those are neither few nor pulled, from the first unit to the last that has one. */
  #wanted(rows: readonly number[]): Wanted[] {
    const { chunks } = this.#work.spec.snapshot;
    const places = rows.map((_, place) => place).sort((a, b) => (rows[a] as number) - (rows[b] as number));
    const slices: Wanted[] = [];
    let [at, index] = [0, 0];
    while (at < places.length) {
      while (!holds(chunks[index] as ChunkMeta, rows[places[at] as number] as number)) index += 1;
      const chunk = chunks[index] as ChunkMeta;
      const own: number[] = [];
      for (; at < places.length && holds(chunk, rows[places[at] as number] as number); at++)
        own.push(places[at] as number);
      const list = own.map((place) => (rows[place] as number) - chunk.firstRow);
      slices.push({ ...this.#part(chunk, list), places: own });
    }
    return slices;
  }

  #part(chunk: ChunkMeta, list: readonly number[]): Omit<Wanted, 'places'> {
    const whole = { chunk, firstRow: 0, rows: chunk.rows, list };
    if (this.#side.pulls || isFew(whole, whole)) return whole;
    const firstRow = Math.floor((list[0] as number) / UNIT_ROWS) * UNIT_ROWS;
    const end = Math.min(chunk.rows, (Math.floor((list.at(-1) as number) / UNIT_ROWS) + 1) * UNIT_ROWS);
    return { chunk, firstRow, rows: end - firstRow, list: list.map((row) => row - firstRow) };
  }
}

const holds = ({ firstRow, rows }: ChunkMeta, row: number): boolean => row >= firstRow && row < firstRow + rows;
