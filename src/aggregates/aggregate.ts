/**
 * An aggregate is data: which states the kernels keep for it, and how those become a value. States are shared: `mean` and
 * `std` of one column count its rows once.
 */

import type { Interval } from '../expr/bounds.js';
import type { AggregateName } from '../expr/expr.js';
import type { Physical, ValueType } from '../expr/typed.js';
import type { ColumnType } from '../storage/types.js';

/**
 * What a kernel can keep while it passes over rows (code in src/codegen/states):
 * - `rows` number of rows; `valid` number of non-null values; `nans` number of NaN
 * - `sumFloat` compensated sum [S, C]; `sumWhole`, `sumSquares` exact sums of whole numbers and of their squares [high, low]
 *   in units of 2^32
 * - `moments` [n, pivot, mean - pivot, sum of squared deviations]
 * - `minNumber`, `maxNumber` (NaN left out), `minString`, `maxString`
 */
export type StateKind =
  | 'rows'
  | 'valid'
  | 'nans'
  | 'sumFloat'
  | 'sumWhole'
  | 'sumSquares'
  | 'moments'
  | 'minNumber'
  | 'maxNumber'
  | 'minString'
  | 'maxString';

/** The argument of an aggregate: its type, and between which whole numbers it lies. */
export interface AggregateArg {
  readonly type: ValueType;
  readonly bounds: Interval;
}

/** The fields of a merged state, by kind. */
export type States = (kind: StateKind) => readonly (number | string | null)[];

export interface Aggregate {
  readonly name: AggregateName;
  /** Whether it takes arguments of this type; `accepts` says in words what it takes. */
  takes(type: ValueType): boolean;
  readonly accepts: string;
  resultType(type: ValueType): ColumnType;
  requires(arg: AggregateArg): readonly StateKind[];
  /** From merged states to the physical result; null where SQL says null. */
  finish(states: States, arg: AggregateArg): Physical;
}

/** A state's field that holds a number. */
export function numberOf(states: States, kind: StateKind, field = 0): number {
  return states(kind)[field] as number;
}
