/** XᵀX. */

import type { GramParams } from '../kernels/gram.js';
import { KERNELS } from '../kernels/index.js';
import type { Work } from './matrix-elementwise.js';
import type { MatrixSnapshot } from './matrix-open.js';
import type { Reduced } from './reduce.js';
import { reduceRows } from './row-reduce.js';
import { checkWidth, type Dense } from './shapes.js';

/** XᵀX of so many columns takes 32 MiB. */
const MAX_WIDTH = 2048;
/** So many columns at most are summed by one call all together; of more, panels of columns with other panels. */
const WHOLE = 64;
const PANEL = 32;
/** Rows that are summed plainly (lua/core/blocks.lua). */
const BLOCK = 128;
/** Multiply-adds of a call: about a millisecond. A value that is decoded takes as long as three of them. */
const CALL_WORK = 100_000;
const DECODING = 3;
const MOST_ROWS = 16 * BLOCK;

/** @throws PLAN_TOO_LARGE beyond 2,048 columns */
export async function gramOf(work: Work, matrix: MatrixSnapshot): Promise<Reduced<Dense>> {
  checkWidth('the Gram matrix', matrix, MAX_WIDTH);
  const { cols } = matrix;
  const panels = panelPairs(cols);
  const data = new Float64Array(cols * cols);
  const receipt = await reduceRows(work, matrix, {
    kernel: KERNELS.gram,
    rowsOfCall: rowsOfCall(cols),
    laps: panels.length,
    params: ({ lap }) => panels[lap] as GramParams,
    finished: (lap, partial) => {
      const params = panels[lap] as GramParams;
      place(data, KERNELS.gram.finish(partial, params), params);
    },
  });
  return { result: { data, shape: [cols, cols] }, receipt };
}

function panelPairs(cols: number): GramParams[] {
  if (cols <= WHOLE) return [{ cols, left: { from: 0, width: cols } }];
  const runs = Array.from({ length: Math.ceil(cols / PANEL) }, (_, i) => ({
    from: i * PANEL,
    width: Math.min(PANEL, cols - i * PANEL),
  }));
  return runs.flatMap((left, i) => runs.slice(i).map((right, j) => (j === 0 ? { cols, left } : { cols, left, right })));
}

function rowsOfCall(cols: number): number {
  const wide = cols > WHOLE;
  const products = wide ? PANEL * PANEL : (cols * (cols + 1)) / 2;
  const fitting = Math.floor(CALL_WORK / (products + DECODING * (wide ? 2 * PANEL : cols)));
  return fitting < BLOCK ? fitting : Math.min(MOST_ROWS, fitting - (fitting % BLOCK));
}

/** A block of the upper triangle, and its mirror image. */
function place(data: Float64Array, block: Float64Array, { cols, left, right = left }: GramParams): void {
  for (let i = 0; i < left.width; i++) {
    for (let j = left === right ? i : 0; j < right.width; j++) {
      const value = block[i * right.width + j] as number;
      data[(left.from + i) * cols + right.from + j] = value;
      data[(right.from + j) * cols + left.from + i] = value;
    }
  }
}
