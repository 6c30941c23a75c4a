/**
 * Expressions as kernel code. Nulls never become values: every expression has a value and a condition under which it is not
 * null, and a condition has two, under which it is true and under which it is false (three-valued logic, as in SQL).
 * `into` receives the statements that must run before what is returned is used, in the scope in which it is used.
 */

import { type ColumnBounds, mayOverflow } from '../expr/bounds.js';
import { type ComparisonOp, MIRRORED } from '../expr/nodes.js';
import {
  isFloat,
  type TypedArithmetic,
  type TypedCompare,
  type TypedExpr,
  type TypedIsIn,
  type TypedLiteral,
} from '../expr/typed.js';
import type { Constants } from './constants.js';
import {
  add,
  and,
  type BinaryOp,
  binary,
  call,
  div,
  FALSE,
  type Ir,
  int,
  mul,
  not,
  or,
  type Stmt,
  select,
  sub,
  TRUE,
  variable,
} from './ir.js';
import { joinedValue } from './join-names.js';
import { isCoded, isDictionary, type KernelColumn } from './shape.js';

/** How the code of one row names what it has decoded. */
export interface RowNames {
  /** The number of a float column, the code of a coded one. */
  code(column: KernelColumn): Ir;
  /** Of a nullable column with a validity bitmap: whether the row has a value. */
  present(column: KernelColumn): Ir;
  /** The string of a `plain` column. */
  text(column: KernelColumn): Ir;
}

const COMPARISONS: Record<ComparisonOp, BinaryOp> = {
  eq: '==',
  neq: '~=',
  lt: '<',
  ltEq: '<=',
  gt: '>',
  gtEq: '>=',
};
const ARITHMETIC = { add, sub, mul, div } as const;

export class Values {
  readonly #columns: ReadonlyMap<number, KernelColumn>;
  readonly #bounds: ColumnBounds;
  readonly #constants: Constants;
  readonly #row: RowNames;
  readonly #outer = new WeakMap<Stmt[], Stmt[]>();
  /** Dictionary columns whose entries are needed as strings. */
  readonly texts: Set<number>;

  constructor(
    columns: readonly KernelColumn[],
    bounds: ColumnBounds,
    constants: Constants,
    row: RowNames,
    texts = new Set<number>(),
  ) {
    this.#columns = new Map(columns.map((column) => [column.index, column]));
    this.#bounds = bounds;
    this.#constants = constants;
    this.#row = row;
    this.texts = texts;
  }

  /** The statements of a scope inside that of `outer`: what was computed there is not computed again. */
  inner(outer: Stmt[]): Stmt[] {
    const into: Stmt[] = [];
    this.#outer.set(into, outer);
    return into;
  }

  /** The column that an expression is, if it is nothing more. */
  columnOf(expr: TypedExpr): KernelColumn | undefined {
    return expr.kind === 'column' ? this.#columns.get(expr.index) : undefined;
  }

  code(column: KernelColumn): Ir {
    return this.#row.code(column);
  }

  /** The condition under which an expression is not null. */
  valid(expr: TypedExpr, into: Stmt[]): Ir {
    switch (expr.kind) {
      case 'column': {
        const column = this.#columns.get(expr.index) as KernelColumn;
        if (!column.nullable) return TRUE;
        return isCoded(column.encoding) ? binary('~=', this.#row.code(column), int(0)) : this.#row.present(column);
      }
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
        throw new TypeError(`${expr.kind} has no code`);
      default:
        return this.valid(expr.arg, into);
    }
  }

  /** The value where it is not null: a number, or a string of bytes. */
  value(expr: TypedExpr, into: Stmt[]): Ir {
    switch (expr.kind) {
      case 'column':
        return this.#column(this.#columns.get(expr.index) as KernelColumn);
      case 'joined':
        return joinedValue(expr);
      case 'literal':
        return this.#constants.literal(expr);
      case 'arithmetic':
        return this.#checked(expr, this.#arithmetic(expr, into));
      case 'negate':
        return this.#checked(expr, { k: 'minus', a: this.value(expr.arg, into) }, true);
      case 'scale': {
        const scaled =
          expr.factor === 1 ? this.value(expr.arg, into) : mul(this.value(expr.arg, into), int(expr.factor));
        return expr.divisor === 1 ? scaled : div(scaled, int(expr.divisor));
      }
      default:
        return select(this.isTrue(expr, into), int(1), int(0));
    }
  }

  /** The value, or the runtime's NULL. */
  orNull(expr: TypedExpr, into: Stmt[]): Ir {
    const valid = this.valid(expr, into);
    return select(valid, valid === FALSE ? int(0) : this.value(expr, into), variable('NULL'));
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
      case 'logic': {
        const combine = (expr.op === 'and') === wanted ? and : or;
        return combine(this.#truth(expr.left, wanted, into), this.#truth(expr.right, wanted, into));
      }
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
      default:
        throw new TypeError(`${expr.kind} is no condition`);
    }
  }

  #column(column: KernelColumn): Ir {
    switch (column.encoding) {
      case 'f64':
      case 'f32':
        return this.#row.code(column);
      case 'u8':
      case 'u16':
        return add(variable(`b${column.slot}`), this.#stepped(column));
      case 'dict8':
      case 'dict16':
        this.texts.add(column.slot);
        return call(`text${column.slot}`, this.#row.code(column));
      case 'plain':
        return this.#row.text(column);
    }
  }

  #stepped(column: KernelColumn): Ir {
    const code = this.#row.code(column);
    return column.unitStep ? code : mul(code, variable(`m${column.slot}`));
  }

  #arithmetic(expr: TypedArithmetic, into: Stmt[]): Ir {
    const [a, b] = [this.value(expr.left, into), this.value(expr.right, into)];
    return expr.op === 'mod' ? call('fmod', a, b) : ARITHMETIC[expr.op](a, b);
  }

  /** Whole numbers are checked against their type where their bounds do not already prove them safe; never -0. */
  #checked(expr: TypedExpr, value: Ir, mayBeNegativeZero = expr.kind === 'arithmetic' && expr.op !== 'add'): Ir {
    if (expr.type !== 'int32' && expr.type !== 'int64') return value;
    const plain = mayBeNegativeZero ? add(value, int(0)) : value;
    return mayOverflow(expr, this.#bounds) ? call(expr.type, plain) : plain;
  }

  #compare(expr: TypedCompare, into: Stmt[]): Ir {
    if (expr.left.type === 'utf8') return this.#compareText(expr, into);
    const column = this.columnOf(expr.left);
    if (column && isCoded(column.encoding) && expr.right.kind === 'literal') {
      return this.#compareCode(expr.op, column, expr.right);
    }
    return compareNumbers(expr, this.value(expr.left, into), this.value(expr.right, into));
  }

  #compareText({ op, left, right }: TypedCompare, into: Stmt[]): Ir {
    const column = this.columnOf(left);
    if (column && isDictionary(column.encoding) && right.kind === 'literal')
      return this.#compareCode(op, column, right);
    const [a, b] = [this.value(left, into), this.value(right, into)];
    switch (op) {
      case 'eq':
      case 'neq':
        return binary(COMPARISONS[op], a, b);
      case 'lt':
        return call('strlt', a, b);
      case 'gt':
        return call('strlt', b, a);
      case 'ltEq':
        return not(call('strlt', b, a));
      case 'gtEq':
        return not(call('strlt', a, b));
    }
  }

  /** A coded column against a constant: codes are in the order of what they stand for, so that they compare alike. */
  #compareCode(op: ComparisonOp, column: KernelColumn, literal: TypedLiteral): Ir {
    const code = this.#row.code(column);
    const { below, through, equal } = this.#constants.position(literal, column);
    switch (op) {
      case 'eq':
      case 'neq':
        return binary(COMPARISONS[op], code, equal);
      case 'lt':
        return binary('<=', code, below);
      case 'ltEq':
        return binary('<=', code, through);
      case 'gt':
        return binary('>', code, through);
      case 'gtEq':
        return binary('>', code, below);
    }
  }

  #isIn(expr: TypedIsIn, into: Stmt[]): Ir {
    const column = this.columnOf(expr.arg);
    if (column && isDictionary(column.encoding)) {
      return { k: 'has', table: this.#constants.set(expr, column.slot), index: this.#row.code(column) };
    }
    const value = this.value(expr.arg, into);
    const found: Ir = { k: 'has', table: this.#constants.set(expr, undefined), index: value };
    return expr.values.some((each) => Number.isNaN(each)) ? or(found, binary('~=', value, value)) : found;
  }
}

const mayBeNaN = (expr: TypedExpr): boolean =>
  isFloat(expr.type) && !(expr.kind === 'literal' && !Number.isNaN(expr.value));

/** Comparison of numbers where NaN equals itself and is greater than all others. */
function compareNumbers({ op, left, right }: TypedCompare, a: Ir, b: Ir): Ir {
  if (!mayBeNaN(right)) return compareWithNumber(op, a, b, mayBeNaN(left));
  if (!mayBeNaN(left)) return compareWithNumber(MIRRORED[op], b, a, true);
  const isNan = (x: Ir): Ir => binary('~=', x, x);
  const less = (x: Ir, y: Ir): Ir => or(binary('<', x, y), and(isNan(y), binary('==', x, x)));
  const equal = or(binary('==', a, b), and(isNan(a), isNan(b)));
  switch (op) {
    case 'eq':
      return equal;
    case 'neq':
      return not(equal);
    case 'lt':
      return less(a, b);
    case 'gt':
      return less(b, a);
    case 'ltEq':
      return not(less(b, a));
    case 'gtEq':
      return not(less(a, b));
  }
}

/** Against a number that is not NaN one operation is enough: `x > c` is `not (x <= c)`, which NaN fulfils. */
function compareWithNumber(op: ComparisonOp, a: Ir, b: Ir, nan: boolean): Ir {
  if (nan && op === 'gt') return not(binary('<=', a, b));
  if (nan && op === 'gtEq') return not(binary('<', a, b));
  return binary(COMPARISONS[op], a, b);
}
