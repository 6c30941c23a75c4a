/**
 * The triangular factor of rows by Householder's reflectors (Golub & Van Loan, Matrix Computations, §5.2), blocks of 64 rows stacked
 * under the R of those before (TSQR: Demmel, Grigori, Hoemmen & Langou 2012).
 *
 * `list` is [1] where the last column is a weight (≥ 0), whose root multiplies the others, else [0]. The flat state is R row by
 * row, p(p + 1)/2 numbers with a diagonal ≥ 0, then the number of rows. NaN and infinities of a row make it NaN.
 */

import type { RowPass } from './pass.js';
import { qrLua } from './qr-lua.js';

const BLOCK_ROWS = 64;

type Rows = number[][];

interface QrState {
  readonly r: Rows;
  readonly p: number;
  readonly weighted: boolean;
  rows: Rows;
  n: number;
}

const isWeighted = (list: readonly number[]): boolean => list[0] === 1;
const zeros = (p: number): Rows => Array.from({ length: p }, () => new Array<number>(p).fill(0));
const at = (list: readonly number[], i: number): number => list[i] as number;

/** Puts the norm of column k in the place of R[k][k], and in the column's the reflector; gives its factor, undefined where there is none. */
function reflector(r: number[], x: number[], k: number): number | undefined {
  const alpha = at(r, k);
  let s = 0;
  for (const v of x) s += v * v;
  // Also for NaN.
  if (!(s <= 1e-280 || s >= 1e280 || alpha >= 1e140)) {
    const norm = Math.sqrt(alpha * alpha + s);
    const d = alpha + norm;
    for (let i = 0; i < x.length; i++) x[i] = at(x, i) / d;
    r[k] = norm;
    return d / norm;
  }
  return scaledReflector(r, x, k);
}

/** The same where squares would leave the range of doubles. */
function scaledReflector(r: number[], x: number[], k: number): number | undefined {
  const alpha = at(r, k);
  let scale = 0;
  for (const each of x) {
    const v = each < 0 ? -each : each;
    if (v > scale) scale = v;
  }
  // Where all are NaN, R becomes NaN.
  if (scale === 0 && !x.some(Number.isNaN)) return undefined;
  if (alpha > scale) scale = alpha;
  const a = alpha / scale;
  let s = 0;
  for (let i = 0; i < x.length; i++) {
    const v = at(x, i) / scale;
    x[i] = v;
    s += v * v;
  }
  const norm = Math.sqrt(a * a + s);
  const d = a + norm;
  for (let i = 0; i < x.length; i++) x[i] = at(x, i) / d;
  r[k] = norm * scale;
  return d / norm;
}

interface Reflector {
  /** Row of R and column of the block that it stands in, and its factor. */
  readonly r: number[];
  readonly x: readonly number[];
  readonly tau: number;
}

function apply({ r, x, tau }: Reflector, b: number[], j: number): void {
  const f = at(r, j);
  let u = f;
  for (let i = 0; i < x.length; i++) u += at(x, i) * at(b, i);
  u *= tau;
  r[j] = u - f;
  for (let i = 0; i < x.length; i++) b[i] = at(b, i) - u * at(x, i);
}

/** One after the other; `c` is the product of their columns. */
function applyTwo(first: Reflector, second: Reflector, c: number, b: number[], j: number): void {
  const [x, y] = [first.x, second.x];
  const [f, h] = [at(first.r, j), at(second.r, j)];
  let [u, w] = [f, h];
  for (let i = 0; i < x.length; i++) {
    u += at(x, i) * at(b, i);
    w += at(y, i) * at(b, i);
  }
  u *= first.tau;
  w = (w - u * c) * second.tau;
  first.r[j] = u - f;
  second.r[j] = w - h;
  for (let i = 0; i < x.length; i++) b[i] = at(b, i) - u * at(x, i) - w * at(y, i);
}

/** Two reflectors at a time, as in the WY form (Bischof & Van Loan 1987). */
function block(r: Rows, columns: Rows): void {
  const reflected = (k: number): Reflector | undefined => {
    const [row, x] = [r[k] as number[], columns[k] as number[]];
    const tau = reflector(row, x, k);
    return tau === undefined ? undefined : { r: row, x, tau };
  };
  for (let k = 0; k < columns.length; k += 2) {
    const first = reflected(k);
    if (k + 1 === columns.length) return;
    if (first) apply(first, columns[k + 1] as number[], k + 1);
    const second = reflected(k + 1);
    const c = first && second ? first.x.reduce((sum, v, i) => sum + v * at(second.x, i), 0) : 0;
    for (let j = k + 2; j < columns.length; j++) {
      const b = columns[j] as number[];
      if (first && second) applyTwo(first, second, c, b, j);
      else if (first) apply(first, b, j);
      else if (second) apply(second, b, j);
    }
  }
}

const transposed = (rows: Rows, p: number): Rows => Array.from({ length: p }, (_, j) => rows.map((row) => at(row, j)));

function flush(state: QrState): void {
  const { r, p, rows } = state;
  if (rows.length === 0) return;
  block(r, transposed(rows, p));
  state.rows = [];
}

const packed = (r: Rows, n: number): number[] => [...r.flatMap((row, k) => row.slice(k)), n];

/** R of a flat state, with zeros below, and the number of rows. */
export function unpackedR(flat: readonly number[], p: number): { r: number[][]; rows: number } {
  let place = 0;
  const r = Array.from({ length: p }, (_, k) =>
    Array.from({ length: p }, (_value, j) => (j < k ? 0 : at(flat, place++))),
  );
  return { r, rows: at(flat, place) };
}

export const qr = {
  name: 'qr',
  rowNs: (width) => 25 * width * width + 60 * width,
  lua: qrLua,
  js: {
    create: (width, list): QrState => {
      const weighted = isWeighted(list);
      const p = weighted ? width - 1 : width;
      return { r: zeros(p), p, weighted, rows: [], n: 0 };
    },
    row: (state, values) => {
      const own = state as QrState;
      const root = own.weighted ? Math.sqrt(at(values, own.p)) : 1;
      own.rows.push(values.slice(0, own.p).map((x) => (own.weighted ? x * root : x)));
      own.n += 1;
      if (own.rows.length === BLOCK_ROWS) flush(own);
    },
    flat: (state) => {
      flush(state as QrState);
      return packed((state as QrState).r, (state as QrState).n);
    },
    join: (a, b, width, list) => {
      const p = isWeighted(list) ? width - 1 : width;
      const [above, below] = [unpackedR(a, p), unpackedR(b, p)];
      block(above.r, transposed(below.r, p));
      return packed(above.r, above.rows + below.rows);
    },
  },
} as const satisfies RowPass;
