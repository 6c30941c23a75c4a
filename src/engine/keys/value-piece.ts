/** A large string: read slice by slice, and its row computed here. */

import type { LargeKey, ValueFacts } from '../../codegen/keys/call.js';
import type { ValueSlice } from '../../codegen/keys/value-lua.js';
import { ShardfoldError } from '../../errors.js';
import { isTrouble, type Trouble } from './ask.js';
import type { Piece, PieceEnd } from './pieces.js';
import { printableKey } from './printable.js';
import type { At, Reading } from './reading.js';
import { MOST_VALUE_BYTES } from './values-held.js';

/** Bytes of a slice, which take a server some 0.5 to 1 ms (in Lua they are copied several times). A value of as many is read in one step. */
export const VALUE_SLICE = 2 ** 19;
/** Bytes before a slice that must stand there as they did. */
const OVERLAP = 64;

/**
 * Servers tell no version of a key. A value of several slices that has another length when the next one is read, or other bytes at the
 * border, is read from its beginning again; one that is written in place elsewhere (or replaced by as many bytes that are the same at the
 * border) is read partly as it was before and partly as it was after, as `SlicePiece` has it. After any trouble it is begun again, too:
 * what has to wait holds no memory.
 */
export class ValuePiece implements Piece {
  readonly slot: number;
  readonly #reading: Reading;
  readonly #key: Buffer;
  readonly #facts: ValueFacts;
  /** As it was last seen. */
  #length: number;
  #held = 0;
  #parts: Buffer[] = [];
  #read = 0;
  #begunAgain = 0;
  /** Beyond it there is progress. */
  #farthest = 0;

  constructor(reading: Reading, slot: number, { key, members }: LargeKey, facts: ValueFacts) {
    this.#reading = reading;
    this.slot = slot;
    this.#key = key;
    this.#length = members;
    this.#facts = facts;
  }

  get ready(): boolean {
    return this.#held > 0 || this.#reading.values.hasRoom(this.#length);
  }

  async run(at: At): Promise<Trouble | PieceEnd> {
    this.#hold(this.#length);
    const overlap = Math.min(OVERLAP, this.#read);
    const from = this.#read - overlap;
    const count = VALUE_SLICE + overlap;
    const slice = await this.#reading.askValue(at, this.#key, { slot: this.slot, from, count, facts: this.#facts });
    if (isTrouble(slice)) {
      this.#drop();
      return slice;
    }
    const { microseconds, length } = slice;
    const { address: shard } = at.node.info;
    if (length === undefined) {
      this.#drop();
      this.#reading.taker.takeOther(slice.isOther, shard);
      return { microseconds, next: [] };
    }
    const isAnother = this.#read > 0 && (length !== this.#length || !this.#fits(slice.bytes.subarray(0, overlap)));
    this.#length = length;
    if (isAnother) {
      this.#drop();
      this.#begunAgain += 1;
      return { microseconds, next: [this], later: true };
    }
    this.#hold(length);
    this.#keep(slice.bytes.subarray(overlap));
    if (this.#read < length) return { microseconds, next: [this] };
    await this.#take(slice, shard);
    return { microseconds, next: [] };
  }

  stuck(): ShardfoldError | undefined {
    if (this.#begunAgain === 0) return undefined;
    const what = `key ${printableKey(this.#key)} has too many bytes for one call, and changed while it was read in slices`;
    return new ShardfoldError(
      'KEY_CHANGED',
      `${this.#reading.walk.snapshot.name}: ${what}, ${this.#begunAgain} times`,
      {
        hint: 'read it while nobody writes to it, copy it first (COPY), or leave it out by a narrower pattern',
        slot: this.slot,
      },
    );
  }

  async #take({ ttl, memory }: ValueSlice, shard: string): Promise<void> {
    const [only, ...others] = this.#parts as [Buffer, ...Buffer[]];
    const bytes = others.length === 0 ? only : Buffer.concat(this.#parts);
    this.#parts = [];
    const value = {
      key: this.#key,
      bytes,
      slot: this.slot,
      shard,
      ...(ttl !== undefined && { ttl }),
      ...(memory !== undefined && { memory }),
    };
    await this.#reading.taker.takeValue(value);
    this.#reading.clock.progress();
    this.#drop();
  }

  #fits(before: Buffer): boolean {
    const last = this.#parts.at(-1) as Buffer;
    return before.equals(last.subarray(last.length - before.length));
  }

  #keep(bytes: Buffer): void {
    // Copied: they may be views of what the socket read.
    this.#parts.push(Buffer.from(bytes));
    this.#read += bytes.length;
    if (this.#read > this.#farthest) this.#reading.clock.progress();
    this.#farthest = Math.max(this.#farthest, this.#read);
  }

  /** @throws VALUE_TOO_LARGE */
  #hold(bytes: number): void {
    if (bytes > MOST_VALUE_BYTES) {
      const most = `at most ${MOST_VALUE_BYTES.toLocaleString('en')} of a value come here`;
      const what = `key ${printableKey(this.#key)} holds ${bytes.toLocaleString('en')} bytes, and ${most}`;
      throw new ShardfoldError('VALUE_TOO_LARGE', `${this.#reading.walk.snapshot.name}: ${what}`, {
        hint: 'leave it out by a narrower pattern, or keep what is asked for in a key of its own',
        slot: this.slot,
      });
    }
    this.#reading.values.change(bytes - this.#held);
    this.#held = bytes;
  }

  #drop(): void {
    this.#reading.values.change(-this.#held);
    this.#held = 0;
    this.#parts = [];
    this.#read = 0;
  }
}
