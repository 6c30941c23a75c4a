/** A SELECT as a plan. */

import type { SelectStmt } from 'libpg-query';
import type { ExprNode } from '../expr/nodes.js';
import type { Column } from '../plan/catalog.js';
import type { PlanNode, SortBy } from '../plan/nodes.js';
import { hasAggregate } from '../plan/split-aggregates.js';
import { requireBool } from './conditions.js';
import type { Env } from './env.js';
import { translate } from './expressions.js';
import { from } from './from.js';
import { Grouping, groupKeys } from './grouping.js';
import { ordered, type Slice, sliceOf, sortKeys } from './order.js';
import { type Target, targetsOf } from './outputs.js';
import { type Context, column, filtered, plainType, type Result, selected } from './relation.js';
import { keyOf } from './rewrite.js';
import { Rows } from './rows.js';
import { setOperation } from './set-operations.js';
import { insideOf } from './text.js';
import { typeOf } from './types.js';
import { where } from './where.js';
import { withTables } from './with.js';

/** @throws SQL_UNSUPPORTED, SQL_SYNTAX, TABLE_NOT_FOUND, UNKNOWN_COLUMN, TYPE_MISMATCH */
export function select(statement: SelectStmt, around: Context): Result {
  refuse(statement, around);
  const context = statement.withClause ? withTables(statement.withClause, around) : around;
  return (statement.op ?? 'SETOP_NONE') === 'SETOP_NONE'
    ? simple(statement, context)
    : setOperation(statement, context);
}

function refuse(
  { valuesLists, intoClause, lockingClause, windowClause, distinctClause }: SelectStmt,
  context: Context,
): void {
  const { sql } = context.statement;
  if (valuesLists)
    throw sql.unsupported('VALUES', 'write tables with createTable() or "shardfold import"', insideOf(valuesLists));
  if (intoClause)
    throw sql.unsupported('SELECT INTO', "sf.sql('…').into('table') stores a result", insideOf(intoClause));
  if (lockingClause) {
    const at = sql.lastOf(/\bfor\s+(no\s+key\s+update|update|key\s+share|share)\b/gi);
    throw sql.unsupported('FOR UPDATE', 'leave it out: a query reads one version', at);
  }
  if (windowClause) throw sql.unsupported('WINDOW', 'aggregate in a subquery, and join it', insideOf(windowClause));
  const [on] = distinctClause ?? [];
  if (on && Object.keys(on).length > 0) {
    throw sql.unsupported(
      'DISTINCT ON',
      'GROUP BY, with first(x) or arg_max(x, y), gives a row for each',
      insideOf(on),
    );
  }
}

function simple(statement: SelectStmt, context: Context): Result {
  const rows = new Rows(from(statement.fromClause ?? [], context), context);
  const filter = where(statement.whereClause, rows.env('WHERE'), context);
  const env = rows.env(undefined);
  const targets = targetsOf(statement.targetList ?? [], env);
  const keys = groupKeys(statement.groupClause ?? [], targets, env);
  const having = statement.havingClause && requireBool(translate(statement.havingClause, env), env, 'HAVING');
  const by = sortKeys(statement.sortClause ?? [], targets, env);
  const columns = targets.map(({ name, node }): Column => ({ name, type: plainType(typeOf(node, env)) }));
  for (const { node } of by) typeOf(node, env);
  const slice = sliceOf(statement, env);
  const grouped = keys.length > 0 || having !== undefined || [...targets, ...by].some(({ node }) => hasAggregate(node));
  const single = (grouped && keys.length === 0) || (slice.count !== undefined && slice.count <= 1);
  const shape: Shape = { targets, by, slice, isDistinct: statement.distinctClause !== undefined, env };
  const input = filter(rows.plan);
  if (!grouped) return { plan: shaped(input, rows.columns, shape), columns, single };
  const grouping = new Grouping(keys, targets, env);
  const over = <T extends { readonly node: ExprNode }>(each: T): T => ({ ...each, node: grouping.over(each.node) });
  const outer = { ...shape, targets: targets.map(over), by: by.map(over) };
  const condition = having && grouping.over(having);
  const groups = grouping.plan(input);
  return { plan: shaped(condition ? filtered(groups, condition) : groups, grouping.columns, outer), columns, single };
}

interface Shape {
  readonly targets: readonly Target[];
  readonly by: readonly SortBy[];
  readonly slice: Slice;
  readonly isDistinct: boolean;
  readonly env: Env;
}

/**
 * Rows ordered, cut, and with the columns of the result. Order comes before the columns are chosen, for it may be by others.
 * @param names of the plan's columns, where they are known
 */
function shaped(
  plan: PlanNode,
  names: readonly string[] | undefined,
  { targets, by, slice, isDistinct, env }: Shape,
): PlanNode {
  if (!isDistinct) return selected(ordered(plan, by, slice), targets, names);
  const results = new Map(targets.map(({ name, node }) => [keyOf(node), name]));
  const ofResults = by.map((each): SortBy => {
    const name = results.get(keyOf(each.node));
    if (name !== undefined) return { ...each, node: column(name) };
    const hint = 'after SELECT DISTINCT, order by columns of the SELECT list';
    throw env.sql.error('SQL_SYNTAX', 'ORDER BY names what is not in the SELECT list', hint, env.places.get(each.node));
  });
  return ordered({ kind: 'distinct', input: selected(plan, targets, names), on: undefined }, ofResults, slice);
}
