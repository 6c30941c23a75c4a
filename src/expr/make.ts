/** Makes bound expressions; what has nothing but constants in it is computed at once. */

import { ShardfoldError } from '../errors.js';
import { decimalScale } from '../storage/schema.js';
import { parseTime } from '../storage/times.js';
import type { ColumnType } from '../storage/types.js';
import { type ExprNode, formatNode } from './nodes.js';
import { isFailure } from './runtime/failure.js';
import { applyFunction, type KernelFunction } from './runtime/index.js';
import type { Physical, TypedExpr, TypedLiteral, ValueType } from './typed.js';

/** A bound expression, and as it was written. */
export interface Bound {
  readonly expr: TypedExpr;
  readonly node: ExprNode;
}

export const DAY_MS = 86_400_000;

export const literal = (type: ValueType, value: Physical): TypedLiteral => ({ kind: 'literal', type, value });
export const isNullLiteral = (expr: TypedExpr): boolean => expr.kind === 'literal' && expr.value === null;

export function mismatch(node: ExprNode, what: string, hint: string): ShardfoldError {
  return new ShardfoldError('TYPE_MISMATCH', `${formatNode(node)} ${what}`, { hint });
}

export function invalid(node: ExprNode, what: string, hint: string): ShardfoldError {
  return new ShardfoldError('INVALID_ARGUMENT', `${formatNode(node)} ${what}`, { hint });
}

/** What a function comes to for constants; undefined where it raises, as rows that reach it then will. */
export function foldCall(fn: KernelFunction, args: readonly (number | string)[]): Physical | undefined {
  try {
    const value = applyFunction(fn, args);
    return typeof value === 'boolean' ? Number(value) : (value as Physical);
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}

/** A call of a function that is null where an argument is. */
export function call(type: ColumnType, fn: KernelFunction, ...args: readonly TypedExpr[]): TypedExpr {
  if (args.some(isNullLiteral)) return literal(type, null);
  const constants = args.flatMap((arg) => (arg.kind === 'literal' ? [arg.value as number | string] : []));
  const folds = constants.length === args.length && !(fn === 'f_intDiv' && constants[1] === 0);
  const value = folds ? foldCall(fn, constants) : undefined;
  return value === undefined ? { kind: 'call', type, fn, args } : literal(type, value);
}

export const number = (value: number): TypedLiteral => literal('float64', value);

/** arg * factor / divisor as another type; with neither, the same value under another type. */
export function scale(type: ColumnType, arg: TypedExpr, factor = 1, divisor = 1): TypedExpr {
  if (arg.type === type && factor === 1 && divisor === 1) return arg;
  if (arg.kind !== 'literal') return { kind: 'scale', type, arg, factor, divisor };
  const { value } = arg;
  return literal(type, typeof value === 'number' ? (value * factor) / divisor : value);
}

export const tenTo = (places: number): number => Number(`1e${places}`);

export function decimalToFloat(arg: TypedExpr, type: ColumnType): TypedExpr {
  return scale('float64', arg, 1, tenTo(decimalScale(type) ?? 0));
}

export function toTimestamp(expr: TypedExpr): TypedExpr {
  if (expr.type === 'timestamp') return expr;
  return scale('timestamp', expr, DAY_MS);
}

/** A constant text that stands where a time is needed, as a date where it is one. */
export function timeOfText({ expr, node }: Bound): TypedExpr {
  if (expr.kind !== 'literal' || node.kind !== 'literal' || typeof node.value !== 'string') return expr;
  const time = parseTime(node.value);
  if (time === undefined || !('ms' in time)) return expr;
  return /^[+-]?\d+-\d+-\d+$/.test(node.value) ? literal('date', time.ms / DAY_MS) : literal('timestamp', time.ms);
}
