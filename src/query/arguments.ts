/** What is handed in to the steps of a query, checked and named. */

import { ShardfoldError, showValue } from '../errors.js';
import { AggregateExpr, col, Expr, type SortKey } from '../expr/expr.js';
import type { expression, Over } from '../expr/infer.js';
import { type ExprNode, formatNode } from '../expr/nodes.js';
import type { NamedExpr, SortBy } from '../plan/nodes.js';
import { hasAggregate } from '../plan/split-aggregates.js';

/** A column by its name, or an expression; `C` are the columns that there are. */
export type ColumnOperand<C extends string = string> = C | Over<C>;

/** Expressions by the name of the column that they make; `C` are the columns that they may read. */
export interface ColumnMap<C extends string = string> {
  readonly [name: string]: Over<C>;
  readonly [expression]?: never;
}

/** Aggregates by the name of their result column; `C` are the columns that they may read. */
export interface AggregateMap<C extends string = string> {
  readonly [name: string]: Over<C>;
  readonly [expression]?: never;
}

/** What `agg` takes. */
export type Aggregates<C extends string = string> = Over<C> | AggregateMap<C>;

/** How rows are ordered by one expression. */
export type SortOrder = 'asc' | 'desc' | { readonly descending?: boolean; readonly nulls?: 'first' | 'last' };

/** What rows are ordered by: a column, an expression, or one with an order of its own: `col('x').desc({ nulls: 'first' })`. */
export type SortOperand<C extends string = string> = ColumnOperand<C> | SortKey<C>;

export function invalid(message: string, hint = "see the method's description"): ShardfoldError {
  return new ShardfoldError('INVALID_ARGUMENT', message, { hint });
}

export function condition(predicate: Over<string>): ExprNode {
  if (!(predicate instanceof Expr)) throw invalid(`${showValue(predicate)} is no condition`, "e.g. col('x').gt(0)");
  return predicate.node;
}

/** A column or an expression with the name that its result takes. */
export function named(column: ColumnOperand): NamedExpr {
  const expr = typeof column === 'string' ? col(column) : column;
  if (!(expr instanceof Expr))
    throw invalid(`${showValue(column)} is no column`, "a name, or an expression such as col('x').add(1)");
  const { node } = expr;
  return { name: expr.alias ?? (node.kind === 'column' ? node.name : formatNode(node)), node };
}

/** Columns, expressions, and maps of expressions, in the order in which they are given. */
export function namedColumns(list: readonly (ColumnOperand | ColumnMap)[]): readonly NamedExpr[] {
  return list.flatMap((each) => (isMap(each) ? Object.entries(each).map(byName) : named(each)));
}

const isMap = (each: ColumnOperand | ColumnMap): each is ColumnMap =>
  typeof each === 'object' && each !== null && Object.getPrototypeOf(each) === Object.prototype;

function byName([name, expr]: [string, Over<string>]): NamedExpr {
  if (expr instanceof Expr) return { name, node: expr.node };
  throw invalid(`column "${name}" is ${showValue(expr)}`, "an expression: col('x'), or lit(1) for a constant");
}

export function columnNames(names: readonly string[], step: string): readonly string[] {
  for (const name of names) {
    if (typeof name !== 'string') throw invalid(`${step}(): ${showValue(name)} is no name of a column`, "e.g. 'price'");
  }
  return Object.freeze([...names]);
}

export function namedAggregates(list: readonly (Over<string> | AggregateMap)[]): readonly NamedExpr[] {
  const aggregates = list.flatMap((each) =>
    each instanceof Expr
      ? [namedAggregate(each, each.alias)]
      : Object.entries(each ?? {}).map(([name, aggregate]) => namedAggregate(aggregate, name)),
  );
  if (aggregates.length === 0)
    throw invalid('agg() names no aggregate', "e.g. .agg({ n: count(), mean: col('x').mean() })");
  return aggregates;
}

function namedAggregate(each: Over<string>, name: string | undefined): NamedExpr {
  if (!(each instanceof Expr) || !hasAggregate(each.node)) {
    const what = each instanceof Expr ? formatNode(each.node) : `"${name}"`;
    throw invalid(`${what} is no aggregate`, "e.g. col('x').sum(), count()");
  }
  return { name: name ?? plainName(each), node: each.node };
}

/** `col('x').sum()` is called x, as in the plan of others. */
function plainName(each: Expr): string {
  if (!(each instanceof AggregateExpr)) return formatNode(each.node);
  const [arg] = each.node.args;
  if (arg?.kind === 'column') return arg.name;
  return arg === undefined ? 'count' : formatNode(each.node);
}

export function sortKeys(by: SortOperand | readonly SortOperand[], order: SortOrder): readonly SortBy[] {
  const list = Array.isArray(by) ? (by as readonly SortOperand[]) : [by as SortOperand];
  if (list.length === 0) throw invalid('sort() names nothing to sort by', "e.g. .sort('price', 'desc')");
  const { descending, nullsFirst } = sortOrder(order);
  return list.map((each): SortBy => {
    if (typeof each === 'string' || each instanceof Expr) return { node: named(each).node, descending, nullsFirst };
    if (typeof each !== 'object' || each === null || !('node' in each) || typeof each.node !== 'object')
      throw invalid(`${showValue(each)} is nothing to sort by`, "a name, an expression, or col('x').desc()");
    return each;
  });
}

function sortOrder(order: SortOrder): Omit<SortBy, 'node'> {
  if (order === 'asc' || order === 'desc') return { descending: order === 'desc', nullsFirst: false };
  const {
    descending = false,
    nulls = 'last',
    ...others
  } = typeof order === 'object' && order !== null ? order : { order };
  const known = typeof descending === 'boolean' && (nulls === 'first' || nulls === 'last');
  if (!known || Object.keys(others).length > 0)
    throw invalid(`the order is ${showValue(order)}`, "'asc', 'desc', or { descending: true, nulls: 'first' }");
  return { descending, nullsFirst: nulls === 'first' };
}

export function checkCount(count: number, what = 'rows'): number {
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw invalid(`${showValue(count)} ${what} cannot be asked for`, 'a whole number from 0');
}

/** How rows are drawn. */
export interface SampleOptions {
  /** Other rows for another seed: a whole number from 0 to 2^32 − 1; 1 by default. */
  readonly seed?: number;
  /** The rows that are not drawn, instead. */
  readonly rest?: boolean;
}

export function checkSample(fraction: number, { seed, rest }: Required<SampleOptions>): void {
  if (typeof fraction !== 'number' || !(fraction >= 0 && fraction <= 1))
    throw invalid(`the fraction is ${showValue(fraction)}`, 'from 0 to 1: 0.25 for a quarter of the rows');
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32)
    throw invalid(`the seed is ${showValue(seed)}`, 'a whole number from 0 to 4,294,967,295');
  if (typeof rest !== 'boolean') throw invalid(`rest is ${showValue(rest)}`, 'true or false');
}
