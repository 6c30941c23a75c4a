/** Rows of a leaderboard from a place on, by as few rows as may be: every call says how good a row must be by now. */

import pageScript from '../../../lua/keys/board-page.lua';
import type { Argument, Reply } from '../../cluster/types.js';
import { type ScoreRange, scoreText } from '../../plan/keys/score-range.js';
import { type Board, type BoardRow, compareRows, type Place, placeAfter } from './board.js';
import { after, type Batch, batchesOf, bySlot, runBatches } from './key-batches.js';
import { readScore } from './scores.js';
import { callScript, readScript } from './script.js';

const SCRIPT = readScript(pageScript);

const MOST_KEYS = 100;
/** Rows of a reply. */
const MOST_ROWS = 250;
const BUDGET_US = 700;

interface PageBatch extends Batch {
  /** Where this batch goes on; undefined for the start of the board. */
  readonly start: Place | undefined;
}

/**
 * The next rows after a place, at most `most`. One pass over all keys: a call moves no more than `most` rows, and after the first
 * few only such as are better than the worst of the best so far; the keys come in random order, so that on average it is
 * most · (1 + ln calls) rows that move. Memory: `most` rows.
 */
export async function nextRows(board: Board, start: Place | undefined, most: number): Promise<BoardRow[]> {
  const { link, context, receipt, keys, range, descending } = board;
  const best = new BestRows(most, descending);
  const batches = shuffled(batchesOf(bySlot(link, keys), MOST_KEYS)).map(
    (batch): PageBatch => ({ ...batch, start: start ?? startOf(range, descending) }),
  );
  await runBatches(link, batches, context, async (batch, inner) => {
    const args = argumentsOf(board, batch, best);
    const reply = await callScript(link, SCRIPT, { keys: batch.keys, args }, inner);
    const [microseconds, done, more, rows] = reply as readonly [number, number, Buffer, readonly Reply[]];
    receipt.call(microseconds);
    const found: BoardRow[] = [];
    for (let i = 0; i + 2 < rows.length; i += 3) {
      const key = batch.keys[(rows[i] as number) - 1] as Buffer;
      found.push({ key, member: Buffer.from(rows[i + 1] as Buffer), score: readScore(rows[i + 2] as Buffer) });
    }
    best.add(found);
    const rest = [...after(batch, done)];
    const last = found.at(-1);
    if (String(more) === '1' && last)
      rest.push({ keys: [last.key], start: placeAfter(lastOf(found, last.key, descending)) });
    return { microseconds, rest };
  });
  return best.rows;
}

/** Of a key that was not read to its end. */
function lastOf(rows: readonly BoardRow[], key: Buffer, descending: boolean): BoardRow {
  const compare = compareRows(descending);
  return rows.filter((row) => row.key === key).reduce((last, row) => (compare(last, row) < 0 ? row : last));
}

function startOf({ min, max, minOpen, maxOpen }: ScoreRange, descending: boolean): Place | undefined {
  const [score, open] = descending ? [max, maxOpen] : [min, minOpen];
  if (!open && Math.abs(score) === Number.POSITIVE_INFINITY && score > 0 === descending) return undefined;
  return { score, ties: open ? 'behind' : 'before' };
}

/** The rows that are the best so far. */
class BestRows {
  rows: BoardRow[] = [];
  readonly #most: number;
  readonly #compare: (a: BoardRow, b: BoardRow) => number;

  constructor(most: number, descending: boolean) {
    this.#most = most;
    this.#compare = compareRows(descending);
  }

  get most(): number {
    return this.#most;
  }

  /** The row that others have to be better than, once there are enough. */
  get worst(): BoardRow | undefined {
    return this.rows[this.#most - 1];
  }

  add(rows: readonly BoardRow[]): void {
    if (rows.length === 0) return;
    this.rows = [...this.rows, ...rows].sort(this.#compare).slice(0, this.#most);
  }
}

function argumentsOf({ range, descending }: Board, { keys, start }: PageBatch, best: BestRows): Argument[] {
  const [from, past, inside, member] = startArguments(keys, start);
  const [to, tied] = endArguments(keys, range, descending, best.worst);
  const whole = best.most <= MOST_ROWS;
  return [
    descending ? '1' : '0',
    String(whole ? best.most : MOST_ROWS),
    whole ? '1' : '0',
    String(BUDGET_US),
    from,
    String(past),
    inside,
    member,
    to,
    String(tied),
  ];
}

function startArguments(keys: readonly Buffer[], start: Place | undefined): [string, number, string, Argument] {
  if (start === undefined) return ['', 0, '0', ''];
  const { score, ties } = start;
  const from = scoreText(score);
  if (ties === 'before') return [from, 0, '0', ''];
  if (ties === 'behind') return [from, keys.length, '0', ''];
  const past = keys.filter((key) => Buffer.compare(key, ties.key) < 0).length;
  const inside = ties.member !== undefined && keys[past]?.equals(ties.key);
  return [from, past, inside ? '1' : '0', ties.member ?? ''];
}

function endArguments(
  keys: readonly Buffer[],
  { min, max, minOpen, maxOpen }: ScoreRange,
  descending: boolean,
  worst: BoardRow | undefined,
): [string, number] {
  if (worst) return [scoreText(worst.score), keys.filter((key) => Buffer.compare(key, worst.key) <= 0).length];
  const [score, open] = descending ? [min, minOpen] : [max, maxOpen];
  return [scoreText(score), open ? 0 : keys.length];
}

function shuffled<T>(items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
