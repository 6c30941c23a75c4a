/** The expression tree bound to a schema: columns by index, every node with its type, constants as physical values. */

import type { ColumnType } from '../storage/types.js';
import type { ArithmeticOp, ComparisonOp, LogicOp } from './nodes.js';

export type ValueType = ColumnType | 'null';
export type NumericResult = 'int32' | 'int64' | 'float64';

/**
 * A constant as kernels see it: numbers (ms, days, scaled integers, 0/1), or a string of UTF-8 bytes, one char a byte
 * (a "binary string": JavaScript compares those by bytes, as Lua holds them).
 */
export type Physical = number | string | null;

interface Node<K extends string, T extends ValueType = 'bool'> {
  readonly kind: K;
  readonly type: T;
}

export interface TypedColumn extends Node<'column', ColumnType> {
  readonly index: number;
}
export interface TypedLiteral extends Node<'literal', ValueType> {
  readonly value: Physical;
}
export interface TypedArithmetic extends Node<'arithmetic', NumericResult> {
  readonly op: ArithmeticOp;
  readonly left: TypedExpr;
  readonly right: TypedExpr;
}
export interface TypedNegate extends Node<'negate', NumericResult> {
  readonly arg: TypedExpr;
}
/** arg * factor / divisor: a decimal as a float64 (1 / 10^scale), a date as a timestamp (86,400,000 / 1). */
export interface TypedScale extends Node<'scale', 'float64' | 'timestamp'> {
  readonly arg: TypedExpr;
  readonly factor: number;
  readonly divisor: number;
}
export interface TypedCompare extends Node<'compare'> {
  readonly op: ComparisonOp;
  readonly left: TypedExpr;
  readonly right: TypedExpr;
}
export interface TypedLogic extends Node<'logic'> {
  readonly op: LogicOp;
  readonly left: TypedExpr;
  readonly right: TypedExpr;
}
export interface TypedNot extends Node<'not'> {
  readonly arg: TypedExpr;
}
export interface TypedIsNull extends Node<'isNull'> {
  readonly arg: TypedExpr;
  readonly negated: boolean;
}
export interface TypedIsIn extends Node<'isIn'> {
  readonly arg: TypedExpr;
  readonly values: readonly (number | string)[];
  readonly hasNull: boolean;
}

export type TypedExpr =
  | TypedColumn
  | TypedLiteral
  | TypedArithmetic
  | TypedNegate
  | TypedScale
  | TypedCompare
  | TypedLogic
  | TypedNot
  | TypedIsNull
  | TypedIsIn;

export const isFloat = (type: ValueType): boolean => type === 'float64' || type === 'float32';
export const isDecimal = (type: ValueType): type is `decimal(${number})` => type.startsWith('decimal');
export const isInteger = (type: ValueType): boolean => type === 'int32' || type === 'int64';
/** Types whose physical values are whole numbers, so that they add up exactly. */
export const isWhole = (type: ValueType): boolean => !isFloat(type) && type !== 'utf8';

/** Indexes of the columns that an expression reads. */
export function columnsOf(expr: TypedExpr, into: Set<number> = new Set()): Set<number> {
  switch (expr.kind) {
    case 'column':
      return into.add(expr.index);
    case 'literal':
      return into;
    case 'arithmetic':
    case 'compare':
    case 'logic':
      columnsOf(expr.left, into);
      return columnsOf(expr.right, into);
    default:
      return columnsOf(expr.arg, into);
  }
}
