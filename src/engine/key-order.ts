/**
 * Groups in the order of their keys: by the bits of numbers, which are made to sort like them, and by the ranks of strings;
 * digit by digit from the last key's lowest on (LSD radix sort), so that few groups and many take the same way.
 */

import type { KeyColumn } from './key-index.js';
import { places, radixSort } from './radix-sort.js';
import { textRanks } from './text-ranks.js';

/** Fewer are compared: histograms would cost more. */
const FEW = 256;

/** Halves of the keys of some groups, whose order as unsigned numbers is that of the keys: null the greatest, before it NaN. */
interface Sortable {
  readonly high: Uint32Array;
  /** Absent where it is 0 throughout. */
  readonly low?: Uint32Array;
}

/** The places of groups, in the order of their keys. @param ids numbers of the groups */
export function orderByKeys(columns: readonly KeyColumn[], ids: Uint32Array): Uint32Array {
  const order = places(ids.length);
  const keys = columns.map((column) => sortable(column, ids));
  if (ids.length <= FEW) return order.sort((a, b) => compare(keys, a, b));
  return radixSort(
    order,
    keys.reverse().flatMap(({ high, low }) => (low === undefined ? [high] : [low, high])),
  );
}

function compare(keys: readonly Sortable[], a: number, b: number): number {
  for (const { high, low } of keys) {
    const by = (high[a] as number) - (high[b] as number);
    if (by !== 0) return by;
    const then = low === undefined ? 0 : (low[a] as number) - (low[b] as number);
    if (then !== 0) return then;
  }
  return a - b;
}

function sortable(column: KeyColumn, ids: Uint32Array): Sortable {
  return column.texts.length > 0 ? sortableTexts(column, ids) : sortableNumbers(column, ids);
}

function sortableTexts(column: KeyColumn, ids: Uint32Array): Sortable {
  const ranks = textRanks(column.texts);
  const high = new Uint32Array(ids.length);
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    high[i] = column.isNull(id) ? ranks.length : (ranks[column.values[id] as number] as number);
  }
  return { high };
}

const SIGN = 0x80000000;

function sortableNumbers(column: KeyColumn, ids: Uint32Array): Sortable {
  const [high, low] = [new Uint32Array(ids.length), new Uint32Array(ids.length)];
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    const [l, h] = [column.bits[2 * id] as number, column.bits[2 * id + 1] as number];
    if (column.isNull(id)) high[i] = 0xffffffff;
    else if (h < 0) {
      high[i] = ~h;
      low[i] = ~l;
    } else {
      high[i] = h | SIGN;
      low[i] = l;
    }
  }
  return low.every((half) => half === 0) ? { high } : { high, low };
}
