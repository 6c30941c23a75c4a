/**
 * The locals of a row's columns, as its code expects them: a value (`c<slot>` for numbers, `x<slot>` for text), and whether there is
 * one (`p<slot>`): true, false where it is missing, nil where it is there and cannot be read.
 */

import type { KernelColumn } from '../shape.js';
import type { TextRule } from './read-text.js';

const valueName = ({ slot, encoding }: KernelColumn): string => (encoding === 'plain' ? `x${slot}` : `c${slot}`);

/** A column that always has a value. */
export const given = (column: KernelColumn, value: string): string =>
  `local ${valueName(column)}, p${column.slot} = ${value}, true`;

/** A column that has none yet. @param present Lua for what is known of it: `false`, or nil where a value is there that cannot be read */
export const absent = (column: KernelColumn, present = 'false'): string =>
  `local ${valueName(column)}, p${column.slot} = ${column.encoding === 'plain' ? "''" : '0'}, ${present}`;

/** Gives a column a value. */
export const assign = (column: KernelColumn, value: string): string =>
  `${valueName(column)}, p${column.slot} = ${value}, true`;

/** Counts something that cannot be read, and keeps the first of them. */
export const countUnreadable = (index: number): string =>
  `unparsable = unparsable + 1 if unparsable == 1 then bad_key, bad_column = key, ${index} end`;

/** A value that is there and cannot be read as its column's type: counted, and none. */
export const unreadable = ({ slot, index }: KernelColumn): string => `p${slot} = nil ${countUnreadable(index)}`;

/** Reads text, in a variable that may be overwritten, into a column that is absent so far. */
export function assignText(column: KernelColumn, { quick, read }: TextRule, text: string): string {
  if (column.type === 'utf8') return assign(column, text);
  const slow = `${text} = ${read(text)} if ${text} then ${assign(column, text)} else ${unreadable(column)} end`;
  return quick === undefined
    ? slow
    : `if ${quick.test(text)} then ${assign(column, quick.value(text))} else ${slow} end`;
}
