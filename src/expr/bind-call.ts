/** Functions: which types they take, which kernel function computes them, and of what type the result is. */

import { decimalScale } from '../storage/schema.js';
import { numericType, toFloat, toNumber, widen } from './bind-arithmetic.js';
import { unify } from './bind-cast.js';
import { bindText } from './bind-text.js';
import { bindTime } from './bind-time.js';
import { type Bound, call, invalid, isNullLiteral, literal, mismatch, number, scale, tenTo } from './make.js';
import type { CallNode } from './nodes.js';
import type { KernelFunction } from './runtime/index.js';
import { packCentres } from './runtime/nearest.js';
import { isDecimal, isFloat, isInteger, type TypedExpr, type TypedLiteral, type ValueType } from './typed.js';

/** Functions of float64 that are named alike. */
const OF_FLOATS: Partial<Record<CallNode['fn'], KernelFunction>> = {
  sqrt: 'f_sqrt',
  exp: 'f_exp',
  ln: 'f_ln',
  log2: 'f_log2',
  log10: 'f_log10',
  sin: 'f_sin',
  cos: 'f_cos',
  tan: 'f_tan',
  atan2: 'f_atan2',
  pow: 'f_pow',
};

/** @throws TYPE_MISMATCH naming the call, INVALID_ARGUMENT */
export function bindCall(node: CallNode, args: readonly Bound[]): TypedExpr {
  const { fn } = node;
  const floats = OF_FLOATS[fn];
  if (floats !== undefined) return call('float64', floats, ...args.map(toFloat));
  const first = args[0];
  if (first === undefined) throw invalid(node, 'has no arguments', 'name at least one');
  switch (fn) {
    case 'coalesce':
    case 'least':
    case 'greatest': {
      const { type, exprs } = unify(args, node);
      return exprs.length === 1 ? (exprs[0] as TypedExpr) : { kind: 'choice', type, fn, args: exprs };
    }
    case 'isNaN': {
      const arg = toNumber(first);
      return isNullLiteral(arg) ? literal('bool', null) : { kind: 'call', type: 'bool', fn, args: [arg] };
    }
    case 'abs':
      return abs(first);
    case 'sign':
      return call('int32', 'f_sign', toNumber(first));
    case 'floor':
    case 'ceil':
      return toWhole(fn, first);
    case 'round':
      return round(node, first, args[1]);
    case 'intDiv':
      return intDiv(node, first, args[1] as Bound);
    case 'nearest':
      return nearest(args);
    default:
      return bindText(node, args) ?? bindTime(node, args);
  }
}

function abs(arg: Bound): TypedExpr {
  const { expr } = arg;
  if (isDecimal(expr.type) || expr.type === 'float32') return call(expr.type, 'f_abs', expr);
  const value = toNumber(arg);
  return call(numericType(value.type), 'f_abs', value);
}

/** DuckDB's types: integers become float64, decimals lose their places. */
function toWhole(fn: 'floor' | 'ceil', arg: Bound): TypedExpr {
  const { expr } = arg;
  if (isDecimal(expr.type)) {
    const places = decimalScale(expr.type) ?? 0;
    if (places === 0) return expr;
    const divided = fn === 'floor' ? 'f_floorQuotient' : 'f_ceilQuotient';
    return call('decimal(0)', divided, expr, number(tenTo(places)));
  }
  if (isInteger(expr.type)) return scale('float64', expr);
  const value = toNumber(arg);
  return call(expr.type === 'float32' ? 'float32' : 'float64', fn === 'floor' ? 'f_floor' : 'f_ceil', value);
}

function round(node: CallNode, arg: Bound, places: Bound | undefined): TypedExpr {
  const digits = places === undefined ? literal('int32', 0) : places.expr;
  if (digits.kind !== 'literal' || !(digits.value === null || Number.isInteger(digits.value))) {
    throw invalid(node, 'needs a constant whole number of digits', 'e.g. round(2), round(-3)');
  }
  const value = toNumber(arg);
  const { type } = arg.expr;
  if (digits.value === null || isNullLiteral(value))
    return literal(isFloat(value.type) ? 'float64' : numericType(type), null);
  const count = digits.value as number;
  if (isDecimal(type)) return roundDecimal(arg.expr, decimalScale(type) ?? 0, count);
  if (isInteger(type)) {
    return count >= 0 ? arg.expr : call(numericType(type), 'f_roundWhole', arg.expr, number(tenTo(-count)));
  }
  if (count === 0) return call(type === 'float32' ? type : 'float64', 'f_round', value);
  return count > 0
    ? call('float64', 'f_roundPlaces', value, number(tenTo(count)))
    : call('float64', 'f_roundTens', value, number(tenTo(-count)));
}

/** Exact: the places left, none below zero. */
function roundDecimal(expr: TypedExpr, places: number, count: number): TypedExpr {
  if (count >= places) return expr;
  const kept = Math.max(count, 0);
  const dropped = call(`decimal(${kept})`, 'f_roundQuotient', expr, number(tenTo(places - kept)));
  if (count >= 0) return dropped;
  // Rounded once, from all places, and brought back to units.
  const tens = call('decimal(0)', 'f_roundQuotient', expr, number(tenTo(places - count)));
  return {
    kind: 'cast',
    type: 'decimal(0)',
    arg: tens,
    fn: 'f_toDecimal',
    extra: [tenTo(-count)],
    mayFail: true,
    lenient: false,
  };
}

/** Null where no distance is a number. The centers are one constant, however many they are. */
function nearest([k, ...rest]: readonly Bound[]): TypedExpr {
  const numbers = rest.map(toFloat);
  const clusters = ((k as Bound).expr as TypedLiteral).value as number;
  const width = rest.length / (clusters + 1);
  const centers = numbers.slice(width).map((each) => (each as TypedLiteral).value as number);
  const found = call('int32', 'f_nearest', literal('utf8', packCentres(centers)), ...numbers.slice(0, width));
  if (found.kind === 'literal') return literal('int32', found.value === -1 ? null : found.value);
  const none: TypedExpr = { kind: 'compare', type: 'bool', op: 'lt', left: found, right: number(0) };
  return {
    ...{ kind: 'case', type: 'int32', otherwise: found },
    branches: [{ when: none, then: literal('int32', null) }],
  };
}

function intDiv(node: CallNode, left: Bound, right: Bound): TypedExpr {
  const whole = (type: ValueType): boolean => isInteger(type) || type === 'null';
  if (!whole(left.expr.type) || !whole(right.expr.type)) {
    throw mismatch(node, `divides ${left.expr.type} by ${right.expr.type}`, 'use integers, or div(…).floor()');
  }
  const type = widen(numericType(left.expr.type), numericType(right.expr.type));
  return call(type, 'f_intDiv', left.expr, right.expr);
}
