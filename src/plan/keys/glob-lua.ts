/**
 * How a script asks whether a key matches a glob. The glob is an argument, never part of the text: scripts of globs of one kind
 * (any, exact, prefix, one star at most, several) are the same.
 *
 * Lua's own patterns take `.*`, but try every way to split a key between several of them: time that grows by a power of the
 * key's length. So a pattern has one star at most; globs with more are cut at their stars into pieces of fixed length, each of
 * which is looked for once, from where the last one ended. (The first place where a piece fits is as good as any later one.)
 */

import { classifyGlob } from './glob.js';
import type { GlobToken } from './glob-tokens.js';

export interface LuaGlob {
  /** Statements before the rows. They make the locals `glob` and `glob_size`, or the function `glob_match`. */
  readonly setup: readonly string[];
  /** None where nothing need be told. */
  readonly args: readonly Buffer[];
  /** An expression over the local `key`. Setup and test need `find` and `sub` of `string`. */
  readonly test: string;
}

/** @param pattern a glob, as text @param arg the expression of the k-th of `args`, from 0 on: `ARGV[3]` */
export function luaGlob(pattern: string, arg: (k: number) => string): LuaGlob {
  const glob = classifyGlob(pattern);
  const bind = `local glob = ${arg(0)}`;
  const of = (text: string, test: string, setup: readonly string[] = [bind]): LuaGlob => {
    return { setup, args: [Buffer.from(text, 'latin1')], test };
  };
  switch (glob.kind) {
    case 'all':
      return { setup: [], args: [], test: 'true' };
    case 'exact':
      return of(glob.text, 'key == glob');
    case 'prefix':
      return of(glob.text, 'sub(key, 1, glob_size) == glob', [bind, 'local glob_size = #glob']);
    case 'general': {
      const pieces = cutAtStars(glob.tokens).map((piece) => piece.map(luaItem).join(''));
      if (pieces.length <= 2) return of(onePattern(pieces), 'find(key, glob) ~= nil');
      return of(manyPatterns(pieces), 'glob_match(key)', piecesMatcher(arg(0)));
    }
  }
}

function onePattern([head = '', tail]: readonly string[]): string {
  if (tail === undefined) return `^${head}$`;
  // Stars alone: any key but the empty one.
  return head === '' && tail === '' ? '.' : `^${head}.*${tail}$`;
}

/** A pattern holds no byte 0 (it is written %z), so that one may end each piece. */
function manyPatterns(pieces: readonly string[]): string {
  return [`^${pieces[0]}`, ...pieces.slice(1, -1), `${pieces.at(-1)}$`].map((piece) => `${piece}\0`).join('');
}

const piecesMatcher = (argument: string): readonly string[] => [
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
