/** Lloyd's iteration (1982): a pass over the rows, by which centers move. */

import type { Expr } from '../../expr/expr.js';
import { refuseOverflow } from '../common/columns.js';
import type { Fitting } from '../common/fitting.js';

/**
 * By so much of a coordinate, and of the deviation of its column, rounding moves a centre whose rows are the same as before: some units
 * in the last place.
 */
const ROUNDING = 2 ** -48;

/** What the fit works on. */
export interface Task {
  readonly fitting: Fitting;
  readonly columns: readonly Expr[];
  readonly names: readonly string[];
  readonly n: number;
  /** Of the columns, over n. */
  readonly deviations: readonly number[];
}

export interface Step {
  readonly next: readonly number[];
  /** Sum of the squares of the moves; rounding alone is none. */
  readonly moved: number;
  readonly sizes: readonly number[];
  /** Of each cluster the sum of the squared distances from its centre. */
  readonly inertias: readonly number[];
}

/**
 * Centers move to the means of their rows. A centre without rows moves to the row that is farthest from its own centre, the first of
 * several; of several such centers one a step, the lowest first.
 */
export async function lloyd({ fitting, columns, names, deviations }: Task, centers: readonly number[]): Promise<Step> {
  const { flat } = await fitting.pass('clusters', columns, centers);
  refuseOverflow(flat, names);
  const width = columns.length;
  const [farthest, ...row] = flat.slice(0, width + 1);
  const [next, sizes, inertias]: [number[], number[], number[]] = [[], [], []];
  let mayMove = farthest !== 0;
  for (let at = width + 1; at < flat.length; at += width + 2) {
    const [size = 0, ...sums] = flat.slice(at, at + width + 1);
    const centre = centers.slice(next.length, next.length + width);
    if (size > 0) next.push(...centre.map((value, i) => value + (sums[i] as number) / size));
    else next.push(...(mayMove ? row : centre));
    mayMove &&= size > 0;
    sizes.push(size);
    inertias.push(flat[at + width + 1] as number);
  }
  const moved = next.reduce((sum, value, i) => {
    const move = Math.abs(value - (centers[i] as number));
    const isRounding = move <= ROUNDING * (Math.abs(value) + (deviations[i % width] as number));
    return isRounding ? sum : sum + move * move;
  }, 0);
  return { next, moved, sizes, inertias };
}
