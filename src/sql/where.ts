/** The WHERE clause: conditions on rows, and on what subqueries find for them. */

import type { Node, SelectStmt, SubLink } from 'libpg-query';
import { mapChildren } from '../expr/map.js';
import type { ExprNode } from '../expr/nodes.js';
import type { JoinKey, NamedExpr, PlanNode } from '../plan/nodes.js';
import { conjuncts, requireBool } from './conditions.js';
import { type Env, equals, isNull, joined, literal, OUTER, placed } from './env.js';
import { placeOf, translate } from './expressions.js';
import { from } from './from.js';
import { type Context, column, filtered, within } from './relation.js';
import { columnsIn } from './rewrite.js';
import { freshName } from './scope.js';
import type { Offset } from './text.js';
import { requireComparable } from './types.js';

/** `x IN (SELECT …)`, `EXISTS (SELECT …)`, or the negation of one. */
interface Membership {
  readonly link: SubLink;
  readonly negated: boolean;
}

/** Leaves the rows that pass: plain conditions first, then those with subqueries. */
export function where(clause: Node | undefined, env: Env, context: Context): (plan: PlanNode) => PlanNode {
  if (!clause) return (plan) => plan;
  const plain: ExprNode[] = [];
  const members: ((plan: PlanNode) => PlanNode)[] = [];
  for (const part of conjuncts(clause)) {
    const member = membershipOf(part);
    if (member) members.push(membership(member, env, context));
    else plain.push(requireBool(translate(part, env), env, 'WHERE'));
  }
  const condition = placed(env, joined('and', plain), placeOf(clause));
  return (plan) => {
    const rows = plain.length === 0 ? plan : filtered(plan, condition);
    return members.reduce((left, narrow) => narrow(left), rows);
  };
}

function membershipOf(node: Node): Membership | undefined {
  if ('BoolExpr' in node && node.BoolExpr.boolop === 'NOT_EXPR') {
    const [arg] = node.BoolExpr.args ?? [];
    const inner = arg && membershipOf(arg);
    return inner && { ...inner, negated: !inner.negated };
  }
  if (!('SubLink' in node)) return undefined;
  const { subLinkType } = node.SubLink;
  return subLinkType === 'ANY_SUBLINK' || subLinkType === 'EXISTS_SUBLINK'
    ? { link: node.SubLink, negated: false }
    : undefined;
}

function membership({ link, negated }: Membership, env: Env, context: Context): (plan: PlanNode) => PlanNode {
  const { sql } = env;
  const { subselect, testexpr, operName, location: at } = link;
  if (!subselect || !('SelectStmt' in subselect)) throw sql.unsupported('this subquery', 'write SELECT', at);
  const [operator] = operName ?? [];
  if (operator && !('String' in operator && operator.String.sval === '=')) {
    throw sql.unsupported('a comparison with ANY (SELECT …)', '= ANY and IN are', at);
  }
  const select = subselect.SelectStmt;
  const test = testexpr && translate(testexpr, env);
  if (test && negated) return notIn(test, independent(select, test, env, context, at), env);
  const correlated = isPlain(select) ? dependent(select, test, env, context, at) : undefined;
  const { plan, on } = correlated ?? independent(select, test, env, context, at);
  return (left) => ({ ...join(left, plan, on), how: negated ? 'anti' : 'semi' });
}

interface Inner {
  readonly plan: PlanNode;
  readonly on: readonly JoinKey[];
}

/** Whether a subquery only filters the rows of its tables. */
function isPlain(select: SelectStmt): boolean {
  const { fromClause, whereClause, targetList, distinctClause, limitOption, op, ...others } = select;
  return fromClause !== undefined && (op ?? 'SETOP_NONE') === 'SETOP_NONE' && Object.keys(others).length === 0;
}

/** A subquery of rows that may be compared with those around it. */
function dependent(
  select: SelectStmt,
  test: ExprNode | undefined,
  env: Env,
  context: Context,
  at: Offset,
): Inner | undefined {
  const { sql } = env;
  const inner = from(select.fromClause ?? [], context);
  const inside: Env = { ...context.statement, scope: inner.scope, outer: env.scope, noAggregates: 'WHERE' };
  const keys: JoinKey[] = [];
  const filters: ExprNode[] = [];
  for (const part of select.whereClause ? conjuncts(select.whereClause) : []) {
    const node = requireBool(translate(part, inside), inside, 'WHERE');
    const key = keyOf(node);
    if (key) keys.push(key);
    else if (![...columnsIn(node)].some((name) => name.startsWith(OUTER))) filters.push(node);
    else {
      const instead = 'a subquery may compare columns of its own with those around it by =';
      throw sql.unsupported('this condition on the rows around the subquery', instead, placeOf(part));
    }
  }
  if (test) {
    const [target, another] = select.targetList ?? [];
    // Anything but a single value of a row goes the other way.
    if (!target || another || !('ResTarget' in target) || !isValue(target.ResTarget.val)) return undefined;
    keys.push({ left: test, right: translate(target.ResTarget.val, { ...inside, outer: [] }) });
  }
  if (keys.length === 0) {
    const instead = 'one of its conditions must be that a column of its own equals one around it';
    throw sql.unsupported('EXISTS of a subquery that does not depend on the row', instead, at);
  }
  for (const { left, right } of keys) requireComparable([left, env], [right, inside]);
  const columns = keys.map(({ right }, i): NamedExpr => ({ name: `key ${i + 1}`, node: right }));
  const rows = filters.length === 0 ? inner.plan : filtered(inner.plan, joined('and', filters));
  return {
    plan: { kind: 'select', input: rows, columns },
    on: keys.map(({ left }, i) => ({ left, right: column(`key ${i + 1}`) })),
  };
}

/** Whether a value of one row: no star, and no aggregate. */
function isValue(node: Node | undefined): node is Node {
  if (!node) return false;
  const text = JSON.stringify(node);
  return !text.includes('"A_Star"') && !text.includes('"FuncCall"');
}

/** The columns around a subquery stand under their names in the plan again. */
function keyOf(node: ExprNode): JoinKey | undefined {
  if (node.kind !== 'compare' || node.op !== 'eq') return undefined;
  for (const [left, right] of [
    [node.left, node.right],
    [node.right, node.left],
  ] as const) {
    const [around, own] = [[...columnsIn(left)], [...columnsIn(right)]];
    const isAround = around.length > 0 && around.every((name) => name.startsWith(OUTER));
    if (!isAround || own.length === 0 || own.some((name) => name.startsWith(OUTER))) continue;
    return { left: unmarked(left), right };
  }
  return undefined;
}

const unmarked = (node: ExprNode): ExprNode =>
  node.kind === 'column' ? column(node.name.slice(OUTER.length)) : mapChildren(node, unmarked);

/** A subquery by itself: what it gives is looked up. */
function independent(select: SelectStmt, test: ExprNode | undefined, env: Env, context: Context, at: Offset): Inner {
  if (!test) {
    const instead = 'its FROM and WHERE may stand alone, without GROUP BY, LIMIT and such';
    throw env.sql.unsupported('EXISTS of this subquery', instead, at);
  }
  const { plan, columns } = context.select(select, within(context, env.scope));
  const [first, second] = columns;
  if (!first || second) {
    throw env.sql.error('SQL_SYNTAX', `IN looks in one column, and the subquery has ${columns.length}`, undefined, at);
  }
  const own = { ...context.statement, scope: [{ id: first.name, name: first.name, table: '', type: first.type }] };
  requireComparable([test, env], [column(first.name), { ...own, noAggregates: undefined }]);
  return { plan, on: [{ left: test, right: column(first.name) }] };
}

/**
 * NOT IN is true where nothing is looked in, or where the value is not null, no null is looked in, and none equals it: the counts
 * of rows and of values of the subquery are joined to every row.
 */
function notIn(test: ExprNode, { plan: looked, on }: Inner, env: Env): (plan: PlanNode) => PlanNode {
  const taken = new Set(env.scope.map(({ id }) => id));
  const [rows, values, key] = ['rows', 'values', 'key'].map((name) => freshName(`looked in: ${name}`, taken)) as [
    string,
    string,
    string,
  ];
  const sought = (on[0] as JoinKey).right;
  const counts: PlanNode = {
    kind: 'aggregate',
    input: looked,
    keys: [],
    aggregates: [
      { name: rows, node: { kind: 'aggregate', aggregate: 'count', args: [] } },
      { name: values, node: { kind: 'aggregate', aggregate: 'count', args: [sought] } },
    ],
  };
  const one = { name: key, node: literal(1) };
  const right: PlanNode = { kind: 'withColumns', input: counts, columns: [one] };
  const whole = joined('and', [isNull(test, true), equals(column(rows), column(values))]);
  const condition = joined('or', [equals(column(rows), literal(0)), whole]);
  return (left) => {
    const counted: PlanNode = { ...join(left, right, [{ left: literal(1), right: column(key) }]), how: 'left' };
    const apart: PlanNode = { ...join(filtered(counted, condition), looked, on), how: 'anti' };
    return { kind: 'drop', input: apart, names: [rows, values, key] };
  };
}

const join = (left: PlanNode, right: PlanNode, on: readonly JoinKey[]) =>
  ({ kind: 'join', left, right, on, suffix: '_right' }) as const;
