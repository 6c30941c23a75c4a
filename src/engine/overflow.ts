/** What a row raised while it was computed: both sides say the same of it. */

import type { Slice } from '../codegen/kernel.js';
import { ShardfoldError } from '../errors.js';
import { isFailure } from '../expr/runtime/failure.js';

/** Names the chunk, and the row of the table from which on the slice was computed. */
export function failureIn({ chunk, firstRow }: Slice, failure: ShardfoldError, cause: unknown): ShardfoldError {
  const place = `chunk ${chunk.index}, from row ${chunk.firstRow + firstRow}`;
  return new ShardfoldError(failure.code, `${failure.message} (${place})`, {
    ...(failure.hint !== undefined && { hint: failure.hint }),
    slot: chunk.slot,
    cause,
  });
}

/** Runs generated JavaScript over a slice. */
export function withPlace<Result>(slice: Slice, compute: () => Result): Result {
  try {
    return compute();
  } catch (error) {
    if (!isFailure(error)) throw error;
    throw failureIn(slice, error, error);
  }
}
