/** Arithmetic, comparisons, logic and tests for null: what SQL writes with operators. */

import { ExprBase, misplaced, type Operand, toLiteral, toNode } from './base.js';
import type { Added, ByZero, ColumnsOf, Combined, Kind, Made, Nulls, Subtracted, ValueOf } from './infer.js';
import type { ArithmeticOp, ComparisonOp, ExprNode, Literal } from './nodes.js';

export abstract class Operators<K extends Kind, V extends string, C extends string, N extends string> extends ExprBase<
  K,
  V,
  C,
  N
> {
  /** Sum. int32 with int32 gives int32, with int64 gives int64; overflow is an error. */
  add<O extends Operand>(other: O): Made<K, Added<V, ValueOf<O>>, C | ColumnsOf<O>> {
    return this.#arithmetic('add', other);
  }
  sub<O extends Operand>(other: O): Made<K, Subtracted<V, ValueOf<O>>, C | ColumnsOf<O>> {
    return this.#arithmetic('sub', other);
  }
  mul<O extends Operand>(other: O): Combined<K, 'number', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.#arithmetic('mul', other);
  }
  /** Division in float64, of integers too; division by zero gives ±Infinity or NaN. */
  div<O extends Operand>(other: O): Combined<K, 'number', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.#arithmetic('div', other);
  }
  /** Remainder with the sign of the dividend. An integer modulo 0 is null. */
  mod<O extends Operand>(other: O): Made<K, 'number' | ByZero<O> | Nulls<V | ValueOf<O>>, C | ColumnsOf<O>> {
    return this.#arithmetic('mod', other);
  }
  neg(): Combined<K, `number like ${V}`, V, C> {
    return this.make({ kind: 'negate', arg: this.node });
  }

  eq<O extends Operand>(other: O): Combined<K, 'boolean', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.#compare('eq', other);
  }
  neq<O extends Operand>(other: O): Combined<K, 'boolean', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.#compare('neq', other);
  }
  lt<O extends Operand>(other: O): Combined<K, 'boolean', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.#compare('lt', other);
  }
  ltEq<O extends Operand>(other: O): Combined<K, 'boolean', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.#compare('ltEq', other);
  }
  gt<O extends Operand>(other: O): Combined<K, 'boolean', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.#compare('gt', other);
  }
  gtEq<O extends Operand>(other: O): Combined<K, 'boolean', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.#compare('gtEq', other);
  }
  /** `low <= this and this <= high`. */
  between<L extends Operand, H extends Operand>(
    low: L,
    high: H,
  ): Combined<K, 'boolean', V | ValueOf<L | H>, C | ColumnsOf<L | H>> {
    const compare = (op: ComparisonOp, other: Operand): ExprNode =>
      Object.freeze({ kind: 'compare', op, left: this.node, right: toNode(other) });
    return this.make({ kind: 'logic', op: 'and', left: compare('gtEq', low), right: compare('ltEq', high) });
  }
  /** True where the value is one of `values`; with a null among them, null instead of false (SQL's IN). */
  isIn<L extends Literal>(values: readonly L[]): Combined<K, 'boolean', V | ValueOf<L>, C> {
    if (!Array.isArray(values)) throw misplaced(values, 'isIn takes an array of values: isIn([1, 2])');
    return this.make({ kind: 'isIn', arg: this.node, values: Object.freeze(values.map(toLiteral)) });
  }

  /** Three-valued: false and null is false, true and null is null. */
  and<O extends Operand>(other: O): Combined<K, 'boolean', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.make({ kind: 'logic', op: 'and', left: this.node, right: toNode(other) });
  }
  or<O extends Operand>(other: O): Combined<K, 'boolean', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.make({ kind: 'logic', op: 'or', left: this.node, right: toNode(other) });
  }
  not(): Combined<K, 'boolean', V, C> {
    return this.make({ kind: 'not', arg: this.node });
  }
  isNull(): Made<K, 'boolean', C> {
    return this.make({ kind: 'isNull', arg: this.node, negated: false });
  }
  isNotNull(): Made<K, 'boolean', C> {
    return this.make({ kind: 'isNull', arg: this.node, negated: true });
  }

  #arithmetic<Value extends string, Columns extends string>(op: ArithmeticOp, other: Operand): Made<K, Value, Columns> {
    return this.make({ kind: 'arithmetic', op, left: this.node, right: toNode(other) });
  }

  #compare<Value extends string, Columns extends string>(op: ComparisonOp, other: Operand): Made<K, Value, Columns> {
    return this.make({ kind: 'compare', op, left: this.node, right: toNode(other) });
  }
}
