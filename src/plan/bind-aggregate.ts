/** Aggregates of expressions bound to columns: types checked, the filter of an aggregate made part of its argument. */

import { AGGREGATES } from '../aggregates/index.js';
import { ShardfoldError } from '../errors.js';
import { bind, type Scope } from '../expr/bind.js';
import { type ExprNode, formatNode } from '../expr/nodes.js';
import type { TypedExpr } from '../expr/typed.js';
import type { ColumnType } from '../storage/types.js';

export type AggregateNode = Extract<ExprNode, { kind: 'aggregate' }>;

export interface BoundAggregate {
  readonly name: AggregateNode['aggregate'];
  /** None for the number of rows. */
  readonly args: readonly TypedExpr[];
  readonly type: ColumnType;
}

/** @throws UNKNOWN_COLUMN, TYPE_MISMATCH */
export function bindAggregate(node: AggregateNode, scope: Scope): BoundAggregate {
  const args = filteredArgs(node).map((arg) => bind(arg, scope));
  const definition = AGGREGATES[node.aggregate];
  const [first] = args;
  if (first === undefined) return { name: node.aggregate, args, type: 'int64' };
  if (!definition.takes(first.type)) {
    throw new ShardfoldError(
      'TYPE_MISMATCH',
      `${formatNode(node)}: ${node.aggregate} takes ${definition.accepts}, not ${first.type}`,
      { hint: 'aggregate another column, or compare it first' },
    );
  }
  return { name: node.aggregate, args, type: definition.resultType(first.type) };
}

/** The arguments; a value that the aggregate's own filter leaves out is null in the first of them. */
function filteredArgs({ args, where }: AggregateNode): readonly ExprNode[] {
  if (where === undefined) return args;
  const [first = { kind: 'literal', value: 1 } as const, ...others] = args;
  const otherwise = { kind: 'literal', value: null } as const;
  return [{ kind: 'case', branches: [{ when: where, then: first }], otherwise }, ...others];
}
