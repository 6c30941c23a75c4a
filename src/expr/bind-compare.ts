/** Comparisons and `isIn`: which types go together, and constants read as the type of the other side. */

import { decimalScale } from '../storage/schema.js';
import { parseTime } from '../storage/times.js';
import type { ColumnType } from '../storage/types.js';
import { toNumber } from './bind-arithmetic.js';
import { typedLiteral } from './bind-literal.js';
import { decimalThreshold } from './decimal-threshold.js';
import { type Bound, DAY_MS, literal, mismatch, toTimestamp } from './make.js';
import { type ComparisonOp, type ExprNode, MIRRORED } from './nodes.js';
import { isDecimal, isFloat, isInteger, type TypedExpr, type ValueType } from './typed.js';

export function bindCompare(op: ComparisonOp, left: Bound, right: Bound, node: ExprNode): TypedExpr {
  if (left.expr.kind === 'literal' && right.expr.kind !== 'literal') return compare(node, MIRRORED[op], right, left);
  return compare(node, op, left, right);
}

function compare(node: ExprNode, op: ComparisonOp, leftBound: Bound, rightBound: Bound): TypedExpr {
  const [left, right] = [leftBound.expr, rightBound.expr];
  const make = (a: TypedExpr, b: TypedExpr): TypedExpr => ({ kind: 'compare', type: 'bool', op, left: a, right: b });
  if (left.type === 'null' || right.type === 'null') return make(left, right);
  const constant = rightBound.node.kind === 'literal' ? rightBound.node.value : undefined;
  if (typeof constant === 'string' && (isTime(left.type) || isDecimal(left.type))) {
    return compareText(node, op, left, constant);
  }
  // As days where it can be: then chunks are pruned, codes compared, and `isIn` has one type to look for.
  if (left.type === 'date' && right.type === 'timestamp' && right.kind === 'literal' && right.value !== null) {
    return compareTime(op, left, right.value as number);
  }
  if (left.type === right.type) return make(left, right);
  if (isDecimal(left.type) && (typeof constant === 'number' || typeof constant === 'bigint')) {
    if (Number.isFinite(Number(constant))) return compareDecimal(op, left, String(constant));
  }
  if (isTime(left.type) && isTime(right.type)) return make(toTimestamp(left), toTimestamp(right));
  if (isNumeric(left.type) && isNumeric(right.type)) return make(toNumber(leftBound), toNumber(rightBound));
  throw mismatch(node, `compares ${left.type} with ${right.type}`, 'compare values of one type');
}

const isTime = (type: ValueType): boolean => type === 'timestamp' || type === 'date';
const isNumeric = (type: ValueType): boolean => isInteger(type) || isFloat(type) || isDecimal(type);

/** A timestamp, date or decimal against a string: the string is read as that type (a date with a time of day as a timestamp). */
function compareText(node: ExprNode, op: ComparisonOp, left: TypedExpr, text: string): TypedExpr {
  if (isDecimal(left.type)) {
    if (/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text)) return compareDecimal(op, left, text.trim());
    throw mismatch(node, `compares ${left.type} with text that is no number`, "write numbers as '12.50'");
  }
  const time = parseTime(text);
  if (time && 'ms' in time) return compareTime(op, left, time.ms);
  const reason = time && 'reason' in time ? `: ${time.reason}` : '';
  throw mismatch(
    node,
    `compares ${left.type} with text that is no time${reason}`,
    "write times as '2001-02-03' or '2001-02-03T04:05:06Z'",
  );
}

function compareTime(op: ComparisonOp, left: TypedExpr, ms: number): TypedExpr {
  const midnight = left.type === 'date' && ms % DAY_MS === 0;
  const right = midnight ? literal('date', ms / DAY_MS) : literal('timestamp', ms);
  return { kind: 'compare', type: 'bool', op, left: midnight ? left : toTimestamp(left), right };
}

function compareDecimal(op: ComparisonOp, left: TypedExpr, text: string): TypedExpr {
  const type = left.type as ColumnType;
  const threshold = decimalThreshold(op, text, decimalScale(type) ?? 0);
  // No value is equal to a constant with more places: compare with one that no column may hold.
  const value = threshold.value ?? 2 ** 55;
  return { kind: 'compare', type: 'bool', op: threshold.op, left, right: literal(type, value) };
}

export function bindIsIn(arg: Bound, node: Extract<ExprNode, { kind: 'isIn' }>): TypedExpr {
  const hasNull = node.values.includes(null);
  const values: (number | string)[] = [];
  for (const value of node.values) {
    if (value === null) continue;
    const constant: ExprNode = { kind: 'literal', value };
    // The rules of `=`, so that `x in (a, b)` is `x = a or x = b`.
    const equal = compare(node, 'eq', arg, { expr: typedLiteral(value, constant), node: constant });
    if (equal.kind !== 'compare' || equal.right.kind !== 'literal' || equal.left !== arg.expr) {
      throw mismatch(
        node,
        `looks for a value of another type in ${arg.expr.type}`,
        'list values of the type of the left side',
      );
    }
    if (equal.right.value !== null) values.push(equal.right.value);
  }
  if (arg.expr.type === 'null') return literal('bool', null);
  return { kind: 'isIn', type: 'bool', arg: arg.expr, values, hasNull };
}
