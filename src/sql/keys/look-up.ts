/** Functions in FROM that stand for keys, looked up before the statement is translated: what they lack may have to be asked for. */

import type { RangeFunction } from 'libpg-query';
import { ShardfoldError } from '../../errors.js';
import { type KeyShape, makeKeySource } from '../../plan/keys/make-source.js';
import type { KeyColumn, KeyKind, KeySource } from '../../plan/keys/source.js';
import type { Statement } from '../env.js';
import type { Offset } from '../text.js';
import { type KeyFunction, keyFunction } from './function.js';
import { type OpenCall, quote } from './naming.js';

export interface KeyTable {
  readonly source: KeySource;
  /** What the function is called, which names the table where no alias does. */
  readonly called: string;
  /** Columns that do not come by themselves, and are named in the statement. */
  readonly used: readonly KeyColumn[];
  readonly at: Offset;
  /** The call, where it does not say what the keys hold. */
  readonly open?: OpenCall;
}

/** What is known of keys without asking them. */
export type KeyShapes = (kind: KeyKind, pattern: string) => KeyShape | undefined;

type Ask = (kind: KeyKind, pattern: string) => Promise<KeyShape | undefined>;

/** @throws SQL_SYNTAX, SQL_UNSUPPORTED, INVALID_ARGUMENT with the place */
export async function lookUpKeys(tree: unknown, statement: Statement, ask: Ask): Promise<Map<RangeFunction, KeyTable>> {
  const found: Found = { functions: [], names: new Set() };
  search(tree, found);
  const made = found.functions.map(async (node) => {
    const call = keyFunction(node, statement);
    const source = await sourceOf(call, statement, ask);
    const hidden = source.columns.slice(source.shown);
    const used = hidden.filter(({ name }) => found.names.has(name));
    const open = needsShape(call.kind) && call.shape === undefined;
    return [node, { source, called: call.name, used, at: call.at, ...(open && { open: call }) }] as const;
  });
  return new Map(await Promise.all(made));
}

interface Found {
  readonly functions: RangeFunction[];
  /** Names of columns that the statement mentions, in small letters. */
  readonly names: Set<string>;
}

interface NameNode {
  readonly String?: { readonly sval?: string };
}

function note(name: NameNode | undefined, into: Found): void {
  const text = name?.String?.sval;
  if (text !== undefined) into.names.add(text.toLowerCase());
}

function search(tree: unknown, into: Found): void {
  if (typeof tree !== 'object' || tree === null) return;
  for (const [key, value] of Object.entries(tree)) {
    if (key === 'RangeFunction') into.functions.push(value as RangeFunction);
    if (key === 'ColumnRef') note((value as { fields?: readonly NameNode[] }).fields?.at(-1), into);
    if (key === 'usingClause') for (const name of value as readonly NameNode[]) note(name, into);
    search(value, into);
  }
}

async function sourceOf(call: KeyFunction, statement: Statement, ask: Ask): Promise<KeySource> {
  const { kind, pattern, strict, shapeAt, name, at } = call;
  const { sql } = statement;
  const located = (where: Offset, spec: Parameters<typeof makeKeySource>[0]): KeySource => {
    try {
      return makeKeySource(spec);
    } catch (error) {
      if (!(error instanceof ShardfoldError)) throw error;
      throw sql.error(error.code, error.message, error.hint, where, error);
    }
  };
  // A pattern that is none is said before anybody is asked about it.
  located(call.patternAt, { kind: 'keys', pattern });
  if (!needsShape(kind)) return located(at, { kind, pattern });
  const shape = call.shape ?? (await ask(kind, pattern));
  if (shape !== undefined) return located(shapeAt ?? at, { kind, pattern, strict, ...shape });
  const hint = `say what they hold: ${name}(${quote(pattern)}, ${EXAMPLES[kind]})`;
  if (kind === 'packed') throw sql.error('INVALID_ARGUMENT', 'packed does not say which numbers it reads', hint, at);
  const more = `${hint}; shardfold schema ${quote(pattern)} tells what is there`;
  throw sql.error('INVALID_ARGUMENT', `no ${WHAT[kind]} match ${quote(pattern)} to take columns from`, more, at);
}

type Shaped = 'hashes' | 'json' | 'strings' | 'list' | 'packed';

const EXAMPLES: Readonly<Record<Shaped, string>> = {
  hashes: "'price float64, region utf8'",
  json: "'city utf8, price float64 path lines[0].price'",
  strings: "'int64'",
  list: "'utf8'",
  packed: "'float64'",
};
const WHAT: Readonly<Record<Exclude<Shaped, 'packed'>, string>> = {
  hashes: 'hashes',
  json: 'strings of JSON objects',
  strings: 'strings',
  list: 'lists',
};

const needsShape = (kind: KeyKind): kind is Shaped => Object.hasOwn(EXAMPLES, kind);
