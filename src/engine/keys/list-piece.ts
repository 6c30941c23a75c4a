/** Keys of one slot by name, in calls that declare them: for slots with more keys than a call should enumerate. */

import { isTrouble, type Trouble } from './ask.js';
import { runNamed } from './named-piece.js';
import type { Names } from './names.js';
import type { KeyPace } from './pace.js';
import type { Piece, PieceEnd } from './pieces.js';
import type { At, Reading } from './reading.js';

/**
 * Names from a place on, up to another. A key that is gone by then counts nowhere. Where its slot is moving, the server says so, for
 * a declared key may be elsewhere.
 */
export class ListPiece implements Piece {
  readonly slot: number;
  readonly #reading: Reading;
  readonly #names: Names;
  #from: number;
  readonly #to: number;

  constructor(reading: Reading, slot: number, names: Names, [from, to] = [0, names.size]) {
    this.#reading = reading;
    this.slot = slot;
    this.#names = names;
    this.#from = from;
    this.#to = to;
    names.retain();
  }

  cut({ keys }: KeyPace): Piece | undefined {
    const from = this.#from;
    if (this.#to - from <= keys) return undefined;
    this.#from += keys;
    return new ListPiece(this.#reading, this.slot, this.#names, [from, from + keys]);
  }

  async run(at: At): Promise<Trouble | PieceEnd> {
    const keys = this.#names.slice(this.#from, this.#to);
    const end = await runNamed(this.#reading, at, this.slot, keys);
    if (!isTrouble(end)) this.#names.release();
    return end;
  }
}
