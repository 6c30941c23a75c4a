/**
 * An aggregate is data: which states the kernels keep for it, and how those become a value. States are shared: `mean` and
 * `std` of one column count its rows once.
 */

import type { Interval } from '../expr/bounds.js';
import type { AggregateName, AggregateOptions, CustomAggregate } from '../expr/nodes.js';
import type { Physical, TypedExpr, ValueType } from '../expr/typed.js';
import type { ColumnType } from '../storage/types.js';
import type { ResultType, ResultValue } from './result-type.js';
import type { BoundPass } from './row-pass.js';

/**
 * What a kernel can keep while it passes over rows (code in src/codegen/states):
 * - `rows` number of rows; `valid` number of non-null values; `nans` number of NaN
 * - `sumFloat` compensated sum [S, C]; `sumWhole`, `sumSquares` exact sums of whole numbers and of their squares [high, low]
 *   in units of 2^32
 * - `moments` [n, pivot, mean - pivot, sum of squared deviations]; `coMoments` of two numbers [n, pivots, means less pivots,
 *   sums of squared deviations and of their products]
 * - `exactSum` of one of the arguments, `exactProduct` of two of them (or of one with itself): sums without any error, in any order;
 *   doubles that come to nearly all of the sum, then limbs of the rest
 * - `minNumber`, `maxNumber` (NaN left out), `minString`, `maxString`
 * - `first`, `last` [whether there was a row, value]; `argMin`, `argMax` [whether there was a row, value, `by`]
 * - maps, which merge in any order: `values` value → count, `buckets` number of a sketch's bucket → count, `bins` number of a
 *   bin between edges → count, `registers` register of a HyperLogLog → greatest rank
 * - lists: `greatest` the k greatest values, `list` the first values
 * - `custom` [n, fields of a user's aggregate]
 * - `pass` [n, list of what a pass over rows ends in]
 */
export type StateKind =
  | 'rows'
  | 'valid'
  | 'nans'
  | 'sumFloat'
  | 'sumWhole'
  | 'sumSquares'
  | 'moments'
  | 'coMoments'
  | 'exactSum'
  | 'exactProduct'
  | 'minNumber'
  | 'maxNumber'
  | 'minString'
  | 'maxString'
  | 'first'
  | 'last'
  | 'argMin'
  | 'argMax'
  | 'values'
  | 'buckets'
  | 'bins'
  | 'registers'
  | 'greatest'
  | 'list'
  | 'custom'
  | 'pass';

/** A user's aggregate bound to the types of its arguments. Columns of the trees: fields from 0 on, then arguments (in `step`) or the other side's fields (in `merge`). */
export interface BoundCustom {
  readonly definition: CustomAggregate;
  readonly step: readonly TypedExpr[];
  readonly merge: readonly TypedExpr[];
  readonly finish: TypedExpr | undefined;
  /** Types of the arguments as the trees see them. */
  readonly args: readonly ColumnType[];
}

/**
 * A state, with the number(s) that it depends on: buckets an octave, edges of bins, the greatest length of a list, places of the
 * arguments that an exact sum is of.
 */
export interface StateSpec {
  readonly kind: Exclude<StateKind, 'rows'>;
  readonly param?: number | readonly number[] | BoundCustom | BoundPass;
}

/** A state that an aggregate asks for: of its own arguments, unless it says otherwise. */
export interface Requirement extends StateSpec {
  readonly exprs?: readonly TypedExpr[];
  /** A condition beyond the aggregate's own filter. */
  readonly and?: TypedExpr;
  /** Whether rows take part where an argument is null. */
  readonly nulls?: 'pass';
}

/** What is aggregated: the first argument's type and between which whole numbers it lies, all arguments, and the options. */
export interface AggregateArg {
  readonly type: ValueType;
  readonly bounds: Interval;
  readonly exprs: readonly TypedExpr[];
  readonly options: AggregateOptions;
  /** Whether rows have no order, so that sums of floats must not depend on one. */
  readonly exact?: boolean;
}

/** Fields of maps and lists hold all of what the state has gathered. */
export type StateField = Physical | ReadonlyMap<number | string, number> | readonly Physical[];

/** The fields of a merged state, by kind; the n-th of those required of this kind. */
export type States = (kind: StateKind, nth?: number) => readonly StateField[];

/** What an argument may be, as a test and in words. */
export interface Accepts {
  takes(type: ValueType): boolean;
  readonly accepts: string;
}

export interface Aggregate extends Accepts {
  readonly name: Exclude<AggregateName, 'custom' | 'rowPass'>;
  /** Arguments after the first. */
  readonly more?: readonly Accepts[];
  /** Checks the options. @throws INVALID_ARGUMENT */
  check?(options: AggregateOptions): void;
  /** Names of options. */
  readonly options?: readonly string[];
  resultType(type: ValueType): ResultType;
  requires(arg: AggregateArg): readonly (Exclude<StateKind, 'rows'> | Requirement)[];
  /** From merged states to the physical result; null where SQL says null. */
  finish(states: States, arg: AggregateArg): ResultValue;
}

/** A state's field that holds a number. */
export function numberOf(states: States, kind: StateKind, field = 0): number {
  return states(kind)[field] as number;
}

/** A state that is a map. */
export function mapOf(states: States, kind: StateKind): ReadonlyMap<number | string, number> {
  return states(kind)[0] as ReadonlyMap<number | string, number>;
}
