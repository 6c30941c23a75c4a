/**
 * Columns of keys as SQL writes them, in a text: `price float64, total decimal(2) field "Unit Price"` of hashes,
 * `price float64 path lines[0].price` of JSON. A name that is no plain word stands in double quotes.
 */

import { ShardfoldError } from '../../errors.js';
import { parseJsonPath } from '../../plan/keys/json-path.js';
import type { DeclaredKeyColumn } from '../../plan/keys/make-source.js';
import { readType } from './type-text.js';

/** An error in the text, with where in it; counted in UTF-16 units. */
export interface TextProblem {
  readonly at: number;
  readonly error: ShardfoldError;
}

export type Columns = { readonly columns: readonly DeclaredKeyColumn[] } | { readonly problem: TextProblem };

const NAME = /\s*(?:"((?:[^"]|"")*)"|([^\s,"()]+))/y;
/** Words, and what stands in brackets behind them. */
const TYPE = /\s+((?!(?:field|path)\b)[a-z]\w*(?:\s+(?!(?:field|path)\b)[a-z]\w*)*(?:\s*\([^()]*\))?)/iy;
const FIELD = /\s+field\s+(?:"((?:[^"]|"")*)"|([^\s,"]+))/iy;
/** Up to the next comma that stands in no brackets. */
const PATH = /\s+path\s+((?:\[(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\]"'])*\]|[^,[])+)/iy;
const END = /\s*(,|$)/y;

/** A name as it stands in such a text: in quotes where it is no plain word. Its case is that of the field with or without them. */
export const columnText = (name: string): string =>
  /^[^\s,"()]+$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

class Failed extends Error {
  readonly problem: TextProblem;

  constructor(problem: TextProblem) {
    super(problem.error.message);
    this.problem = problem;
  }
}

/** @returns the columns, or what is wrong and where: for a statement to say in its own words */
export function columnsIn(text: string, kind: 'hashes' | 'json'): Columns {
  try {
    return { columns: [...read(text, kind)] };
  } catch (error) {
    if (error instanceof Failed) return { problem: error.problem };
    throw error;
  }
}

function* read(text: string, kind: 'hashes' | 'json'): Generator<DeclaredKeyColumn> {
  let at = 0;
  const next = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text) ?? undefined;
    if (found !== undefined) at = pattern.lastIndex;
    return found;
  };
  for (;;) {
    const name = unquoted(next(NAME)) ?? fail(text, at, 'a column has no name', `e.g. ${EXAMPLES[kind]}`);
    const before = at;
    const type = next(TYPE)?.[1] ?? fail(text, at, `column "${name}" has no type`, `e.g. ${EXAMPLES[kind]}`);
    const readAs = within(text, before, () => readType(type));
    const from = kind === 'json' ? path(text, at, next(PATH), name) : { field: unquoted(next(FIELD)) ?? name };
    yield { name, ...readAs, from };
    const end = next(END);
    if (end === undefined) fail(text, at, `column "${name}" is followed by something else`, ADVICE[kind]);
    if (end?.[1] !== ',') return;
  }
}

const EXAMPLES = {
  hashes: '\'price float64, total decimal(2) field "Unit Price"\'',
  json: "'city utf8, price float64 path lines[0].price'",
};
const ADVICE = {
  hashes: 'a comma, or the field that it is: total decimal(2) field "Unit Price"',
  json: 'a comma, or the path to it: price float64 path lines[0].price',
};

/** What stands in quotes, or without. */
function unquoted(match: RegExpExecArray | undefined): string | undefined {
  return match?.[1]?.replaceAll('""', '"') ?? match?.[2];
}

function path(text: string, at: number, match: RegExpExecArray | undefined, name: string): DeclaredKeyColumn['from'] {
  if (match?.[1] === undefined) return { path: [name] };
  const [whole, given] = [match[0], match[1]];
  return { path: within(text, at + whole.length - given.length, () => parseJsonPath(given.trim())) };
}

/** Work on the word after `at`. */
function within<T>(text: string, at: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ShardfoldError) throw new Failed({ at: wordAfter(text, at), error });
    throw error;
  }
}

function fail(text: string, at: number, message: string, hint: string): never {
  throw new Failed({ at: wordAfter(text, at), error: new ShardfoldError('INVALID_ARGUMENT', message, { hint }) });
}

const wordAfter = (text: string, at: number): number => at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
