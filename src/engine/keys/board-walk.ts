/** Counts of a leaderboard's rows slot by slot: for sorted sets in so many slots that a call for each would take long. */

import { scoreCounts } from '../../codegen/keys/score-counts.js';
import { keysSnapshot } from '../../plan/keys/snapshot.js';
import type { KeySource } from '../../plan/keys/source.js';
import type { CountRanges } from './board.js';
import type { KeysRun } from './page-types.js';
import type { ShortcutReceiptBuilder } from './shortcut-receipt.js';
import { walkKeys } from './walk.js';

export function countsByWalks(
  { link, run, context }: KeysRun,
  keys: KeySource,
  receipt: ShortcutReceiptBuilder,
): CountRanges {
  return async (ranges) => {
    let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const counts = ranges.map(() => 0);
    const script = scoreCounts(keys.pattern, ranges);
    const walk = { link, context, options: run, snapshot: keysSnapshot(keys), script: () => script };
    const passed = await walkKeys({
      ...walk,
      take: (partial) => {
        least = Math.min(least, partial.readDoubleLE(0));
        greatest = Math.max(greatest, partial.readDoubleLE(8));
        for (let i = 0; i < counts.length; i++) counts[i] = (counts[i] as number) + partial.readDoubleLE(16 + 8 * i);
      },
    });
    receipt.passed(passed);
    const [count = 0, ...others] = counts;
    return { count, least: count > 0 ? least : undefined, greatest: count > 0 ? greatest : undefined, counts: others };
  };
}
