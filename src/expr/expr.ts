/** What a user writes: `col('price').mul(col('qty')).sum().as('total')`. Every method returns a new frozen tree. */

import { ShardfoldError, showValue } from '../errors.js';
import { type AggregateFilter, AggregateMethods, aggregateNode } from './aggregate-methods.js';
import { type Operand, toNode } from './base.js';
import type { AggregateNode, ExprNode, Literal } from './nodes.js';

export type { AggregateFilter } from './aggregate-methods.js';
export { type Operand, toNode } from './base.js';
export type { AggregateName } from './nodes.js';

/**
 * An expression over the columns of a row. Null is missing: arithmetic and comparisons with null give null, `filter` keeps
 * only true. NaN is a value: equal to itself and greater than every other number, as in DuckDB.
 */
export class Expr extends AggregateMethods<Expr, AggregateExpr> {
  /** Names the column that `select` or `withColumns` makes of this expression. */
  as(alias: string): Expr {
    return new Expr(this.node, alias);
  }

  protected make(node: ExprNode): Expr {
    return new Expr(node);
  }

  protected aggregated(node: AggregateNode): AggregateExpr {
    return new AggregateExpr(node, this.alias);
  }
}

/** An aggregate of an expression over rows, as `agg` takes it; it combines with others by the methods of expressions. */
export class AggregateExpr extends Expr {
  declare readonly node: AggregateNode;

  constructor(node: AggregateNode, alias?: string) {
    super(node, alias);
  }

  /** Names the result column. */
  override as(alias: string): AggregateExpr {
    return new AggregateExpr(this.node, alias);
  }
}

/** A column by its name. */
export function col(name: string): Expr {
  if (typeof name === 'string') return new Expr({ kind: 'column', name });
  throw new ShardfoldError('INVALID_ARGUMENT', `the name of the column is ${showValue(name)}`, {
    hint: "a string, e.g. col('price'); a constant is lit(1)",
  });
}

/** A constant, where a bare value would not be taken for one: `lit(1).sub(col('x'))`. */
export function lit(value: Literal): Expr {
  return new Expr(toNode(value));
}

/** Number of rows. */
export function count(options?: AggregateFilter): AggregateExpr {
  return new AggregateExpr(aggregateNode('count', [], { ...options }));
}

/** Correlation (Pearson) of two numbers over the rows where neither is null; NaN where one of them does not vary. */
export function corr(x: Operand, y: Operand, options?: AggregateFilter): AggregateExpr {
  return new AggregateExpr(aggregateNode('corr', [toNode(x), toNode(y)], { ...options }));
}

/** Sample covariance (n - 1); null for fewer than two rows where neither is null. */
export function covar(x: Operand, y: Operand, options?: AggregateFilter): AggregateExpr {
  return new AggregateExpr(aggregateNode('covar', [toNode(x), toNode(y)], { ...options }));
}

/** Population covariance (n); null for no row where neither is null. */
export function covarPop(x: Operand, y: Operand, options?: AggregateFilter): AggregateExpr {
  return new AggregateExpr(aggregateNode('covarPop', [toNode(x), toNode(y)], { ...options }));
}
