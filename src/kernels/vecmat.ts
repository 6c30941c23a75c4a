import type { Kernel } from './kernel.js';
import { bytesOf, type Columns, encodeRows, type RowsParams } from './rows.js';
import { decodeSums, finishSums, mergeSums, type Sums } from './sums.js';

export interface VecmatParams extends RowsParams {
  readonly columns: Columns;
  /** A value for each row of the slice. */
  readonly vector: Float64Array;
}

/** Sums over rows, each times a number: one a column. Plain within 128 rows, compensated between. */
export const vecmat = {
  name: 'vecmat',
  operands: 1,
  encode: (slice, operands, params) => [
    ...encodeRows(slice, operands[0] as (typeof operands)[0], params, [params.columns.from, params.columns.width]),
    bytesOf(params.vector),
  ],
  decode: decodeSums,
  merge: mergeSums,
  finish: (partial, { columns }) => finishSums(partial) ?? new Float64Array(columns.width),
} as const satisfies Kernel<VecmatParams, Sums, Float64Array>;
