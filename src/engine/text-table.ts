/** Strings numbered in the order met: open addressing, quicker than a Map where they are many, and without its bound. */

const START = 16;

export class TextTable {
  /** By number. */
  readonly texts: string[] = [];
  #hashes = new Int32Array(START);
  /** A number and one; 0 where there is none. Half of them stay free. */
  #slots = new Int32Array(2 * START);

  numberOf(text: string): number {
    const hash = hashOf(text);
    let slot = hash & (this.#slots.length - 1);
    for (;;) {
      const number = (this.#slots[slot] as number) - 1;
      if (number < 0) return this.#add(text, hash, slot);
      if (this.#hashes[number] === hash && this.texts[number] === text) return number;
      slot = (slot + 1) & (this.#slots.length - 1);
    }
  }

  #add(text: string, hash: number, slot: number): number {
    const number = this.texts.push(text) - 1;
    this.#slots[slot] = number + 1;
    this.#hashes[number] = hash;
    if (this.texts.length === this.#hashes.length) this.#grow();
    return number;
  }

  #grow(): void {
    const hashes = new Int32Array(2 * this.#hashes.length);
    hashes.set(this.#hashes);
    const slots = new Int32Array(2 * hashes.length);
    const mask = slots.length - 1;
    for (let number = 0; number < this.texts.length; number++) {
      let slot = (hashes[number] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#hashes = hashes;
    this.#slots = slots;
  }
}

/** FNV-1a (Fowler, Noll & Vo), finished as in MurmurHash3. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
