/** A large set: its members are listed first, each once, and then read in batches. */

import { SET_NAMES } from '../../codegen/keys/scan-lua.js';
import { isTrouble, type Trouble } from './ask.js';
import { Names } from './names.js';
import { type KeyPace, SCAN_STEP, TARGET_US } from './pace.js';
import type { Piece, PieceEnd } from './pieces.js';
import type { At, Reading } from './reading.js';

/** Lists the members: from the beginning again where the set is at another server process by then, whose cursors are others. */
export class SetPiece implements Piece {
  readonly slot: number;
  readonly #reading: Reading;
  readonly #key: Buffer;
  #names: Names;
  #process = '';
  #cursor = '0';
  /** Names that were found before the set was begun again: beyond them there is progress. */
  #farthest = 0;

  constructor(reading: Reading, slot: number, key: Buffer) {
    this.#reading = reading;
    this.slot = slot;
    this.#key = key;
    this.#names = new Names(reading.held);
  }

  async run(at: At): Promise<Trouble | PieceEnd> {
    const rest = ['1', this.#key, this.#process, this.#cursor, String(SCAN_STEP), String(TARGET_US)];
    const found = await this.#reading.askNames(at, SET_NAMES, rest);
    if (isTrouble(found)) return found;
    const { microseconds } = found;
    if (this.#process !== '' && found.process !== this.#process) {
      this.#begin();
      return { microseconds, next: [this], later: true };
    }
    for (const name of found.names) this.#names.add(name);
    if (this.#names.size > this.#farthest) this.#reading.clock.progress();
    this.#farthest = Math.max(this.#farthest, this.#names.size);
    this.#process = found.process;
    this.#cursor = found.cursor;
    if (found.cursor !== '0') return { microseconds, next: [this] };
    this.#reading.receipt.sliced();
    if (this.#names.size === 0) return { microseconds, next: [] };
    return { microseconds, next: [new GivenPiece(this.#reading, this.slot, this.#key, this.#names)] };
  }

  #begin(): void {
    this.#names.drop();
    this.#names = new Names(this.#reading.held);
    this.#process = '';
    this.#cursor = '0';
  }
}

/** Members from a place on, up to another. */
class GivenPiece implements Piece {
  readonly slot: number;
  readonly #reading: Reading;
  readonly #key: Buffer;
  readonly #names: Names;
  #from: number;
  readonly #to: number;

  constructor(reading: Reading, slot: number, key: Buffer, names: Names, [from, to] = [0, names.size]) {
    this.#reading = reading;
    this.slot = slot;
    this.#key = key;
    this.#names = names;
    this.#from = from;
    this.#to = to;
    names.retain();
  }

  cut({ members }: KeyPace): Piece | undefined {
    const from = this.#from;
    if (this.#to - from <= members) return undefined;
    this.#from += members;
    return new GivenPiece(this.#reading, this.slot, this.#key, this.#names, [from, from + members]);
  }

  async run(at: At): Promise<Trouble | PieceEnd> {
    const given = this.#names.slice(this.#from, this.#to);
    const place = { start: this.#from, count: given.length, after: Buffer.alloc(0), given };
    const answer = await this.#reading.ask(at, { mode: 'members', slot: this.slot, ...place }, [this.#key]);
    if (isTrouble(answer)) return answer;
    const { microseconds, rows } = answer.reply;
    at.node.pace.sawMembers(rows, microseconds);
    // The key was enumerated before.
    await this.#reading.taker.take({ ...answer, reply: { ...answer.reply, enumerated: 0 } });
    this.#reading.clock.progress();
    this.#names.release();
    return { microseconds, next: [] };
  }
}
