/** Ranks of many different strings of bytes: sorted by six chars at a time as numbers, which is quicker than comparing strings. */

import { places, radixSort } from './radix-sort.js';

/** Chars of a half, nine bits each: the end of a string is less than any. */
const CHARS = 3;
/** Fewer are compared as strings. */
const FEW = 64;

/** The rank of each string by its bytes. */
export function textRanks(texts: readonly string[]): Uint32Array {
  const order = places(texts.length);
  sortRange(texts, order, 0);
  const ranks = new Uint32Array(texts.length);
  for (let rank = 0; rank < order.length; rank++) ranks[order[rank] as number] = rank;
  return ranks;
}

/** Sorts places of strings that are alike in their first `from` chars. */
function sortRange(texts: readonly string[], range: Uint32Array, from: number): void {
  if (range.length <= FEW) {
    range.sort((a, b) => ((texts[a] as string) < (texts[b] as string) ? -1 : 1));
    return;
  }
  const start = alike(texts, range, from);
  const [high, low] = [new Uint32Array(range.length), new Uint32Array(range.length)];
  for (let i = 0; i < range.length; i++) {
    const text = texts[range[i] as number] as string;
    high[i] = charsOf(text, start);
    low[i] = charsOf(text, start + CHARS);
  }
  const order = radixSort(places(range.length), [low, high]);
  range.set(order.map((i) => range[i] as number));
  const isAlike = (a: number, b: number): boolean => {
    const [i, j] = [order[a] as number, order[b] as number];
    return high[i] === high[j] && low[i] === low[j];
  };
  for (let first = 0; first < range.length; ) {
    let end = first + 1;
    while (end < range.length && isAlike(first, end)) end += 1;
    if (end - first > 1) sortRange(texts, range.subarray(first, end), start + 2 * CHARS);
    first = end;
  }
}

/** The first place in which the strings differ. */
function alike(texts: readonly string[], places: Uint32Array, from: number): number {
  const first = texts[places[0] as number] as string;
  let end = first.length;
  for (const place of places) {
    const text = texts[place] as string;
    end = Math.min(end, text.length);
    for (let i = from; i < end; i++) {
      if (text.charCodeAt(i) !== first.charCodeAt(i)) {
        end = i;
        break;
      }
    }
    if (end <= from) return from;
  }
  return end;
}

function charsOf(text: string, from: number): number {
  let bits = 0;
  for (let i = from; i < from + CHARS; i++) bits = (bits << 9) | (i < text.length ? text.charCodeAt(i) + 1 : 0);
  return bits;
}
