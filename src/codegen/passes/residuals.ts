/**
 * Residuals of a linear model in double-double, for Björck's refinement (BIT 7, 1967): r = y - Σ x_j β_j; Σ r x_j and Σ r².
 *
 * Columns are x_1 … x_p, y, and a weight where there is one more; `list` is β, each as a pair (high, low). The flat state is p + 1
 * pairs: Σ w r x_j, then Σ w r². NaN where a number is not finite, or beyond 1e299.
 */

import { half, type Pair, plus, productError, times } from './double-double.js';
import type { RowPass } from './pass.js';
import { residualsLua } from './residuals-lua.js';

interface ResidualsState {
  readonly p: number;
  readonly weighted: boolean;
  readonly list: readonly number[];
  readonly halves: readonly number[];
  readonly sums: number[];
}

const at = (list: readonly number[], i: number): number => list[i] as number;

/** y - Σ x_j β_j */
function residual({ p, list, halves }: ResidualsState, x: readonly number[], xs: readonly number[]): Pair {
  let r: Pair = [at(x, p), 0];
  for (let j = 0; j < p; j++) {
    const [v, b] = [at(x, j), at(list, 2 * j)];
    const q = v * b;
    const e = productError(q, [v, at(xs, j)], [b, at(halves, j)]);
    r = plus(r[0], r[1], -q, -(e + v * at(list, 2 * j + 1)));
  }
  return r;
}

function row(state: ResidualsState, x: readonly number[]): void {
  const { p, weighted, sums } = state;
  const xs = x.slice(0, p).map(half);
  const [rh, rl] = residual(state, x, xs);
  const [gh, gl] = weighted ? times(at(x, p + 1), [rh, rl]) : [rh, rl];
  const g: Pair = [gh, half(gh)];
  const add = (j: number, q: number, e: number): void => {
    [sums[2 * j], sums[2 * j + 1]] = plus(at(sums, 2 * j), at(sums, 2 * j + 1), q, e);
  };
  for (let j = 0; j < p; j++) {
    const v = at(x, j);
    const q = v * gh;
    add(j, q, productError(q, [v, at(xs, j)], g) + v * gl);
  }
  const q = rh * gh;
  add(p, q, productError(q, [rh, half(rh)], g) + (rh * gl + rl * gh));
}

export const residuals = {
  name: 'residuals',
  rowNs: (width) => 250 * width,
  lua: residualsLua,
  js: {
    create: (width, list): ResidualsState => {
      const p = list.length / 2;
      const halves = Array.from({ length: p }, (_, j) => half(at(list, 2 * j)));
      return { p, weighted: width - p === 2, list, halves, sums: new Array<number>(2 * p + 2).fill(0) };
    },
    row: (state, values) => row(state as ResidualsState, values),
    flat: (state) => (state as ResidualsState).sums,
    join: (a, b) => {
      const sums: number[] = [];
      for (let j = 0; j < a.length; j += 2) sums.push(...plus(at(a, j), at(a, j + 1), at(b, j), at(b, j + 1)));
      return sums;
    },
  },
} as const satisfies RowPass;
