/**
 * The variables of a row's columns: a value (a number, or text), and whether there is one: true, false where it is missing, nil where
 * it is there and cannot be read. The first columns have locals of their own; a function holds 200 of them, so further columns lie in tables.
 */

import type { RowNames } from '../column-values.js';
import { variable } from '../ir.js';
import type { KernelColumn } from '../shape.js';
import type { TextRule } from './read-text.js';

const WITH_LOCALS = 16;

/** Needed before the loop where a column has no locals. */
export const COLUMN_TABLES = 'local key_values, key_present = {}, {}';

export const hasLocals = ({ slot }: KernelColumn): boolean => slot < WITH_LOCALS;

function valueName(column: KernelColumn): string {
  const { slot, encoding } = column;
  if (!hasLocals(column)) return `key_values[${slot}]`;
  return encoding === 'plain' ? `x${slot}` : `c${slot}`;
}

const presentName = (column: KernelColumn): string =>
  hasLocals(column) ? `p${column.slot}` : `key_present[${column.slot}]`;

/** The variables as the code of a row names them. */
export const COLUMN_NAMES: RowNames = {
  code: (column) => variable(valueName(column)),
  present: (column) => variable(presentName(column)),
  text: (column) => variable(valueName(column)),
};

/** Gives a column a value. */
export const assign = (column: KernelColumn, value: string, present = 'true'): string =>
  `${valueName(column)}, ${presentName(column)} = ${value}, ${present}`;

const declare = (column: KernelColumn): string => (hasLocals(column) ? 'local ' : '');

/** A column that always has a value. */
export const given = (column: KernelColumn, value: string): string => declare(column) + assign(column, value);

/** A column that has none yet. @param present Lua for what is known of it: `false`, or nil where a value is there that cannot be read */
export const absent = (column: KernelColumn, present = 'false'): string =>
  declare(column) + assign(column, column.encoding === 'plain' ? "''" : '0', present);

/** Counts something that cannot be read, and keeps the first of them. */
export const countUnreadable = (index: number): string =>
  `unparsable = unparsable + 1 if unparsable == 1 then bad_key, bad_column = key, ${index} end`;

/** A value that is there and cannot be read as its column's type: counted, and none. */
export const unreadable = (column: KernelColumn): string =>
  `${presentName(column)} = nil ${countUnreadable(column.index)}`;

/** Reads text, in a variable that may be overwritten, into a column that is absent so far. */
export function assignText(column: KernelColumn, { quick, read: readSlowly }: TextRule, text: string): string {
  if (column.type === 'utf8') return assign(column, text);
  const slow = `${text} = ${readSlowly(text)} if ${text} then ${assign(column, text)} else ${unreadable(column)} end`;
  if (quick === undefined) return slow;
  const { known } = quick;
  const read = `if ${quick.test(text)} then ${assign(column, quick.value(text))}`;
  if (known === undefined) return `${read} else ${slow} end`;
  const keep = `if ${known}_left > 0 then ${known}_left, ${known}[${text}] = ${known}_left - 1, ${valueName(column)} end`;
  return `local key_known = ${known}[${text}] if key_known then ${assign(column, 'key_known')} else${read} ${keep} else ${slow} end`;
}
