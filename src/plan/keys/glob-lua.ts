/**
 * How a script asks whether a key matches a glob. The glob is an argument, never part of the text: scripts of globs of one form
 * are the same.
 *
 * Lua's own patterns take `.*`, but try every way to split a key between several of them: time that grows by a power of the
 * key's length. So a pattern has one star at most; globs with more are cut at their stars into pieces of fixed length, each of
 * which is looked for once, from where the last one ended. (The first place where a piece fits is as good as any later one.)
 */

import { classifyGlob } from './glob.js';
import type { GlobToken } from './glob-tokens.js';

export interface LuaGlob {
  readonly form: 'all' | 'exact' | 'prefix' | 'pattern' | 'pieces';
  /** What is sent, one char a byte; empty where nothing need be. */
  readonly argument: string;
  /** Statements before the rows that make the locals which `test` reads: `glob` and `glob_size`, or the function `glob_match`. */
  setup(argument: string): readonly string[];
  /** An expression over the local `key`; needs `find` and `sub` of `string`. */
  readonly test: string;
}

/** @param pattern a glob, as text */
export function luaGlob(pattern: string): LuaGlob {
  const glob = classifyGlob(pattern);
  switch (glob.kind) {
    case 'all':
      return { form: 'all', argument: '', setup: () => [], test: 'true' };
    case 'exact':
      return { form: 'exact', argument: glob.text, setup: bind, test: 'key == glob' };
    case 'prefix':
      return { form: 'prefix', argument: glob.text, setup: bindWithSize, test: 'sub(key, 1, glob_size) == glob' };
    case 'general':
      return general(glob.tokens);
  }
}

const bind = (argument: string): readonly string[] => [`local glob = ${argument}`];
const bindWithSize = (argument: string): readonly string[] => [...bind(argument), 'local glob_size = #glob'];

function general(tokens: readonly GlobToken[]): LuaGlob {
  const pieces = cutAtStars(tokens).map((piece) => piece.map(luaItem).join(''));
  const [head = '', tail = ''] = [pieces[0], pieces.at(-1)];
  if (pieces.length > 2) {
    // A pattern holds no byte 0 (it is written %z), so that one may end each piece.
    const argument = [`^${head}`, ...pieces.slice(1, -1), `${tail}$`].map((piece) => `${piece}\0`).join('');
    return { form: 'pieces', argument, setup: bindPieces, test: 'glob_match(key)' };
  }
  // Stars alone: any key but the empty one.
  const pattern = pieces.length === 1 ? `^${head}$` : head === '' && tail === '' ? '.' : `^${head}.*${tail}$`;
  return { form: 'pattern', argument: pattern, setup: bind, test: 'find(key, glob) ~= nil' };
}

const bindPieces = (argument: string): readonly string[] => [
  'local glob = {}',
  `for piece in string.gmatch(${argument}, '([^%z]*)%z') do glob[#glob + 1] = piece end`,
  `local function glob_match(key)
  local last = 0
  for i = 1, #glob do
    local _
    _, last = find(key, glob[i], last + 1)
    if not last then return false end
  end
  return true
end`,
];

function cutAtStars(tokens: readonly GlobToken[]): readonly GlobToken[][] {
  const pieces: GlobToken[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'star') pieces.push([]);
    else pieces.at(-1)?.push(token);
  }
  return pieces;
}

/** Takes one byte. */
function luaItem(token: GlobToken): string {
  if (token.kind === 'byte') return luaByte(token.char);
  return token.kind === 'set' ? luaSet(token.has) : '.';
}

/** Of ASCII, whose punctuation alone means something in a pattern. */
const PUNCTUATION = /[!-/:-@[-`{-~]/;

function luaByte(char: string): string {
  if (char === '\0') return '%z';
  return PUNCTUATION.test(char) ? `%${char}` : char;
}

/** Ranges end in bytes that mean nothing of their own. */
function luaSet(has: readonly boolean[]): string {
  if (!has.includes(true)) return '[^%z\x01-\xff]';
  const plain = (byte: number): boolean => has[byte] === true && luaByte(String.fromCharCode(byte)).length === 1;
  let items = '';
  for (let byte = 0; byte < 256; byte++) {
    if (has[byte] !== true) continue;
    const char = String.fromCharCode(byte);
    let last = byte;
    if (plain(byte)) while (plain(last + 1)) last++;
    items += last > byte + 2 ? `${char}-${String.fromCharCode(last)}` : luaByte(char);
    if (last > byte + 2) byte = last;
  }
  return `[${items}]`;
}
