/** What exact sums call in JavaScript where two doubles are not enough; `exact-lua.ts` has the same functions by the same names. */

import { LIMB_BITS, NOT_FINITE } from '../aggregates/exact-limbs.js';
import { frexp } from './frexp.js';

export type Limbs = Map<number | string, number>;

const LIMB = 2 ** LIMB_BITS;
const MOST = 2 ** 52;

/** Limbs stay below 2^52, so that two of them add up exactly. */
export function addLimb(limbs: Limbs, index: number, whole: number): void {
  let value = (limbs.get(index) ?? 0) + whole;
  if (index !== NOT_FINITE && Math.abs(value) >= MOST) {
    const carry = Math.floor(value / LIMB);
    addLimb(limbs, index + 1, carry);
    value -= carry * LIMB;
  }
  limbs.set(index, value);
}

/** Adds x * 2^shift: 53 bits, which lie in up to three limbs. */
function addScaled(limbs: Limbs, x: number, shift: number): void {
  const [m, e] = frexp(Math.abs(x));
  const low = e + shift - 53;
  const index = Math.floor(low / LIMB_BITS);
  let value = m * 2 ** (53 + low - index * LIMB_BITS);
  for (let place = 2; place >= 0; place--) {
    const unit = LIMB ** place;
    const whole = Math.floor(value / unit);
    if (whole > 0) addLimb(limbs, index + place, x < 0 ? -whole : whole);
    value -= whole * unit;
  }
}

/** One more value in the doubles s and c and the limbs; gives the doubles. */
export function exactAdd(s: number, c: number, limbs: Limbs, x: number): [s: number, c: number] {
  const a = s + x;
  let z = a - s;
  const e = s - (a - z) + (x - z);
  const b = c + e;
  z = b - c;
  const f = c - (b - z) + (e - z);
  if (Number.isFinite(f)) {
    if (f !== 0) addScaled(limbs, f, 0);
    return [a, b];
  }
  if (Number.isFinite(x)) addScaled(limbs, x, 0);
  else addLimb(limbs, NOT_FINITE, x);
  return [s, c];
}

/** The error of p = x * y. */
export function exactError(p: number, x: number, y: number): number {
  let w = x * 134217729;
  const xh = w - (w - x);
  const xl = x - xh;
  w = y * 134217729;
  const yh = w - (w - y);
  const yl = y - yh;
  return xl * yl - (p - xh * yh - xl * yh - xh * yl);
}

type Four = [s: number, c: number, u: number, d: number];

/** x * y where doubles hold it and its error, else by mantissas. */
function exactMultiply(...[s, c, u, d, limbs, x, y]: [...Four, limbs: Limbs, x: number, y: number]): Four {
  const p = x * y;
  const q = exactError(p, x, y);
  if (p * p > 0 && Number.isFinite(q)) return [...exactAdd(s, c, limbs, p), ...exactAdd(u, d, limbs, q)];
  if (!Number.isFinite(x) || !Number.isFinite(y)) {
    addLimb(limbs, NOT_FINITE, p);
  } else if (x !== 0 && y !== 0) {
    const [mx, ex] = frexp(x);
    const [my, ey] = frexp(y);
    const product = mx * my;
    const error = exactError(product, mx, my);
    addScaled(limbs, product, ex + ey);
    if (error !== 0) addScaled(limbs, error, ex + ey);
  }
  return [s, c, u, d];
}

export const EXACT_RUNTIME = { exact_add: exactAdd, exact_multiply: exactMultiply };
