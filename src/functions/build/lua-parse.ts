/** Lua text → syntax tree, as Lua 5.1 has it. */
import luaparse, { type Chunk, type Comment, type StringLiteral } from 'luaparse';
import type { LuaModule } from '../bundle.js';
import type { Problem } from '../problems.js';
import { TOO_DEEP, tooDeep } from './lua-levels.js';

export type { Comment };

export interface ParsedLua {
  readonly chunk: Chunk;
  readonly comments: readonly Comment[];
}

// The parser keeps the token before, also of the text before: it names it for a character that it does not know, and fails
// where there never was one.
luaparse.parse('return');
const STALE = /^(unexpected symbol '.*') near .*$/s;

const parsed = new WeakMap<LuaModule, ParsedLua | Problem>();

/**
 * The tree of a module; it is asked for by several who look at the same one, and made once.
 *
 * Positions in the tree count bytes, and its strings hold one character a byte: Lua knows no others. The server's own message
 * for what is refused would name the same line.
 */
export function parseLua(module: LuaModule): ParsedLua | Problem {
  const tree = parsed.get(module) ?? parse(module);
  parsed.set(module, tree);
  return tree;
}

function parse({ file, text }: LuaModule): ParsedLua | Problem {
  // Servers would take it for the name of a library, which the bundler writes.
  if (text.startsWith('#')) {
    return {
      file,
      line: 1,
      problem: 'a module does not begin with #',
      hint: 'leave the line out: shardfold writes it',
    };
  }
  if (text.startsWith('\uFEFF')) {
    return {
      file,
      line: 1,
      problem: 'a module does not begin with a byte order mark',
      hint: 'save it as UTF-8 without one',
    };
  }
  try {
    const strings: StringLiteral[] = [];
    const chunk = luaparse.parse(Buffer.from(text, 'utf8').toString('latin1'), {
      luaVersion: '5.1',
      comments: true,
      locations: true,
      ranges: true,
      onCreateNode: (node) => {
        if (node.type === 'StringLiteral') strings.push(node);
      },
    });
    for (const string of strings) string.value = textOf(string.raw);
    // Its types call the nodes of comments strings.
    return { chunk, comments: (chunk.comments ?? []) as unknown as Comment[] };
  } catch (error) {
    // The parser's own recursion ends far beyond that of the server.
    const line = error instanceof RangeError ? tooDeep(Buffer.from(text, 'utf8').toString('latin1')) : undefined;
    if (line !== undefined) return { file, line, ...TOO_DEEP };
    if (!(error instanceof SyntaxError)) throw error;
    const { line: at = 1 } = error as SyntaxError & { line?: number };
    const problem = Buffer.from(error.message, 'latin1').toString();
    return { file, line: at, problem: problem.replace(/^\[\d+:\d+\] /, '').replace(STALE, '$1') };
  }
}

/**
 * What a literal stands for. Not read with the text: where the parser knows the values of strings, it takes the one of
 * `return "end"` for the end of a block.
 */
function textOf(raw: string): string {
  const { body } = luaparse.parse(`local _ = ${raw}`, { luaVersion: '5.1', encodingMode: 'pseudo-latin1' });
  const [statement] = body;
  const literal = statement?.type === 'LocalStatement' ? statement.init[0] : undefined;
  if (literal?.type !== 'StringLiteral') throw new Error(`not a string: ${raw}`);
  return literal.value;
}

export const isProblem = (parsed: ParsedLua | Problem): parsed is Problem => 'problem' in parsed;
