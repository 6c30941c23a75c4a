import type { Kernel } from './kernel.js';
import { type Columns, encodeRows, type RowsParams } from './rows.js';
import { decodeSums, finishSums, mergeSums, type Sums } from './sums.js';

/** A run of columns against itself, or against another where `right` is given; the left one is a multiple of 16 wide then. */
export interface GramParams extends RowsParams {
  readonly left: Columns;
  readonly right?: Columns;
}

/** Products of columns, summed over rows: a block of XᵀX (of the upper triangle where it lies on the diagonal), row by row. */
export const gram = {
  name: 'gram',
  operands: 1,
  encode: (slice, operands, params) => {
    const { left, right } = params;
    const own = [left.from, left.width, ...(right ? [right.from, right.width] : [])];
    return encodeRows(slice, operands[0] as (typeof operands)[0], params, own);
  },
  decode: decodeSums,
  merge: mergeSums,
  finish: (partial, params) => placed(finishSums(partial), params),
} as const satisfies Kernel<GramParams, Sums, Float64Array>;

const [STRIP, HEIGHT] = [16, 8];

/** Tiles come as lua/core/gram.lua lists them. */
function placed(sums: Float64Array | undefined, { left, right }: GramParams): Float64Array {
  const width = (right ?? left).width;
  const values = new Float64Array(left.width * width);
  if (!sums) return values;
  let at = 0;
  const fill = (row: number, rows: number, col: number, cols: number, triangle: boolean): void => {
    for (let i = 0; i < rows; i++) {
      for (let j = triangle ? i : 0; j < cols; j++) values[(row + i) * width + col + j] = sums[at++] as number;
    }
  };
  for (let i = 0; i < left.width; i += STRIP) {
    const size = Math.min(STRIP, left.width - i);
    if (!right) fill(i, size, i, size, true);
    for (let j = right ? 0 : i + STRIP; j < width; j += STRIP) {
      for (let half = 0; half < STRIP; half += HEIGHT) fill(i + half, HEIGHT, j, Math.min(STRIP, width - j), false);
    }
  }
  return values;
}
