/** The SELECT list: stars spelt out, every column with the name that it has in the result. */

import type { ColumnRef, Node, ResTarget } from 'libpg-query';
import type { ExprNode } from '../expr/nodes.js';
import { type Env, placed } from './env.js';
import { placeOf, translate } from './expressions.js';
import { columnNode, findColumn, freshName, inTable, partsOf, unknownColumn } from './scope.js';
import type { Offset } from './text.js';

export interface Target {
  readonly name: string;
  readonly node: ExprNode;
  readonly at: Offset;
}

/** @throws SQL_SYNTAX where two columns are given the same name */
export function targetsOf(list: readonly Node[], env: Env): Target[] {
  const found = list.flatMap((each) => ('ResTarget' in each ? targets(each.ResTarget, env) : []));
  if (found.length === 0) throw env.sql.error('SQL_SYNTAX', 'SELECT names no column', 'e.g. SELECT * FROM …', 0);
  const given = new Set<string>();
  for (const { name, isGiven, at } of found) {
    if (!isGiven) continue;
    if (given.has(name))
      throw env.sql.error('SQL_SYNTAX', `two columns are called "${name}"`, 'name one otherwise: … AS other', at);
    given.add(name);
  }
  // What is named by AS keeps its name; others make room.
  return found.map(({ name, isGiven, node, at }) => ({ name: isGiven ? name : freshName(name, given), node, at }));
}

interface FoundTarget extends Target {
  /** By AS. */
  readonly isGiven: boolean;
}

function targets({ name, val, location: at }: ResTarget, env: Env): FoundTarget[] {
  if (val && 'ColumnRef' in val && partsOf(val.ColumnRef).at(-1) === undefined) return star(val.ColumnRef, env);
  const node = translate(val, env);
  return [
    { name: name ?? nameOf(val as Node, env), isGiven: name !== undefined, node, at: (val && placeOf(val)) ?? at },
  ];
}

function star(ref: ColumnRef, env: Env): FoundTarget[] {
  const [table] = partsOf(ref);
  const columns = table === undefined ? env.scope.filter(({ merged }) => !merged) : inTable(env.scope, table);
  if (columns.length === 0) throw unknownColumn(env.scope, ref, env.sql);
  return columns
    .filter(({ hidden }) => !hidden)
    .map((column) => ({
      name: column.name,
      isGiven: false,
      node: placed(env, columnNode(column), ref.location),
      at: ref.location,
    }));
}

/** The name that PostgreSQL gives to a column without AS. */
function nameOf(node: Node, env: Env): string {
  return figured(node, env) ?? '?column?';
}

function figured(node: Node, env: Env): string | undefined {
  if ('ColumnRef' in node) return findColumn(env.scope, node.ColumnRef, env.sql)?.name;
  if ('FuncCall' in node) {
    const last = node.FuncCall.funcname?.at(-1);
    return last && 'String' in last ? last.String.sval : undefined;
  }
  if ('TypeCast' in node) {
    const last = node.TypeCast.typeName?.names?.at(-1);
    const type = last && 'String' in last ? last.String.sval : undefined;
    return (node.TypeCast.arg && figured(node.TypeCast.arg, env)) ?? type;
  }
  if ('CaseExpr' in node) return (node.CaseExpr.defresult && figured(node.CaseExpr.defresult, env)) ?? 'case';
  if ('CoalesceExpr' in node) return 'coalesce';
  if ('MinMaxExpr' in node) return node.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest';
  if ('A_Expr' in node && node.A_Expr.kind === 'AEXPR_NULLIF') return 'nullif';
  if ('SQLValueFunction' in node) {
    return (node.SQLValueFunction.op ?? '')
      .replace(/^SVFOP_/, '')
      .replace(/_N$/, '')
      .toLowerCase();
  }
  if ('SubLink' in node && node.SubLink.subselect && 'SelectStmt' in node.SubLink.subselect) {
    const [target] = node.SubLink.subselect.SelectStmt.targetList ?? [];
    if (!target || !('ResTarget' in target)) return undefined;
    return target.ResTarget.name ?? (target.ResTarget.val && figuredElsewhere(target.ResTarget.val));
  }
  return undefined;
}

/** Of a subquery's column, whose tables are not these. */
function figuredElsewhere(node: Node): string | undefined {
  if ('ColumnRef' in node) return partsOf(node.ColumnRef).at(-1);
  const last = 'FuncCall' in node ? node.FuncCall.funcname?.at(-1) : undefined;
  return last && 'String' in last ? last.String.sval : undefined;
}
