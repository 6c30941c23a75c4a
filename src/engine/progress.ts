/** Tells how many units and rows are done of those that a piece of work has. */

import { type ChunkMeta, UNIT_ROWS } from '../storage/types.js';
import type { RunOptions } from './options.js';

/** @returns what is to be called with the rows of each slice that is done */
export function unitProgress(
  chunks: readonly Pick<ChunkMeta, 'rows'>[],
  { onProgress }: Pick<RunOptions, 'onProgress'>,
  unitRows = UNIT_ROWS,
): (rows: number) => void {
  const unitsOf = (rows: number): number => Math.ceil(rows / unitRows);
  const unitsTotal = chunks.reduce((sum, { rows }) => sum + unitsOf(rows), 0);
  const rowsTotal = chunks.reduce((sum, { rows }) => sum + rows, 0);
  let unitsDone = 0;
  let rowsDone = 0;
  return (rows) => {
    unitsDone += unitsOf(rows);
    rowsDone += rows;
    onProgress?.({ unitsDone, unitsTotal, rowsDone, rowsTotal });
  };
}
