/** The functions of src/expr/runtime in Lua, each with what it needs before it. */

import { CASE_LUA } from './case.js';
import { CAST_NUMBERS_LUA } from './cast-numbers.js';
import { CAST_TEXT_LUA } from './cast-text.js';
import { CHANCE_FUNCTIONS_LUA } from './chance.js';
import { MATH_LUA } from './math.js';
import { NEAREST_LUA } from './nearest.js';
import { TEXT_LUA } from './text.js';
import { TIME_LUA } from './time.js';

/** Types as `CAST_FAILED` names them. */
export const CAST_TYPES = ['int32', 'int64', 'float32', 'decimal', 'bool', 'float64', 'date', 'timestamp'] as const;

/** Values travel as hex, for an error reply holds no line ends. */
const FAIL = `local function fail(code, what, value)
  local shown = ''
  if value then
    local bytes = type(value) == 'number' and pack('<d', value) or sub(value, 1, 40)
    local hex = gsub(bytes, '.', function(c) return format('%02x', byte(c)) end)
    shown = (type(value) == 'number' and ' =d' or ' =s') .. hex
  end
  error({ err = code .. ' ' .. what .. shown })
end`;

const must = (type: string): [string, string] => [
  `must_${type}`,
  `local function must_${type}(made, value) if made == NULL then fail('CAST_FAILED', '${type}', value) end return made end`,
];

const PIECES: ReadonlyMap<string, string> = new Map<string, string>([
  ...['find', 'gsub', 'gmatch', 'match', 'format', 'char'].map((name): [string, string] => [
    name,
    `local ${name} = string.${name}`,
  ]),
  ['fail', FAIL],
  ...CAST_TYPES.map(must),
  ...Object.entries(MATH_LUA),
  ...Object.entries(CHANCE_FUNCTIONS_LUA),
  ...Object.entries(NEAREST_LUA),
  ...Object.entries(TEXT_LUA),
  ...Object.entries(CASE_LUA),
  ...Object.entries(TIME_LUA),
  ...Object.entries(CAST_NUMBERS_LUA),
  ...Object.entries(CAST_TEXT_LUA),
]);

const WORD = /[A-Za-z_]\w*/g;

/** Names of functions that need others, by name: what its code mentions. */
const NEEDS = new Map(
  [...PIECES].map(([name, code]) => [
    name,
    [...new Set(code.match(WORD))].filter((word) => word !== name && PIECES.has(word)),
  ]),
);

/** The code of these functions and of all that they need, in an order in which each is known before it is used. */
export function luaFunctions(names: Iterable<string>): string[] {
  const placed = new Set<string>();
  const place = (name: string): void => {
    if (placed.has(name)) return;
    for (const needed of NEEDS.get(name) ?? []) place(needed);
    placed.add(name);
  };
  for (const name of names) place(name);
  return [...placed].map((name) => PIECES.get(name) ?? '').filter((code) => code !== '');
}

/** The functions among the words of a kernel's text. */
export function functionsIn(text: string): string[] {
  return [...new Set(text.match(/\b(?:f|must)_\w+(?=\()/g))].filter((name) => PIECES.has(name)).sort();
}

/** Locals that the functions take up at most. */
export function functionLocals(names: Iterable<string>): number {
  const pieces = luaFunctions(names).length;
  // Two pieces keep a second local for themselves.
  return pieces === 0 ? 0 : pieces + 2;
}
