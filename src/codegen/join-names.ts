/** How kernels name what a join brings: for look-up i the number `at_<i>` of the row that matches (0 for none), and its columns. */

import type { TypedJoined } from '../expr/typed.js';
import { at, type Ir, type Target, variable } from './ir.js';

/** The table of a column of the right side, by number of row; no row has the number 0, where null stands. */
export const joinedTable = (join: number, column: number): string => `side_${join}_${column}`;
/** The row that matches. */
export const matchName = (join: number): Target => variable(`at_${join}`);
/** The number of a key, 0 where there is none, in look-ups whose keys may have several rows. */
export const groupName = (join: number): Target => variable(`key_${join}`);
/** Where the rows of a key begin. */
export const startsTable = (join: number): string => `starts_${join}`;
/** A table from values to their numbers. */
export const listTable = (join: number, list: number): string => `list_${join}_${list}`;
/** What was found for the codes of a column. */
export const memoTable = (join: number): string => `found_${join}`;
export const memoFunction = (join: number): string => `look_${join}`;

export function joinedValue({ join, column }: TypedJoined): Ir {
  return at(joinedTable(join, column), matchName(join));
}
