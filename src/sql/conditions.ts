/** Conditions that AND joins, one by one. */

import type { Node } from 'libpg-query';
import type { ExprNode } from '../expr/nodes.js';
import type { Env } from './env.js';
import { typeOf } from './types.js';

/** What AND joins at the top of a condition. */
export function conjuncts(node: Node): Node[] {
  if ('BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR') return (node.BoolExpr.args ?? []).flatMap(conjuncts);
  return [node];
}

/** The condition, if it is one. @throws TYPE_MISMATCH */
export function requireBool(node: ExprNode, env: Env, clause: string): ExprNode {
  const type = typeOf(node, env);
  if (type === 'bool' || type === 'null') return node;
  const hint = 'compare it: x > 0, x IS NOT NULL';
  throw env.sql.error('TYPE_MISMATCH', `${clause} needs a condition, and this is ${type}`, hint, env.places.get(node));
}
