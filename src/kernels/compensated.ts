/** Compensated sums as partials: what sum, norm and dot share. */

/** A float sum and the rounding errors that it has not taken in yet. */
export interface Compensated {
  readonly sum: number;
  readonly compensation: number;
}

export function decodeCompensated(reply: Buffer): Compensated {
  if (reply.length !== 16) throw new RangeError(`a compensated sum of ${reply.length} bytes`);
  return { sum: reply.readDoubleLE(0), compensation: reply.readDoubleLE(8) };
}

/** TwoSum (Knuth 1969), in the order of operations of the kernels and of the engine: the same bits on either side. */
export function mergeCompensated(left: Compensated, right: Compensated): Compensated {
  const sum = left.sum + right.sum;
  const z = sum - left.sum;
  const error = left.sum - (sum - z) + (right.sum - z);
  return { sum, compensation: left.compensation + right.compensation + error };
}

/** The value of a sum; 0 for no terms. The compensation of an infinite or NaN sum means nothing. */
export function finishCompensated(partial: Compensated | undefined): number {
  if (partial === undefined) return 0;
  const { sum, compensation } = partial;
  return Number.isFinite(sum) ? sum + compensation : sum;
}
