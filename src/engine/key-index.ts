/**
 * The groups of a fold, numbered: an open-addressing table over columns of keys. A number in a key stands for itself and a
 * string for its place in the order met, so that a key is a few float64 whose bits are equal where the keys are.
 */

import type { Physical } from '../expr/typed.js';
import { TextTable } from './text-table.js';
import { tooManyGroups } from './too-many.js';

/** High halves of the bits of float64 whose low ones are 0: no key is -0, which stands for null; and there is one NaN. */
const NULL_HIGH = 0x80000000;
const NAN_HIGH = 0x7ff80000;

const START_ROWS = 16;
const [MIX_LOW, MIX_HIGH] = [0x9e3779b1, 0x85ebca6b];

/** A column of keys; groups stand in the order of their numbers. */
export class KeyColumn {
  readonly #table = new TextTable();
  values = new Float64Array(START_ROWS);
  bits = new Int32Array(this.values.buffer);

  /** The strings by number; empty where keys are numbers. */
  get texts(): readonly string[] {
    return this.#table.texts;
  }

  /** The physical value of a group's key. */
  at(group: number): Physical {
    if (this.isNull(group)) return null;
    const value = this.values[group] as number;
    return this.texts.length > 0 ? (this.texts[value] as string) : value;
  }

  isNull(group: number): boolean {
    return this.values[group] === 0 && this.bits[2 * group + 1] !== 0;
  }

  /** The bits of values, before they are numbered. */
  encode(values: ArrayLike<Physical>, count: number): Int32Array {
    const out = new Float64Array(count);
    const bits = new Int32Array(out.buffer);
    for (let i = 0; i < count; i++) {
      const value = values[i] as Physical;
      if (typeof value === 'number') {
        if (Number.isNaN(value)) bits[2 * i + 1] = NAN_HIGH;
        else out[i] = value + 0;
      } else if (value === null) bits[2 * i + 1] = NULL_HIGH;
      else out[i] = this.#table.numberOf(value);
    }
    return bits;
  }

  grow(rows: number): void {
    const values = new Float64Array(rows);
    values.set(this.values);
    this.values = values;
    this.bits = new Int32Array(values.buffer);
  }
}

/** What the keys are called in an error, and how many different ones there may be. */
export interface GroupLimit {
  readonly keys: readonly string[];
  readonly maxGroups: number;
}

export class KeyIndex {
  readonly columns: readonly KeyColumn[];
  readonly #limit: GroupLimit;
  #size = 0;
  #hashes = new Int32Array(START_ROWS);
  /** Number of a group and one, by hash; 0 where there is none. */
  #slots = new Int32Array(2 * START_ROWS);

  constructor(keys: number, limit: GroupLimit) {
    this.columns = Array.from({ length: keys }, () => new KeyColumn());
    this.#limit = limit;
  }

  /** Groups so far. */
  get size(): number {
    return this.#size;
  }

  /** The numbers of groups by their keys, column by column. @throws TOO_MANY_GROUPS */
  number(keys: readonly ArrayLike<Physical>[], count: number): Uint32Array {
    const given = this.columns.map((column, key) => {
      const bits = column.encode(keys[key] as ArrayLike<Physical>, count);
      // There are at least as many groups as strings; so that they need not be merged first.
      if (column.texts.length > this.#limit.maxGroups) throw tooManyGroups(this.#limit);
      return bits;
    });
    this.#reserve(this.#size + count);
    const found = new Uint32Array(count);
    const hashes = hashesOf(given, count);
    const mask = this.#slots.length - 1;
    for (let i = 0; i < count; i++) {
      const hash = hashes[i] as number;
      let slot = hash & mask;
      let group = (this.#slots[slot] as number) - 1;
      while (group >= 0 && (this.#hashes[group] !== hash || !this.#equals(group, given, i))) {
        slot = (slot + 1) & mask;
        group = (this.#slots[slot] as number) - 1;
      }
      if (group < 0) {
        group = this.#size++;
        this.#slots[slot] = group + 1;
        this.#hashes[group] = hash;
        for (let key = 0; key < given.length; key++) {
          const { bits } = this.columns[key] as KeyColumn;
          const from = given[key] as Int32Array;
          bits[2 * group] = from[2 * i] as number;
          bits[2 * group + 1] = from[2 * i + 1] as number;
        }
      }
      found[i] = group;
    }
    if (this.#size > this.#limit.maxGroups) throw tooManyGroups(this.#limit);
    return found;
  }

  #equals(group: number, given: readonly Int32Array[], i: number): boolean {
    for (let key = 0; key < given.length; key++) {
      const { bits } = this.columns[key] as KeyColumn;
      const other = given[key] as Int32Array;
      if (bits[2 * group] !== other[2 * i] || bits[2 * group + 1] !== other[2 * i + 1]) return false;
    }
    return true;
  }

  /** Makes room for so many groups, half of the slots left free. */
  #reserve(groups: number): void {
    let rows = this.#hashes.length;
    if (groups <= rows) return;
    while (rows < groups) rows *= 2;
    for (const column of this.columns) column.grow(rows);
    const hashes = new Int32Array(rows);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#slots = new Int32Array(2 * rows);
    const mask = this.#slots.length - 1;
    for (let group = 0; group < this.#size; group++) {
      let slot = (hashes[group] as number) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = group + 1;
    }
  }
}

/** Of the bits of all keys of a row, finished as in MurmurHash3 (Appleby 2008). */
function hashesOf(given: readonly Int32Array[], count: number): Int32Array {
  const hashes = new Int32Array(count);
  for (const bits of given) {
    for (let i = 0; i < count; i++) {
      let hash = Math.imul(hashes[i] as number, 31) ^ Math.imul(bits[2 * i] as number, MIX_LOW);
      hash ^= Math.imul(bits[2 * i + 1] as number, MIX_HIGH);
      hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
      hashes[i] = hash ^ (hash >>> 16);
    }
  }
  return hashes;
}
