/** Functions of strings. */

import { cast } from './bind-cast.js';
import { type Bound, call, isNullLiteral, literal, mismatch } from './make.js';
import type { CallNode, ExprNode } from './nodes.js';
import type { KernelFunction } from './runtime/index.js';
import { isInteger, type TypedExpr } from './typed.js';

const PLAIN: Partial<Record<CallNode['fn'], KernelFunction>> = {
  lower: 'f_lower',
  upper: 'f_upper',
  trim: 'f_trim',
  trimStart: 'f_trimStart',
  trimEnd: 'f_trimEnd',
  replace: 'f_replace',
  append: 'f_append',
};
const TESTS: Partial<Record<CallNode['fn'], KernelFunction>> = { endsWith: 'f_endsWith', contains: 'f_contains' };

/** No text is longer: a length that ends nowhere. */
const TO_THE_END = 2 ** 53;

/** @returns undefined for functions of others */
export function bindText(node: CallNode, args: readonly Bound[]): TypedExpr | undefined {
  const { fn } = node;
  const text = (at: number): TypedExpr => textOf(args[at] as Bound, node);
  const plain = PLAIN[fn];
  if (plain !== undefined) return call('utf8', plain, ...args.map((arg) => textOf(arg, node)));
  const test = TESTS[fn];
  if (test !== undefined) return call('bool', test, text(0), text(1));
  switch (fn) {
    case 'length':
      return call('int64', 'f_length', text(0));
    case 'startsWith':
      return startsWith(text(0), text(1));
    case 'like':
      return like(text(0), text(1));
    case 'concat':
      return concat(args);
    case 'splitPart':
      return call('utf8', 'f_splitPart', text(0), text(1), whole(args[2] as Bound, node, 'parts'));
    case 'slice':
    case 'substring':
      return substring(node, text(0), args);
    default:
      return undefined;
  }
}

function textOf({ expr, node: own }: Bound, node: ExprNode): TypedExpr {
  if (expr.type === 'utf8') return expr;
  if (expr.type === 'null') return literal('utf8', null);
  throw mismatch(
    node,
    `takes text, and ${own.kind === 'column' ? own.name : 'an argument'} is ${expr.type}`,
    "cast it: .cast('utf8')",
  );
}

/** @param what is counted by it */
function whole({ expr }: Bound, node: ExprNode, what: string): TypedExpr {
  if (isInteger(expr.type) || expr.type === 'null') return expr;
  throw mismatch(node, `counts ${what} with ${expr.type}`, 'use whole numbers');
}

/** The least string greater than all that begin with `prefix`; undefined where there is none. */
function successor(prefix: string): string | undefined {
  const kept = prefix.replace(/\xff+$/, '');
  const last = kept.length - 1;
  return last < 0 ? undefined : kept.slice(0, last) + String.fromCharCode(kept.charCodeAt(last) + 1);
}

/** With a constant prefix the third argument is its successor, so that codes and zone maps can be compared with both. */
function startsWith(text: TypedExpr, prefix: TypedExpr): TypedExpr {
  const made = call('bool', 'f_startsWith', text, prefix);
  if (made.kind !== 'call' || prefix.kind !== 'literal' || typeof prefix.value !== 'string') return made;
  const end = successor(prefix.value);
  return end === undefined ? made : { ...made, args: [text, prefix, literal('utf8', end)] };
}

/** Patterns that only ask for a beginning, an end or a part are asked for that. */
function like(text: TypedExpr, pattern: TypedExpr): TypedExpr {
  if (pattern.kind !== 'literal' || typeof pattern.value !== 'string' || isNullLiteral(text)) {
    return call('bool', 'f_like', text, pattern);
  }
  const [, before = '', body = '', after = ''] = /^(%*)([^%_]*)(%*)$/s.exec(pattern.value) ?? [];
  const part = literal('utf8', body);
  if (before + body + after !== pattern.value || body === '') return call('bool', 'f_like', text, pattern);
  if (before !== '') return call('bool', after === '' ? 'f_endsWith' : 'f_contains', text, part);
  if (after !== '') return startsWith(text, part);
  return { kind: 'compare', type: 'bool', op: 'eq', left: text, right: part };
}

/** Null counts for nothing, as in DuckDB's concat; values that are no text are written as such. */
function concat(args: readonly Bound[]): TypedExpr {
  const empty = literal('utf8', '');
  const parts = args.map(({ expr, node }): TypedExpr => {
    const text = cast(expr, 'utf8', node);
    return text.kind === 'literal'
      ? isNullLiteral(text)
        ? empty
        : text
      : { kind: 'choice', type: 'utf8', fn: 'coalesce', args: [text, empty] };
  });
  return parts.reduce((a, b) => call('utf8', 'f_append', a, b));
}

/** `slice` counts from 0 (negative: from the end), `substring` from 1; without a length it goes on to the end. */
function substring(node: CallNode, text: TypedExpr, args: readonly Bound[]): TypedExpr {
  const [start, length] = [args[1] as Bound, args[2]];
  for (const bound of [start, ...(length ? [length] : [])]) whole(bound, node, 'characters');
  const count = length === undefined ? literal('int64', TO_THE_END) : length.expr;
  return call('utf8', 'f_substring', text, node.fn === 'slice' ? fromOne(start.expr) : start.expr, count);
}

/** 0 becomes 1, -1 stays the last. */
function fromOne(start: TypedExpr): TypedExpr {
  if (start.kind === 'literal') {
    const value = start.value as number | null;
    return literal(start.type, value === null || value < 0 ? value : value + 1);
  }
  const then: TypedExpr = { kind: 'arithmetic', type: 'int64', op: 'add', left: start, right: literal('int32', 1) };
  const when: TypedExpr = { kind: 'compare', type: 'bool', op: 'gtEq', left: start, right: literal('int32', 0) };
  return { kind: 'case', type: 'int64', branches: [{ when, then }], otherwise: start };
}
