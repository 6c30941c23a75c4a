/** Look-ups bound before the rows: what came along is unpacked in Lua, and handed over as it is in JavaScript. */

import { int, type Stmt, TRUE, variable } from './ir.js';
import { joinedTable, listTable, memoFunction, memoTable, startsTable } from './join-names.js';
import { memoColumn, memoStatements } from './join-row.js';
import type { KernelLookup } from './join-table.js';
import { printJavaScript, printLua } from './print.js';
import type { RowNames, Values } from './values.js';

/** Rows whose code is in `code`. */
export const codeNames: RowNames = { code: () => variable('code'), present: () => TRUE, text: () => int(0) };

/** @param first place of the first of the look-ups' arguments among ARGV @param values that name the code of a row `code` */
export function luaLookups(lookups: readonly KernelLookup[], first: number, values: Values): string[] {
  let argument = first;
  const next = (): string => `ARGV[${argument++}]`;
  const list = (text: boolean): string => {
    const numbers = `numbers_of(${next()})`;
    return text ? `strings_of(${numbers}, ${next()})` : numbers;
  };
  return lookups.flatMap((lookup, join) => {
    const { how, table } = lookup;
    const lines = table.lists.map(({ text }, i) => `local ${listTable(join, i)} = places_of(${list(text)})`);
    if (table.starts !== undefined) lines.push(`local ${startsTable(join)} = starts_of(${next()}, ${noMatch(how)})`);
    for (const { column, type, nullable } of table.columns) {
      const name = joinedTable(join, column);
      const text = type === 'utf8';
      const values = text ? `decoded(${list(true)}, numbers_of(${next()}))` : list(false);
      lines.push(`local ${name} = ${values} ${name}[0] = NULL`);
      if (nullable && !text) lines.push(`for _, row in ipairs(numbers_of(${next()})) do ${name}[row] = NULL end`);
    }
    const memo = memoOf(lookup, join, values);
    if (memo !== undefined) {
      lines.push(
        `local ${memoTable(join)} = {}`,
        `local function ${memoFunction(join)}(code) ${printLua(memo)} return found end`,
      );
    }
    return lines;
  });
}

/** The row with which the loop over the rows of no key begins: once through 0, or not at all. */
const noMatch = (how: KernelLookup['how']): number => (how === 'left' ? 0 : 1);

function memoOf(lookup: KernelLookup, join: number, values: Values): Stmt[] | undefined {
  return memoColumn(lookup, values) && memoStatements(lookup, join, values);
}

/** What look-ups send along. */
export function lookupArguments({ lookups = [] }: { readonly lookups?: readonly KernelLookup[] }): readonly Buffer[] {
  return lookups.flatMap(({ table }) => table.arguments);
}

/** Locals that look-ups need in Lua, beside those of a row. */
export const lookupLocals = (lookups: readonly KernelLookup[]): number =>
  lookups.reduce((sum, { table }) => sum + table.lists.length + table.columns.length + 8, 0);

export function javaScriptLookups(lookups: readonly KernelLookup[], values: Values): string[] {
  return lookups.flatMap((lookup, join) => {
    const { how, table } = lookup;
    const input = `input.lookups[${join}]`;
    const lines = table.lists.map((_, i) => `const ${listTable(join, i)} = ${input}.lists[${i}];`);
    if (table.starts !== undefined) {
      lines.push(`const ${startsTable(join)} = [${noMatch(how)}, ...${input}.starts];`);
    }
    table.columns.forEach(({ column }, i) => {
      lines.push(`const ${joinedTable(join, column)} = ${input}.columns[${i}];`);
    });
    const memo = memoOf(lookup, join, values);
    if (memo !== undefined) {
      lines.push(
        `const ${memoTable(join)} = [];`,
        `const ${memoFunction(join)} = (code) => { ${printJavaScript(memo)} return found; };`,
      );
    }
    return lines;
  });
}

/** Numbers of a packed list, 64 a call; strings by their sizes; the places of values; where the rows of keys begin. */
const NUMBERS_OF = `local function numbers_of(s)
  local letter, base = sub(s, 1, 1), unpack_one('<d', s, 2)
  local size = ({ B = 1, H = 2, f = 4, d = 8 })[letter]
  local count = (#s - 9) / size
  local t, many = {}, '<' .. rep(letter, 64)
  for first = 0, count - 1, 64 do
    local wide = first + 64 <= count
    local v = { unpack_one(wide and many or '<' .. rep(letter, count - first), s, 10 + first * size) }
    if base == 0 then
      for i = 1, #v - 1 do t[first + i] = v[i] end
    else
      for i = 1, #v - 1 do t[first + i] = v[i] + base end
    end
  end
  return t
end`;
const STRINGS_OF = `local function strings_of(sizes, s)
  local t, at = {}, 1
  for i = 1, #sizes do
    local size = sizes[i]
    t[i] = sub(s, at, at + size - 1)
    at = at + size
  end
  return t
end`;
const DECODED = `local function decoded(texts, codes)
  texts[0] = NULL
  for i = 1, #codes do codes[i] = texts[codes[i]] end
  return codes
end`;
const PLACES_OF = `local function places_of(t)
  local places = {}
  for i = 1, #t do
    local v = t[i]
    if v ~= v then v = true end
    places[v] = i
  end
  return places
end`;
const STARTS_OF = `local function starts_of(s, none)
  local t = numbers_of(s)
  t[0] = none
  return t
end`;

/** Lua that the look-ups' lines use. */
export function lookupPieces(uses: (name: string) => boolean): string[] {
  const chosen: string[] = [];
  if (uses('numbers_of')) chosen.push(NUMBERS_OF);
  if (uses('strings_of')) chosen.push(STRINGS_OF);
  if (uses('decoded')) chosen.push(DECODED);
  if (uses('places_of')) chosen.push(PLACES_OF);
  if (uses('starts_of')) chosen.push(STARTS_OF);
  return chosen;
}
