/** Chance by the number of a row, the twin of src/expr/runtime/chance.ts. */

import { CHANCE_MODULUS } from '../../expr/runtime/chance.js';
import { CHANCE_LUA } from '../passes/chance.js';

export const CHANCE_FUNCTIONS_LUA = {
  f_chance: `${CHANCE_LUA}
local function f_chance(row, start)
  local high = floor(row / ${CHANCE_MODULUS})
  local s = start + (row - high * ${CHANCE_MODULUS})
  if s >= ${CHANCE_MODULUS} then s = s - ${CHANCE_MODULUS} end
  s = chance_round(s) + high
  if s >= ${CHANCE_MODULUS} then s = s - ${CHANCE_MODULUS} end
  return chance_round(s)
end`,
};
