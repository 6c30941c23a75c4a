/** The expression tree bound to a schema: columns by index, every node with its type, constants as physical values. */

import type { ColumnType } from '../storage/types.js';
import type { ArithmeticOp, ComparisonOp, LogicOp } from './nodes.js';
import type { KernelFunction } from './runtime/index.js';

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
export interface TypedNegate extends Node<'negate', ColumnType> {
  readonly arg: TypedExpr;
}
/**
 * arg * factor / divisor: a decimal as a float64 (1 / 10^scale), a date as a timestamp (86,400,000 / 1), an int32 as an
 * int64 (1 / 1).
 */
export interface TypedScale extends Node<'scale', ColumnType> {
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

/**
 * A function of the kernels, null where an argument is; constants that say what to do (a unit in ms, 10^digits) are numbers
 * among the arguments. `f_intDiv` is null too where the divisor is 0.
 */
export interface TypedCall extends Node<'call', ColumnType> {
  readonly fn: KernelFunction | 'isNaN';
  readonly args: readonly TypedExpr[];
}
/** The first argument that is not null; the least or greatest of those that are not. All are of the type of the node. */
export interface TypedChoice extends Node<'choice', ValueType> {
  readonly fn: 'coalesce' | 'least' | 'greatest';
  readonly args: readonly TypedExpr[];
}
export interface TypedBranch {
  readonly when: TypedExpr;
  readonly then: TypedExpr;
}
export interface TypedCase extends Node<'case', ValueType> {
  readonly branches: readonly TypedBranch[];
  readonly otherwise: TypedExpr;
}
/** To the type of the node by a function that gives null for what does not fit: an error, unless the cast is lenient. */
export interface TypedCast extends Node<'cast', ColumnType> {
  readonly arg: TypedExpr;
  readonly fn: KernelFunction;
  /** What the function takes besides the value. */
  readonly extra: readonly number[];
  /** Whether it can give null at all. */
  readonly mayFail: boolean;
  readonly lenient: boolean;
}

/** A column of the right side of a join, in the row that matches. What its values are like is known once that side is computed. */
export interface TypedJoined extends Node<'joined', ColumnType> {
  /** Place among the look-ups of the part, and column of its right side. */
  readonly join: number;
  readonly column: number;
  readonly nullable: boolean;
  /** Between which numbers its values lie, of types whose values are whole. */
  readonly bounds?: readonly [number, number];
}

export type TypedExpr =
  | TypedColumn
  | TypedJoined
  | TypedLiteral
  | TypedArithmetic
  | TypedNegate
  | TypedScale
  | TypedCompare
  | TypedLogic
  | TypedNot
  | TypedIsNull
  | TypedIsIn
  | TypedCall
  | TypedChoice
  | TypedCase
  | TypedCast;

export const isFloat = (type: ValueType): boolean => type === 'float64' || type === 'float32';
export const isDecimal = (type: ValueType): type is `decimal(${number})` => type.startsWith('decimal');
export const isInteger = (type: ValueType): boolean => type === 'int32' || type === 'int64';
/** Types whose physical values are whole numbers, so that they add up exactly. */
export const isWhole = (type: ValueType): boolean => !isFloat(type) && type !== 'utf8';

/** The expressions directly below one, in the order in which they are written. */
export function childrenOf(expr: TypedExpr): readonly TypedExpr[] {
  switch (expr.kind) {
    case 'column':
    case 'joined':
    case 'literal':
      return [];
    case 'arithmetic':
    case 'compare':
    case 'logic':
      return [expr.left, expr.right];
    case 'call':
    case 'choice':
      return expr.args;
    case 'case':
      return [...expr.branches.flatMap(({ when, then }) => [when, then]), expr.otherwise];
    default:
      return [expr.arg];
  }
}

/** Indexes of the columns that an expression reads. */
export function columnsOf(expr: TypedExpr, into: Set<number> = new Set()): Set<number> {
  if (expr.kind === 'column') return into.add(expr.index);
  for (const child of childrenOf(expr)) columnsOf(child, into);
  return into;
}

/** Whether an expression reads a column of the right side of a join. */
export function readsJoined(expr: TypedExpr): boolean {
  return expr.kind === 'joined' || childrenOf(expr).some(readsJoined);
}

/** Functions that differ in the last bits between Lua and JavaScript, and between C libraries. */
const LIBM = new Set<TypedCall['fn']>([
  'f_exp',
  'f_ln',
  'f_log2',
  'f_log10',
  'f_sin',
  'f_cos',
  'f_tan',
  'f_atan2',
  'f_pow',
]);

/** Whether an expression's bits depend on where it is computed. */
export function usesLibm(expr: TypedExpr): boolean {
  return (expr.kind === 'call' && LIBM.has(expr.fn)) || childrenOf(expr).some(usesLibm);
}
