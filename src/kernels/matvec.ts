import type { Kernel } from './kernel.js';
import { bytesOf, type Columns, concatenate, decodeDoubles, encodeRows, type RowsParams } from './rows.js';

export interface MatvecParams extends RowsParams {
  readonly columns: Columns;
  /** A value for each of these columns. */
  readonly vector: Float64Array;
}

/** Rows times a vector, summed pairwise within runs of 64 columns: a number a row. */
export const matvec = {
  name: 'matvec',
  operands: 1,
  encode: (slice, operands, params) => [
    ...encodeRows(slice, operands[0] as (typeof operands)[0], params, [params.columns.from, params.columns.width]),
    bytesOf(params.vector),
  ],
  decode: decodeDoubles,
  merge: concatenate,
  finish: (partial) => partial ?? new Float64Array(0),
} as const satisfies Kernel<MatvecParams, Float64Array, Float64Array>;
