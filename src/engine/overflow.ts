/** Arithmetic that left its type: what both sides say of it. */

import { OVERFLOW_HINT } from '../codegen/js-runtime.js';
import type { Slice } from '../codegen/kernel.js';
import { ShardfoldError } from '../errors.js';

/** Names the chunk, and the row of the table from which on the slice was computed. */
export function overflowIn({ chunk, firstRow }: Slice, message: string, cause: unknown): ShardfoldError {
  const place = `chunk ${chunk.index}, from row ${chunk.firstRow + firstRow}`;
  return new ShardfoldError('NUMERIC_OVERFLOW', `${message} (${place})`, {
    hint: OVERFLOW_HINT,
    slot: chunk.slot,
    cause,
  });
}

/** Runs generated JavaScript over a slice. */
export function withPlace<Result>(slice: Slice, compute: () => Result): Result {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof ShardfoldError) || error.code !== 'NUMERIC_OVERFLOW') throw error;
    throw overflowIn(slice, error.message, error);
  }
}
