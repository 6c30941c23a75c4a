/** Entries of an order outside of kernels: the keys of a row and its number; how kernels are told of them, and tell of theirs. */

import type { Physical } from '../expr/typed.js';
import type { ChunkMeta, ColumnChunk } from '../storage/types.js';
import { packDoubles, packTexts, type Slice } from './arguments.js';
import { locateNumber } from './constants.js';
import { entryWire, type LuaKey, nanRank, nullRank, VALUE_RANK } from './rows-order.js';
import type { ReplyReader } from './rows-reply.js';
import { isCodeWire } from './rows-shape.js';

export interface Entry {
  /** Physical values of the keys. */
  readonly keys: readonly Physical[];
  /** Number of the row in the table. */
  readonly row: number;
}

export function rankOf(key: LuaKey, value: Physical): number {
  if (value === null) return nullRank(key.order);
  return Number.isNaN(value) ? nanRank(key.order) : VALUE_RANK;
}

/** A number as the key's kernel sees it: itself, or its place among the codes of the chunk's column. */
function placeOf({ wire, column }: LuaKey, chunk: ChunkMeta, value: number): number {
  if (column === undefined || !isCodeWire(wire)) return value;
  const [below, , equal] = locateNumber(chunk.columns[column.index] as ColumnChunk, value);
  return equal > 0 ? equal : below + 0.5;
}

/** Arguments that tell a kernel of entries. */
export function packEntries(entries: readonly Entry[], keys: readonly LuaKey[], { chunk, firstRow }: Slice): Buffer[] {
  const base = chunk.firstRow + firstRow;
  const numbers = entries.flatMap((entry) => [
    entry.row - base,
    ...keys.flatMap((key, k) => {
      const value = entry.keys[k] as Physical;
      const isNumber = typeof value === 'number' && !Number.isNaN(value);
      return [rankOf(key, value), isNumber ? placeOf(key, chunk, value) : 0];
    }),
  ]);
  const texts = keys.flatMap((key, k) =>
    key.isText || key.isDictionary ? [packTexts(entries.map((entry) => String(entry.keys[k] ?? '')))] : [],
  );
  return [packDoubles(numbers), ...texts];
}

export const packStrides = packDoubles;

export interface RawEntries {
  /** Numbers of the rows in the slice. */
  readonly rows: readonly number[];
  /** By key: codes, values, null. */
  readonly keys: readonly (readonly (number | string | null)[])[];
}

export function readEntries(reader: ReplyReader, keys: readonly LuaKey[]): RawEntries {
  const count = reader.count();
  const rows = reader.shorts(count);
  return { rows, keys: keys.map((key) => reader.values(entryWire(key), count)) };
}

/** What a heap is told at the start: only rows that are at least as good as `worst` are wanted. */
export interface Threshold {
  /** Just past the first key of `worst` as the kernel compares it; NaN where nothing is known. */
  readonly past: number;
  readonly nulls: boolean;
  readonly text: string | undefined;
}

export const NO_THRESHOLD: Threshold = { past: Number.NaN, nulls: true, text: undefined };

export function thresholdOf(key: LuaKey, worst: Entry | undefined, chunk: ChunkMeta): Threshold {
  if (worst === undefined) return NO_THRESHOLD;
  const value = worst.keys[0] as Physical;
  const rank = rankOf(key, value);
  const nulls = nullRank(key.order) <= rank;
  const { descending } = key.order;
  if (rank > VALUE_RANK) return { ...NO_THRESHOLD, nulls };
  if (rank < VALUE_RANK) return { past: descending ? Infinity : -Infinity, nulls, text: undefined };
  if (typeof value === 'string') return { past: Number.NaN, nulls, text: value };
  const place = placeOf(key, chunk, value as number);
  const past = isCodeWire(key.wire) ? place + (descending ? -0.25 : 0.25) : nextTo(place, descending ? -1 : 1);
  return { past: Number.isFinite(past) ? past : Number.NaN, nulls, text: undefined };
}

/** The first key of the entry after which rows count, as the heap's kernel compares it. */
export function leastOf(key: LuaKey, after: Entry, chunk: ChunkMeta): number {
  const value = after.keys[0] as Physical;
  const rank = rankOf(key, value);
  const { descending } = key.order;
  if (rank === VALUE_RANK && typeof value === 'number') return placeOf(key, chunk, value);
  // No value is before it, or all are.
  return rank > VALUE_RANK === descending ? -Infinity : Infinity;
}

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

/** The next double above (1) or below (-1). */
function nextTo(value: number, direction: 1 | -1): number {
  if (value === 0) return direction * Number.MIN_VALUE;
  float[0] = value;
  bits[0] = (bits[0] as bigint) + (value > 0 === direction > 0 ? 1n : -1n);
  return float[0];
}
