/** What a user writes: `col('price').mul(col('qty')).sum().as('total')`. Every method returns a new frozen tree. */

import { ShardfoldError, showValue } from '../errors.js';
import { type AggregateFilter, aggregateNode } from './aggregate-methods.js';
import { callNode, type Operand, toNode } from './base.js';
import { FunctionMethods } from './functions.js';
import type { Chosen, ChosenNulls, ColumnName, ColumnsOf, Kind, NoRows, Nulls, sorted, ValueOf } from './infer.js';
import type { AggregateNode, BranchNode, ExprNode, Literal } from './nodes.js';

export type { AggregateFilter } from './aggregate-methods.js';
export { type Operand, toNode } from './base.js';
export type { TimeUnit } from './functions.js';
export type { AggregateName } from './nodes.js';

/** What `sort` orders by. */
export interface SortKey<out C extends string = string> {
  /** For the compiler alone; there is no such property. */
  readonly [sorted]?: C | undefined;
  readonly node: ExprNode;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

function sortKey<C extends string>(node: ExprNode, descending: boolean, nulls: unknown = 'last'): SortKey<C> {
  if (nulls === 'first' || nulls === 'last') return Object.freeze({ node, descending, nullsFirst: nulls === 'first' });
  throw new ShardfoldError('INVALID_ARGUMENT', `nulls is ${showValue(nulls)}`, { hint: "'first' or 'last'" });
}

/**
 * An expression over the columns of a row. Null is missing: arithmetic and comparisons with null give null, `filter` keeps
 * only true. NaN is a value: equal to itself and greater than every other number, as in DuckDB.
 *
 * The type parameters are for the compiler: tags of the value, names of the columns that are read, and the name of the result
 * (`src/expr/infer.ts`). A plain `Expr` is one of which nothing is known.
 */
export class Expr<
  out V extends string = string,
  out C extends string = string,
  out N extends string = string,
> extends FunctionMethods<ExprKind, V, C, N> {
  /** Names the column that `select` or `withColumns` makes of this expression. */
  as<const Name extends string>(alias: Name): Expr<V, C, Name> {
    return new Expr(this.node, alias);
  }

  /** Orders by this, the least first; nulls last unless asked otherwise. */
  asc(options: { readonly nulls?: 'first' | 'last' } = {}): SortKey<C> {
    return sortKey(this.node, false, options.nulls);
  }

  /** Orders by this, the greatest first; nulls last unless asked otherwise. */
  desc(options: { readonly nulls?: 'first' | 'last' } = {}): SortKey<C> {
    return sortKey(this.node, true, options.nulls);
  }

  protected make<Value extends string, Columns extends string>(node: ExprNode): Expr<Value, Columns> {
    return new Expr(node);
  }

  protected aggregated<Value extends string, Columns extends string>(
    node: AggregateNode,
  ): AggregateExpr<Value, Columns, N> {
    return new AggregateExpr(node, this.alias);
  }
}

/** An aggregate of an expression over rows, as `agg` takes it; it combines with others by the methods of expressions. */
export class AggregateExpr<
  out V extends string = string,
  out C extends string = string,
  out N extends string = string,
> extends Expr<V, C, N> {
  declare readonly node: AggregateNode;

  constructor(node: AggregateNode, alias?: string) {
    super(node, alias);
  }

  /** Names the result column. */
  override as<const Name extends string>(alias: Name): AggregateExpr<V, C, Name> {
    return new AggregateExpr(this.node, alias);
  }
}

interface ExprKind extends Kind {
  readonly expr: Expr<this['value'], this['columns'], this['name']>;
  readonly aggregate: AggregateExpr<this['value'], this['columns'], this['name']>;
}

/** A column of any table that has one of this name. */
export type Column<Name extends string> = Expr<`value of ${Name}` | `null of ${Name}`, Name, Name>;

/** A column by its name. */
export function col<const Name extends string>(name: Name): Column<Name> {
  if (typeof name === 'string') return new Expr({ kind: 'column', name });
  throw new ShardfoldError('INVALID_ARGUMENT', `the name of the column is ${showValue(name)}`, {
    hint: "a string, e.g. col('price'); a constant is lit(1)",
  });
}

/** A constant, where a bare value would not be taken for one: `lit(1).sub(col('x'))`. */
export function lit<L extends Literal>(value: L): Expr<ValueOf<L>, never> {
  return new Expr(toNode(value));
}

/** Number of rows. */
export function count<W extends Operand = never>(
  options?: AggregateFilter<W>,
): AggregateExpr<'number', ColumnsOf<W>, 'count'> {
  return new AggregateExpr(aggregateNode('count', [], { ...options }));
}

/** Correlation (Pearson) of two numbers over the rows where neither is null; NaN where one of them does not vary. */
export function corr<X extends Operand, Y extends Operand, W extends Operand = never>(
  x: X,
  y: Y,
  options?: AggregateFilter<W>,
): AggregateExpr<'number' | NoRows<ValueOf<X | Y>, W>, ColumnsOf<X | Y | W>, ColumnName<X>> {
  return new AggregateExpr(aggregateNode('corr', [toNode(x), toNode(y)], { ...options }));
}

/** Sample covariance (n - 1); null for fewer than two rows where neither is null. */
export function covar<X extends Operand, Y extends Operand, W extends Operand = never>(
  x: X,
  y: Y,
  options?: AggregateFilter<W>,
): AggregateExpr<'number' | 'null', ColumnsOf<X | Y | W>, ColumnName<X>> {
  return new AggregateExpr(aggregateNode('covar', [toNode(x), toNode(y)], { ...options }));
}

/** Population covariance (n); null for no row where neither is null. */
export function covarPop<X extends Operand, Y extends Operand, W extends Operand = never>(
  x: X,
  y: Y,
  options?: AggregateFilter<W>,
): AggregateExpr<'number' | NoRows<ValueOf<X | Y>, W>, ColumnsOf<X | Y | W>, ColumnName<X>> {
  return new AggregateExpr(aggregateNode('covarPop', [toNode(x), toNode(y)], { ...options }));
}

/** One of several values; null where all of them are. */
export type OneOf<A extends readonly unknown[]> = Expr<Chosen<A[number]> | ChosenNulls<A>, ColumnsOf<A[number]>>;

/** The first of the values that is not null. */
export function coalesce<A extends readonly Operand[]>(...values: A): OneOf<A> {
  return new Expr(callNode('coalesce', values));
}

/** The least of the values that are not null; NaN is the greatest number. */
export function least<A extends readonly Operand[]>(...values: A): OneOf<A> {
  return new Expr(callNode('least', values));
}

/** The greatest of the values that are not null. */
export function greatest<A extends readonly Operand[]>(...values: A): OneOf<A> {
  return new Expr(callNode('greatest', values));
}

/** The texts one after another; null counts for nothing. */
export function concat<A extends readonly Operand[]>(...values: A): Expr<'text', ColumnsOf<A[number]>> {
  return new Expr(callNode('concat', values));
}

/** `when(condition).then(value)`, as often as needed, and `.otherwise(value)`; without that, null where none is true. */
export function when<O extends Operand>(condition: O): When<never, ColumnsOf<O>> {
  return new When([], condition);
}

/** A condition that waits for its value. @typeParam A the values of those before it @typeParam C columns that are read */
export class When<out A = unknown, out C extends string = string> {
  readonly #branches: readonly BranchNode[];
  readonly #condition: Operand;

  constructor(branches: readonly BranchNode[], condition: Operand) {
    this.#branches = branches;
    this.#condition = condition;
  }

  then<O extends Operand>(value: O): Then<A | O, C | ColumnsOf<O>> {
    const then = toNode(value);
    return new Then([...this.#branches, Object.freeze({ when: toNode(this.#condition), then })]);
  }
}

/** Tags of values of which one is taken; null where that one is. */
type Cases<A> = Chosen<A> | Nulls<ValueOf<A>>;

/** An expression as it stands: null where no condition is true. */
export class Then<out A = unknown, out C extends string = string> extends Expr<Cases<A> | 'null', C> {
  constructor(branches: readonly BranchNode[]) {
    super({ kind: 'case', branches: Object.freeze(branches), otherwise: toNode(null) });
  }

  when<O extends Operand>(condition: O): When<A, C | ColumnsOf<O>> {
    return new When(this.#branches, condition);
  }

  get #branches(): readonly BranchNode[] {
    return this.node.kind === 'case' ? this.node.branches : [];
  }

  /** The value where no condition is true. */
  otherwise<O extends Operand>(value: O): Expr<Cases<A | O>, C | ColumnsOf<O>> {
    return new Expr({ kind: 'case', branches: this.#branches, otherwise: toNode(value) });
  }
}
