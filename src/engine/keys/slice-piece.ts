/** A large sorted set, list or packed string, read slice by slice. */

import { ShardfoldError } from '../../errors.js';
import { isTrouble, type Trouble } from './ask.js';
import type { Piece, PieceEnd } from './pieces.js';
import { printableKey } from './printable.js';
import type { Answer, At, Reading } from './reading.js';

/** Bytes of replies that wait at most, for one key. */
const MOST_WAITING = 2 ** 28;

const START = { start: 0, after: Buffer.alloc(0) } as const;

/**
 * Of a sorted set each slice begins after the last member of the one before, wherever that is by then: members whose score stays are
 * read exactly once, so that each slice counts as it comes. A list or packed string that is seen to be another one when the next slice is
 * read (of another length, or with another element, or up to 64 other bytes, at the border) is read from its beginning again, and counts
 * once all its slices fit. Servers tell no version of a key: what is written in place elsewhere (LSET, SETRANGE, a list turned round past
 * equal neighbours) is not seen, and such a key counts partly as it was before and partly as it was after.
 */
export class SlicePiece implements Piece {
  readonly slot: number;
  readonly #reading: Reading;
  readonly #key: Buffer;
  readonly #mayChange: boolean;
  #place: { readonly start: number; readonly after: Buffer } = START;
  #members: number | undefined;
  #waiting: Answer[] = [];
  #waitingBytes = 0;
  #begunAgain = 0;
  /** Beyond it there is progress. */
  #farthest = 0;

  constructor(reading: Reading, slot: number, key: Buffer) {
    this.#reading = reading;
    this.slot = slot;
    this.#key = key;
    this.#mayChange = reading.walk.snapshot.keys.kind === 'zset';
  }

  async run(at: At): Promise<Trouble | PieceEnd> {
    const { pace } = at.node;
    const call = { mode: 'members', slot: this.slot, ...this.#place, count: pace.members } as const;
    const answer = await this.#reading.ask(at, call, [this.#key]);
    if (isTrouble(answer)) return answer;
    // The key was enumerated before.
    const slice: Answer = { ...answer, reply: { ...answer.reply, enumerated: 0 } };
    const { microseconds, rows, slice: end } = slice.reply;
    pace.sawMembers(rows, microseconds);
    if (!this.#mayChange && this.#isAnother(slice)) return { microseconds, next: [this.#beginAgain()], later: true };
    if (this.#mayChange) await this.#reading.taker.take(slice);
    else this.#keep(slice);
    // Of a key that is gone there are no members.
    if (end.members > 0 && end.next < end.members) {
      this.#place = { start: end.next, after: end.after };
      this.#members = end.members;
      if (end.next > this.#farthest) this.#reading.clock.progress();
      this.#farthest = Math.max(this.#farthest, end.next);
      return { microseconds, next: [this] };
    }
    for (const waiting of this.#waiting) await this.#reading.taker.take(waiting);
    this.#reading.receipt.sliced();
    return { microseconds, next: [] };
  }

  /** Until it is known that all slices fit. @throws TOO_MANY_ROWS */
  #keep(slice: Answer): void {
    this.#waiting.push(slice);
    this.#waitingBytes += slice.reply.partial.length;
    if (this.#waitingBytes <= MOST_WAITING) return;
    const what = `key ${printableKey(this.#key)} gives more than ${MOST_WAITING / 2 ** 20} MiB, which wait here until all of it was read`;
    throw new ShardfoldError('TOO_MANY_ROWS', `${this.#reading.walk.snapshot.name}: ${what}`, {
      hint: 'leave it out by a narrower pattern, or ask for less of its rows: fewer columns, a filter, an aggregate',
      slot: this.slot,
    });
  }

  stuck(): ShardfoldError | undefined {
    if (this.#begunAgain === 0) return undefined;
    const what = `key ${printableKey(this.#key)} has too many elements for one call, and changed while it was read in slices`;
    return new ShardfoldError(
      'KEY_CHANGED',
      `${this.#reading.walk.snapshot.name}: ${what}, ${this.#begunAgain} times`,
      {
        hint: 'read it while nobody writes to it, copy it first (COPY), or leave it out by a narrower pattern',
        slot: this.slot,
      },
    );
  }

  #isAnother({ reply: { slice } }: Answer): boolean {
    return this.#members !== undefined && (slice.next < 0 || slice.members !== this.#members);
  }

  #beginAgain(): this {
    this.#place = START;
    this.#members = undefined;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#begunAgain += 1;
    return this;
  }
}
