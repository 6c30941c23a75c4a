/** Questions about an order to the slices of a table, answered on either side alike. */

import type { CallContext } from '../cluster/types.js';
import type { Slice } from '../codegen/arguments.js';
import type { Entry, RawEntries } from '../codegen/rows-entries.js';
import * as entriesOf from '../codegen/rows-entries.js';
import type { LuaKey } from '../codegen/rows-order.js';
import { ReplyReader } from '../codegen/rows-reply.js';
import { type OrderScript, OrderScripts } from '../codegen/rows-scripts.js';
import { isCodeWire, type OrderBy } from '../codegen/rows-shape.js';
import type { Physical } from '../expr/typed.js';
import type { ColumnChunk } from '../storage/types.js';
import { compareBy } from './compare.js';
import { decoded, lostOr, RowsPass, readReply } from './scan-rows.js';
import type { RowSide } from './scan-side.js';
import type { RowWork } from './scan-spec.js';
import { callKernel, KernelTooLarge, passedOver } from './shard-side.js';

/** Beyond this a dictionary is not fetched in a shard just to find the threshold among its entries. */
const MAX_LOCATED_BYTES = 256 * 1024;

export type Compare = (a: Entry, b: Entry) => number;

/** The total order of rows: by the keys, then by the rows' numbers. */
export function entryOrder(order: readonly OrderBy[]): Compare {
  const compare = order.map(compareBy);
  return (a, b) => {
    for (const [k, by] of compare.entries()) {
      const found = by(a.keys[k] as Physical, b.keys[k] as Physical);
      if (found !== 0) return found;
    }
    return a.row - b.row;
  };
}

export interface TopAsked {
  readonly most: number;
  /** Only rows after it. */
  readonly after: Entry | undefined;
  /** Rows that come after it need not come back. */
  readonly worst: Entry | undefined;
}

export interface RangesAsked {
  /** In order. Range i holds the rows after entry i - 1 (all, for 0), up to entry i, that included. */
  readonly entries: readonly Entry[];
  /** For each range 0, or n: its first row and every nth after it come back. */
  readonly strides: readonly number[];
}

export interface Answer {
  readonly entries: readonly Entry[];
  readonly microseconds: number;
  readonly side: 'shards' | 'client';
}

export interface RangesAnswer extends Answer {
  readonly counts: readonly number[];
}

export class OrderPass {
  readonly compare: Compare;
  readonly #work: RowWork;
  readonly #side: RowSide;
  readonly #scripts: OrderScripts;
  readonly #rows: RowsPass;

  constructor(work: RowWork, order: readonly OrderBy[], side: RowSide) {
    const { lookups, filter, bounds, columns, snapshot } = work.spec;
    // A place in a table tells joined rows not apart: they are ordered as rows of their own.
    if (lookups !== undefined) throw new TypeError('joined rows have no places of their own');
    this.#work = work;
    this.#side = side;
    this.#scripts = new OrderScripts({ filter, order, bounds, columns }, snapshot.schema);
    this.#rows = new RowsPass(work, side, { filter, exprs: order.map(({ expr }) => expr), numbered: true });
    this.compare = entryOrder(order);
  }

  /** Indexes of the table's columns that are read. */
  get columns(): readonly number[] {
    return this.#scripts.columns;
  }

  /** The first rows of a slice, in no order. */
  async top(slice: Slice, asked: TopAsked, context: CallContext): Promise<Answer> {
    const { chunk } = slice;
    const bounded = asked.after !== undefined;
    const [key] = this.#scripts.keys(chunk) as readonly [LuaKey];
    const small =
      ((key.column && (chunk.columns[key.column.index] as ColumnChunk).dictionaryBytes) ?? 0) <= MAX_LOCATED_BYTES;
    const locates = key.isDictionary && (bounded || (small && typeof asked.worst?.keys[0] === 'string'));
    const made = this.#scripts.top(chunk, { bounded, locates: locates || bounded });
    return this.#either(made, slice, context, {
      args: () => topArguments(made.keys, slice, asked),
      read: (reader) => ({ raw: entriesOf.readEntries(reader, made.keys), rest: {} }),
      client: (rows) => ({ entries: firstOf(rows, asked, this.compare), rest: {} }),
    });
  }

  /** Counts of ranges, and rows of some of them in the order of the table. */
  async ranges(slice: Slice, asked: RangesAsked, context: CallContext): Promise<RangesAnswer> {
    const bounded = asked.entries.length > 0;
    const made = this.#scripts.ranges(slice.chunk, bounded);
    const strides = entriesOf.packStrides(asked.strides);
    return this.#either(made, slice, context, {
      args: () => ({
        numbers: [],
        more: [strides, ...(bounded ? entriesOf.packEntries(asked.entries, made.keys, slice) : [])],
      }),
      read: (reader) => {
        const counts = reader.words(reader.count());
        return { raw: entriesOf.readEntries(reader, made.keys), rest: { counts } };
      },
      client: (rows) => {
        const { counts, entries } = rangesOf(rows, asked, this.compare);
        return { entries, rest: { counts } };
      },
    });
  }

  async #either<Rest extends object>(
    { script, keys }: OrderScript,
    slice: Slice,
    context: CallContext,
    how: {
      args(): { numbers: readonly number[]; more: readonly Buffer[] };
      read(reader: ReplyReader): { raw: RawEntries; rest: Rest };
      client(rows: readonly Entry[]): { entries: readonly Entry[]; rest: Rest };
    },
  ): Promise<Answer & Rest> {
    const { link, spec } = this.#work;
    if (!this.#side.pullsFor(script.sha1)) {
      try {
        const { numbers, more } = how.args();
        const { lua, sha1, columns } = script;
        const call = { lua, sha1, columns, keys: script.keys, args: script.args(slice, numbers, more) };
        const place = { link, snapshot: spec.snapshot, context };
        const [bytes, microseconds, seen] = await callKernel(place, call, slice);
        if (seen !== slice.rows) throw passedOver(slice, seen);
        this.#side.weigh(slice, this.columns, bytes.length);
        const { raw, rest } = readReply(slice, () => {
          const reader = new ReplyReader(bytes);
          const found = how.read(reader);
          reader.end();
          return found;
        });
        const entries = await this.#entries(raw, keys, slice, context);
        return { ...rest, entries, microseconds, side: 'shards' };
      } catch (error) {
        if (!(error instanceof KernelTooLarge)) throw await lostOr(error, this.#work, slice.chunk, context);
        this.#side.giveUp('Lua cannot hold a kernel of this size');
      }
    }
    const { rows, columns } = await this.#rows.run(slice, { pull: true }, context);
    const base = slice.chunk.firstRow + slice.firstRow;
    const all = rows.map((row, i) => ({ row: base + row, keys: columns.map((values) => values[i] as Physical) }));
    const { entries, rest } = how.client(all);
    return { ...rest, entries, microseconds: 0, side: 'client' };
  }

  /** Codes become what they stand for. */
  async #entries(raw: RawEntries, keys: readonly LuaKey[], { chunk, firstRow }: Slice, context: CallContext) {
    const columns = await Promise.all(
      raw.keys.map((values, k): Promise<readonly Physical[]> | readonly Physical[] => {
        const { wire, column } = keys[k] as LuaKey;
        if (column === undefined || !isCodeWire(wire) || values.length === 0) return values;
        return decoded(this.#work, values as readonly number[], { chunk, index: column.index }, context);
      }),
    );
    const base = chunk.firstRow + firstRow;
    return raw.rows.map((row, i): Entry => ({ row: base + row, keys: columns.map((values) => values[i] as Physical) }));
  }
}

function topArguments(keys: readonly LuaKey[], slice: Slice, { most, after, worst }: TopAsked) {
  const [key] = keys as readonly [LuaKey];
  const { past, nulls, text } = entriesOf.thresholdOf(key, worst, slice.chunk);
  const least = after === undefined ? 0 : entriesOf.leastOf(key, after, slice.chunk);
  const more: Buffer[] = key.isText || key.isDictionary ? [Buffer.from(text ?? '', 'latin1')] : [];
  if (after !== undefined) more.push(...entriesOf.packEntries([after], keys, slice));
  return { numbers: [most, past, nulls ? 1 : 0, least, text === undefined ? 0 : 1], more };
}

/** The first rows by a sort now and then of a few more than are wanted. */
export function firstOf(rows: readonly Entry[], { most, after, worst }: TopAsked, compare: Compare): Entry[] {
  let kept: Entry[] = [];
  let limit = worst;
  for (const entry of rows) {
    if (limit !== undefined && compare(entry, limit) > 0) continue;
    if (after !== undefined && compare(entry, after) <= 0) continue;
    kept.push(entry);
    if (kept.length < 2 * most + 64) continue;
    kept = kept.sort(compare).slice(0, most);
    limit = kept.at(-1);
  }
  return kept.sort(compare).slice(0, most);
}

function rangesOf(rows: readonly Entry[], { entries, strides }: RangesAsked, compare: Compare) {
  const counts = new Array<number>(entries.length + 1).fill(0);
  const kept: Entry[] = [];
  for (const row of rows) {
    let [low, high] = [0, entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(row, entries[middle] as Entry) > 0) low = middle + 1;
      else high = middle;
    }
    const stride = strides[low] as number;
    if (stride > 0 && (counts[low] as number) % stride === 0) kept.push(row);
    counts[low] = (counts[low] as number) + 1;
  }
  return { counts, entries: kept };
}
