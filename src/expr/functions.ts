/** Functions of numbers, strings and times as methods of their first argument, and those that begin an expression. */

import { parseType } from '../storage/column-types.js';
import type { ColumnType } from '../storage/types.js';
import { AggregateMethods } from './aggregate-methods.js';
import { type Operand, toNode } from './base.js';
import type { ByZero, ColumnsOf, Combined, Kind, Made, Nulls, TagOf, ValueOf } from './infer.js';

/** What times are cut to, counted and moved by. */
export type TimeUnit = 'millisecond' | 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

/** Null where an argument is null, unless it says otherwise. */
export abstract class FunctionMethods<
  K extends Kind,
  V extends string,
  C extends string,
  N extends string,
> extends AggregateMethods<K, V, C, N> {
  /** Integers and decimals keep their type. */
  abs(): Combined<K, `number like ${V}`, V, C> {
    return this.call('abs');
  }
  /** The greatest whole number not above it: float64 of integers too, a decimal without places of a decimal. */
  floor(): Combined<K, `number like ${V}`, V, C> {
    return this.call('floor');
  }
  ceil(): Combined<K, `number like ${V}`, V, C> {
    return this.call('ceil');
  }
  /** Halves away from zero. @param digits places that are kept, a constant; negative ones round to tens, hundreds … */
  round(digits = 0): Combined<K, `number like ${V}`, V, C> {
    return this.call('round', digits);
  }
  /** -1, 0 or 1 (of NaN: 0), an int32. */
  sign(): Combined<K, 'number', V, C> {
    return this.call('sign');
  }
  /** @throws OUT_OF_RANGE when it runs, for a negative number; so do all that follow for what they are not defined for */
  sqrt(): Combined<K, 'number', V, C> {
    return this.call('sqrt');
  }
  exp(): Combined<K, 'number', V, C> {
    return this.call('exp');
  }
  /** Natural logarithm. */
  ln(): Combined<K, 'number', V, C> {
    return this.call('ln');
  }
  /** Natural logarithm, as in polars (SQL's log is `log10`). */
  log(): Combined<K, 'number', V, C> {
    return this.call('ln');
  }
  log2(): Combined<K, 'number', V, C> {
    return this.call('log2');
  }
  log10(): Combined<K, 'number', V, C> {
    return this.call('log10');
  }
  sin(): Combined<K, 'number', V, C> {
    return this.call('sin');
  }
  cos(): Combined<K, 'number', V, C> {
    return this.call('cos');
  }
  tan(): Combined<K, 'number', V, C> {
    return this.call('tan');
  }
  /** The angle of the point (x, this). */
  atan2<O extends Operand>(x: O): Combined<K, 'number', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.call('atan2', x);
  }
  pow<O extends Operand>(exponent: O): Combined<K, 'number', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.call('pow', exponent);
  }
  /** Quotient of integers without its fraction; null where the divisor is 0. */
  intDiv<O extends Operand>(divisor: O): Made<K, 'number' | ByZero<O> | Nulls<V | ValueOf<O>>, C | ColumnsOf<O>> {
    return this.call('intDiv', divisor);
  }
  isNaN(): Combined<K, 'boolean', V, C> {
    return this.call('isNaN');
  }

  /**
   * As another type, by DuckDB's rules: floats become integers by rounding, halves to even.
   * @throws CAST_FAILED when it runs, for a value that does not fit; TYPE_MISMATCH where there is no such cast
   */
  cast<T extends ColumnType>(type: T): Combined<K, TagOf<T>, V, C> {
    return this.make({ kind: 'cast', arg: this.node, to: parseType(type), lenient: false });
  }
  /** Null for a value that does not fit. */
  tryCast<T extends ColumnType>(type: T): Made<K, TagOf<T> | 'null', C> {
    return this.make({ kind: 'cast', arg: this.node, to: parseType(type), lenient: true });
  }

  /** Characters (code points), as everywhere below. */
  length(): Combined<K, 'number', V, C> {
    return this.call('length');
  }
  /** Case is mapped character by character, whatever the locale: ß becomes ẞ. */
  lower(): Combined<K, 'text', V, C> {
    return this.call('lower');
  }
  upper(): Combined<K, 'text', V, C> {
    return this.call('upper');
  }
  startsWith<O extends Operand>(part: O): Combined<K, 'boolean', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.call('startsWith', part);
  }
  endsWith<O extends Operand>(part: O): Combined<K, 'boolean', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.call('endsWith', part);
  }
  /** The part is text, not a pattern. */
  contains<O extends Operand>(part: O): Combined<K, 'boolean', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.call('contains', part);
  }
  /** `_` stands for one character, `%` for any number of them; nothing escapes them. */
  like<O extends Operand>(pattern: O): Combined<K, 'boolean', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.call('like', pattern);
  }
  /** Characters from `start` (0 is the first, -1 the last) on, `length` of them or all. */
  slice<S extends Operand, L extends Operand = never>(
    start: S,
    length?: L,
  ): Combined<K, 'text', V | ValueOf<S | L>, C | ColumnsOf<S | L>> {
    return length === undefined ? this.call('slice', start) : this.call('slice', start, length);
  }
  /** The texts one after another; null counts for nothing, and values that are no text are written as such. */
  concat<A extends readonly Operand[]>(...others: A): Made<K, 'text', C | ColumnsOf<A[number]>> {
    return this.call('concat', ...others);
  }
  /** The two texts, null where one is null: SQL's `||`. */
  append<O extends Operand>(other: O): Combined<K, 'text', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.call('append', other);
  }
  /** Without the spaces (no tabs or line ends) at both ends. */
  trim(): Combined<K, 'text', V, C> {
    return this.call('trim');
  }
  trimStart(): Combined<K, 'text', V, C> {
    return this.call('trimStart');
  }
  trimEnd(): Combined<K, 'text', V, C> {
    return this.call('trimEnd');
  }
  /** Every occurrence of a text. */
  replace<F extends Operand, T extends Operand>(
    from: F,
    to: T,
  ): Combined<K, 'text', V | ValueOf<F | T>, C | ColumnsOf<F | T>> {
    return this.call('replace', from, to);
  }
  /**
   * Part `n` of the text cut at every occurrence of a delimiter (text, not a pattern): 1 is the first, -1 the last, and there is
   * an empty text where there is no such part, or `n` is 0. An empty delimiter cuts the text into its characters.
   * `col('key').splitPart(':', 1)` is `order` of `order:17`.
   */
  splitPart<D extends Operand, P extends Operand>(
    delimiter: D,
    n: P,
  ): Combined<K, 'text', V | ValueOf<D | P>, C | ColumnsOf<D | P>> {
    return this.call('splitPart', delimiter, n);
  }

  year(): Combined<K, 'number', V, C> {
    return this.call('year');
  }
  /** From 1. */
  month(): Combined<K, 'number', V, C> {
    return this.call('month');
  }
  /** Of the month, from 1. */
  day(): Combined<K, 'number', V, C> {
    return this.call('day');
  }
  hour(): Combined<K, 'number', V, C> {
    return this.call('hour');
  }
  minute(): Combined<K, 'number', V, C> {
    return this.call('minute');
  }
  second(): Combined<K, 'number', V, C> {
    return this.call('second');
  }
  /** 0 is Sunday. */
  dayOfWeek(): Combined<K, 'number', V, C> {
    return this.call('dayOfWeek');
  }
  /** The beginning of the unit that a time lies in, a timestamp; weeks begin on Monday. */
  truncate(unit: TimeUnit): Combined<K, 'time', V, C> {
    return this.call('truncate', unit);
  }
  /** How many boundaries of a unit lie between this time and another, negative where that is earlier; weeks are seven days. */
  dateDiff<O extends Operand>(unit: TimeUnit, to: O): Combined<K, 'number', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.make({
      kind: 'call',
      fn: 'dateDiff',
      args: Object.freeze([toNode(unit), this.node, toNode(to)]),
    });
  }
  /** A timestamp moved by a whole number of units; a day that the month does not have becomes its last. */
  addTime<O extends Operand>(count: O, unit: TimeUnit): Combined<K, 'time', V | ValueOf<O>, C | ColumnsOf<O>> {
    return this.call('addTime', count, unit);
  }
}
