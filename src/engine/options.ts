/** How a query is run. */

import { ShardfoldError, showValue } from '../errors.js';
import { MAX_GROUPS, MAX_VALUES, MOST_ENTRIES } from './too-many.js';

/** How far a piece of work is, in rows, and in units of up to 8,128 rows of a chunk; pruned chunks do not count. */
export interface Progress {
  readonly unitsDone: number;
  readonly unitsTotal: number;
  readonly rowsDone: number;
  readonly rowsTotal: number;
}

export interface CollectOptions {
  /**
   * Where to compute: `shards`, `client` (the columns are pulled), or `auto` (the default): in the shards, unless the partial
   * results turn out heavier than half of the columns that they come from. The bits of the result are the same.
   */
  readonly side?: 'auto' | 'shards' | 'client';
  /** Calls in a shard's queue at once, 2 by default; where columns are pulled, chunks. */
  readonly maxInFlight?: number;
  /** Units of 8,128 rows a call (1, 2, 4 or 8); without it they adapt, so that a call takes about a millisecond. */
  readonly sliceUnits?: 1 | 2 | 4 | 8;
  /**
   * Groups that this process holds at most, 4,000,000 by default: more are TOO_MANY_GROUPS. Of `distinct()` the rows. Up to
   * 16,777,216.
   */
  readonly maxGroups?: number;
  /**
   * Different values that this process holds at most for countDistinct, median and quantile, over all groups; 8,000,000 by
   * default: more are TOO_MANY_VALUES. Up to 16,777,216. Quantiles of whole tables that are found by selection hold none.
   */
  readonly maxValues?: number;
  /**
   * Of a query over keys: what to do where slots do not settle within `timeout` (they are moving, or their primary is down). By default
   * that is SLOTS_UNSETTLED; true gives what the other slots hold, and `receipt.keys[i].slots.missing` names those that are left out.
   */
  readonly partial?: boolean;
  /** Milliseconds without progress after which the query fails; 30,000 by default. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** All of them by name; the compiler sees to it that none is missing. */
export const COLLECT_OPTIONS = Object.keys({
  side: true,
  maxInFlight: true,
  sliceUnits: true,
  maxGroups: true,
  maxValues: true,
  partial: true,
  timeout: true,
  signal: true,
  onProgress: true,
} satisfies Record<keyof CollectOptions, true>);

/** With all defaults filled in. */
export interface RunOptions {
  readonly side: 'auto' | 'shards' | 'client';
  readonly maxInFlight: number;
  readonly sliceUnits: number | undefined;
  readonly maxGroups: number;
  readonly maxValues: number;
  readonly partial: boolean;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

const MAX_IN_FLIGHT = 64;

/** Checks what came from outside and fills in the rest. @throws INVALID_ARGUMENT */
export function runOptions(options: CollectOptions): RunOptions {
  const { side = 'auto', maxInFlight = 2, sliceUnits, onProgress } = options;
  const { partial = false } = options;
  if (typeof partial !== 'boolean') {
    throw new ShardfoldError('INVALID_ARGUMENT', `partial is ${showValue(partial)}`, { hint: 'true or false' });
  }
  const { maxGroups = MAX_GROUPS, maxValues = MAX_VALUES } = options;
  if (!['auto', 'shards', 'client'].includes(side)) {
    throw new ShardfoldError('INVALID_ARGUMENT', `side is ${showValue(side)}`, {
      hint: "one of 'auto', 'shards', 'client'",
    });
  }
  if (!Number.isInteger(maxInFlight) || maxInFlight < 1 || maxInFlight > MAX_IN_FLIGHT) {
    throw new ShardfoldError('INVALID_ARGUMENT', `maxInFlight is ${showValue(maxInFlight)}`, {
      hint: `from 1 to ${MAX_IN_FLIGHT}; 2 is gentle on others`,
    });
  }
  if (sliceUnits !== undefined && ![1, 2, 4, 8].includes(sliceUnits)) {
    throw new ShardfoldError('INVALID_ARGUMENT', `sliceUnits is ${showValue(sliceUnits)}`, { hint: '1, 2, 4 or 8' });
  }
  for (const [name, most] of Object.entries({ maxGroups, maxValues })) {
    if (Number.isInteger(most) && most >= 1 && most <= MOST_ENTRIES) continue;
    throw new ShardfoldError('INVALID_ARGUMENT', `${name} is ${showValue(most)}`, {
      hint: `a whole number from 1 to ${MOST_ENTRIES}`,
    });
  }
  return { side, maxInFlight, sliceUnits, maxGroups, maxValues, partial, onProgress };
}
