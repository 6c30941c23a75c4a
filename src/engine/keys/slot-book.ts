/** Which slots are still to be read: every one is finished exactly once, or is not read at all. */

import { SLOTS } from '../../cluster/slots.js';
import type { OwnerTable } from './owners.js';
import { pauseAfter } from './pauses.js';
import type { SlotRange } from './receipt.js';

/** What a slot is: not asked for; to be read; being read by a call; read in pieces; read. */
const [OUTSIDE, WAITING, ASKED, IN_PIECES, FINISHED] = [0, 1, 2, 3, 4];

export class SlotBook {
  readonly expected: number;
  readonly #state = new Uint8Array(SLOTS).fill(OUTSIDE);
  readonly #tries = new Uint8Array(SLOTS);
  readonly #readyAt = new Float64Array(SLOTS);
  readonly #pieces = new Map<number, number>();
  #finished = 0;
  /** All slots before it are finished. */
  #first = 0;

  constructor(ranges: readonly SlotRange[]) {
    for (const [from, to] of ranges) this.#state.fill(WAITING, from, to + 1);
    this.expected = this.#state.reduce((sum, state) => sum + (state === WAITING ? 1 : 0), 0);
  }

  get finished(): number {
    return this.#finished;
  }

  get done(): boolean {
    return this.#finished === this.expected;
  }

  /** Slots that had to be asked again. */
  get askedAgain(): number {
    return this.#tries.reduce((sum, tries) => sum + (tries > 0 ? 1 : 0), 0);
  }

  /** Slots that are not read to their end. */
  get unfinished(): number[] {
    const slots: number[] = [];
    for (let slot = 0; slot < SLOTS; slot++) {
      if (this.#state[slot] !== OUTSIDE && this.#state[slot] !== FINISHED) slots.push(slot);
    }
    return slots;
  }

  /**
   * The next run of slots that wait and that a node owns, `most` at most; they are then being read.
   * @param hint where to look first: mostly the node's last run ended there
   */
  takeRun(
    owners: OwnerTable,
    node: string,
    { now, most, hint = 0 }: { now: number; most: number; hint?: number | undefined },
  ): SlotRange | undefined {
    const ready = (slot: number): boolean =>
      this.#state[slot] === WAITING && owners[slot] === node && (this.#readyAt[slot] as number) <= now;
    while (this.#first < SLOTS && (this.#state[this.#first] === OUTSIDE || this.#state[this.#first] === FINISHED)) {
      this.#first += 1;
    }
    const begin = Math.max(this.#first, hint);
    let from = begin;
    while (from < SLOTS && !ready(from)) from++;
    if (from === SLOTS) {
      from = this.#first;
      while (from < begin && !ready(from)) from++;
      if (from >= begin) return undefined;
    }
    let to = from;
    while (to + 1 < SLOTS && to - from + 1 < most && ready(to + 1)) to++;
    this.#state.fill(ASKED, from, to + 1);
    return [from, to];
  }

  /** Slots that a call did not come to. */
  putBack([from, to]: SlotRange): void {
    for (let slot = from; slot <= to; slot++) this.#change(slot, ASKED, WAITING);
  }

  /** Slots that could not be read: they wait longer each time, and together, so that they stay one run. */
  putOff([from, to]: SlotRange, now: number): void {
    const readyAt = now + pauseAfter(this.#tries[from] as number);
    for (let slot = from; slot <= to; slot++) {
      this.#change(slot, ASKED, WAITING);
      this.noteAgain(slot);
      this.#readyAt[slot] = readyAt;
    }
  }

  finish(slot: number): void {
    this.#change(slot, ASKED, FINISHED);
    this.#finished += 1;
  }

  /** A slot of which so many pieces are to be read now, each by calls of its own. */
  openPieces(slot: number, pieces: number): void {
    this.#change(slot, ASKED, IN_PIECES);
    this.#pieces.set(slot, pieces);
  }

  /** A piece turned out to be several. */
  addPieces(slot: number, more: number): void {
    this.#pieces.set(slot, this.#left(slot) + more);
  }

  /** @returns whether that was the last one: the slot is then finished */
  closePiece(slot: number): boolean {
    const left = this.#left(slot) - 1;
    this.#pieces.set(slot, left);
    if (left > 0) return false;
    this.#pieces.delete(slot);
    this.#change(slot, IN_PIECES, FINISHED);
    this.#finished += 1;
    return true;
  }

  /** A slot, or a piece of it, is asked for again. */
  noteAgain(slot: number): void {
    this.#tries[slot] = Math.min((this.#tries[slot] as number) + 1, 255);
  }

  #left(slot: number): number {
    const left = this.#pieces.get(slot);
    if (left === undefined) throw new Error(`slot ${slot} is not read in pieces`);
    return left;
  }

  #change(slot: number, from: number, to: number): void {
    const state = this.#state[slot];
    if (state !== from) throw new Error(`slot ${slot} is accounted for twice: ${state} instead of ${from}, to ${to}`);
    this.#state[slot] = to;
  }
}

/** @param slots ascending */
export function rangesOf(slots: readonly number[]): [from: number, to: number][] {
  const ranges: [number, number][] = [];
  for (const slot of slots) {
    const last = ranges.at(-1);
    if (last && last[1] === slot - 1) last[1] = slot;
    else ranges.push([slot, slot]);
  }
  return ranges;
}
