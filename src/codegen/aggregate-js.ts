/** What states of aggregates call in JavaScript; `aggregate-lua.ts` has the same functions by the same names. */

import { EXACT_RUNTIME } from './exact-js.js';
import { frexp } from './frexp.js';
import { HASH } from './hash-constants.js';
import { PASS_STATE_RUNTIME } from './passes/runtime.js';

/** Lua's %: floored. */
const mod = (a: number, b: number): number => a - Math.floor(a / b) * b;
const cube = (y: number, p: number): number => mod(mod(y * y, p) * y, p);

type Registers = Map<number, number>;

function register(t: Registers, first: number, second: number): void {
  const { p1, p2, s, t: shift } = HASH;
  const y = cube(mod(cube(mod(first, p1), p1) + s, p1), p1);
  const z = cube(mod(cube(mod(second, p2), p2) + shift, p2), p2);
  const rank = z > 0 ? Math.min(27, 1 - frexp(z / p2)[1]) : 27;
  const place = Math.floor((y * 4096) / p1);
  if (rank > (t.get(place) ?? 0)) t.set(place, rank);
}

function registerNumber(t: Registers, x: number): void {
  let [m, e] = [0.5, 3000];
  if (x === Number.POSITIVE_INFINITY) m = 0.75;
  else if (x === Number.NEGATIVE_INFINITY) m = -0.75;
  else if (!Number.isNaN(x)) [m, e] = frexp(x);
  m *= 134217728;
  const high = Math.floor(m);
  const low = (m - high) * 67108864;
  const { a, b, c } = HASH;
  register(t, high * a[0] + low * b[0] + e * c[0], high * a[1] + low * b[1] + e * c[1]);
}

function registerText(t: Registers, x: string): void {
  const { a, p1, p2 } = HASH;
  let [y, z] = [x.length, x.length];
  for (let i = 0; i < x.length; i += 3) {
    const v = x.charCodeAt(i) + (x.charCodeAt(i + 1) || 0) * 256 + (x.charCodeAt(i + 2) || 0) * 65536;
    y = mod(y * a[0] + v, p1);
    z = mod(z * a[1] + v, p2);
  }
  register(t, y, z);
}

/** The greatest values so far, and some more. */
interface Top {
  items: (number | string)[];
  nans: number;
  least: number | string | undefined;
}

function push(t: Top, x: number | string, k: number): void {
  if (Number.isNaN(x)) {
    t.nans += 1;
    return;
  }
  if (t.least !== undefined && !(x > t.least)) return;
  t.items.push(x);
  if (t.items.length < 2 * k + 64) return;
  t.items.sort((v, w) => (v < w ? 1 : v > w ? -1 : 0));
  t.items.length = k;
  t.least = t.items[k - 1];
}

function topLists(lists: readonly Top[], _count: number, k: number): (number | string)[][] {
  return lists.map(({ items, nans }) => [...items, ...new Array<number>(Math.min(nans, k)).fill(Number.NaN)]);
}

/** The bin of a value among ascending edges, from 1; 0 outside of them and for NaN. */
function binOf(edges: readonly number[], x: number): number {
  const last = edges.length - 1;
  if (!(x >= (edges[0] as number) && x <= (edges[last] as number))) return 0;
  let [low, high] = [1, last];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (x <= (edges[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function bucket(x: number, steps: number): number {
  if (Number.isNaN(x)) return 2 ** 30 + 1;
  if (x === 0) return 0;
  if (x === Number.POSITIVE_INFINITY) return 2 ** 30;
  if (x === Number.NEGATIVE_INFINITY) return -(2 ** 30);
  const [m, e] = frexp(Math.abs(x));
  const index = (e + 1099) * steps + Math.floor((m * 2 - 1) * steps) + 1;
  return x < 0 ? -index : index;
}

export const AGGREGATE_RUNTIME = {
  ...EXACT_RUNTIME,
  bin_of: binOf,
  bucket,
  register_number: registerNumber,
  register_code: registerNumber,
  register_text: registerText,
  top_number: push,
  top_text: push,
  top_lists: topLists,
  ...PASS_STATE_RUNTIME,
};

export const AGGREGATE_NAMES = Object.keys(AGGREGATE_RUNTIME).join(', ');
