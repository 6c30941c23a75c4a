/** What kernels call of all passes alike, in Lua and in JavaScript. */

import { PASS_RUNTIME } from './index.js';

/** Of two states that are joined, and of those that are sent: what is finished already stays as it is. */
export const PASS_PIECES: readonly (readonly [name: string, lua: string, needs: readonly string[]])[] = [
  [
    'pass_flat',
    `local flat_states = {}
local function pass_flat(flat, state)
  if flat_states[state] then return state end
  local t = flat(state)
  flat_states[t] = true
  return t
end`,
    [],
  ],
  [
    'pass_join',
    `local function pass_join(join, flat, a, b, width, list)
  local t = join(pass_flat(flat, a), pass_flat(flat, b), width, list)
  flat_states[t] = true
  return t
end`,
    ['pass_flat'],
  ],
  [
    'pass_lists',
    `local function pass_lists(states, flat)
  local out = {}
  for i, state in ipairs(states) do out[i] = pass_flat(flat, state) end
  return out
end`,
    ['pass_flat'],
  ],
];

type Flat = (state: object) => number[];
type Join = (a: readonly number[], b: readonly number[], width: number, list: readonly number[]) => number[];

const finished = (flat: Flat, state: object): number[] => (Array.isArray(state) ? state : flat(state));

export const PASS_STATE_RUNTIME = {
  ...PASS_RUNTIME,
  pass_join: (join: Join, flat: Flat, a: object, b: object, ...rest: [number, readonly number[]]): number[] =>
    join(finished(flat, a), finished(flat, b), ...rest),
  pass_lists: (states: readonly object[], flat: Flat): number[][] => states.map((state) => finished(flat, state)),
};
