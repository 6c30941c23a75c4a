/** Casts by DuckDB's rules, and the type that several values have in common. */

import { decimalScale } from '../storage/schema.js';
import type { ColumnType } from '../storage/types.js';
import {
  type Bound,
  DAY_MS,
  decimalToFloat,
  foldCall,
  isNullLiteral,
  literal,
  mismatch,
  scale,
  tenTo,
  timeOfText,
  toTimestamp,
} from './make.js';
import type { ExprNode } from './nodes.js';
import type { KernelFunction } from './runtime/index.js';
import { isDecimal, isFloat, isInteger, type TypedCast, type TypedExpr, type ValueType } from './typed.js';

type Step = Pick<TypedCast, 'fn' | 'extra' | 'mayFail'>;

const step = (fn: KernelFunction, ...extra: readonly number[]): Step => ({ fn, extra, mayFail: true });
const sure = (fn: KernelFunction, ...extra: readonly number[]): Step => ({ fn, extra, mayFail: false });

/** How values become others; undefined where DuckDB has no such cast, `same` where only the type changes. */
function castStep(from: ColumnType, to: ColumnType): Step | 'same' | undefined {
  if (from === 'utf8') return fromText(to);
  if (to === 'utf8') return toText(from);
  if (from === 'timestamp' && to === 'date') return sure('f_dayOf');
  if (!isNumber(from) || !isNumber(to)) return undefined;
  if (from === 'bool' && !isDecimal(to)) return 'same';
  const places = decimalScale(from) ?? 0;
  if (isDecimal(to)) {
    const more = (decimalScale(to) ?? 0) - places;
    return more < 0 ? sure('f_roundQuotient', tenTo(-more)) : step('f_toDecimal', tenTo(more));
  }
  if (to === 'bool') return sure('f_toBool');
  if (to === 'float64') return 'same';
  if (to === 'float32') return step('f_toFloat32');
  if (isDecimal(from)) {
    return to === 'int32' ? step('f_decimalToInt32', tenTo(places)) : sure('f_roundQuotient', tenTo(places));
  }
  if (from === 'int32') return 'same';
  return step(to === 'int32' ? 'f_toInt32' : 'f_toInt64');
}

const isNumber = (type: ColumnType): boolean => isInteger(type) || isFloat(type) || isDecimal(type) || type === 'bool';

function fromText(to: ColumnType): Step {
  if (isDecimal(to)) return step('f_textWhole', decimalScale(to) ?? 0);
  const names: Partial<Record<ColumnType, KernelFunction>> = {
    int32: 'f_textInt32',
    float32: 'f_textFloat32',
    float64: 'f_textFloat',
    bool: 'f_textBool',
    date: 'f_textDate',
    timestamp: 'f_textTimestamp',
  };
  return names[to] === undefined ? step('f_textWhole', 0) : step(names[to]);
}

function toText(from: ColumnType): Step {
  if (isDecimal(from)) return sure('f_decimalText', decimalScale(from) ?? 0);
  const names: Partial<Record<ColumnType, KernelFunction>> = {
    float32: 'f_float32Text',
    float64: 'f_floatText',
    bool: 'f_boolText',
    date: 'f_dateText',
    timestamp: 'f_timestampText',
  };
  return sure(names[from] ?? 'f_wholeText');
}

/** @throws TYPE_MISMATCH where DuckDB has no such cast */
export function cast(arg: TypedExpr, to: ColumnType, node: ExprNode, lenient = false): TypedExpr {
  const from = arg.type;
  if (from === to) return arg;
  if (from === 'null') return literal(to, null);
  if (from === 'date' && to === 'timestamp') return scale(to, arg, DAY_MS);
  if (isDecimal(from) && (to === 'float64' || to === 'float32')) {
    const float = decimalToFloat(arg, from);
    return to === 'float64' ? float : cast(float, to, node, lenient);
  }
  const found = castStep(from, to);
  if (found === undefined) {
    throw mismatch(
      node,
      `is ${from}, which cannot be cast to ${to}`,
      'times become numbers by sub(new Date(0)), year(), …',
    );
  }
  if (found === 'same') return scale(to, arg);
  if (isNullLiteral(arg)) return literal(to, null);
  if (arg.kind === 'literal') {
    const value = foldCall(found.fn, [arg.value as number | string, ...found.extra]);
    if (value !== undefined && (value !== null || lenient)) return literal(to, value);
  }
  return { kind: 'cast', type: to, arg, lenient, ...found };
}

/** The values of several expressions as one type: that of `case`, `coalesce`, `least` and `greatest`. */
export function unify(bounds: readonly Bound[], node: ExprNode): { type: ValueType; exprs: TypedExpr[] } {
  const typed = bounds.filter(({ expr }) => expr.type !== 'null');
  const times = typed.some(({ expr }) => isTime(expr.type));
  const parts = bounds.map((bound) => ({ ...bound, expr: times ? timeOfText(bound) : bound.expr }));
  const type = commonType(parts.map(({ expr }) => expr).filter(({ type: own }) => own !== 'null'));
  if (type === undefined) {
    const types = [...new Set(typed.map(({ expr }) => expr.type))].join(' and ');
    throw mismatch(node, `mixes ${types}`, 'cast them to one type: .cast(…)');
  }
  const exprs = parts.map(({ expr, node: own }) => convert(expr, type, own));
  return { type, exprs };
}

const isTime = (type: ValueType): boolean => type === 'timestamp' || type === 'date';

function commonType(exprs: readonly TypedExpr[]): ValueType | undefined {
  const types = [...new Set(exprs.map(({ type }) => type))];
  if (types.length <= 1) return types[0] ?? 'null';
  if (types.every(isTime)) {
    // A Date is a point in time, but beside days a midnight is meant as one of them.
    const days = exprs.every((expr) => expr.type === 'date' || isMidnight(expr));
    return days ? 'date' : 'timestamp';
  }
  if (types.some((type) => type === 'bool' || !isNumber(type as ColumnType))) return undefined;
  if (types.some(isFloat)) return 'float64';
  const scales = types.map((type) => decimalScale(type as ColumnType)).filter((places) => places !== undefined);
  if (scales.length > 0) return `decimal(${Math.max(...scales)})`;
  return 'int64';
}

const isMidnight = (expr: TypedExpr): boolean =>
  expr.kind === 'literal' && typeof expr.value === 'number' && expr.value % DAY_MS === 0;

function convert(expr: TypedExpr, type: ValueType, node: ExprNode): TypedExpr {
  if (expr.type === type || expr.type === 'null' || type === 'null') return expr;
  if (type === 'timestamp') return toTimestamp(expr);
  if (type === 'date') return scale('date', expr, 1, DAY_MS);
  return cast(expr, type, node);
}
