/** A function in FROM that stands for keys: hashes('order:*', 'price float64, region utf8', 'strict'). */

import type { FuncCall, Node, RangeFunction } from 'libpg-query';
import { ShardfoldError } from '../../errors.js';
import { parsePackedType } from '../../plan/keys/key-types.js';
import type { KeyShape } from '../../plan/keys/make-source.js';
import type { KeyKind } from '../../plan/keys/source.js';
import { closest } from '../../suggest.js';
import type { Statement } from '../env.js';
import { insideOf, type Offset } from '../text.js';
import { PLAIN_JSON } from '../try-cast.js';
import { columnsIn } from './columns-text.js';
import { constantText, placeInText } from './constant-text.js';
import { readType } from './type-text.js';

export interface KeyFunction {
  readonly kind: KeyKind;
  /** As it is called in the statement. */
  readonly name: string;
  readonly pattern: string;
  /** Undefined where the statement does not say. */
  readonly shape: KeyShape | undefined;
  readonly strict: boolean;
  readonly at: Offset;
  readonly patternAt: Offset;
  readonly shapeAt: Offset;
}

const KINDS: Readonly<Record<string, KeyKind>> = {
  hashes: 'hashes',
  strings: 'strings',
  json: 'json',
  json_strings: 'json',
  packed: 'packed',
  zset: 'zset',
  list: 'list',
  set: 'set',
  set_members: 'set',
  keys: 'keys',
};

/** How many arguments each takes at most. */
const MOST: Readonly<Record<KeyKind, number>> = {
  hashes: 3,
  strings: 3,
  json: 3,
  list: 3,
  packed: 2,
  zset: 1,
  set: 1,
  keys: 1,
};

/** @throws SQL_SYNTAX, SQL_UNSUPPORTED, INVALID_ARGUMENT */
export function keyFunction(node: RangeFunction, statement: Statement): KeyFunction {
  const { sql } = statement;
  const call = calledIn(node, statement);
  const at = call.location;
  const parts = (call.funcname ?? []).map((part) => ('String' in part ? (part.String.sval ?? '') : ''));
  const name = parts.at(-1) === PLAIN_JSON ? 'json' : (parts.at(-1) ?? '');
  const kind = parts.length === 1 && Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined) {
    const near = closest(name, Object.keys(KINDS));
    const hint = near ? `did you mean ${near}?` : `keys come from ${Object.keys(MOST).join(', ')}; or name a table`;
    throw sql.unsupported(`the function ${parts.join('.')} in FROM`, hint, at);
  }
  const args = call.args ?? [];
  const [first, second, third] = args;
  const most = MOST[kind];
  if (first === undefined || args.length > most) {
    const wanted = most === 1 ? '1 argument' : `1 to ${most} arguments`;
    throw sql.error('SQL_SYNTAX', `${name} takes ${wanted}, not ${args.length}`, `e.g. ${name}('order:*')`, at);
  }
  const pattern = textOf(first, statement, "e.g. 'order:*'");
  if (pattern === null) throw sql.error('INVALID_ARGUMENT', 'the pattern is null', "e.g. 'order:*'", at);
  const text = second && textOf(second, statement, 'what the keys hold, as a text');
  return {
    kind,
    name,
    pattern,
    shape: second && typeof text === 'string' ? shapeOf(kind, text, second, statement) : undefined,
    strict: third !== undefined && isStrict(third, statement),
    at,
    patternAt: insideOf(first),
    shapeAt: insideOf(second),
  };
}

function calledIn(node: RangeFunction, { sql }: Statement): FuncCall {
  const [list, another] = node.functions ?? [];
  const [called] = list && 'List' in list ? (list.List.items ?? []) : [];
  if (!called || !('FuncCall' in called)) {
    const hint = 'keys come from hashes, strings, json, packed, zset, list, set and keys';
    throw sql.unsupported('this function in FROM', hint, insideOf(node));
  }
  const { FuncCall: call } = called;
  const at = call.location;
  if (node.lateral) throw sql.unsupported('LATERAL', 'join the tables ON what they have in common', at);
  if (another || node.is_rowsfrom) throw sql.unsupported('ROWS FROM', 'name one function', at);
  if (node.ordinality) throw sql.unsupported('WITH ORDINALITY', 'keys have no order', at);
  if ((node.coldeflist ?? []).length > 0) {
    const hint = "name them in the second argument: hashes('order:*', 'price float64, region utf8')";
    throw sql.unsupported('a list of columns with types behind AS', hint, at);
  }
  return call;
}

function textOf(node: Node, statement: Statement, hint: string): string | null {
  const text = constantText(node, statement);
  if (text !== undefined) return text;
  throw statement.sql.error('INVALID_ARGUMENT', 'an argument in FROM is no constant text', hint, insideOf(node));
}

function shapeOf(kind: KeyKind, text: string, node: Node, statement: Statement): KeyShape {
  const failed = ({ code, message, hint }: ShardfoldError, index: number): ShardfoldError =>
    statement.sql.error(code, message, hint, placeInText(node, index, statement));
  if (kind === 'hashes' || kind === 'json') {
    const found = columnsIn(text, kind);
    if ('problem' in found) throw failed(found.problem.error, found.problem.at);
    return found;
  }
  try {
    if (kind !== 'packed') return { value: readType(text) };
    return { packed: parsePackedType(text.trim().toLowerCase()) };
  } catch (error) {
    throw error instanceof ShardfoldError ? failed(error, 0) : error;
  }
}

function isStrict(node: Node, statement: Statement): boolean {
  const text = constantText(node, statement);
  if (text === null) return false;
  if (typeof text === 'string' && text.trim().toLowerCase() === 'strict') return true;
  const hint = "'strict', or nothing: values that cannot be read are null, and counted";
  throw statement.sql.error('INVALID_ARGUMENT', 'the third argument is not strict', hint, insideOf(node));
}
