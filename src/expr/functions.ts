/** Functions of numbers, strings and times as methods of their first argument, and those that begin an expression. */

import { parseType } from '../storage/column-types.js';
import type { ColumnType } from '../storage/types.js';
import { AggregateMethods } from './aggregate-methods.js';
import { type Operand, toNode } from './base.js';

/** What times are cut to, counted and moved by. */
export type TimeUnit = 'millisecond' | 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

/** Null where an argument is null, unless it says otherwise. */
export abstract class FunctionMethods<E, A> extends AggregateMethods<E, A> {
  /** Integers and decimals keep their type. */
  abs(): E {
    return this.call('abs');
  }
  /** The greatest whole number not above it: float64 of integers too, a decimal without places of a decimal. */
  floor(): E {
    return this.call('floor');
  }
  ceil(): E {
    return this.call('ceil');
  }
  /** Halves away from zero. @param digits places that are kept, a constant; negative ones round to tens, hundreds … */
  round(digits = 0): E {
    return this.call('round', digits);
  }
  /** -1, 0 or 1 (of NaN: 0), an int32. */
  sign(): E {
    return this.call('sign');
  }
  /** @throws OUT_OF_RANGE when it runs, for a negative number; so do all that follow for what they are not defined for */
  sqrt(): E {
    return this.call('sqrt');
  }
  exp(): E {
    return this.call('exp');
  }
  /** Natural logarithm. */
  ln(): E {
    return this.call('ln');
  }
  /** Natural logarithm, as in polars (SQL's log is `log10`). */
  log(): E {
    return this.call('ln');
  }
  log2(): E {
    return this.call('log2');
  }
  log10(): E {
    return this.call('log10');
  }
  sin(): E {
    return this.call('sin');
  }
  cos(): E {
    return this.call('cos');
  }
  tan(): E {
    return this.call('tan');
  }
  /** The angle of the point (x, this). */
  atan2(x: Operand): E {
    return this.call('atan2', x);
  }
  pow(exponent: Operand): E {
    return this.call('pow', exponent);
  }
  /** Quotient of integers without its fraction; null where the divisor is 0. */
  intDiv(divisor: Operand): E {
    return this.call('intDiv', divisor);
  }
  isNaN(): E {
    return this.call('isNaN');
  }

  /**
   * As another type, by DuckDB's rules: floats become integers by rounding, halves to even.
   * @throws CAST_FAILED when it runs, for a value that does not fit; TYPE_MISMATCH where there is no such cast
   */
  cast(type: ColumnType): E {
    return this.make({ kind: 'cast', arg: this.node, to: parseType(type), lenient: false });
  }
  /** Null for a value that does not fit. */
  tryCast(type: ColumnType): E {
    return this.make({ kind: 'cast', arg: this.node, to: parseType(type), lenient: true });
  }

  /** Characters (code points), as everywhere below. */
  length(): E {
    return this.call('length');
  }
  /** Case is mapped character by character, whatever the locale: ß becomes ẞ. */
  lower(): E {
    return this.call('lower');
  }
  upper(): E {
    return this.call('upper');
  }
  startsWith(part: Operand): E {
    return this.call('startsWith', part);
  }
  endsWith(part: Operand): E {
    return this.call('endsWith', part);
  }
  /** The part is text, not a pattern. */
  contains(part: Operand): E {
    return this.call('contains', part);
  }
  /** `_` stands for one character, `%` for any number of them; nothing escapes them. */
  like(pattern: Operand): E {
    return this.call('like', pattern);
  }
  /** Characters from `start` (0 is the first, -1 the last) on, `length` of them or all. */
  slice(start: Operand, length?: Operand): E {
    return length === undefined ? this.call('slice', start) : this.call('slice', start, length);
  }
  /** The texts one after another; null counts for nothing, and values that are no text are written as such. */
  concat(...others: readonly Operand[]): E {
    return this.call('concat', ...others);
  }
  /** The two texts, null where one is null: SQL's `||`. */
  append(other: Operand): E {
    return this.call('append', other);
  }
  /** Without the spaces (no tabs or line ends) at both ends. */
  trim(): E {
    return this.call('trim');
  }
  trimStart(): E {
    return this.call('trimStart');
  }
  trimEnd(): E {
    return this.call('trimEnd');
  }
  /** Every occurrence of a text. */
  replace(from: Operand, to: Operand): E {
    return this.call('replace', from, to);
  }

  year(): E {
    return this.call('year');
  }
  /** From 1. */
  month(): E {
    return this.call('month');
  }
  /** Of the month, from 1. */
  day(): E {
    return this.call('day');
  }
  hour(): E {
    return this.call('hour');
  }
  minute(): E {
    return this.call('minute');
  }
  second(): E {
    return this.call('second');
  }
  /** 0 is Sunday. */
  dayOfWeek(): E {
    return this.call('dayOfWeek');
  }
  /** The beginning of the unit that a time lies in, a timestamp; weeks begin on Monday. */
  truncate(unit: TimeUnit): E {
    return this.call('truncate', unit);
  }
  /** How many boundaries of a unit lie between this time and another, negative where that is earlier; weeks are seven days. */
  dateDiff(unit: TimeUnit, to: Operand): E {
    return this.make({
      kind: 'call',
      fn: 'dateDiff',
      args: Object.freeze([toNode(unit), this.node, toNode(to)]),
    });
  }
  /** A timestamp moved by a whole number of units; a day that the month does not have becomes its last. */
  addTime(count: Operand, unit: TimeUnit): E {
    return this.call('addTime', count, unit);
  }
}
