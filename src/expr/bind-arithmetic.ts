/** Arithmetic on numbers, and the differences and sums of times. */

import { typeBounds } from './bounds.js';
import { type Bound, call, decimalToFloat, literal, mismatch, scale, timeOfText, toTimestamp } from './make.js';
import type { ArithmeticOp, ExprNode } from './nodes.js';
import { isDecimal, isFloat, isInteger, type NumericResult, type TypedExpr, type ValueType } from './typed.js';

const isTime = (type: ValueType): boolean => type === 'timestamp' || type === 'date';

export function arithmetic(op: ArithmeticOp, left: Bound, right: Bound, node: ExprNode): TypedExpr {
  if (isTime(left.expr.type) || isTime(right.expr.type)) return ofTimes(op, left, right, node);
  const [a, b] = [toNumber(left), toNumber(right)];
  const widest = widen(numericType(a.type), numericType(b.type));
  const type = op === 'div' ? 'float64' : widest;
  return folded(type, op, a, b) ?? { kind: 'arithmetic', type, op, left: a, right: b };
}

/** Constants, where the result is in the range of its type; beyond it the rows that reach it raise the error. */
function folded(type: NumericResult, op: ArithmeticOp, left: TypedExpr, right: TypedExpr): TypedExpr | undefined {
  if (left.kind !== 'literal' || right.kind !== 'literal') return undefined;
  const [a, b] = [left.value, right.value];
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  const value = { add: a + b, sub: a - b, mul: a * b, div: a / b, mod: a % b }[op];
  if (type === 'float64') return literal(type, value);
  if (op === 'mod' && b === 0) return literal(type, null);
  const [least, most] = typeBounds(type);
  return value >= least && value <= most ? literal(type, value + 0) : undefined;
}

/** date - date in days, timestamp - timestamp in milliseconds (int64); date ± whole days is a date. */
function ofTimes(op: ArithmeticOp, left: Bound, right: Bound, node: ExprNode): TypedExpr {
  const [a, b] = [timeOfText(left), timeOfText(right)];
  if (op === 'sub' && isTime(a.type) && isTime(b.type)) {
    const days = a.type === 'date' && b.type === 'date';
    const [from, to] = days ? [a, b] : [toTimestamp(a), toTimestamp(b)];
    return { kind: 'arithmetic', type: 'int64', op, left: from, right: to };
  }
  const [day, count] = a.type === 'date' ? [a, b] : [b, a];
  const adds = op === 'add' || (op === 'sub' && day === a);
  if (adds && day.type === 'date' && (isInteger(count.type) || count.type === 'null')) {
    if (count.type === 'null') return literal('date', null);
    const sum: TypedExpr = folded('int64', op, day, count) ?? {
      kind: 'arithmetic',
      type: 'int64',
      op,
      left: day,
      right: count,
    };
    return call('date', 'f_date', sum);
  }
  throw mismatch(
    node,
    `computes with ${a.type} and ${b.type}`,
    "times are subtracted from each other, or moved: col('t').addTime(3, 'hour')",
  );
}

export function negate(arg: Bound, node: ExprNode): TypedExpr {
  const { expr } = arg;
  if (isDecimal(expr.type)) return { kind: 'negate', type: expr.type, arg: expr };
  const value = toNumber(arg, node);
  const type = numericType(value.type);
  if (value.kind === 'literal' && typeof value.value === 'number') {
    const [least, most] = typeBounds(type);
    if (type === 'float64') return literal(type, -value.value);
    if (-value.value >= least && -value.value <= most) return literal(type, -value.value + 0);
  }
  return { kind: 'negate', type, arg: value };
}

export function numericType(type: ValueType): NumericResult {
  return type === 'int64' || type === 'float64' ? type : isFloat(type) ? 'float64' : 'int32';
}

export function widen(a: NumericResult, b: NumericResult): NumericResult {
  if (a === 'float64' || b === 'float64') return 'float64';
  return a === 'int64' || b === 'int64' ? 'int64' : 'int32';
}

/** Operands of arithmetic: numbers as they are, decimals as float64; null is a null of any type. */
export function toNumber({ expr, node }: Bound, named = node): TypedExpr {
  if (isInteger(expr.type) || isFloat(expr.type) || expr.type === 'null') return expr;
  if (isDecimal(expr.type)) return decimalToFloat(expr, expr.type);
  throw mismatch(named, `is ${expr.type}, and arithmetic needs numbers`, 'use a numeric column');
}

/** An argument of a function of float64. */
export const toFloat = (bound: Bound): TypedExpr => scale('float64', toNumber(bound));
