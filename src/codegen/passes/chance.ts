/** The twins of src/expr/runtime/chance.ts. */

import { CHANCE_CONSTANTS, CHANCE_MODULUS, GOLDEN } from '../../expr/runtime/chance.js';

const [FIRST, SECOND] = CHANCE_CONSTANTS;

/** `chance_round(s)`, of a whole number below the modulus, and `chance_mix(s, x)`, of that and any number. */
export const CHANCE_LUA = `local chance_floor = math.floor
local function chance_round(s)
  local t = s * s
  t = t - chance_floor(t / ${CHANCE_MODULUS}) * ${CHANCE_MODULUS}
  t = t * s
  t = t - chance_floor(t / ${CHANCE_MODULUS}) * ${CHANCE_MODULUS} + ${FIRST}
  if t >= ${CHANCE_MODULUS} then t = t - ${CHANCE_MODULUS} end
  local u = t * t
  u = u - chance_floor(u / ${CHANCE_MODULUS}) * ${CHANCE_MODULUS}
  u = u * t
  u = u - chance_floor(u / ${CHANCE_MODULUS}) * ${CHANCE_MODULUS} + ${SECOND}
  if u >= ${CHANCE_MODULUS} then u = u - ${CHANCE_MODULUS} end
  return u
end
local function chance_mix(s, x)
  if x < 0 then x = 0.5 - x end
  x = x * ${GOLDEN}
  x = x - chance_floor(x)
  if x >= 0 and x < 1 then s = s + chance_floor(x * ${CHANCE_MODULUS}) end
  if s >= ${CHANCE_MODULUS} then s = s - ${CHANCE_MODULUS} end
  return chance_round(s)
end`;
