/** What exact sums call in Lua where two doubles are not enough; `exact-js.ts` has the same functions by the same names. */

import { LIMB_BITS, NOT_FINITE } from '../aggregates/exact-limbs.js';

const LIMB = 2 ** LIMB_BITS;

/** Limbs stay below 2^52, so that two of them add up exactly. */
const EXACT_LIMB = `local function exact_limb(t, i, w)
  local v = (t[i] or 0) + w
  if v >= 4503599627370496 or v <= -4503599627370496 then
    local carry = floor(v / ${LIMB})
    exact_limb(t, i + 1, carry)
    v = v - carry * ${LIMB}
  end
  t[i] = v
end`;

/** Adds x * 2^shift: 53 bits, which lie in up to three limbs. */
const EXACT_LIMBS = `local function exact_limbs(t, x, shift)
  local m, e = math.frexp(x < 0 and -x or x)
  local low = e + shift - 53
  local i = floor(low / ${LIMB_BITS})
  local v = math.ldexp(m, 53 + low - i * ${LIMB_BITS})
  local sign = x < 0 and -1 or 1
  for at = i + 2, i, -1 do
    local unit = at == i + 2 and ${2n ** 64n} or at == i + 1 and ${LIMB} or 1
    local w = floor(v / unit)
    if w > 0 then exact_limb(t, at, sign * w) end
    v = v - w * unit
  end
end`;

const EXACT_ADD = `local function exact_add(s, c, t, x)
  local a = s + x
  local z = a - s
  local e = (s - (a - z)) + (x - z)
  local b = c + e
  z = b - c
  local f = (c - (b - z)) + (e - z)
  if f - f == 0 then
    if f ~= 0 then exact_limbs(t, f, 0) end
    return a, b
  end
  if x - x == 0 then exact_limbs(t, x, 0) else t[${NOT_FINITE}] = (t[${NOT_FINITE}] or 0) + x end
  return s, c
end`;

/** x * y where doubles hold it and its error, else by mantissas. */
const EXACT_MULTIPLY = `local function exact_error(p, x, y)
  local w = x * 134217729
  local xh = w - (w - x)
  local xl = x - xh
  w = y * 134217729
  local yh = w - (w - y)
  local yl = y - yh
  return xl * yl - (((p - xh * yh) - xl * yh) - xh * yl)
end
local function exact_multiply(s, c, u, d, t, x, y)
  local p = x * y
  local q = exact_error(p, x, y)
  if p * p > 0 and q - q == 0 then
    s, c = exact_add(s, c, t, p)
    u, d = exact_add(u, d, t, q)
  elseif x - x ~= 0 or y - y ~= 0 then
    t[${NOT_FINITE}] = (t[${NOT_FINITE}] or 0) + p
  elseif x ~= 0 and y ~= 0 then
    local mx, ex = math.frexp(x)
    local my, ey = math.frexp(y)
    p = mx * my
    q = exact_error(p, mx, my)
    exact_limbs(t, p, ex + ey)
    if q ~= 0 then exact_limbs(t, q, ex + ey) end
  end
  return s, c, u, d
end`;

export const EXACT_PIECES: readonly (readonly [name: string, lua: string, needs: readonly string[]])[] = [
  ['exact_limb', EXACT_LIMB, []],
  ['exact_limbs', EXACT_LIMBS, ['exact_limb']],
  ['exact_add', EXACT_ADD, ['exact_limb', 'exact_limbs']],
  ['exact_multiply', EXACT_MULTIPLY, ['exact_limb', 'exact_limbs', 'exact_add']],
];
