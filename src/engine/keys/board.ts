/** Leaderboards that are spread over many sorted sets: what they are, and the order of their rows. */

import type { CallContext, ClusterLink } from '../../cluster/types.js';
import type { ScoreRange } from '../../plan/keys/score-range.js';
import type { ShortcutReceiptBuilder } from './shortcut-receipt.js';

/**
 * The rows of some sorted sets, as one list: by score, the highest or the lowest first; those of one score (0 and -0 are one) by key,
 * then by member, ascending in the order of their bytes whichever way the scores go.
 */
export interface Board {
  readonly link: ClusterLink;
  readonly context: CallContext;
  readonly receipt: ShortcutReceiptBuilder;
  /** None twice. Those that are missing, or no sorted sets by now, have no rows. */
  readonly keys: readonly Buffer[];
  readonly descending: boolean;
  /** Rows with other scores are none of the board. */
  readonly range: ScoreRange;
  /** Counts otherwise than key by key. */
  readonly countRanges?: CountRanges;
}

/** One pass over all rows: those of the first range, with its ends, and those of the others. */
export type CountRanges = (ranges: readonly [ScoreRange, ...(readonly ScoreRange[])]) => Promise<Probe>;

export interface Probe {
  /** Rows within the range. */
  readonly count: number;
  /** Least and greatest score of those; undefined where there are none. */
  readonly least: number | undefined;
  readonly greatest: number | undefined;
  /** Rows within each of the other ranges. */
  readonly counts: readonly number[];
}

export interface BoardRow {
  readonly key: Buffer;
  readonly member: Buffer;
  readonly score: number;
}

/** A place between two rows: among those of a score before or behind all, before those of a key, or after a member of it. */
export interface Place {
  readonly score: number;
  readonly ties: 'before' | 'behind' | { readonly key: Buffer; readonly member?: Buffer };
}

export const placeAfter = ({ score, key, member }: BoardRow): Place => ({ score, ties: { key, member } });

export function compareRows(descending: boolean): (a: BoardRow, b: BoardRow) => number {
  return (a, b) => {
    // Infinite scores have no difference.
    if (a.score !== b.score) return a.score < b.score === descending ? 1 : -1;
    return Buffer.compare(a.key, b.key) || Buffer.compare(a.member, b.member);
  };
}

/** Scores of the board that are better than this one. */
export function betterThan({ range, descending }: Board, score: number): ScoreRange {
  if (descending) return score < range.min ? range : { ...range, min: score, minOpen: true };
  return score > range.max ? range : { ...range, max: score, maxOpen: true };
}
