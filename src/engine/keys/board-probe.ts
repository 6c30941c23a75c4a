/** Counts of a leaderboard's rows by their scores, over all keys. */

import probeScript from '../../../lua/keys/board-probe.lua';
import { rangeTexts } from '../../codegen/keys/score-counts.js';
import type { ScoreRange } from '../../plan/keys/score-range.js';
import type { Board, Probe } from './board.js';
import { after, batchesOf, bySlot, runBatches } from './key-batches.js';
import { readScore } from './scores.js';
import { callScript, readScript } from './script.js';

const SCRIPT = readScript(probeScript);

const MOST_KEYS = 200;
/** ZCOUNTs of a call, each of about a microsecond. */
export const MOST_COUNTS = 400;
const BUDGET_US = 700;

/** One pass over all keys: the rows of a range, and those of others. O(keys · ranges · log members) in the shards. */
export async function probe(board: Board, range: ScoreRange, others: readonly ScoreRange[] = []): Promise<Probe> {
  if (board.countRanges) return board.countRanges([range, ...others]);
  let [count, least, greatest]: [number, number | undefined, number | undefined] = [0, undefined, undefined];
  const counts = others.map(() => 0);
  await ask(board, [range, ...others], false, (_, [found, first, last, sums]) => {
    count += Number(found);
    if (first.length > 0) {
      least = Math.min(least ?? Number.POSITIVE_INFINITY, readScore(first));
      greatest = Math.max(greatest ?? Number.NEGATIVE_INFINITY, readScore(last));
    }
    for (let i = 0; i < counts.length; i++) counts[i] = (counts[i] as number) + sums.readDoubleLE(8 * i);
  });
  return { count, least, greatest, counts };
}

/** The rows of a range, key by key; keys without such rows are left out. */
export async function probeEach(board: Board, range: ScoreRange): Promise<{ key: Buffer; count: number }[]> {
  const found: { key: Buffer; count: number }[] = [];
  await ask(board, [range], true, (keys, [, , , , each]) => {
    for (let i = 0; 8 * i < each.length; i++) {
      const count = each.readDoubleLE(8 * i);
      if (count > 0) found.push({ key: keys[i] as Buffer, count });
    }
  });
  return found;
}

type Answer = readonly [count: Buffer, least: Buffer, greatest: Buffer, sums: Buffer, each: Buffer];

async function ask(
  { link, context, receipt, keys }: Board,
  ranges: readonly ScoreRange[],
  each: boolean,
  take: (keys: readonly Buffer[], answer: Answer) => void,
): Promise<void> {
  const [least = '', greatest = '', ...others] = ranges.flatMap(rangeTexts);
  const args = [least, greatest, each ? '1' : '0', String(BUDGET_US), ...others];
  const most = Math.max(1, Math.min(MOST_KEYS, Math.floor(MOST_COUNTS / ranges.length)));
  await runBatches(link, batchesOf(bySlot(link, keys), most), context, async (batch, inner) => {
    const reply = await callScript(link, SCRIPT, { keys: batch.keys, args }, inner);
    const [microseconds, done, ...answer] = reply as unknown as readonly [number, number, ...Answer];
    receipt.call(microseconds);
    take(batch.keys, answer);
    return { microseconds, rest: after(batch, done) };
  });
}
