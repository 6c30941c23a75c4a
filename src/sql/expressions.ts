/** Expressions of PostgreSQL's tree as ours. */

import type { ColumnRef, FuncCall, Node, SubLink, TypeCast } from 'libpg-query';
import type { ExprNode } from '../expr/nodes.js';
import { closest } from '../suggest.js';
import { aggregateCall, aggregateNames, isAggregate } from './aggregates.js';
import { requireBool } from './conditions.js';
import { constant, literalOf, parameter } from './constants.js';
import { branch, call, cast, type Env, isNull, joined, literal, not, OUTER, placed } from './env.js';
import { functionCall, functionNames } from './functions.js';
import { compared, operator } from './operators.js';
import { columnNode, findColumn, partsOf, unknownColumn } from './scope.js';
import type { Offset } from './text.js';
import { intervalOf, midnightOf, timeConstant } from './times.js';
import { columnType } from './types.js';

/** @throws SQL_UNSUPPORTED, SQL_SYNTAX, UNKNOWN_COLUMN, TYPE_MISMATCH, each with its place */
export function translate(node: Node | undefined, env: Env): ExprNode {
  if (!node) throw env.sql.error('SQL_SYNTAX', 'an expression is missing', undefined, undefined);
  return placed(env, translated(node, env), placeOf(node));
}

function translated(node: Node, env: Env): ExprNode {
  if ('ColumnRef' in node) return column(node.ColumnRef, env);
  if ('A_Const' in node) return constant(node.A_Const, env);
  if ('ParamRef' in node) return parameter(node.ParamRef, env);
  if ('A_Expr' in node) return operator(node.A_Expr, env, translate);
  if ('BoolExpr' in node) {
    const { boolop, args = [] } = node.BoolExpr;
    const conditions = args.map((arg) => translate(arg, env));
    if (boolop === 'NOT_EXPR') return not(conditions[0] as ExprNode);
    return joined(boolop === 'AND_EXPR' ? 'and' : 'or', conditions);
  }
  if ('NullTest' in node) {
    return isNull(translate(node.NullTest.arg, env), node.NullTest.nulltesttype === 'IS_NOT_NULL');
  }
  if ('BooleanTest' in node)
    return truthTest(node.BooleanTest.booltesttype ?? '', translate(node.BooleanTest.arg, env), env);
  if ('CaseExpr' in node) return caseOf(node, env);
  if ('CoalesceExpr' in node) return call('coalesce', ...all(node.CoalesceExpr.args, env));
  if ('MinMaxExpr' in node) {
    return call(node.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest', ...all(node.MinMaxExpr.args, env));
  }
  if ('TypeCast' in node) return castOf(node.TypeCast, env);
  if ('FuncCall' in node) return functionOf(node.FuncCall, env);
  if ('SubLink' in node) return subquery(node.SubLink, env);
  if ('SQLValueFunction' in node) return currentTime(node.SQLValueFunction.op ?? '', env, placeOf(node));
  throw unsupportedNode(node, env);
}

const all = (nodes: readonly Node[] | undefined, env: Env): ExprNode[] =>
  (nodes ?? []).map((node) => translate(node, env));

/** Where a node begins, as far as the tree says it. */
export function placeOf(node: Node): Offset {
  const [inner] = Object.values(node) as [{ location?: number; typeName?: { location?: number }; arg?: Node }];
  if (inner.location !== undefined && inner.location >= 0) return inner.location;
  if (inner.typeName?.location !== undefined) return inner.typeName.location;
  return inner.arg && placeOf(inner.arg);
}

function column(ref: ColumnRef, env: Env): ExprNode {
  if (partsOf(ref).includes(undefined)) {
    throw env.sql.error(
      'SQL_SYNTAX',
      'a * stands for no single value',
      'name a column; count(*) counts rows',
      ref.location,
    );
  }
  const found = findColumn(env.scope, ref, env.sql);
  if (found) return columnNode(found);
  const outer = env.outer && findColumn(env.outer, ref, env.sql);
  if (outer) return { kind: 'column', name: OUTER + outer.id };
  if (env.around && findColumn(env.around, ref, env.sql)) {
    const instead =
      'join the subquery in FROM, grouped by what it has in common; IN and EXISTS in WHERE may refer to the query around them';
    throw env.sql.unsupported('a subquery that refers here to the query around it', instead, ref.location);
  }
  throw unknownColumn(env.scope, ref, env.sql, env.declaring);
}

function truthTest(test: string, arg: ExprNode, env: Env): ExprNode {
  requireBool(arg, env, test.replaceAll('_', ' '));
  const or = (fallback: boolean): ExprNode => call('coalesce', arg, literal(fallback));
  switch (test) {
    case 'IS_TRUE':
      return or(false);
    case 'IS_NOT_TRUE':
      return not(or(false));
    case 'IS_FALSE':
      return not(or(true));
    case 'IS_NOT_FALSE':
      return or(true);
    default:
      return isNull(arg, test === 'IS_NOT_UNKNOWN');
  }
}

function caseOf({ CaseExpr }: Extract<Node, { CaseExpr: unknown }>, env: Env): ExprNode {
  const { arg, args = [], defresult } = CaseExpr;
  const subject = arg && translate(arg, env);
  const branches = args.map((each) => {
    const { expr, result } = 'CaseWhen' in each ? each.CaseWhen : {};
    const when = translate(expr, env);
    return branch(subject ? compared('eq', subject, when) : when, translate(result, env));
  });
  return { kind: 'case', branches, otherwise: defresult ? translate(defresult, env) : literal(null) };
}

function castOf({ arg, typeName, location }: TypeCast, env: Env): ExprNode {
  if (!arg || !typeName) throw env.sql.error('SQL_SYNTAX', 'a cast of nothing', undefined, location);
  const at = location !== undefined && location >= 0 ? location : typeName.location;
  if (intervalOf({ TypeCast: { arg, typeName } }, env)) {
    throw env.sql.unsupported('an INTERVAL by itself', "add it to a time: now() - INTERVAL '7 days'", at);
  }
  const to = columnType(typeName, env);
  const value = translate(arg, env);
  if (env.sql.isLenient(location)) return { ...cast(value, to), lenient: true };
  const given = literalOf(value);
  if (to === 'date' || to === 'timestamp') {
    if (typeof given === 'string') return timeConstant(given, to, env, env.places.get(value) ?? at);
    if (given instanceof Date) return to === 'timestamp' ? literal(given) : cast(literal(midnightOf(given)), 'date');
  }
  // PostgreSQL's tree has true and false as casts of text in places.
  if (to === 'bool' && (given === 't' || given === 'f')) return literal(given === 't');
  return cast(value, to);
}

function functionOf(node: FuncCall, env: Env): ExprNode {
  const { sql } = env;
  const at = node.location;
  const parts = (node.funcname ?? []).map((part) => ('String' in part ? (part.String.sval ?? '') : ''));
  const name = (parts.at(-1) ?? '').toLowerCase();
  if (parts.length > 1 && parts[0] !== 'pg_catalog')
    throw sql.unsupported('a schema before a function', `write ${name}(…)`, at);
  if (node.over) {
    throw sql.unsupported('OVER (window functions)', 'aggregate in a subquery, and join it', node.over.location ?? at);
  }
  if (node.func_variadic) throw sql.unsupported('VARIADIC', 'write the arguments one by one', at);
  if (isAggregate(name)) return aggregateCall(node, name, env, translate);
  if (node.agg_filter || node.agg_distinct || node.agg_order || node.agg_star) {
    const near = closest(name, aggregateNames());
    throw sql.error('SQL_SYNTAX', `${name} is no aggregate`, near && `did you mean ${near}?`, at);
  }
  const args = all(node.args, env);
  const found = functionCall(args, { name, env, at });
  if (found) return found;
  const near = closest(name, [...functionNames(), ...aggregateNames()]);
  throw sql.unsupported(
    `the function ${name}`,
    near === undefined ? 'docs/sql.md lists the functions' : `did you mean ${near}?`,
    at,
  );
}

function subquery({ subLinkType, subselect, location: at }: SubLink, env: Env): ExprNode {
  if (subLinkType === 'EXPR_SUBLINK' && subselect && 'SelectStmt' in subselect && env.scalar) {
    return env.scalar(subselect.SelectStmt, at);
  }
  const what =
    subLinkType === 'EXISTS_SUBLINK' ? 'EXISTS' : subLinkType === 'EXPR_SUBLINK' ? 'a subquery' : 'IN (SELECT …)';
  const instead = 'it may be one of the conditions that AND joins in WHERE; or join the subquery in FROM';
  throw env.sql.unsupported(`${what} here`, instead, at);
}

function currentTime(op: string, env: Env, at: Offset): ExprNode {
  if (op === 'SVFOP_CURRENT_DATE') {
    return cast(literal(midnightOf(env.now)), 'date');
  }
  if (op.startsWith('SVFOP_CURRENT_TIMESTAMP') || op.startsWith('SVFOP_LOCALTIMESTAMP')) return literal(env.now);
  throw env.sql.unsupported('this value of the session', 'now(), current_timestamp and current_date are', at);
}

const NODES: Readonly<Record<string, readonly [what: string, instead: string]>> = {
  A_ArrayExpr: ['an array', 'arrays may only stand in = ANY(ARRAY[…])'],
  RowExpr: ['a row of values', 'compare them one by one, with AND between'],
  CollateClause: ['COLLATE', 'text is ordered by its UTF-8 bytes'],
  A_Indirection: ['an element of a value', 'select the value as a whole'],
  GroupingFunc: ['GROUPING', 'run a query for each grouping'],
  NamedArgExpr: ['an argument by name', 'write the arguments in order'],
  SetToDefault: ['DEFAULT', 'write a value'],
};

function unsupportedNode(node: Node, { sql }: Env) {
  const [kind = ''] = Object.keys(node);
  const [what, instead] = NODES[kind] ?? [`${kind} (as PostgreSQL calls it)`, 'docs/sql.md says what is'];
  return sql.unsupported(what, instead, placeOf(node));
}
