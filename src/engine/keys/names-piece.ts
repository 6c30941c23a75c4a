/** A slot with so many keys that their names take a call of their own, and few enough that they take but one. */

import { SLOT_NAMES } from '../../codegen/keys/scan-lua.js';
import { globMatcher } from '../../plan/keys/glob.js';
import { isTrouble, type Trouble } from './ask.js';
import { packSlots } from './ask-names.js';
import { ListPiece } from './list-piece.js';
import { Names } from './names.js';
import type { Piece, PieceEnd } from './pieces.js';
import type { At, Reading } from './reading.js';

export class NamesPiece implements Piece {
  readonly slot: number;
  readonly #reading: Reading;

  constructor(reading: Reading, slot: number) {
    this.#reading = reading;
    this.slot = slot;
  }

  async run(at: At): Promise<Trouble | PieceEnd> {
    const { walk, held } = this.#reading;
    const found = await this.#reading.askNames(at, SLOT_NAMES, ['0', packSlots([this.slot])]);
    if (isTrouble(found)) return found;
    const { microseconds } = found;
    if (found.away.length > 0) {
      walk.link.refresh();
      return { microseconds, next: [this], later: true };
    }
    const matches = globMatcher(walk.snapshot.keys.pattern);
    const names = new Names(held);
    for (const name of found.names) if (matches(name.toString('latin1'))) names.add(name);
    return { microseconds, next: names.size === 0 ? [] : [new ListPiece(this.#reading, this.slot, names)] };
  }
}
