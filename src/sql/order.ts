/** ORDER BY, LIMIT and OFFSET. */

import type { Node, SelectStmt } from 'libpg-query';
import type { ExprNode } from '../expr/nodes.js';
import type { PlanNode, SortBy } from '../plan/nodes.js';
import { wholeNumber } from './constants.js';
import type { Env } from './env.js';
import { placeOf, translate } from './expressions.js';
import { targetAt } from './grouping.js';
import type { Target } from './outputs.js';
import { partsOf } from './scope.js';

/** What rows are ordered by: columns of the result by name or number, or expressions. Nulls last unless asked otherwise. */
export function sortKeys(nodes: readonly Node[], targets: readonly Target[], env: Env): SortBy[] {
  return nodes.map((each) => {
    if (!('SortBy' in each) || !each.SortBy.node)
      throw env.sql.error('SQL_SYNTAX', 'ORDER BY nothing', undefined, undefined);
    const { node, sortby_dir: direction, sortby_nulls: nulls, location } = each.SortBy;
    if (direction === 'SORTBY_USING') throw env.sql.unsupported('ORDER BY … USING', 'write ASC or DESC', location);
    return {
      node: sortKey(node, targets, env),
      descending: direction === 'SORTBY_DESC',
      nullsFirst: nulls === 'SORTBY_NULLS_FIRST',
    };
  });
}

function sortKey(node: Node, targets: readonly Target[], env: Env): ExprNode {
  if ('ColumnRef' in node) {
    const [name, more] = partsOf(node.ColumnRef);
    const named = targets.find((target) => target.name === name);
    if (more === undefined && named) return named.node;
  }
  return 'A_Const' in node ? targetAt(node, targets, env, 'ORDER BY').node : translate(node, env);
}

export interface Slice {
  readonly offset: number;
  readonly count: number | undefined;
}

/** @throws SQL_SYNTAX where they are no whole numbers */
export function sliceOf({ limitCount, limitOffset, limitOption }: SelectStmt, env: Env): Slice {
  if (limitOption === 'LIMIT_OPTION_WITH_TIES') {
    throw env.sql.unsupported('FETCH … WITH TIES', 'write LIMIT', limitCount && placeOf(limitCount));
  }
  return { offset: countOf(limitOffset, 'OFFSET', env) ?? 0, count: countOf(limitCount, 'LIMIT', env) };
}

function countOf(node: Node | undefined, clause: string, env: Env): number | undefined {
  if (!node) return undefined;
  // LIMIT ALL and LIMIT NULL are no limit.
  const value = translate(node, { ...env, scope: [] });
  if (value.kind === 'literal' && value.value === null) return undefined;
  const count = wholeNumber(node, env);
  if (count !== undefined && count >= 0) return count;
  throw env.sql.error(
    'SQL_SYNTAX',
    `${clause} takes a whole number from 0`,
    `e.g. ${clause} 10, or ${clause} $1`,
    placeOf(node),
  );
}

export function ordered(plan: PlanNode, by: readonly SortBy[], { offset, count }: Slice): PlanNode {
  const sorted: PlanNode = by.length === 0 ? plan : { kind: 'sort', input: plan, by };
  return offset === 0 && count === undefined ? sorted : { kind: 'slice', input: sorted, offset, count };
}
