/**
 * Leaderboards over many sorted sets on many shards: pages that move no more than the page and what is counted for it.
 *
 * They give what pulling all rows and sorting them would give: rows by score, either way, ties by key and then member, ascending
 * bytes. Scores are never null nor NaN. A member that exists throughout, with one score, is in the place that it has; what comes, goes or
 * changes its score meanwhile may count or not. All keys are declared, those of a call lie in one slot: exact while slots move. Keys that are
 * gone, or of another type by now, have no rows. A call takes about a millisecond: it reads at most 250 rows, 100 keys or 400 counts.
 *
 * Memory: the names of the keys, and two pages of rows. (Which queries are answered so: `boardPlanOf`. Ranks of scores, counts, least and
 * greatest scores are folds over keys, which count instead of reading: `scoreReading`.)
 */

import { type Board, type BoardRow, type Place, placeAfter } from './board.js';
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
