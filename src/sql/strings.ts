/** Functions over text. */

import type { ExprNode } from '../expr/nodes.js';
import { literalOf } from './constants.js';
import { call, cast, type Env, literal } from './env.js';
import type { Offset } from './text.js';
import { typeOf } from './types.js';

interface Call {
  readonly env: Env;
  readonly at: Offset;
}

/** The value as text; a number and such is cast. */
export function textOf(node: ExprNode, env: Env): ExprNode {
  const type = typeOf(node, env);
  return type === 'utf8' || type === 'null' ? node : cast(node, 'utf8');
}

/** Text beside text; null where either is null. */
export const concatenated = (left: ExprNode, right: ExprNode, env: Env): ExprNode =>
  call('append', textOf(left, env), textOf(right, env));

export function leftOf([text, count]: readonly ExprNode[], { env, at }: Call): ExprNode {
  return call('slice', textOf(text as ExprNode, env), literal(0), wholeCount(count as ExprNode, { env, at }));
}

export function rightOf([text, count]: readonly ExprNode[], call_: Call): ExprNode {
  const { env } = call_;
  const { value } = wholeCount(count as ExprNode, call_) as { value: number };
  const whole = textOf(text as ExprNode, env);
  return value === 0 ? call('slice', whole, literal(0), literal(0)) : call('slice', whole, literal(-value));
}

function wholeCount(node: ExprNode, { env, at }: Call): Extract<ExprNode, { kind: 'literal' }> {
  const value = literalOf(node);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return literal(value);
  throw env.sql.unsupported(
    'a number of characters that is negative or depends on the row',
    'write a whole number',
    at,
  );
}
