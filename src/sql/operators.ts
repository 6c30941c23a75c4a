/** Operators between values: what A_Expr stands for in PostgreSQL's tree. */

import type { A_Expr, Node } from 'libpg-query';
import type { ArithmeticOp, ComparisonOp, ExprNode, Literal } from '../expr/nodes.js';
import { literalOf, parameterValue } from './constants.js';
import { call, type Env, joined, literal, not, placed, type Translate } from './env.js';
import { isSame, nullIf } from './functions.js';
import { concatenated, textOf } from './strings.js';
import type { Offset } from './text.js';
import { intervalOf, isTimeType, moved, negated } from './times.js';
import { typeOf } from './types.js';

const COMPARISONS: Readonly<Record<string, ComparisonOp>> = {
  '=': 'eq',
  '<>': 'neq',
  '<': 'lt',
  '<=': 'ltEq',
  '>': 'gt',
  '>=': 'gtEq',
};

const ARITHMETIC: Readonly<Record<string, ArithmeticOp>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '%': 'mod',
};

const INSTEAD: Readonly<Record<string, string>> = {
  '//': 'write div(a, b)',
  '**': 'write a ^ b, or power(a, b)',
  '~': 'LIKE is; or starts_with, ends_with, contains',
  '~*': 'ILIKE is',
  '!~': 'NOT LIKE is',
  '==': 'write =',
  '@': 'write abs(x)',
  '|/': 'write sqrt(x)',
};

/** The operator's sign. */
const nameOf = ({ name = [] }: A_Expr): string => {
  const last = name.at(-1);
  return last && 'String' in last ? (last.String.sval ?? '') : '';
};

export function operator(node: A_Expr, env: Env, translate: Translate): ExprNode {
  const { kind, lexpr, rexpr, location: at } = node;
  const sides = (): [ExprNode, ExprNode] => [translate(lexpr, env), translate(rexpr, env)];
  switch (kind) {
    case 'AEXPR_OP':
      return plainOperator(node, env, translate);
    case 'AEXPR_DISTINCT':
      return not(isSame(...sides()));
    case 'AEXPR_NOT_DISTINCT':
      return isSame(...sides());
    case 'AEXPR_NULLIF':
      return nullIf(...sides());
    case 'AEXPR_IN':
      return inList(node, itemsOf(rexpr), env, translate);
    case 'AEXPR_OP_ANY':
    case 'AEXPR_OP_ALL':
      return quantified(node, env, translate);
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
      return like(node, env, translate);
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN':
    case 'AEXPR_BETWEEN_SYM':
    case 'AEXPR_NOT_BETWEEN_SYM':
      return between(node, env, translate);
    default:
      throw env.sql.unsupported('SIMILAR TO', 'LIKE is', at);
  }
}

function plainOperator(node: A_Expr, env: Env, translate: Translate): ExprNode {
  const { lexpr, rexpr, location: at } = node;
  const name = nameOf(node);
  if (name === '+' || name === '-') {
    const shifted = withInterval(node, env, translate);
    if (shifted) return shifted;
  }
  if (!lexpr) return prefix(name, translate(rexpr, env), env, at);
  const [left, right] = [translate(lexpr, env), translate(rexpr, env)];
  const comparison = COMPARISONS[name];
  if (comparison) return compared(comparison, left, right);
  if (name === '||') return concatenated(left, right, env);
  if (name === '^') return call('pow', left, right);
  const op = ARITHMETIC[name];
  if (!op) throw env.sql.unsupported(`the operator ${name}`, INSTEAD[name] ?? 'write a function', at);
  return onTimes(op, left, right, env, at) ?? { kind: 'arithmetic', op, left, right };
}

function prefix(name: string, arg: ExprNode, env: Env, at: Offset): ExprNode {
  if (name === '+') return arg;
  if (name !== '-') throw env.sql.unsupported(`the operator ${name}`, INSTEAD[name] ?? 'write a function', at);
  if (arg.kind === 'literal' && typeof arg.value === 'number') return literal(-arg.value);
  if (arg.kind === 'literal' && typeof arg.value === 'bigint') return literal(-arg.value);
  return { kind: 'negate', arg };
}

/** A comparison; constants are compared as plain values, so that chunks can be left out by them. */
export function compared(op: ComparisonOp, left: ExprNode, right: ExprNode): ExprNode {
  return { kind: 'compare', op, left: comparable(left), right: comparable(right) };
}

function comparable(node: ExprNode): ExprNode {
  const value = literalOf(node);
  return value === undefined || node.kind === 'literal' ? node : literal(value);
}

/** A time and an INTERVAL. */
function withInterval(node: A_Expr, env: Env, translate: Translate): ExprNode | undefined {
  const { lexpr, rexpr, location: at } = node;
  const [left, right] = [intervalOf(lexpr, env), intervalOf(rexpr, env)];
  if (lexpr && !left && right) {
    return moved(translate(lexpr, env), nameOf(node) === '-' ? negated(right) : right, env, at);
  }
  if (left && rexpr && !right && nameOf(node) === '+') return moved(translate(rexpr, env), left, env, at);
  return undefined;
}

/** A date moved by days, and the days between two dates. */
function onTimes(op: ArithmeticOp, left: ExprNode, right: ExprNode, env: Env, at: Offset): ExprNode | undefined {
  if (op !== 'add' && op !== 'sub') return undefined;
  const types = [typeOf(left, env), typeOf(right, env)] as const;
  if (!types.some(isTimeType)) return undefined;
  if (op === 'sub' && types[0] === 'date' && types[1] === 'date') return call('dateDiff', literal('day'), right, left);
  if (op === 'sub' && types.every(isTimeType)) {
    throw env.sql.unsupported('an interval as a result', "date_diff('second', b, a) counts what a - b spans", at);
  }
  const [time, days] = isTimeType(types[0]) ? [left, right] : [right, left];
  const type = time === left ? types[0] : types[1];
  const count = literalOf(days);
  if (type === 'date' && typeof count === 'number' && Number.isInteger(count) && (op === 'add' || time === left)) {
    const interval = { months: 0, days: op === 'add' ? count : -count, ms: 0 };
    return { kind: 'cast', arg: moved(time, interval, env, at), to: 'date', lenient: false };
  }
  const hint = "add an interval: … + INTERVAL '7 days'; differences are date_diff('day', a, b)";
  throw env.sql.error('TYPE_MISMATCH', `${types[0]} ${op === 'add' ? '+' : '-'} ${types[1]} means nothing`, hint, at);
}

function itemsOf(node: Node | undefined): readonly Node[] {
  if (node && 'List' in node) return node.List.items ?? [];
  if (node && 'A_ArrayExpr' in node) return node.A_ArrayExpr.elements ?? [];
  return [];
}

function inList(node: A_Expr, items: readonly Node[], env: Env, translate: Translate): ExprNode {
  const arg = translate(node.lexpr, env);
  const values = items.map((item) => translate(item, env));
  const found = oneOf(arg, values, env);
  return nameOf(node) === '<>' ? not(placed(env, found, node.location)) : found;
}

/** x = a or x = b …: one look-up where all of them are constants. */
function oneOf(arg: ExprNode, values: readonly ExprNode[], env: Env): ExprNode {
  const constants = values.map(literalOf);
  if (constants.every((value): value is Literal => value !== undefined)) {
    const kinds = new Set(constants.filter((value) => value !== null).map((value) => typeof value));
    const whole = typeOf(arg, env).startsWith('int');
    // A look-up has values of one type; an integer is compared with 1.5 as numbers are.
    const fits = kinds.size <= 1 && !(whole && constants.some((value) => value !== null && !isWhole(value)));
    if (fits) return { kind: 'isIn', arg, values: constants };
  }
  return joined(
    'or',
    values.map((value) => placed(env, compared('eq', arg, value), env.places.get(value))),
  );
}

const isWhole = (value: Literal): boolean => typeof value === 'bigint' || Number.isInteger(value);

/** = ANY($1), <> ALL($1) with a list as parameter, or ARRAY[…]. */
function quantified(node: A_Expr, env: Env, translate: Translate): ExprNode {
  const { kind, rexpr, location: at } = node;
  const name = nameOf(node);
  const isAny = kind === 'AEXPR_OP_ANY';
  if (name !== (isAny ? '=' : '<>')) {
    throw env.sql.unsupported(`${name} ${isAny ? 'ANY' : 'ALL'}`, '= ANY(…) and <> ALL(…) are', at);
  }
  const arg = translate(node.lexpr, env);
  const found = oneOf(arg, listOf(rexpr, env, translate, at), env);
  return isAny ? found : not(placed(env, found, at));
}

function listOf(node: Node | undefined, env: Env, translate: Translate, at: Offset): readonly ExprNode[] {
  if (node && 'A_ArrayExpr' in node) return itemsOf(node).map((item) => translate(item, env));
  if (node && 'ParamRef' in node) {
    const value = parameterValue(node.ParamRef, env);
    if (Array.isArray(value)) return value.map((each: Literal) => literal(each));
    const hint = `hand in an array as $${node.ParamRef.number}`;
    throw env.sql.error('INVALID_ARGUMENT', 'ANY and ALL take a list', hint, node.ParamRef.location);
  }
  throw env.sql.unsupported('ANY or ALL of an expression', 'write = ANY($1) with an array as parameter, or IN (…)', at);
}

function like(node: A_Expr, env: Env, translate: Translate): ExprNode {
  const { kind, lexpr, rexpr, location: at } = node;
  if (rexpr && 'FuncCall' in rexpr && escapes(rexpr)) {
    throw env.sql.unsupported('ESCAPE', "contains(x, '%') finds the sign itself", at);
  }
  const fold = (side: ExprNode): ExprNode => (kind === 'AEXPR_ILIKE' ? call('lower', side) : side);
  const [text, pattern] = [textOf(translate(lexpr, env), env), translate(rexpr, env)];
  const constant = literalOf(pattern);
  const folded =
    kind === 'AEXPR_ILIKE' && typeof constant === 'string' ? literal(constant.toLowerCase()) : fold(pattern);
  const found = placed(env, call('like', fold(text), folded), at);
  return nameOf(node).startsWith('!') ? not(found) : found;
}

const escapes = (node: Extract<Node, { FuncCall: unknown }>): boolean => {
  const last = node.FuncCall.funcname?.at(-1);
  return last !== undefined && 'String' in last && last.String.sval === 'like_escape';
};

function between(node: A_Expr, env: Env, translate: Translate): ExprNode {
  const { kind, location: at } = node;
  const arg = translate(node.lexpr, env);
  const [low, high] = itemsOf(node.rexpr).map((item) => translate(item, env)) as [ExprNode, ExprNode];
  if (kind === 'AEXPR_BETWEEN_SYM' || kind === 'AEXPR_NOT_BETWEEN_SYM') {
    throw env.sql.unsupported('BETWEEN SYMMETRIC', 'write the lower bound first', at);
  }
  const within = joined('and', [
    placed(env, compared('gtEq', arg, low), at),
    placed(env, compared('ltEq', arg, high), at),
  ]);
  return kind === 'AEXPR_NOT_BETWEEN' ? not(placed(env, within, at)) : within;
}
