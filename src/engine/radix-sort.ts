/** Sorts places by unsigned numbers that belong to them, eleven bits at a time. */

const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;

/** @param order places, which are moved; @param by what they are sorted by, the least important first. Those that are equal keep their order. */
export function radixSort(order: Uint32Array, by: readonly Uint32Array[]): Uint32Array {
  let from: Uint32Array = order;
  let to: Uint32Array = new Uint32Array(order.length);
  for (const values of by) {
    let differ = 0;
    for (let i = 1; i < values.length; i++) differ |= (values[i] as number) ^ (values[0] as number);
    for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
      // A digit that is the same in all changes nothing.
      if (((differ >>> shift) & (DIGITS - 1)) === 0) continue;
      moveByDigit(from, to, values, shift);
      [from, to] = [to, from];
    }
  }
  return from;
}

function moveByDigit(from: Uint32Array, to: Uint32Array, values: Uint32Array, shift: number): void {
  const next = new Uint32Array(DIGITS);
  for (let i = 0; i < values.length; i++) {
    const digit = ((values[i] as number) >>> shift) & (DIGITS - 1);
    next[digit] = (next[digit] as number) + 1;
  }
  let start = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const count = next[digit] as number;
    next[digit] = start;
    start += count;
  }
  for (let i = 0; i < from.length; i++) {
    const place = from[i] as number;
    const digit = ((values[place] as number) >>> shift) & (DIGITS - 1);
    const at = next[digit] as number;
    next[digit] = at + 1;
    to[at] = place;
  }
}

/** The places 0, 1 … */
export function places(count: number): Uint32Array {
  const out = new Uint32Array(count);
  for (let i = 0; i < count; i++) out[i] = i;
  return out;
}
