/** Many compensated sums at once: what gram and vecmat share. */

import { decodeDoubles } from './rows.js';

export interface Sums {
  readonly sums: Float64Array;
  /** Rounding errors that they have not taken in yet. */
  readonly errors: Float64Array;
}

/** A reply has one byte more than doubles where errors stand behind the sums. */
export function decodeSums(reply: Buffer): Sums {
  if (reply.length % 8 === 0) return { sums: decodeDoubles(reply), errors: new Float64Array(reply.length / 8) };
  const all = decodeDoubles(reply.subarray(0, -1));
  if (all.length % 2 !== 0) throw new RangeError(`sums and errors in ${reply.length} bytes`);
  return { sums: all.slice(0, all.length / 2), errors: all.slice(all.length / 2) };
}

/** TwoSum (Knuth 1969), each by itself, in the order of operations of lua/core/blocks.lua. Changes the left. */
export function mergeSums(left: Sums, right: Sums): Sums {
  const { sums, errors } = left;
  for (let i = 0; i < sums.length; i++) {
    const [s, v] = [sums[i] as number, right.sums[i] as number];
    const t = s + v;
    const z = t - s;
    errors[i] = (errors[i] as number) + (right.errors[i] as number) + (s - (t - z) + (v - z));
    sums[i] = t;
  }
  return left;
}

/** The compensation of an infinite or NaN sum means nothing. */
export function finishSums(partial: Sums | undefined): Float64Array | undefined {
  return partial?.sums.map((sum, i) => (Number.isFinite(sum) ? sum + (partial.errors[i] as number) : sum));
}
