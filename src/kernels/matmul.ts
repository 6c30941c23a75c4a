import type { Kernel } from './kernel.js';
import { bytesOf, type Columns, concatenate, decodeDoubles, encodeRows, type RowsParams } from './rows.js';

export interface MatmulParams extends RowsParams {
  /** The columns that take part. */
  readonly columns: Columns;
  /** What is subtracted from every row first. */
  readonly shift?: Float64Array;
  /** The matrices that the rows are multiplied by, one after the other, as `strips` packs them. */
  readonly factors: readonly Buffer[];
}

/** Rows times matrices: the product's rows. Each element is summed plainly in the order of the columns, products rounded. */
export const matmul = {
  name: 'matmul',
  operands: 1,
  encode: (slice, operands, params) => [
    ...encodeRows(slice, operands[0] as (typeof operands)[0], params, [params.columns.from, params.columns.width]),
    bytesOf(params.shift ?? new Float64Array(0)),
    ...params.factors,
  ],
  decode: decodeDoubles,
  merge: concatenate,
  finish: (partial) => partial ?? new Float64Array(0),
} as const satisfies Kernel<MatmulParams, Float64Array, Float64Array>;

/** The widths of the strips that so many columns are cut into: 16s, then smaller powers of two. */
export function stripWidths(columns: number): number[] {
  const widths: number[] = [];
  let [left, size] = [columns, 16];
  while (left > 0) {
    while (size > left) size /= 2;
    widths.push(size);
    left -= size;
  }
  return widths;
}

/** Some rows and columns of a row-major matrix of `stride` columns, as lua/core/product.lua reads them. */
export function packStrips(
  values: Float64Array,
  stride: number,
  rows: { readonly from: number; readonly count: number },
  columns: Columns,
): Buffer {
  const packed = new Float64Array(1 + rows.count * columns.width);
  packed[0] = columns.width;
  let [at, col] = [1, columns.from];
  for (const width of stripWidths(columns.width)) {
    for (let row = rows.from; row < rows.from + rows.count; row++) {
      const start = row * stride + col;
      for (let j = 0; j < width; j++) packed[at++] = values[start + j] as number;
    }
    col += width;
  }
  return bytesOf(packed);
}
