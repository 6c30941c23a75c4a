/**
 * Sums of the products of all pairs of columns, weighted where asked, without any error: two doubles for the rounded products, two for
 * their errors, and limbs for the rest, as of the state `exactProduct`.
 *
 * `list` is [1] where the last column is a weight, else [0]. The flat state holds for each pair i ≤ j, row by row: the four doubles,
 * the number of limbs, and each limb's place and whole number. Where a sum is not finite, or could not be kept exact, `exactSums` says so.
 */

import { type Dyadic, dyadic, plus } from '../../aggregates/dyadic.js';
import { LIMB_BITS, NOT_FINITE } from '../../aggregates/exact-limbs.js';
import { addLimb, EXACT_RUNTIME, exactError, type Limbs } from '../exact-js.js';
import type { RowPass } from './pass.js';
import { productsLua } from './products-lua.js';

type Doubles = [s: number, c: number, u: number, d: number];

interface Cell {
  doubles: Doubles;
  readonly limbs: Limbs;
}

interface ProductsState {
  readonly p: number;
  readonly weighted: boolean;
  readonly cells: readonly Cell[];
}

const at = (list: readonly number[], i: number): number => list[i] as number;

function create(width: number, list: readonly number[]): ProductsState {
  const weighted = list[0] === 1;
  const p = weighted ? width - 1 : width;
  const cells = Array.from({ length: (p * (p + 1)) / 2 }, (): Cell => ({ doubles: [0, 0, 0, 0], limbs: new Map() }));
  return { p, weighted, cells };
}

function add(cell: Cell, x: number, y: number): void {
  cell.doubles = EXACT_RUNTIME.exact_multiply(...cell.doubles, cell.limbs, x, y);
}

/** v * w as two doubles; NaN where they cannot hold it. */
function weightedBy(w: number, v: number): [product: number, error: number] {
  const q = v * w;
  const e = exactError(q, v, w);
  const isLost = !(q * q > 0 && Number.isFinite(e)) && v !== 0 && w !== 0;
  return [isLost ? Number.NaN : q, e];
}

function row({ p, weighted, cells }: ProductsState, x: readonly number[]): void {
  let place = 0;
  for (let i = 0; i < p; i++) {
    const [v, e] = weighted ? weightedBy(at(x, p), at(x, i)) : [at(x, i), 0];
    for (const factor of e === 0 ? [v] : [v, e]) {
      for (let j = i; j < p; j++) add(cells[place + j - i] as Cell, factor, at(x, j));
    }
    place += p - i;
  }
}

function packed({ cells }: ProductsState): number[] {
  return cells.flatMap(({ doubles, limbs }) => {
    const sorted = [...(limbs as ReadonlyMap<number, number>)].sort(([a], [b]) => a - b);
    return [...doubles, sorted.length, ...sorted.flat()];
  });
}

function addFlat({ cells }: ProductsState, flat: readonly number[]): void {
  let n = 0;
  for (const cell of cells) {
    let [s, c, u, d] = cell.doubles;
    for (const field of [0, 1]) [s, c] = EXACT_RUNTIME.exact_add(s, c, cell.limbs, at(flat, n + field));
    for (const field of [2, 3]) [u, d] = EXACT_RUNTIME.exact_add(u, d, cell.limbs, at(flat, n + field));
    cell.doubles = [s, c, u, d];
    const limbs = at(flat, n + 4);
    n += 5;
    for (let k = 0; k < limbs; k++, n += 2) addLimb(cell.limbs, at(flat, n), at(flat, n + 1));
  }
}

/** The sums of a flat state; undefined where one of them is not finite or not exact. */
export function exactSums(flat: readonly number[]): Dyadic[] | undefined {
  const sums: Dyadic[] = [];
  for (let n = 0; n < flat.length; ) {
    let sum = flat.slice(n, n + 4).some((x) => !Number.isFinite(x))
      ? undefined
      : flat
          .slice(n, n + 4)
          .map(dyadic)
          .reduce(plus);
    const limbs = at(flat, n + 4);
    n += 5;
    for (let k = 0; k < limbs; k++, n += 2) {
      if (at(flat, n) === NOT_FINITE) sum = undefined;
      sum &&= plus(sum, { m: BigInt(at(flat, n + 1)), e: LIMB_BITS * at(flat, n) });
    }
    if (sum === undefined) return undefined;
    sums.push(sum);
  }
  return sums;
}

export const products = {
  name: 'products',
  rowNs: (width) => 200 * width * width,
  lua: productsLua,
  js: {
    create,
    row: (state, values) => row(state as ProductsState, values),
    flat: (state) => packed(state as ProductsState),
    join: (a, b, width, list) => {
      const state = create(width, list);
      addFlat(state, a);
      addFlat(state, b);
      return packed(state);
    },
  },
} as const satisfies RowPass;
