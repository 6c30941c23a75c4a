/** JOIN … ON equal values, and USING. */

import type { JoinExpr, Node } from 'libpg-query';
import type { ExprNode } from '../expr/nodes.js';
import type { JoinKey, PlanNode } from '../plan/nodes.js';
import { conjuncts, requireBool } from './conditions.js';
import { type Env, joined, placed } from './env.js';
import { placeOf, translate } from './expressions.js';
import { type Context, filtered, type Relation } from './relation.js';
import { columnsIn } from './rewrite.js';
import { columnNode, findColumn, freshName, quoted, type ScopeColumn, unknownColumn } from './scope.js';
import type { Offset } from './text.js';
import { requireComparable } from './types.js';

type How = 'inner' | 'left';

const HOW: Readonly<Record<string, How>> = { JOIN_INNER: 'inner', JOIN_LEFT: 'left' };

interface Join {
  readonly how: How;
  readonly left: Relation;
  /** Its columns have names that the left has not. */
  readonly right: Relation;
  readonly context: Context;
  readonly at: Offset;
}

/** Rows of two relations whose keys are equal; the right one is sent to the shards of the left. */
export function joinOf(node: JoinExpr, left: Relation, right: Relation, context: Context): Relation {
  const { sql } = context.statement;
  const at = node.rarg && placeOf(node.rarg);
  const how = HOW[node.jointype ?? ''];
  if (!how) {
    const name = (node.jointype ?? '').replace('JOIN_', '');
    const instead = name === 'RIGHT' ? 'exchange the tables, and write LEFT JOIN' : 'INNER JOIN and LEFT JOIN are';
    throw sql.unsupported(`${name} JOIN`, instead, at);
  }
  if (node.isNatural) throw sql.unsupported('NATURAL JOIN', 'name the columns: JOIN … USING (x)', at);
  const [first] = right.scope;
  if (first && first.table !== '' && left.scope.some(({ table }) => table === first.table)) {
    const hint = `give one of them another name: ${quoted(first.table)} AS other`;
    throw sql.error('SQL_SYNTAX', `two tables are called ${quoted(first.table)}`, hint, at);
  }
  const join: Join = { how, left, right: renamed(left, right), context, at };
  if (node.usingClause) return using(join, node.usingClause);
  if (!node.quals) throw sql.unsupported('CROSS JOIN', 'write JOIN … ON a.x = b.y', at);
  return on(join, node.quals);
}

/** The right side under names that the left has not. */
function renamed(left: Relation, right: Relation): Relation {
  const lefts = new Set(left.scope.map(({ id }) => id));
  const taken = new Set([...lefts, ...right.scope.map(({ id }) => id)]);
  const names: Record<string, string> = {};
  for (const { id } of right.scope) if (lefts.has(id)) names[id] = freshName(id, taken);
  if (Object.keys(names).length === 0) return right;
  const scope = right.scope.map((each) => ({ ...each, id: names[each.id] ?? each.id }));
  const ids = right.names.map((id) => names[id] ?? id);
  return { plan: { kind: 'rename', input: right.plan, names }, scope, names: ids };
}

const namesOf = ({ left, right }: Join): string[] => [...left.names, ...right.names];

function using(join: Join, names: readonly Node[]): Relation {
  const { left, right, context, at } = join;
  const pairs = names.map((each) => {
    const ref = { fields: [each], location: at ?? -1 };
    const sides = [left.scope, right.scope].map((scope) => {
      const found = findColumn(scope, ref, context.statement.sql);
      if (!found) throw unknownColumn(scope, ref, context.statement.sql);
      return found;
    });
    return sides as [ScopeColumn, ScopeColumn];
  });
  const keys = pairs.map(([a, b]): JoinKey => ({ left: columnNode(a), right: columnNode(b) }));
  const rights = new Set(pairs.map(([, { id }]) => id));
  // Unqualified, the name means the left one, which is never missing.
  const merged = right.scope.map((each) => (rights.has(each.id) ? { ...each, merged: true } : each));
  const lefts = pairs.map(([a]) => a);
  const others = left.scope.filter((each) => !lefts.includes(each));
  return { plan: joinPlan(join, keys), scope: [...lefts, ...others, ...merged], names: namesOf(join) };
}

function on(join: Join, quals: Node): Relation {
  const { how, left, right, context } = join;
  const { sql } = context.statement;
  const scope = [...left.scope, ...right.scope];
  const env: Env = { ...context.statement, scope, noAggregates: 'ON' };
  const sideOf = (node: ExprNode): 'left' | 'right' | 'both' | 'none' => {
    const ids = columnsIn(node);
    const [isLeft, isRight] = [left.scope, right.scope].map((side) => side.some(({ id }) => ids.has(id)));
    return isLeft ? (isRight ? 'both' : 'left') : isRight ? 'right' : 'none';
  };
  const keys: JoinKey[] = [];
  const others: ExprNode[] = [];
  const ofRight: ExprNode[] = [];
  for (const part of conjuncts(quals)) {
    const node = requireBool(translate(part, env), env, 'ON');
    const key = keyOf(node, sideOf);
    if (key) {
      requireComparable([key.left, env], [key.right, env]);
      keys.push(key);
    } else if (sideOf(node) === 'right') ofRight.push(node);
    else if (how === 'inner') others.push(node);
    else {
      const instead =
        'beside equal columns of both tables, ON may hold conditions on the right one alone; others belong in WHERE';
      throw sql.unsupported('this condition in the ON of a LEFT JOIN', instead, placeOf(part));
    }
  }
  if (keys.length === 0) {
    const instead = 'one of the conditions must be that columns of both tables are equal: ON a.x = b.y';
    throw sql.unsupported('a join without equal columns', instead, placeOf(quals));
  }
  const narrowed = ofRight.length === 0 ? right : { ...right, plan: filtered(right.plan, joined('and', ofRight)) };
  const joinedRows = joinPlan({ ...join, right: narrowed }, keys);
  const condition = placed(env, joined('and', others), placeOf(quals));
  const plan = others.length === 0 ? joinedRows : filtered(joinedRows, condition);
  return { plan, scope, names: namesOf(join) };
}

/** The two sides of an equality between the tables. */
function keyOf(node: ExprNode, sideOf: (node: ExprNode) => string): JoinKey | undefined {
  if (node.kind !== 'compare' || node.op !== 'eq') return undefined;
  const sides = [sideOf(node.left), sideOf(node.right)].join(' ');
  if (sides === 'left right') return { left: node.left, right: node.right };
  return sides === 'right left' ? { left: node.right, right: node.left } : undefined;
}

function joinPlan({ how, left, right }: Join, on: readonly JoinKey[]): PlanNode {
  return { kind: 'join', left: left.plan, right: right.plan, how, on, suffix: '_right' };
}
