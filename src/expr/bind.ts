/** Binds an expression to the columns in scope: names to indexes, types checked by DuckDB's rules, constants made physical. */

import { ShardfoldError } from '../errors.js';
import { decimalScale, MAX_INTEGER, toPhysical } from '../storage/schema.js';
import { parseTime } from '../storage/times.js';
import type { ColumnType } from '../storage/types.js';
import { closest } from '../suggest.js';
import { decimalThreshold } from './decimal-threshold.js';
import { type ComparisonOp, type ExprNode, formatNode, type Literal, MIRRORED } from './nodes.js';
import {
  isDecimal,
  isFloat,
  isInteger,
  type NumericResult,
  type Physical,
  type TypedExpr,
  type TypedLiteral,
  type ValueType,
} from './typed.js';

/** What the names in an expression stand for. */
export type Scope = ReadonlyMap<string, TypedExpr>;

const DAY_MS = 86_400_000;
const INT32_MAX = 2 ** 31 - 1;

/** @throws UNKNOWN_COLUMN with the nearest name, TYPE_MISMATCH naming the part of the expression that does not fit. */
export function bind(node: ExprNode, scope: Scope): TypedExpr {
  switch (node.kind) {
    case 'column':
      return bindColumn(node.name, scope);
    case 'literal':
      return typedLiteral(node.value, node);
    case 'arithmetic':
      return bindArithmetic(node, scope);
    case 'negate': {
      const arg = toNumber(bind(node.arg, scope), node);
      return { kind: 'negate', type: numericType(arg.type), arg };
    }
    case 'compare':
      return bindCompare(node, scope);
    case 'logic':
      return {
        kind: 'logic',
        type: 'bool',
        op: node.op,
        left: bindBool(node.left, scope),
        right: bindBool(node.right, scope),
      };
    case 'not':
      return { kind: 'not', type: 'bool', arg: bindBool(node.arg, scope) };
    case 'isNull':
      return { kind: 'isNull', type: 'bool', arg: bind(node.arg, scope), negated: node.negated };
    case 'isIn':
      return bindIsIn(node, scope);
    case 'call':
    case 'case':
    case 'cast':
      throw mismatch(node, 'cannot be computed yet', 'use another function');
    case 'aggregate':
      throw new ShardfoldError(
        'INVALID_ARGUMENT',
        `an aggregate cannot stand in a row expression: ${formatNode(node)}`,
        {
          hint: 'aggregates belong in agg(…); filter what they come to after it',
        },
      );
  }
}

/** Binds an expression that must be true, false or null. */
export function bindBool(node: ExprNode, scope: Scope): TypedExpr {
  const bound = bind(node, scope);
  if (bound.type !== 'bool' && bound.type !== 'null') {
    throw mismatch(node, `is ${bound.type}, where a condition is needed`, 'compare it: .gt(0), .eq(…), .isNotNull()');
  }
  return bound;
}

function bindColumn(name: string, scope: Scope): TypedExpr {
  const found = scope.get(name);
  if (found) return found;
  const near = closest(name, scope.keys());
  throw new ShardfoldError('UNKNOWN_COLUMN', `there is no column "${name}"`, {
    hint: near === undefined ? `the columns are ${[...scope.keys()].join(', ')}` : `did you mean "${near}"?`,
  });
}

function typedLiteral(value: Literal, node: ExprNode): TypedLiteral {
  const literal = (type: ValueType, physical: Physical): TypedLiteral => ({ kind: 'literal', type, value: physical });
  if (value === null) return literal('null', null);
  if (typeof value === 'boolean') return literal('bool', value ? 1 : 0);
  if (typeof value === 'string') return literal('utf8', binaryString(value, node));
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw mismatch(node, 'is no point in time', 'check how the Date was made');
    return literal('timestamp', value.getTime());
  }
  const number = Number(value);
  if (typeof value === 'bigint' && BigInt(number) !== value) throw tooLarge(node);
  if (!Number.isInteger(number) || Object.is(number, -0)) return literal('float64', number);
  if (Math.abs(number) > MAX_INTEGER) {
    if (typeof value === 'bigint') throw tooLarge(node);
    return literal('float64', number);
  }
  return literal(number >= -INT32_MAX - 1 && number <= INT32_MAX ? 'int32' : 'int64', number);
}

function tooLarge(node: ExprNode): ShardfoldError {
  return mismatch(
    node,
    'is beyond ±2^53, the range of int64 here',
    'use a number (float64) if an approximation will do',
  );
}

/** UTF-8 bytes, one char a byte. */
function binaryString(text: string, node: ExprNode): string {
  const value = toPhysical('utf8', text, { row: 0, column: formatNode(node) });
  return Buffer.from(value as string, 'utf8').toString('latin1');
}

function bindArithmetic(node: Extract<ExprNode, { kind: 'arithmetic' }>, scope: Scope): TypedExpr {
  const left = toNumber(bind(node.left, scope), node.left);
  const right = toNumber(bind(node.right, scope), node.right);
  const widest = widen(numericType(left.type), numericType(right.type));
  return { kind: 'arithmetic', type: node.op === 'div' ? 'float64' : widest, op: node.op, left, right };
}

function numericType(type: ValueType): NumericResult {
  return type === 'int64' || type === 'float64' ? type : isFloat(type) ? 'float64' : 'int32';
}

function widen(a: NumericResult, b: NumericResult): NumericResult {
  if (a === 'float64' || b === 'float64') return 'float64';
  return a === 'int64' || b === 'int64' ? 'int64' : 'int32';
}

/** Operands of arithmetic: numbers as they are, decimals as float64; null is a null of any type. */
function toNumber(expr: TypedExpr, node: ExprNode): TypedExpr {
  if (isInteger(expr.type) || isFloat(expr.type) || expr.type === 'null') return expr;
  if (isDecimal(expr.type)) return decimalToFloat(expr, expr.type);
  throw mismatch(node, `is ${expr.type}, and arithmetic needs numbers`, 'use a numeric column');
}

function decimalToFloat(arg: TypedExpr, type: ColumnType): TypedExpr {
  return { kind: 'scale', type: 'float64', arg, factor: 1, divisor: 10 ** (decimalScale(type) ?? 0) };
}

function bindCompare(node: Extract<ExprNode, { kind: 'compare' }>, scope: Scope): TypedExpr {
  const left = bind(node.left, scope);
  const right = bind(node.right, scope);
  if (left.kind === 'literal' && right.kind !== 'literal') {
    return compare(node, MIRRORED[node.op], [right, node.right], [left, node.left]);
  }
  return compare(node, node.op, [left, node.left], [right, node.right]);
}

type Bound = readonly [TypedExpr, ExprNode];

function compare(node: ExprNode, op: ComparisonOp, [left, leftNode]: Bound, [right, rightNode]: Bound): TypedExpr {
  const make = (a: TypedExpr, b: TypedExpr, by = op): TypedExpr => {
    return { kind: 'compare', type: 'bool', op: by, left: a, right: b };
  };
  if (left.type === 'null' || right.type === 'null') return make(left, right);
  const constant = rightNode.kind === 'literal' ? rightNode.value : undefined;
  if (typeof constant === 'string' && (left.type === 'timestamp' || left.type === 'date' || isDecimal(left.type))) {
    return compareText(node, op, left, constant);
  }
  // As days where it can be: then chunks are pruned, codes compared, and `isIn` has one type to look for.
  if (left.type === 'date' && constant instanceof Date) return compareTime(op, left, constant.getTime());
  if (left.type === right.type) return make(left, right);
  if (isDecimal(left.type) && (typeof constant === 'number' || typeof constant === 'bigint')) {
    if (Number.isFinite(Number(constant))) return compareDecimal(op, left, String(constant));
  }
  if (isTime(left.type) && isTime(right.type)) return make(toTimestamp(left), toTimestamp(right));
  if (isNumeric(left.type) && isNumeric(right.type)) return make(toNumber(left, leftNode), toNumber(right, rightNode));
  throw mismatch(node, `compares ${left.type} with ${right.type}`, 'compare values of one type');
}

const isTime = (type: ValueType): boolean => type === 'timestamp' || type === 'date';
const isNumeric = (type: ValueType): boolean => isInteger(type) || isFloat(type) || isDecimal(type);

function toTimestamp(expr: TypedExpr): TypedExpr {
  if (expr.type === 'timestamp') return expr;
  return { kind: 'scale', type: 'timestamp', arg: expr, factor: DAY_MS, divisor: 1 };
}

/** A timestamp, date or decimal against a string: the string is read as that type (a date with a time of day as a timestamp). */
function compareText(node: ExprNode, op: ComparisonOp, left: TypedExpr, text: string): TypedExpr {
  let reason = '';
  if (isDecimal(left.type)) {
    if (/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text)) return compareDecimal(op, left, text.trim());
  } else {
    const time = parseTime(text);
    if (time && 'ms' in time) return compareTime(op, left, time.ms);
    if (time && 'reason' in time) reason = `: ${time.reason}`;
  }
  throw mismatch(
    node,
    `compares ${left.type} with text that is none${reason}`,
    "write times as '2001-02-03' or '2001-02-03T04:05:06Z'",
  );
}

function compareTime(op: ComparisonOp, left: TypedExpr, ms: number): TypedExpr {
  const midnight = left.type === 'date' && ms % DAY_MS === 0;
  const right: TypedExpr = midnight
    ? { kind: 'literal', type: 'date', value: ms / DAY_MS }
    : { kind: 'literal', type: 'timestamp', value: ms };
  return { kind: 'compare', type: 'bool', op, left: midnight ? left : toTimestamp(left), right };
}

function compareDecimal(op: ComparisonOp, left: TypedExpr, text: string): TypedExpr {
  const type = left.type as ColumnType;
  const threshold = decimalThreshold(op, text, decimalScale(type) ?? 0);
  // No value is equal to a constant with more places: compare with one that no column may hold.
  const value = threshold.value ?? 2 ** 55;
  return { kind: 'compare', type: 'bool', op: threshold.op, left, right: { kind: 'literal', type, value } };
}

function bindIsIn(node: Extract<ExprNode, { kind: 'isIn' }>, scope: Scope): TypedExpr {
  const arg = bind(node.arg, scope);
  const hasNull = node.values.includes(null);
  const values: (number | string)[] = [];
  for (const value of node.values) {
    if (value === null) continue;
    const literal: ExprNode = { kind: 'literal', value };
    // The rules of `=`, so that `x in (a, b)` is `x = a or x = b`.
    const equal = compare(node, 'eq', [arg, node.arg], [typedLiteral(value, literal), literal]);
    if (equal.kind !== 'compare' || equal.right.kind !== 'literal' || equal.left !== arg) {
      throw mismatch(
        node,
        `looks for a value of another type in ${arg.type}`,
        'list values of the type of the left side',
      );
    }
    if (equal.right.value !== null) values.push(equal.right.value);
  }
  if (arg.type === 'null') return { kind: 'literal', type: 'bool', value: null };
  return { kind: 'isIn', type: 'bool', arg, values, hasNull };
}

function mismatch(node: ExprNode, what: string, hint: string): ShardfoldError {
  return new ShardfoldError('TYPE_MISMATCH', `${formatNode(node)} ${what}`, { hint });
}
