/**
 * How the rows of a chunk are cut into units, the leaves of the merge tree, by what is kept of them and nothing else. A unit is the
 * least that a call takes, and is to be about a millisecond of a shard's time at most.
 */

import type { FoldArg } from '../aggregates/index.js';
import type { BoundPass } from '../aggregates/row-pass.js';
import { CHUNK_ROWS, UNIT_ROWS, UNITS_PER_CHUNK } from '../storage/types.js';
import { passOf } from './passes/index.js';

export interface Units {
  readonly rows: number;
  /** A power of two; the last ones of a chunk may have no rows. */
  readonly perChunk: number;
}

export const UNITS: Units = { rows: UNIT_ROWS, perChunk: UNITS_PER_CHUNK };

const cut = (rows: number): Units => ({ rows, perChunk: 2 ** Math.ceil(Math.log2(CHUNK_ROWS / rows)) });

/** Passes do more with a row: the most rows that take so long, or the fewest there are. */
const OF_PASSES = [512, 128, 64, 32, 16].map(cut);
const MOST_NS = 1.5e6;

export function unitsOf({ args }: { readonly args: readonly FoldArg[] }): Units {
  const passes = args.flatMap(({ states }) => states.filter(({ kind }) => kind === 'pass'));
  if (passes.length === 0) return UNITS;
  const ns = passes.reduce((sum, { param }) => {
    const { pass, width, list } = param as BoundPass;
    return sum + passOf(pass).rowNs(width, list);
  }, 0);
  return OF_PASSES.find(({ rows }) => ns * rows <= MOST_NS) ?? (OF_PASSES.at(-1) as Units);
}
