/** Where the row of a rank stands in a leaderboard, found by counts alone. */

import tieScript from '../../../lua/keys/board-tie.lua';
import { type ScoreRange, scoreText } from '../../plan/keys/score-range.js';
import { type Board, betterThan, type Place } from './board.js';
import { MOST_COUNTS, probe, probeEach } from './board-probe.js';
import { bySlot } from './key-batches.js';
import { orderOf, scoreAt } from './scores.js';
import { callScript, readScript } from './script.js';

const TIE = readScript(tieScript);

/** Scores between which a round counts. */
const [FEWEST_CUTS, MOST_CUTS] = [3, 31];
/** A place, and how many rows after it are still to be passed over. */
export interface Sought {
  readonly start: Place;
  readonly skip: number;
}

/**
 * The place after the first `offset` rows, or one at most `near` rows before it; undefined where there are no more rows than that.
 *
 * Scores are cut into up to 32 parts a round, half of the cuts by equal steps of the score and half by equal numbers of doubles in
 * between, until the part with the row has few others before it, or one score alone: usually 3 to 5 rounds, 13 at most, each one pass
 * of ZCOUNTs over all keys. Among rows of one score keys are counted one by one. Rows that were counted and are gone when they are
 * looked for stay counted.
 */
export function seek(board: Board, offset: number, near: number): Promise<Sought | undefined> {
  return new Search(board, offset, near).run();
}

class Search {
  readonly #board: Board;
  readonly #offset: number;
  readonly #near: number;
  readonly #cuts: number;

  constructor(board: Board, offset: number, near: number) {
    this.#board = board;
    this.#offset = offset;
    this.#near = near;
    if (board.countRanges) {
      this.#cuts = MOST_CUTS;
      return;
    }
    const together = bySlot(board.link, board.keys).reduce((most, { length }) => Math.max(most, length), 1);
    this.#cuts = Math.max(FEWEST_CUTS, Math.min(MOST_CUTS, Math.floor(MOST_COUNTS / together) - 1));
  }

  async run(): Promise<Sought | undefined> {
    const { range, descending } = this.#board;
    const { count, least, greatest } = await probe(this.#board, range);
    if (count <= this.#offset || least === undefined || greatest === undefined) return undefined;
    // Steps away from the best score there may be: rows are sought from `low` to `high`, before which there are `before`.
    let [low, high] = descending
      ? [this.#stepOf(greatest), this.#stepOf(least)]
      : [this.#stepOf(least), this.#stepOf(greatest)];
    let before = 0;
    while (low < high && this.#offset - before > this.#near) {
      const cuts = this.#cutsBetween(low, high);
      const found = await probe(
        this.#board,
        this.#between(low, high),
        cuts.map((cut) => betterThan(this.#board, this.#scoreAt(cut))),
      );
      if (found.least === undefined || found.greatest === undefined) break;
      const [best, worst] = descending ? [found.greatest, found.least] : [found.least, found.greatest];
      for (const [i, cut] of cuts.entries()) {
        const rows = found.counts[i] as number;
        if (rows > this.#offset) {
          high = cut - 1n;
          break;
        }
        [low, before] = [cut, rows];
      }
      // There are no rows beyond these.
      if (this.#stepOf(best) > low) low = this.#stepOf(best);
      if (this.#stepOf(worst) < high) high = this.#stepOf(worst);
    }
    const skip = this.#offset - before;
    const score = this.#scoreAt(low);
    if (skip <= this.#near) return { start: { score, ties: 'before' }, skip };
    // The rows of the part are gone.
    if (low !== high) return { start: { score, ties: 'before' }, skip: 0 };
    return this.#amongTies(score, skip);
  }

  async #amongTies(score: number, rank: number): Promise<Sought> {
    const { link, context, receipt } = this.#board;
    let left = rank;
    const counts = await probeEach(this.#board, { min: score, max: score });
    for (const { key, count } of counts.sort((a, b) => Buffer.compare(a.key, b.key))) {
      if (left === 0) return { start: { score, ties: { key } }, skip: 0 };
      if (left < count) {
        const args = [scoreText(score), String(left - 1)];
        const reply = await callScript(link, TIE, { keys: [key], args }, context);
        const [microseconds, member, there] = reply as readonly [number, Buffer, Buffer];
        receipt.call(microseconds);
        const gone = { key: Buffer.concat([key, Buffer.alloc(1)]) };
        return { start: { score, ties: String(there) === '1' ? { key, member: Buffer.from(member) } : gone }, skip: 0 };
      }
      left -= count;
    }
    return { start: { score, ties: 'behind' }, skip: 0 };
  }

  #stepOf(score: number): bigint {
    return this.#board.descending ? -orderOf(score) : orderOf(score);
  }

  #scoreAt(step: bigint): number {
    return scoreAt(this.#board.descending ? -step : step);
  }

  #between(low: bigint, high: bigint): ScoreRange {
    const [best, worst] = [this.#scoreAt(low), this.#scoreAt(high)];
    return this.#board.descending ? { min: worst, max: best } : { min: best, max: worst };
  }

  /** Steps above `low`, up to `high`, ascending. */
  #cutsBetween(low: bigint, high: bigint): bigint[] {
    const [from, to] = [finite(this.#scoreAt(low)), finite(this.#scoreAt(high))];
    const half = Math.ceil(this.#cuts / 2);
    const cuts = new Set([low + (high - low + 1n) / 2n]);
    for (let i = 1; i <= half; i++) {
      cuts.add(low + ((high - low) * BigInt(i)) / BigInt(half + 1));
      const share = i / (half + 1);
      cuts.add(this.#stepOf(from * (1 - share) + to * share));
    }
    return [...cuts].filter((cut) => cut > low && cut <= high).sort((a, b) => (a < b ? -1 : 1));
  }
}

const finite = (score: number): number => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, score));
