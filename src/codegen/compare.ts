/** Comparisons: of numbers, where NaN equals itself and is greater than all others as in DuckDB; of strings; of codes. */

import { type ComparisonOp, MIRRORED } from '../expr/nodes.js';
import { isFloat, type TypedCompare, type TypedExpr } from '../expr/typed.js';
import type { CodePosition } from './constants.js';
import { and, type BinaryOp, binary, call, type Ir, not, or } from './ir.js';

const COMPARISONS: Record<ComparisonOp, BinaryOp> = {
  eq: '==',
  neq: '~=',
  lt: '<',
  ltEq: '<=',
  gt: '>',
  gtEq: '>=',
};

const mayBeNaN = (expr: TypedExpr): boolean =>
  isFloat(expr.type) && !(expr.kind === 'literal' && !Number.isNaN(expr.value));

const isNan = (x: Ir): Ir => binary('~=', x, x);

/** x < y, of floats. */
export const lessFloat = (x: Ir, y: Ir): Ir => or(binary('<', x, y), and(isNan(y), binary('==', x, x)));

export function compareNumbers({ op, left, right }: TypedCompare, a: Ir, b: Ir): Ir {
  if (!mayBeNaN(right)) return compareWithNumber(op, a, b, mayBeNaN(left));
  if (!mayBeNaN(left)) return compareWithNumber(MIRRORED[op], b, a, true);
  const equal = or(binary('==', a, b), and(isNan(a), isNan(b)));
  switch (op) {
    case 'eq':
      return equal;
    case 'neq':
      return not(equal);
    case 'lt':
      return lessFloat(a, b);
    case 'gt':
      return lessFloat(b, a);
    case 'ltEq':
      return not(lessFloat(b, a));
    case 'gtEq':
      return not(lessFloat(a, b));
  }
}

/** Against a number that is not NaN one operation is enough: `x > c` is `not (x <= c)`, which NaN fulfils. */
function compareWithNumber(op: ComparisonOp, a: Ir, b: Ir, nan: boolean): Ir {
  if (nan && op === 'gt') return not(binary('<=', a, b));
  if (nan && op === 'gtEq') return not(binary('<', a, b));
  return binary(COMPARISONS[op], a, b);
}

/** By bytes. */
export function compareTexts(op: ComparisonOp, a: Ir, b: Ir): Ir {
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

/** Codes are in the order of what they stand for, so that they compare alike. */
export function compareCodes(op: ComparisonOp, code: Ir, { below, through, equal }: CodePosition): Ir {
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
