/** Rows by their numbers: outputs are evaluated for the rows of a result alone, once it is known which those are. */

import type { CallContext } from '../cluster/types.js';
import type { Physical } from '../expr/typed.js';
import { type ChunkMeta, UNIT_ROWS } from '../storage/types.js';
import type { Columns } from './local-table.js';
import type { ReceiptBuilder } from './receipt.js';
import { RowsPass } from './scan-rows.js';
import type { RowSide } from './scan-side.js';
import type { RowWork } from './scan-spec.js';
import { stoppable } from './schedule.js';

/** Rows of a chunk, by their places in the result. */
interface Wanted {
  readonly chunk: ChunkMeta;
  readonly firstRow: number;
  readonly rows: number;
  readonly list: number[];
  readonly places: number[];
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

  /** Slices of neighbouring units that hold wanted rows; whole chunks where they are pulled. */
  #wanted(rows: readonly number[]): Wanted[] {
    const { chunks } = this.#work.spec.snapshot;
    const places = rows.map((_, place) => place).sort((a, b) => (rows[a] as number) - (rows[b] as number));
    const slices: Wanted[] = [];
    let [index, lastUnit] = [0, -1];
    let current: { chunk: ChunkMeta; units: [number, number]; list: number[]; places: number[] } | undefined;
    const close = (): void => {
      if (current === undefined) return;
      const { chunk, units, list } = current;
      const firstRow = this.#side.pulls ? 0 : units[0] * UNIT_ROWS;
      const end = this.#side.pulls ? chunk.rows : Math.min(chunk.rows, (units[1] + 1) * UNIT_ROWS);
      const shifted = list.map((row) => row - firstRow);
      slices.push({ chunk, firstRow, rows: end - firstRow, list: shifted, places: current.places });
      current = undefined;
    };
    for (const place of places) {
      const row = rows[place] as number;
      for (;;) {
        const { firstRow, rows: count } = chunks[index] as ChunkMeta;
        if (row < firstRow + count) break;
        index += 1;
      }
      const chunk = chunks[index] as ChunkMeta;
      const unit = Math.floor((row - chunk.firstRow) / UNIT_ROWS);
      if (current?.chunk !== chunk || (unit > lastUnit + 1 && !this.#side.pulls)) close();
      current ??= { chunk, units: [unit, unit], list: [], places: [] };
      current.units[1] = unit;
      current.list.push(row - chunk.firstRow);
      current.places.push(place);
      lastUnit = unit;
    }
    close();
    return slices;
  }
}
