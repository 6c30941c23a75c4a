/** Comparisons of numbers where NaN equals itself and is greater than all others, as in DuckDB. */

import { type ComparisonOp, MIRRORED } from '../expr/nodes.js';
import { isFloat, type TypedCompare, type TypedExpr } from '../expr/typed.js';
import { and, type BinaryOp, binary, type Ir, not, or } from './ir.js';

export const COMPARISONS: Record<ComparisonOp, BinaryOp> = {
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
