/** Interval analysis: between which whole numbers an expression must lie, from the zone maps of its columns. */

import { MAX_INTEGER } from '../storage/schema.js';
import { isInteger, isWhole, type TypedCall, type TypedCast, type TypedExpr, type ValueType } from './typed.js';

/** Least and greatest value, both inclusive. */
export type Interval = readonly [number, number];

/** By column index; a column without an entry (floats, strings) is unknown. */
export type ColumnBounds = ReadonlyMap<number, Interval>;

const INT32: Interval = [-(2 ** 31), 2 ** 31 - 1];
const INT64: Interval = [-MAX_INTEGER, MAX_INTEGER];

/**
 * The range of an integer type that the result of arithmetic must not leave. One less than what an int64 column may hold:
 * 2^53 + 1 rounds to 2^53, so that a result of 2^53 may be wrong.
 */
export function typeBounds(type: ValueType): Interval {
  return type === 'int32' ? INT32 : [-MAX_INTEGER + 1, MAX_INTEGER - 1];
}

/**
 * The interval of an expression of whole numbers, before the check that its type imposes; infinite ends where unknown.
 * Float arithmetic on the ends is safe: rounding is monotonic, and ends beyond 2^53 only make a check necessary.
 */
export function boundsOf(expr: TypedExpr, columns: ColumnBounds): Interval {
  if (!isWhole(expr.type)) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  switch (expr.kind) {
    case 'column':
      return columns.get(expr.index) ?? INT64;
    case 'joined':
      return expr.bounds ?? (expr.type === 'int32' ? INT32 : INT64);
    case 'literal':
      return typeof expr.value === 'number' ? [expr.value, expr.value] : [0, 0];
    case 'arithmetic': {
      const [a, b] = clip(expr.left, columns);
      const [c, d] = clip(expr.right, columns);
      if (expr.op === 'add') return [a + c, b + d];
      if (expr.op === 'sub') return [a - d, b - c];
      if (expr.op === 'mul') return extremes([a * c, a * d, b * c, b * d]);
      const most = Math.max(Math.abs(c), Math.abs(d), 1) - 1;
      return [a < 0 ? Math.max(a, -most) : 0, b > 0 ? Math.min(b, most) : 0];
    }
    case 'negate': {
      const [a, b] = clip(expr.arg, columns);
      return [-b, -a];
    }
    case 'scale':
      return extremes(clip(expr.arg, columns).map((end) => (end * expr.factor) / expr.divisor));
    case 'call':
      return callBounds(expr, columns);
    case 'cast':
      return castBounds(expr, columns);
    case 'choice':
      return hull(expr.args, columns);
    case 'case':
      return hull([...expr.branches.map(({ then }) => then), expr.otherwise], columns);
    default:
      return [0, 1];
  }
}

/** The interval after the check: values beyond the type have raised an error by then. */
function clip(expr: TypedExpr, columns: ColumnBounds): Interval {
  const [low, high] = boundsOf(expr, columns);
  const [least, most] = expr.type === 'int32' ? INT32 : expr.type === 'int64' ? INT64 : [low, high];
  return [Math.max(low, least), Math.min(high, most)];
}

function extremes(ends: readonly number[]): Interval {
  return [Math.min(...ends), Math.max(...ends)];
}

/** The interval around those of several expressions; null has none. */
function hull(exprs: readonly TypedExpr[], columns: ColumnBounds): Interval {
  const known = exprs.filter((expr) => !(expr.kind === 'literal' && expr.value === null));
  return known.length === 0 ? [0, 0] : extremes(known.flatMap((expr) => [...clip(expr, columns)]));
}

/** A text may be of any size, and so may what it stands for; what leaves the range is null or an error. */
function castBounds({ type, arg }: TypedCast, columns: ColumnBounds): Interval {
  if (type === 'bool') return [0, 1];
  const [least, most] = type === 'int32' ? INT32 : INT64;
  if (!isInteger(type) || !isInteger(arg.type)) return [least, most];
  const [low, high] = clip(arg, columns);
  return low > most || high < least ? [least, most] : [Math.max(low, least), Math.min(high, most)];
}

const YEARS: Interval = [-271_821, 275_760];
const TIMES: Interval = [-8.64e15, 8.64e15];

/** Of the kernel functions that give whole numbers; a check of the result is up to the function for all but integers. */
function callBounds({ fn, args }: TypedCall, columns: ColumnBounds): Interval {
  const [first, second] = args as readonly [TypedExpr, TypedExpr?];
  switch (fn) {
    case 'f_abs': {
      const [a, b] = clip(first, columns);
      return a >= 0 ? [a, b] : b <= 0 ? [-b, -a] : [0, Math.max(-a, b)];
    }
    case 'f_intDiv': {
      const most = Math.max(...clip(first, columns).map(Math.abs));
      return [-most, most];
    }
    case 'f_roundWhole': {
      const [a, b] = clip(first, columns);
      const unit = second?.kind === 'literal' ? Number(second.value) : 0;
      return [a - unit, b + unit];
    }
    case 'f_sign':
      return [-1, 1];
    case 'f_nearest':
      return [-1, 2 ** 16];
    case 'f_length':
      return [0, 2 ** 31];
    case 'f_year':
      return YEARS;
    case 'f_month':
    case 'f_day':
    case 'f_part':
    case 'f_dayOfWeek':
      return [0, 60];
    case 'f_difference':
    case 'f_differenceMonths':
    case 'f_differenceWeeks':
      return [2 * TIMES[0], 2 * TIMES[1]];
    default:
      return INT64;
  }
}

/** Whether arithmetic of an integer type needs a check at run time. */
export function mayOverflow(expr: TypedExpr, columns: ColumnBounds): boolean {
  if (expr.type !== 'int32' && expr.type !== 'int64') return false;
  const [low, high] = boundsOf(expr, columns);
  const [least, most] = typeBounds(expr.type);
  return !(low >= least && high <= most);
}
