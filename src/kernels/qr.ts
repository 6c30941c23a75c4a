import { joinFactors } from './householder.js';
import type { Kernel } from './kernel.js';
import { bytesOf, decodeDoubles, encodeRows, type RowsParams } from './rows.js';

export interface QrParams extends RowsParams {
  /** What is subtracted from every row first. */
  readonly shift?: Float64Array;
  /** A last column's values for the rows of the slice. */
  readonly beside?: Float64Array;
  /** What the rows are multiplied by before, as in `matmul`. */
  readonly factors?: readonly Buffer[];
}

const NOTHING = new Float64Array(0);

/** R factors of rows, row by row from the diagonal on, which is not negative: leaves and nodes of TSQR (Demmel et al. 2012). */
export const qr = {
  name: 'qr',
  operands: 1,
  encode: (slice, operands, params) => [
    ...encodeRows(slice, operands[0] as (typeof operands)[0], params),
    bytesOf(params.shift ?? NOTHING),
    bytesOf(params.beside ?? NOTHING),
    ...(params.factors ?? []),
  ],
  decode: decodeDoubles,
  merge: joinFactors,
  finish: (partial) => partial,
} as const satisfies Kernel<QrParams, Float64Array, Float64Array | undefined>;
