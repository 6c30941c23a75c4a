/** A part of a slot's keys, by a hash of their names: for slots with more keys than one call should read. */

import type { KeyCall } from '../../codegen/keys/call.js';
import { isTrouble, type Trouble } from './ask.js';
import { largeKeyPieces } from './large-keys.js';
import { TARGET_US } from './pace.js';
import type { Piece, PieceEnd } from './pieces.js';
import type { At, Reading } from './reading.js';

/** A slot may grow while it is read; beyond so many times what it had, its size is looked at again. */
const ROOM = 2;

/** @param keys that the slot has @param most that one call should read @returns pieces that are the slot */
export function partPieces(reading: Reading, slot: number, keys: number, most: number): Piece[] {
  const parts = Math.ceil(keys / most);
  return Array.from({ length: parts }, (_, part) => new PartPiece(reading, { slot, parts, part, keys }));
}

interface Part {
  readonly slot: number;
  readonly parts: number;
  readonly part: number;
  readonly keys: number;
}

class PartPiece implements Piece {
  readonly slot: number;
  readonly #reading: Reading;
  readonly #part: Part;

  constructor(reading: Reading, part: Part) {
    this.#reading = reading;
    this.#part = part;
    this.slot = part.slot;
  }

  async run(at: At): Promise<Trouble | PieceEnd> {
    const { slot, parts, part, keys } = this.#part;
    const maxKeys = Math.ceil((ROOM * keys) / parts);
    const call: KeyCall = { mode: 'slots', from: slot, to: slot, maxKeys, budgetUs: TARGET_US, parts, part };
    const answer = await this.#reading.ask(at, call);
    if (isTrouble(answer)) return answer;
    const { reply } = answer;
    const { microseconds } = reply;
    if (reply.unsettled.length > 0) {
      this.#reading.walk.link.refresh();
      return { microseconds, next: [this], later: true };
    }
    const [grown] = reply.largeSlots;
    // The number of parts stays: others of them may be read already.
    if (grown) return { microseconds, next: [new PartPiece(this.#reading, { ...this.#part, keys: grown.keys })] };
    at.node.pace.sawKeys(reply.enumerated, microseconds);
    await this.#reading.taker.take(answer);
    this.#reading.clock.progress();
    return { microseconds, next: largeKeyPieces(this.#reading, slot, reply.largeKeys) };
  }
}
