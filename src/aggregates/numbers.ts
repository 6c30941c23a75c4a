/** Arguments as float64, for aggregates that are computed in it. */

import { isDecimal, isFloat, isInteger, type TypedExpr, type ValueType } from '../expr/typed.js';
import { decimalScale } from '../storage/schema.js';
import { isSummable } from './sum.js';

export const numbers = { takes: isSummable, accepts: 'numbers, decimals and bools' };
export const numbersOnly = {
  takes: (type: ValueType): boolean => isFloat(type) || isInteger(type) || isDecimal(type) || type === 'null',
  accepts: 'numbers and decimals',
};

/** The same number: decimals divided by their power of ten, all others as they are. */
export function asFloat(expr: TypedExpr): TypedExpr {
  if (!isDecimal(expr.type)) return expr;
  return { kind: 'scale', type: 'float64', arg: expr, factor: 1, divisor: 10 ** (decimalScale(expr.type) ?? 0) };
}

export const product = (left: TypedExpr, right: TypedExpr): TypedExpr => ({
  kind: 'arithmetic',
  type: 'float64',
  op: 'mul',
  left: asFloat(left),
  right: asFloat(right),
});
