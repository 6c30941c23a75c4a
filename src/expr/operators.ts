/** Arithmetic, comparisons, logic and tests for null: what SQL writes with operators. */

import { ExprBase, misplaced, type Operand, toLiteral, toNode } from './base.js';
import type { ArithmeticOp, ComparisonOp, ExprNode, Literal } from './nodes.js';

export abstract class Operators<E> extends ExprBase<E> {
  /** Sum. int32 with int32 gives int32, with int64 gives int64; overflow is an error. */
  add(other: Operand): E {
    return this.#arithmetic('add', other);
  }
  sub(other: Operand): E {
    return this.#arithmetic('sub', other);
  }
  mul(other: Operand): E {
    return this.#arithmetic('mul', other);
  }
  /** Division in float64, of integers too; division by zero gives ±Infinity or NaN. */
  div(other: Operand): E {
    return this.#arithmetic('div', other);
  }
  /** Remainder with the sign of the dividend. An integer modulo 0 is null. */
  mod(other: Operand): E {
    return this.#arithmetic('mod', other);
  }
  neg(): E {
    return this.make({ kind: 'negate', arg: this.node });
  }

  eq(other: Operand): E {
    return this.#compare('eq', other);
  }
  neq(other: Operand): E {
    return this.#compare('neq', other);
  }
  lt(other: Operand): E {
    return this.#compare('lt', other);
  }
  ltEq(other: Operand): E {
    return this.#compare('ltEq', other);
  }
  gt(other: Operand): E {
    return this.#compare('gt', other);
  }
  gtEq(other: Operand): E {
    return this.#compare('gtEq', other);
  }
  /** `low <= this and this <= high`. */
  between(low: Operand, high: Operand): E {
    const compare = (op: ComparisonOp, other: Operand): ExprNode =>
      Object.freeze({ kind: 'compare', op, left: this.node, right: toNode(other) });
    return this.make({ kind: 'logic', op: 'and', left: compare('gtEq', low), right: compare('ltEq', high) });
  }
  /** True where the value is one of `values`; with a null among them, null instead of false (SQL's IN). */
  isIn(values: readonly Literal[]): E {
    if (!Array.isArray(values)) throw misplaced(values, 'isIn takes an array of values: isIn([1, 2])');
    return this.make({ kind: 'isIn', arg: this.node, values: Object.freeze(values.map(toLiteral)) });
  }

  /** Three-valued: false and null is false, true and null is null. */
  and(other: Operand): E {
    return this.make({ kind: 'logic', op: 'and', left: this.node, right: toNode(other) });
  }
  or(other: Operand): E {
    return this.make({ kind: 'logic', op: 'or', left: this.node, right: toNode(other) });
  }
  not(): E {
    return this.make({ kind: 'not', arg: this.node });
  }
  isNull(): E {
    return this.make({ kind: 'isNull', arg: this.node, negated: false });
  }
  isNotNull(): E {
    return this.make({ kind: 'isNull', arg: this.node, negated: true });
  }

  #arithmetic(op: ArithmeticOp, other: Operand): E {
    return this.make({ kind: 'arithmetic', op, left: this.node, right: toNode(other) });
  }

  #compare(op: ComparisonOp, other: Operand): E {
    return this.make({ kind: 'compare', op, left: this.node, right: toNode(other) });
  }
}
