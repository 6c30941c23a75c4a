/** What a user writes: `col('price').mul(col('qty')).sum().as('total')`. Every method returns a new frozen tree. */

import { inspect } from 'node:util';
import { ShardfoldError, showValue } from '../errors.js';
import { type ArithmeticOp, type ComparisonOp, type ExprNode, formatNode, type Literal } from './nodes.js';

export type AggregateName = 'count' | 'sum' | 'mean' | 'min' | 'max' | 'var' | 'std' | 'varPop' | 'stdPop';

/** Anything that may stand where an expression is expected; a bare value is a constant (a string is text, not a column). */
export type Operand = Expr | Literal;

/** An aggregate of an expression over rows, as `agg` takes it. `arg` is undefined for `count()`, which counts rows. */
export class AggregateExpr {
  readonly aggregate: AggregateName;
  readonly arg: ExprNode | undefined;
  readonly alias: string | undefined;

  constructor(aggregate: AggregateName, arg?: ExprNode, alias?: string) {
    this.aggregate = aggregate;
    this.arg = arg;
    this.alias = alias;
    Object.freeze(this);
  }

  /** What `console.log` shows. */
  [inspect.custom](): string {
    return `Aggregate ${this.aggregate}(${this.arg ? formatNode(this.arg) : '*'})${asAlias(this.alias)}`;
  }

  /** Names the result column. */
  as(alias: string): AggregateExpr {
    return new AggregateExpr(this.aggregate, this.arg, alias);
  }
}

/**
 * An expression over the columns of a row. Null is missing: arithmetic and comparisons with null give null, `filter` keeps
 * only true. NaN is a value: equal to itself and greater than every other number, as in DuckDB.
 */
export class Expr {
  readonly node: ExprNode;
  readonly alias: string | undefined;

  constructor(node: ExprNode, alias?: string) {
    this.node = Object.freeze(node);
    this.alias = alias;
    Object.freeze(this);
  }

  /** What `console.log` shows. */
  [inspect.custom](): string {
    return `Expr ${formatNode(this.node)}${asAlias(this.alias)}`;
  }

  /** Names the column that `select` or `withColumns` makes of this expression. */
  as(alias: string): Expr {
    return new Expr(this.node, alias);
  }

  /** Sum. int32 with int32 gives int32, with int64 gives int64; overflow is an error. */
  add(other: Operand): Expr {
    return this.#arithmetic('add', other);
  }
  sub(other: Operand): Expr {
    return this.#arithmetic('sub', other);
  }
  mul(other: Operand): Expr {
    return this.#arithmetic('mul', other);
  }
  /** Division in float64, of integers too; division by zero gives ±Infinity or NaN. */
  div(other: Operand): Expr {
    return this.#arithmetic('div', other);
  }
  /** Remainder with the sign of the dividend. An integer modulo 0 is null. */
  mod(other: Operand): Expr {
    return this.#arithmetic('mod', other);
  }
  neg(): Expr {
    return new Expr({ kind: 'negate', arg: this.node });
  }

  eq(other: Operand): Expr {
    return this.#compare('eq', other);
  }
  neq(other: Operand): Expr {
    return this.#compare('neq', other);
  }
  lt(other: Operand): Expr {
    return this.#compare('lt', other);
  }
  ltEq(other: Operand): Expr {
    return this.#compare('ltEq', other);
  }
  gt(other: Operand): Expr {
    return this.#compare('gt', other);
  }
  gtEq(other: Operand): Expr {
    return this.#compare('gtEq', other);
  }
  /** `low <= this and this <= high`. */
  between(low: Operand, high: Operand): Expr {
    return this.gtEq(low).and(this.ltEq(high));
  }
  /** True where the value is one of `values`; with a null among them, null instead of false (SQL's IN). */
  isIn(values: readonly Literal[]): Expr {
    if (!Array.isArray(values)) throw notForExpressions(values, 'isIn takes an array of values: isIn([1, 2])');
    return new Expr({ kind: 'isIn', arg: this.node, values: Object.freeze(values.map(toLiteral)) });
  }

  /** Three-valued: false and null is false, true and null is null. */
  and(other: Operand): Expr {
    return new Expr({ kind: 'logic', op: 'and', left: this.node, right: toNode(other) });
  }
  or(other: Operand): Expr {
    return new Expr({ kind: 'logic', op: 'or', left: this.node, right: toNode(other) });
  }
  not(): Expr {
    return new Expr({ kind: 'not', arg: this.node });
  }
  isNull(): Expr {
    return new Expr({ kind: 'isNull', arg: this.node, negated: false });
  }
  isNotNull(): Expr {
    return new Expr({ kind: 'isNull', arg: this.node, negated: true });
  }

  /** Number of non-null values. */
  count(): AggregateExpr {
    return new AggregateExpr('count', this.node, this.alias);
  }
  /** Sum of the non-null values; null where there are none. Integers and decimals sum exactly; a result beyond ±2^53 is an error. */
  sum(): AggregateExpr {
    return new AggregateExpr('sum', this.node, this.alias);
  }
  /** Arithmetic mean of the non-null values, a float64; null where there are none. */
  mean(): AggregateExpr {
    return new AggregateExpr('mean', this.node, this.alias);
  }
  /** Least non-null value; NaN only where all are NaN. Strings by their UTF-8 bytes. */
  min(): AggregateExpr {
    return new AggregateExpr('min', this.node, this.alias);
  }
  /** Greatest non-null value; NaN where there is one. */
  max(): AggregateExpr {
    return new AggregateExpr('max', this.node, this.alias);
  }
  /** Sample variance (n - 1); null for fewer than two values. */
  var(): AggregateExpr {
    return new AggregateExpr('var', this.node, this.alias);
  }
  /** Sample standard deviation (n - 1); null for fewer than two values. */
  std(): AggregateExpr {
    return new AggregateExpr('std', this.node, this.alias);
  }
  /** Population variance (n); null for no values. */
  varPop(): AggregateExpr {
    return new AggregateExpr('varPop', this.node, this.alias);
  }
  /** Population standard deviation (n); null for no values. */
  stdPop(): AggregateExpr {
    return new AggregateExpr('stdPop', this.node, this.alias);
  }

  #arithmetic(op: ArithmeticOp, other: Operand): Expr {
    return new Expr({ kind: 'arithmetic', op, left: this.node, right: toNode(other) });
  }

  #compare(op: ComparisonOp, other: Operand): Expr {
    return new Expr({ kind: 'compare', op, left: this.node, right: toNode(other) });
  }
}

/** The node of an operand; a bare value becomes a constant. */
export function toNode(operand: Operand): ExprNode {
  if (operand instanceof Expr) return operand.node;
  return Object.freeze({ kind: 'literal', value: toLiteral(operand) });
}

/** Callers without types may hand in anything: undefined would be taken for NaN. */
function toLiteral(value: Literal): Literal {
  if (value === null || value instanceof Date) return value;
  if (['number', 'bigint', 'string', 'boolean'].includes(typeof value as string)) return value;
  throw notForExpressions(value, 'use col(name), or a number, bigint, string, boolean, Date or null');
}

function notForExpressions(value: unknown, hint: string): ShardfoldError {
  const text = value instanceof Expr || value instanceof AggregateExpr ? 'an expression' : String(value);
  return new ShardfoldError('INVALID_ARGUMENT', `${text} cannot stand here`, { hint });
}

const asAlias = (alias: string | undefined): string => (alias === undefined ? '' : ` as ${alias}`);

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
export function count(): AggregateExpr {
  return new AggregateExpr('count');
}
