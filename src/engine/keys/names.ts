/** Names of keys, or of members of a set, each once: compared by their bytes, held as those and a few bytes more. */

import { ShardfoldError } from '../../errors.js';

/** What one walk holds at most: so many names, and bytes of them. */
export const MOST_NAMES = 2 ** 24;
const MOST_BYTES = 2 ** 29;
const PIECE_BYTES = 2 ** 20;
const FIRST_PLACES = 1024;

/** Counts what all sets of names of a walk hold. */
export class NamesHeld {
  readonly #what: string;
  readonly #most: number;
  #names = 0;
  #bytes = 0;

  /** @param what is listed, for the message: `keys("order:*")` @param most names */
  constructor(what: string, most = MOST_NAMES) {
    this.#what = what;
    this.#most = most;
  }

  /** @throws TOO_MANY_KEYS */
  add(bytes: number): void {
    this.#names += 1;
    this.#bytes += bytes;
    if (this.#names <= this.#most && this.#bytes <= MOST_BYTES) return;
    const most = `${this.#most.toLocaleString('en-GB')} names, or 512 MiB of them`;
    throw new ShardfoldError(
      'TOO_MANY_KEYS',
      `${this.#what}: more names are to be listed than are held here (${most})`,
      {
        hint: 'names are listed on servers without cluster mode, of slots with very many keys, and of large sets: take a narrower pattern, query by query, or spread the keys over more hash tags',
      },
    );
  }

  remove(names: number, bytes: number): void {
    this.#names -= names;
    this.#bytes -= bytes;
  }
}

/** An open hash table of places, with linear probing; the bytes lie in large pieces one after the other. */
export class Names {
  readonly #held: NamesHeld;
  readonly #pieces: Buffer[] = [];
  #used = PIECE_BYTES;
  #table = new Int32Array(FIRST_PLACES);
  #where: { readonly piece: Int32Array; readonly from: Int32Array; readonly to: Int32Array; readonly hash: Int32Array };
  #size = 0;
  #bytes = 0;
  #users = 0;

  constructor(held: NamesHeld) {
    this.#held = held;
    this.#where = places(FIRST_PLACES / 2);
  }

  get size(): number {
    return this.#size;
  }

  /** @returns whether it was not there yet @throws TOO_MANY_KEYS */
  add(name: Buffer): boolean {
    const hash = hashOf(name);
    let place = this.#placeOf(name, hash);
    if (this.#table[place] !== 0) return false;
    this.#held.add(name.length);
    if (2 * (this.#size + 1) > this.#table.length) {
      this.#grow();
      place = this.#placeOf(name, hash);
    }
    this.#store(name, hash);
    this.#size += 1;
    this.#table[place] = this.#size;
    return true;
  }

  /** The i-th name that was added: a view, not a copy. */
  at(i: number): Buffer {
    const { piece, from, to } = this.#where;
    return (this.#pieces[piece[i] as number] as Buffer).subarray(from[i] as number, to[i] as number);
  }

  /** From a place on, up to another, exclusive. */
  slice(from: number, to: number): Buffer[] {
    return Array.from({ length: to - from }, (_, i) => this.at(from + i));
  }

  /** Somebody reads from them, until `release`: the last one drops them. */
  retain(): void {
    this.#users += 1;
  }

  release(): void {
    this.#users -= 1;
    if (this.#users === 0) this.drop();
  }

  /** They are not needed any more. */
  drop(): void {
    this.#held.remove(this.#size, this.#bytes);
    this.#size = 0;
    this.#bytes = 0;
    this.#pieces.length = 0;
  }

  #placeOf(name: Buffer, hash: number): number {
    const mask = this.#table.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const index = (this.#table[place] as number) - 1;
      if (index < 0 || (this.#where.hash[index] === hash && this.at(index).equals(name))) return place;
    }
  }

  #store(name: Buffer, hash: number): void {
    if (this.#used + name.length > (this.#pieces.at(-1)?.length ?? 0)) {
      this.#pieces.push(Buffer.allocUnsafe(Math.max(PIECE_BYTES, name.length)));
      this.#used = 0;
    }
    name.copy(this.#pieces.at(-1) as Buffer, this.#used);
    const i = this.#size;
    this.#where.piece[i] = this.#pieces.length - 1;
    this.#where.from[i] = this.#used;
    this.#used += name.length;
    this.#where.to[i] = this.#used;
    this.#where.hash[i] = hash;
    this.#bytes += name.length;
  }

  #grow(): void {
    this.#table = new Int32Array(2 * this.#table.length);
    const before = this.#where;
    this.#where = places(this.#table.length / 2);
    for (const name of ['piece', 'from', 'to', 'hash'] as const) this.#where[name].set(before[name]);
    const mask = this.#table.length - 1;
    for (let i = 0; i < this.#size; i++) {
      let place = (this.#where.hash[i] as number) & mask;
      while (this.#table[place] !== 0) place = (place + 1) & mask;
      this.#table[place] = i + 1;
    }
  }
}

const places = (count: number) => ({
  piece: new Int32Array(count),
  from: new Int32Array(count),
  to: new Int32Array(count),
  hash: new Int32Array(count),
});

/** FNV-1a, mixed once more at the end (murmur3's last step), for the table takes the low bits. */
function hashOf(name: Buffer): number {
  let hash = 0x811c9dc5;
  // Much faster than by an iterator.
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ (name[i] as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) | 0;
}
