/**
 * How a script asks whether a key matches a glob. The glob is an argument, never part of the text: scripts of globs of one kind
 * (any, exact, prefix, one star at most, several) are the same.
 *
 * Lua's own patterns take `.*`, but try every way to split a key between several of them: time that grows by a power of the
 * key's length. So globs are cut at their stars into pieces of fixed length, and no pattern has a star. The first piece stands at the
 * key's beginning and the last one at its end; the others are looked for once each, from where the one before ended (the first place
 * where a piece fits is as good as any later one), and those of plain bytes are looked for as memchr and memcmp do.
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
    return { setup, args: [bytes(text)], test };
  };
  switch (glob.kind) {
    case 'all':
      return { setup: [], args: [], test: 'true' };
    case 'exact':
      return of(glob.text, 'key == glob');
    case 'prefix':
      return of(glob.text, 'sub(key, 1, glob_size) == glob', [bind, 'local glob_size = #glob']);
    case 'general': {
      const pieces = cutAtStars(glob.tokens);
      return pieces.length <= 2 ? fewPieces(pieces, arg) : manyPieces(pieces, arg);
    }
  }
}

type Piece = readonly GlobToken[];

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const patternOf = (piece: Piece): string => piece.map(luaItem).join('');

/** One star, or none. */
function fewPieces([head = [], tail]: readonly Piece[], arg: (k: number) => string): LuaGlob {
  const [glob, end] =
    tail === undefined ? [`^${patternOf(head)}$`, '^'] : [`^${patternOf(head)}`, `^${patternOf(tail)}$`];
  const tailSize = tail?.length ?? 0;
  // Stars alone: any key but the empty one.
  const size = Math.max(1, head.length + tailSize);
  return {
    setup: [
      `local glob, glob_end = ${arg(0)}, ${arg(1)}`,
      `local glob_size, glob_end_size = tonumber(${arg(2)}), tonumber(${arg(3)})`,
    ],
    args: [bytes(glob), bytes(end), bytes(`${size}`), bytes(`${tailSize}`)],
    test: '(#key >= glob_size and find(key, glob) ~= nil and find(key, glob_end, #key - glob_end_size + 1) ~= nil)',
  };
}

/** A pattern holds no byte 0 (it is written %z), so that one may end each piece; what is plain and holds one is written as a pattern. */
function manyPieces(pieces: readonly Piece[], arg: (k: number) => string): LuaGlob {
  const written = pieces.map((piece, i): string => {
    if (i === 0) return `m^${patternOf(piece)}`;
    if (i === pieces.length - 1) return `m^${patternOf(piece)}$`;
    return plainText(piece) ?? `m${patternOf(piece)}`;
  });
  return {
    setup: [
      'local glob, glob_plain = {}, {}',
      `for kind, piece in string.gmatch(${arg(0)}, '([mp])([^%z]*)%z') do
  glob[#glob + 1] = piece
  glob_plain[#glob] = kind == 'p'
end
local glob_end_size = tonumber(${arg(1)})`,
      `local function glob_match(key)
  local _, last = find(key, glob[1])
  for i = 2, #glob - 1 do
    if not last then return false end
    _, last = find(key, glob[i], last + 1, glob_plain[i])
  end
  if not last then return false end
  local at = #key - glob_end_size + 1
  return at > last and find(key, glob[#glob], at) ~= nil
end`,
    ],
    args: [bytes(written.map((piece) => `${piece}\0`).join('')), bytes(`${pieces.at(-1)?.length}`)],
    test: 'glob_match(key)',
  };
}

function plainText(piece: Piece): string | undefined {
  let text = 'p';
  for (const token of piece) {
    if (token.kind !== 'byte' || token.char === '\0') return undefined;
    text += token.char;
  }
  return text;
}

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
