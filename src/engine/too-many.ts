/** What the coordinator holds at most, and the errors beyond it. */

import { ShardfoldError } from '../errors.js';

/** A Map of V8 holds no more. */
export const MOST_ENTRIES = 2 ** 24;

/** Groups of a fold, and different values that it holds to count them, unless the caller says otherwise. */
export const MAX_GROUPS = 4_000_000;
export const MAX_VALUES = 8_000_000;

const shown = (count: number): string => count.toLocaleString('en-GB');

/** @returns TOO_MANY_GROUPS */
export function tooManyGroups({ keys, maxGroups }: { keys: readonly string[]; maxGroups: number }): ShardfoldError {
  const names = keys.map((name) => `"${name}"`).join(', ');
  return new ShardfoldError('TOO_MANY_GROUPS', `there are more than ${shown(maxGroups)} groups by ${names}`, {
    hint: `groups are held in this process, wherever the result goes: filter rows, group by fewer or coarser keys, or give { maxGroups }, up to ${shown(MOST_ENTRIES)}`,
  });
}

/** @returns TOO_MANY_VALUES */
export function tooManyValues(maxValues: number): ShardfoldError {
  return new ShardfoldError('TOO_MANY_VALUES', `there are more than ${shown(maxValues)} different values to count`, {
    hint: `countDistinct, median and quantile hold all values of all groups in this process: use approxCountDistinct or approxQuantile, filter rows, or give { maxValues }, up to ${shown(MOST_ENTRIES)}`,
  });
}

/** @returns TOO_MANY_ROWS */
export function tooManyRows(rows: number, columns: number, most: number): ShardfoldError {
  const what = `a step of this query works on the result of another, which has ${shown(rows)} rows or more of ${columns} columns`;
  return new ShardfoldError('TOO_MANY_ROWS', `${what}: more than the ${shown(most)} values that are kept here`, {
    hint: 'filter, select or aggregate earlier; or store that result by into(…), and query the table',
  });
}
