/** What a user writes: `col('price').mul(col('qty')).sum().as('total')`. Every method returns a new frozen tree. */

import { ShardfoldError, showValue } from '../errors.js';
import { type AggregateFilter, aggregateNode } from './aggregate-methods.js';
import { callNode, type Operand, toNode } from './base.js';
import { FunctionMethods } from './functions.js';
import type { AggregateNode, BranchNode, ExprNode, Literal } from './nodes.js';

export type { AggregateFilter } from './aggregate-methods.js';
export { type Operand, toNode } from './base.js';
export type { TimeUnit } from './functions.js';
export type { AggregateName } from './nodes.js';

/** What `sort` orders by. */
export interface SortKey {
  readonly node: ExprNode;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

function sortKey(node: ExprNode, descending: boolean, nulls: unknown = 'last'): SortKey {
  if (nulls === 'first' || nulls === 'last') return Object.freeze({ node, descending, nullsFirst: nulls === 'first' });
  throw new ShardfoldError('INVALID_ARGUMENT', `nulls is ${showValue(nulls)}`, { hint: "'first' or 'last'" });
}

/**
 * An expression over the columns of a row. Null is missing: arithmetic and comparisons with null give null, `filter` keeps
 * only true. NaN is a value: equal to itself and greater than every other number, as in DuckDB.
 */
export class Expr extends FunctionMethods<Expr, AggregateExpr> {
  /** Names the column that `select` or `withColumns` makes of this expression. */
  as(alias: string): Expr {
    return new Expr(this.node, alias);
  }

  /** Orders by this, the least first; nulls last unless asked otherwise. */
  asc(options: { readonly nulls?: 'first' | 'last' } = {}): SortKey {
    return sortKey(this.node, false, options.nulls);
  }

  /** Orders by this, the greatest first; nulls last unless asked otherwise. */
  desc(options: { readonly nulls?: 'first' | 'last' } = {}): SortKey {
    return sortKey(this.node, true, options.nulls);
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

/** The first of the values that is not null. */
export function coalesce(...values: readonly Operand[]): Expr {
  return new Expr(callNode('coalesce', values));
}

/** The least of the values that are not null; NaN is the greatest number. */
export function least(...values: readonly Operand[]): Expr {
  return new Expr(callNode('least', values));
}

/** The greatest of the values that are not null. */
export function greatest(...values: readonly Operand[]): Expr {
  return new Expr(callNode('greatest', values));
}

/** The texts one after another; null counts for nothing. */
export function concat(...values: readonly Operand[]): Expr {
  return new Expr(callNode('concat', values));
}

/** `when(condition).then(value)`, as often as needed, and `.otherwise(value)`; without that, null where none is true. */
export function when(condition: Operand): When {
  return new When([], condition);
}

/** A condition that waits for its value. */
export class When {
  readonly #branches: readonly BranchNode[];
  readonly #condition: Operand;

  constructor(branches: readonly BranchNode[], condition: Operand) {
    this.#branches = branches;
    this.#condition = condition;
  }

  then(value: Operand): Then {
    const then = toNode(value);
    return new Then([...this.#branches, Object.freeze({ when: toNode(this.#condition), then })]);
  }
}

/** An expression as it stands: null where no condition is true. */
export class Then extends Expr {
  constructor(branches: readonly BranchNode[]) {
    super({ kind: 'case', branches: Object.freeze(branches), otherwise: toNode(null) });
  }

  when(condition: Operand): When {
    return new When(this.#branches, condition);
  }

  get #branches(): readonly BranchNode[] {
    return this.node.kind === 'case' ? this.node.branches : [];
  }

  /** The value where no condition is true. */
  otherwise(value: Operand): Expr {
    return new Expr({ kind: 'case', branches: this.#branches, otherwise: toNode(value) });
  }
}
