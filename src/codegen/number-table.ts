/** A Map from numbers (or null) to numbers, quicker where entries are many: open addressing by the bits of keys, -0 as 0. */

const START = 1024;

export class NumberTable {
  #keys = new Float64Array(START);
  #values = new Int32Array(START);
  #used = 0;
  /** Of null. */
  #none: number | undefined;
  readonly #key = new Float64Array(1);
  readonly #halves = new Int32Array(this.#key.buffer);

  get(key: number | null): number | undefined {
    if (key === null) return this.#none;
    const value = this.#values[this.#slot(key)] as number;
    return value === 0 ? undefined : value;
  }

  /** @param value not 0 */
  set(key: number | null, value: number): void {
    if (key === null) {
      this.#none = value;
      return;
    }
    let slot = this.#slot(key);
    if (this.#values[slot] === 0) {
      this.#used += 1;
      if (2 * this.#used > this.#keys.length) {
        this.#grow();
        slot = this.#slot(key);
      }
      this.#keys[slot] = key;
    }
    this.#values[slot] = value;
  }

  /** Where a key is, or would be. */
  #slot(key: number): number {
    const mask = this.#keys.length - 1;
    this.#key[0] = Number.isNaN(key) ? Number.NaN : key + 0;
    let hash = Math.imul(this.#halves[0] as number, 0x9e3779b1) ^ Math.imul(this.#halves[1] as number, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 13)) & mask;
    while (this.#values[slot] !== 0) {
      const other = this.#keys[slot] as number;
      if (other === key || (Number.isNaN(other) && Number.isNaN(key))) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Float64Array(2 * keys.length);
    this.#values = new Int32Array(2 * keys.length);
    for (let i = 0; i < keys.length; i++) {
      if (values[i] === 0) continue;
      const slot = this.#slot(keys[i] as number);
      this.#keys[slot] = keys[i] as number;
      this.#values[slot] = values[i] as number;
    }
  }
}
