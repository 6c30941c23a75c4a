/** Aggregates of expressions bound to columns: what is wrong with them is found before anything is read. */

import { AggregateTable, type ResultType } from '../aggregates/index.js';
import type { Scope } from '../expr/bind.js';
import type { AggregateNode, ExprNode } from '../expr/nodes.js';
import { checkNoList } from './names.js';

/** An aggregate that can be computed over every scope of its fold. */
export interface CheckedAggregate {
  readonly node: AggregateNode;
  readonly type: ResultType;
}

/** @throws UNKNOWN_COLUMN, TYPE_MISMATCH, INVALID_ARGUMENT */
export function checkAggregate(node: ExprNode, scope: Scope): CheckedAggregate {
  if (node.kind !== 'aggregate') throw new TypeError(`${node.kind} is no aggregate`);
  checkNoList(node, scope);
  return { node, type: new AggregateTable(scope, new Map()).add(node).type };
}
