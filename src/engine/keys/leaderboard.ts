/**
 * Leaderboards over many sorted sets on many shards: pages, ranks and totals that move no more than the page and what is counted for it.
 *
 * They give what pulling all rows and sorting them would give, for plans that are one `zset` source with
 *   - no filter, or one that says of `score` alone that it lies in a range (`ScoreRange`),
 *   - sorted by `score` alone, either way, with `limit`/`page` after it (`boardPage`; `select` of key, member and score), or
 *   - aggregated without groups by count(), min(score), max(score) (`boardTotals`).
 * Ties go by key and then member, ascending bytes. Scores are never null nor NaN. A key or member that exists throughout, with one
 * score, is in the place that it has; what comes, goes or changes its score meanwhile may count or not. All keys are declared, those of a
 * call lie in one slot: exact while slots move. Keys that are gone, or of another type by now, have no rows. A call takes about a
 * millisecond: it reads at most 250 rows, 200 keys or 400 counts.
 *
 * Memory: the names of the keys, and two pages of rows.
 */

import { type Board, type BoardRow, betterThan, isWithin, type Place, placeAfter } from './board.js';
import { probe } from './board-probe.js';
import { nextRows } from './board-rows.js';
import { seek } from './board-seek.js';

export interface BoardPage {
  readonly rows: readonly BoardRow[];
  /** Where the page after this one begins; undefined where this is the last. */
  readonly next: Place | undefined;
}

export interface BoardPageOptions {
  readonly size: number;
  /** The `next` of the page before. */
  readonly after?: Place;
  /** Rows to be passed over; they are counted, and do not travel. Only without `after`. */
  readonly offset?: number;
}

/**
 * A page: one pass over the keys, beside those that find an offset. It moves about size · (1 + ln calls) rows, with an offset that is
 * larger than the page up to twice as many.
 */
export async function boardPage(board: Board, { size, after, offset = 0 }: BoardPageOptions): Promise<BoardPage> {
  board.receipt.keys(board.keys.length);
  const sought = offset > size ? await seek(board, offset, size) : { start: after, skip: offset };
  if (sought === undefined) return { rows: [], next: undefined };
  const { start, skip } = sought;
  const found = await nextRows(board, start, skip + size + 1);
  const rows = found.slice(skip, skip + size);
  const last = rows.at(-1);
  return { rows, next: last && found.length > skip + size ? placeAfter(last) : undefined };
}

export interface BoardRank {
  /** Rows before the first one with this score, as ZRANK and ZREVRANK count: 0 for the best. */
  readonly before: number;
  /** Rows with this score. */
  readonly ties: number;
}

/** Where a score stands, whether or not there is a row with it. One pass over the keys. */
export async function boardRank(board: Board, score: number): Promise<BoardRank> {
  board.receipt.keys(board.keys.length);
  const ties = isWithin(score, board.range) ? [{ min: score, max: score }] : [];
  const { count, counts } = await probe(board, betterThan(board, score), ties);
  return { before: count, ties: counts[0] ?? 0 };
}

export interface BoardTotals {
  readonly rows: number;
  /** Null where there are no rows. */
  readonly min: number | null;
  readonly max: number | null;
}

/** How many rows there are, and the ends of their scores: ZCOUNT and the ends of each key. One pass over the keys. */
export async function boardTotals(board: Board): Promise<BoardTotals> {
  board.receipt.keys(board.keys.length);
  const { count, least = null, greatest = null } = await probe(board, board.range);
  return { rows: count, min: least, max: greatest };
}
