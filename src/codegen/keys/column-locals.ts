/** The locals of a row's columns, as its code expects them: a value (`c<slot>` for numbers, `x<slot>` for text) and whether there is one. */

import type { KernelColumn } from '../shape.js';
import type { TextRule } from './read-text.js';

const valueName = ({ slot, encoding }: KernelColumn): string => (encoding === 'plain' ? `x${slot}` : `c${slot}`);

/** A column that always has a value. */
export const given = (column: KernelColumn, value: string): string =>
  `local ${valueName(column)}, p${column.slot} = ${value}, true`;

/** A column that has none yet. */
export const absent = (column: KernelColumn): string =>
  `local ${valueName(column)}, p${column.slot} = ${column.encoding === 'plain' ? "''" : '0'}, false`;

/** Gives a column a value. */
export const assign = (column: KernelColumn, value: string): string =>
  `${valueName(column)}, p${column.slot} = ${value}, true`;

/** Counts a value that is there and cannot be read as its column's type, and keeps the first of them. */
export const unreadable = (index: number): string =>
  `unparsable = unparsable + 1 if unparsable == 1 then bad_key, bad_column = key, ${index} end`;

/** Reads text, in a variable that may be overwritten, into a column that is absent so far. */
export function assignText(column: KernelColumn, { quick, read }: TextRule, text: string): string {
  if (column.type === 'utf8') return assign(column, text);
  const slow = `${text} = ${read(text)} if ${text} then ${assign(column, text)} else ${unreadable(column.index)} end`;
  return quick === undefined
    ? slow
    : `if ${quick.test(text)} then ${assign(column, quick.value(text))} else ${slow} end`;
}
