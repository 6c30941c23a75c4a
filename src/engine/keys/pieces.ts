/** Parts of the work that are smaller, or larger, than a run of slots: each is done once, wherever its slot is by then. */

import type { ShardfoldError } from '../../errors.js';
import { isTrouble, type Trouble } from './ask.js';
import type { Job, JobEnd, NodeAtWork } from './dispatch.js';
import type { KeyPace } from './pace.js';
import { pauseAfter } from './pauses.js';
import type { At } from './reading.js';

export interface Piece {
  /** -1 on a server without cluster mode. */
  readonly slot: number;
  /** Whether it may be run now: it may have to wait until there is room for what it reads. */
  readonly ready?: boolean;
  /** Cuts off what one call is to read, and keeps the rest; undefined where all of it is one call's work. */
  cut?(pace: KeyPace): Piece | undefined;
  run(at: At): Promise<Trouble | PieceEnd>;
  /** Why it could not be done by now, where it was answered for and had to begin again. */
  stuck?(): ShardfoldError | undefined;
}

export interface PieceEnd {
  readonly microseconds: number;
  /** What comes in its place: nothing once it is done. */
  readonly next: readonly Piece[];
  /** Whether that is to wait a little, for it could not be read. */
  readonly later?: boolean;
}

/** What a queue tells whoever keeps account of slots. */
export interface PieceAccount {
  /** Of a slot there are so many pieces more, or one less (-1), which was done at a node. */
  changed(slot: number, more: number, shard: string): void;
  /** Something of a slot is asked for again. */
  again(slot: number): void;
}

interface Entry {
  readonly piece: Piece;
  readonly tries: number;
  readonly readyAt: number;
}

/** Where the slot is the matter, not the node. */
const OF_THE_SLOT = new Set(['MOVED', 'ASK', 'TRYAGAIN']);

export class Pieces {
  readonly #account: PieceAccount;
  readonly #entries: Entry[] = [];
  readonly #running = new Set<Piece>();

  constructor(account: PieceAccount) {
    this.#account = account;
  }

  /** They are in the account already. */
  add(pieces: readonly Piece[]): void {
    this.#entries.push(...pieces.map((piece) => ({ piece, tries: 0, readyAt: 0 })));
  }

  next({ info, pace }: NodeAtWork, now: number, isTheirs: (slot: number) => boolean): Job | undefined {
    const at = this.#entries.findIndex(
      ({ piece, readyAt }) => readyAt <= now && (piece.ready ?? true) && isTheirs(piece.slot),
    );
    const entry = this.#entries[at];
    if (entry === undefined) return undefined;
    const front = entry.piece.cut?.(pace);
    if (front === undefined) this.#entries.splice(at, 1);
    else this.#account.changed(entry.piece.slot, 1, info.address);
    const taken = front === undefined ? entry : { ...entry, piece: front };
    return { run: (node, context) => this.#run(taken, { node, context }) };
  }

  /** The first reason why a piece could not be done. */
  stuck(): ShardfoldError | undefined {
    for (const piece of [...this.#running, ...this.#entries.map((entry) => entry.piece)]) {
      const reason = piece.stuck?.();
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  async #run(entry: Entry, at: At): Promise<JobEnd> {
    const { piece, tries } = entry;
    this.#running.add(piece);
    const end = await piece.run(at);
    this.#running.delete(piece);
    if (isTrouble(end)) {
      this.#account.again(piece.slot);
      this.#entries.push({ piece, tries: tries + 1, readyAt: performance.now() + pauseAfter(tries) });
      return OF_THE_SLOT.has(end.cause) ? 0 : end;
    }
    if (end.later) this.#account.again(piece.slot);
    const readyAt = end.later ? performance.now() + pauseAfter(tries) : 0;
    this.#entries.unshift(...end.next.map((next) => ({ piece: next, tries: end.later ? tries + 1 : 0, readyAt })));
    if (end.next.length !== 1) this.#account.changed(piece.slot, end.next.length - 1, at.node.info.address);
    return end.microseconds;
  }
}
