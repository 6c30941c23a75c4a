/**
 * Expressions as kernel code. Nulls never become values: every expression has a value and a condition under which it is not
 * null, and a condition has two, under which it is true and under which it is false (three-valued logic, as in SQL).
 * `into` receives the statements that must run before what is returned is used, in the scope in which it is used.
 */

import { type ColumnBounds, mayOverflow } from '../expr/bounds.js';
import {
  columnsOf,
  isWhole,
  readsJoined,
  type TypedArithmetic,
  type TypedCompare,
  type TypedExpr,
  type TypedIsIn,
  type TypedLogic,
} from '../expr/typed.js';
import { ColumnValues, type RowNames } from './column-values.js';
import { compareNumbers, compareTexts } from './compare.js';
import type { Constants } from './constants.js';
import {
  add,
  and,
  at,
  binary,
  call,
  div,
  FALSE,
  type Ir,
  int,
  type Local,
  local,
  mul,
  NIL,
  NULL,
  not,
  or,
  type Stmt,
  select,
  set,
  sub,
  TRUE,
  variable,
  when,
} from './ir.js';
import { joinedValue } from './join-names.js';
import { Scopes } from './scopes.js';
import { isCoded, isDictionary, type KernelColumn } from './shape.js';
import { type Heavy, type Host, holds, isNotNull, type Made, makeHeavy, plusZero } from './values-heavy.js';

export type { RowNames } from './column-values.js';

const ARITHMETIC = { add, sub, mul, div } as const;

export class Values extends ColumnValues implements Host {
  readonly #bounds: ColumnBounds;
  readonly #scopes: Scopes;
  /** Whether what is being printed is remembered by code already. */
  #remembering = false;

  constructor(
    columns: readonly KernelColumn[],
    bounds: ColumnBounds,
    constants: Constants,
    row: RowNames,
    texts = new Set<number>(),
  ) {
    super(columns, constants, row, texts);
    this.#bounds = bounds;
    this.#scopes = new Scopes(constants);
  }

  /** The statements of a scope inside that of `outer`: what was computed there is not computed again. */
  inner(outer: Stmt[]): Stmt[] {
    return this.#scopes.inner(outer);
  }

  /** A local with a name of its own. */
  fresh(): Local {
    return this.#scopes.fresh();
  }

  runtime(name: string, ...args: Ir[]): Ir {
    this.constants.functions.add(name);
    return call(name, ...args);
  }

  /** The condition under which an expression is not null. */
  valid(expr: TypedExpr, into: Stmt[]): Ir {
    switch (expr.kind) {
      case 'column':
        return this.columnValid(this.columns.get(expr.index) as KernelColumn);
      case 'joined':
        return expr.nullable ? binary('~=', joinedValue(expr), variable('NULL')) : TRUE;
      case 'literal':
        return expr.type === 'null' || expr.value === null ? FALSE : TRUE;
      case 'arithmetic': {
        const both = and(this.valid(expr.left, into), this.valid(expr.right, into));
        if (expr.op !== 'mod' || expr.type === 'float64' || both === FALSE) return both;
        return and(both, binary('~=', this.value(expr.right, into), int(0)));
      }
      case 'compare':
        return and(this.valid(expr.left, into), this.valid(expr.right, into));
      case 'isNull':
        return TRUE;
      case 'logic':
        return or(this.isTrue(expr, into), this.isFalse(expr, into));
      case 'isIn':
        return expr.hasNull ? this.isTrue(expr, into) : this.valid(expr.arg, into);
      case 'call':
      case 'case':
      case 'cast':
      case 'choice':
        return this.#heavy(expr, into).valid;
      default:
        return this.valid(expr.arg, into);
    }
  }

  /** The value where it is not null: a number, or a string of bytes. */
  value(expr: TypedExpr, into: Stmt[]): Ir {
    switch (expr.kind) {
      case 'column':
        return this.columnValue(this.columns.get(expr.index) as KernelColumn);
      case 'joined':
        return joinedValue(expr);
      case 'literal':
        return this.constants.literal(expr);
      case 'arithmetic':
        return this.checked(expr, this.#arithmetic(expr, into), expr.op !== 'add');
      case 'negate':
        return this.checked(expr, { k: 'minus', a: this.value(expr.arg, into) }, true);
      case 'scale': {
        const scaled =
          expr.factor === 1 ? this.value(expr.arg, into) : mul(this.value(expr.arg, into), int(expr.factor));
        return expr.divisor === 1 ? scaled : div(scaled, int(expr.divisor));
      }
      case 'call':
      case 'case':
      case 'cast':
      case 'choice':
        return this.#heavy(expr, into).value;
      default:
        return select(this.isTrue(expr, into), int(1), int(0));
    }
  }

  /** The value, or the runtime's NULL. */
  orNull(expr: TypedExpr, into: Stmt[]): Ir {
    const valid = this.valid(expr, into);
    return select(valid, valid === FALSE ? int(0) : this.value(expr, into), NULL);
  }

  /** The condition under which a bool expression is true (neither false nor null). */
  isTrue(expr: TypedExpr, into: Stmt[]): Ir {
    return this.#truth(expr, true, into);
  }

  isFalse(expr: TypedExpr, into: Stmt[]): Ir {
    return this.#truth(expr, false, into);
  }

  #truth(expr: TypedExpr, wanted: boolean, into: Stmt[]): Ir {
    switch (expr.kind) {
      case 'literal':
        return expr.value !== null && (expr.value === 1) === wanted ? TRUE : FALSE;
      case 'column':
      case 'joined':
        return and(this.valid(expr, into), binary('==', this.value(expr, into), int(wanted ? 1 : 0)));
      case 'not':
        return this.#truth(expr.arg, !wanted, into);
      case 'logic':
        return this.#logic(expr, wanted, into);
      case 'isNull': {
        const present = this.valid(expr.arg, into);
        return expr.negated === wanted ? present : not(present);
      }
      case 'compare': {
        const valid = this.valid(expr, into);
        if (valid === FALSE) return FALSE;
        const holds = this.#compare(expr, into);
        return and(valid, wanted ? holds : not(holds));
      }
      case 'isIn': {
        const valid = this.valid(expr.arg, into);
        if (valid === FALSE || (!wanted && expr.hasNull)) return FALSE;
        const found = this.#isIn(expr, into);
        return and(valid, wanted ? found : not(found));
      }
      case 'call':
      case 'case':
      case 'cast':
      case 'choice': {
        // NULL equals neither 0 nor 1.
        return holds(this.#heavy(expr, into).value, wanted);
      }
      case 'scale':
        return and(this.valid(expr, into), holds(this.value(expr, into), wanted));
      default:
        throw new TypeError(`${expr.kind} is no condition`);
    }
  }

  #arithmetic(expr: TypedArithmetic, into: Stmt[]): Ir {
    const [a, b] = [this.value(expr.left, into), this.value(expr.right, into)];
    return expr.op === 'mod' ? call('fmod', a, b) : ARITHMETIC[expr.op](a, b);
  }

  /** Whole numbers are checked against their type where their bounds do not already prove them safe; never -0. */
  checked(expr: TypedExpr, value: Ir, mayBeNegativeZero = false): Ir {
    if (!isWhole(expr.type)) return value;
    const plain = mayBeNegativeZero ? plusZero(value) : value;
    return mayOverflow(expr, this.#bounds) ? call(expr.type, plain) : plain;
  }

  /** The right side is looked at only where the left leaves it open; statements that it needs stand inside an `if`. */
  #logic(expr: TypedLogic, wanted: boolean, into: Stmt[]): Ir {
    const both = (expr.op === 'and') === wanted;
    const left = this.#truth(expr.left, wanted, into);
    if (left.k === 'bool' && left.value !== both) return left;
    const inner = this.inner(into);
    const right = this.#truth(expr.right, wanted, inner);
    if (inner.length === 0 || left.k === 'bool') {
      into.push(...inner);
      return both ? and(left, right) : or(left, right);
    }
    const target = this.fresh();
    into.push(local(target.name, left), ...when(both ? target : not(target), [...inner, set(target, right)]));
    return target;
  }

  /** What a heavy expression comes to, computed in this scope or in one around it, once. */
  #heavy(expr: Heavy, into: Stmt[]): Made {
    return this.#scopes.once(expr, into, () => {
      const column = this.#remembering ? undefined : this.#codedColumn(expr);
      return column === undefined ? makeHeavy(this, expr, into) : this.#remembered(expr, column, into);
    });
  }

  /** The coded column that alone an expression depends on: few codes stand for many rows. */
  #codedColumn(expr: Heavy): KernelColumn | undefined {
    const [index, ...others] = columnsOf(expr);
    if (readsJoined(expr)) return undefined;
    const column = index === undefined || others.length > 0 ? undefined : this.columns.get(index);
    if (column === undefined || !(isDictionary(column.encoding) || column.encoding === 'u8')) return undefined;
    return expr.kind === 'call' && this.byCode(expr) !== undefined ? undefined : column;
  }

  /** The value of an expression by the code of its column, computed when a code is first met. */
  #remembered(expr: Heavy, column: KernelColumn, into: Stmt[]): Made {
    const [target, memo] = [this.fresh(), at(this.constants.memo(expr), this.code(column))];
    const inner = this.inner(into);
    this.#remembering = true;
    const { valid, value } = makeHeavy(this, expr, inner);
    this.#remembering = false;
    into.push(
      local(target.name, memo),
      ...when(binary('==', target, NIL), [...inner, set(target, value), set(memo, target)]),
    );
    return { valid: valid === TRUE ? TRUE : isNotNull(target), value: target };
  }

  #compare(expr: TypedCompare, into: Stmt[]): Ir {
    if (expr.left.type === 'utf8') return this.#compareText(expr, into);
    const column = this.columnOf(expr.left);
    if (column && isCoded(column.encoding) && expr.right.kind === 'literal') {
      return this.compareCode(expr.op, column, expr.right);
    }
    return compareNumbers(expr, this.value(expr.left, into), this.value(expr.right, into));
  }

  #compareText({ op, left, right }: TypedCompare, into: Stmt[]): Ir {
    const column = this.columnOf(left);
    if (column && isDictionary(column.encoding) && right.kind === 'literal') return this.compareCode(op, column, right);
    return compareTexts(op, this.value(left, into), this.value(right, into));
  }

  #isIn(expr: TypedIsIn, into: Stmt[]): Ir {
    const column = this.columnOf(expr.arg);
    if (column && isDictionary(column.encoding)) {
      return { k: 'has', table: this.constants.set(expr, column.slot), index: this.code(column) };
    }
    const value = this.value(expr.arg, into);
    const found: Ir = { k: 'has', table: this.constants.set(expr, undefined), index: value };
    return expr.values.some((each) => Number.isNaN(each)) ? or(found, binary('~=', value, value)) : found;
  }
}
