/** Tells how many units of a vector are done. */

import type { RunOptions } from '../engine/options.js';
import { type TableSnapshot, UNIT_ROWS } from '../storage/types.js';

const unitsOf = (rows: number): number => Math.ceil(rows / UNIT_ROWS);

/** @returns what is to be called with the rows of each slice that is done */
export function unitProgress({ chunks }: TableSnapshot, { onProgress }: RunOptions): (rows: number) => void {
  const unitsTotal = chunks.reduce((sum, { rows }) => sum + unitsOf(rows), 0);
  let unitsDone = 0;
  return (rows) => {
    unitsDone += unitsOf(rows);
    onProgress?.({ unitsDone, unitsTotal });
  };
}
