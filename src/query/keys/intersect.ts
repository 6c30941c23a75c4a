/** Counting what sets have in common. */

import type { ClusterLink } from '../../cluster/types.js';
import { countIntersection } from '../../engine/keys/intersect.js';
import { MAX_VALUES, MOST_ENTRIES } from '../../engine/too-many.js';
import { ShardfoldError, showValue } from '../../errors.js';
import { checkShortcut, namedKeys, runShortcut, type ShortcutOptions } from './named-keys.js';

export interface IntersectOptions extends ShortcutOptions {
  /** Counting ends at this number; from 1 on. */
  readonly limit?: number;
  /** Members of the intersection that this process holds at most, 8,000,000 by default and 16,777,216 at most; more are TOO_MANY_VALUES. */
  readonly maxValues?: number;
}

/** @throws INVALID_ARGUMENT, and what `Shardfold.intersectCount` says */
export async function intersectCount(
  link: ClusterLink,
  names: readonly (string | Buffer)[],
  options: IntersectOptions = {},
): Promise<number> {
  const keys = namedKeys(names, "sf.intersectCount(['tags:a', 'tags:b'])");
  checkShortcut(options, ['limit', 'maxValues']);
  const { limit, maxValues = MAX_VALUES } = options;
  checkCount('limit', limit, Number.MAX_SAFE_INTEGER);
  checkCount('maxValues', maxValues, MOST_ENTRIES);
  return runShortcut(link, options, (work) =>
    countIntersection({ ...work, limit: limit ?? Number.POSITIVE_INFINITY, maxValues }, keys),
  );
}

function checkCount(name: string, value: number | undefined, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) return;
  throw new ShardfoldError('INVALID_ARGUMENT', `${name} is ${showValue(value)}`, {
    hint: `a whole number from 1 to ${most}`,
  });
}
