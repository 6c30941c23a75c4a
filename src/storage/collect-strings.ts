/** The strings of one column on their way into a chunk: the batches' dictionaries are merged into one of the chunk. */
import { invalidValue } from './column-types.js';
import { type EncodedColumn, encodeTexts } from './encode.js';
import { roomFor } from './room.js';
import { CHUNK_ROWS, type Field, type StringColumn } from './types.js';
import { isWellFormed, loneSurrogate } from './values.js';

/** The most bytes of a column of a chunk; a chunk ends early where its next string would go beyond. */
export const MAX_COLUMN_BYTES = 4 * 1024 * 1024;
/** The bytes of a chunk's distinct strings; the rest is for offsets and codes. */
const BUDGET = MAX_COLUMN_BYTES - 8 * CHUNK_ROWS;

export class StringCollector {
  readonly #field: Field;
  #codes = new Int32Array(0);
  #valid: Uint8Array | undefined;
  readonly #codeOf = new Map<string, number>();
  #texts: Buffer[] = [];
  #bytes = 0;
  /** From the codes of the batch's dictionary to those of the chunk's, −1 where not seen yet. */
  #dictionary: readonly string[] | undefined;
  #translation = new Int32Array(0);

  constructor(field: Field) {
    this.#field = field;
  }

  /**
   * Takes up to `count` rows of a batch to row `at` of the chunk.
   * @returns how many fit before the column's bytes are full
   */
  append(column: StringColumn, from: number, count: number, place: { at: number; sourceRow: number }): number {
    const { codes, dictionary, valid } = column;
    const { at, sourceRow } = place;
    this.#codes = roomFor(this.#codes, at + count);
    if (this.#valid) this.#valid = roomFor(this.#valid, at + count);
    this.#translate(dictionary);
    const translation = this.#translation;
    let taken = 0;
    for (; taken < count; taken++) {
      if (valid !== undefined && valid[from + taken] === 0) {
        this.#codes[at + taken] = 0;
        continue;
      }
      const foreign = codes[from + taken] as number;
      let own = translation[foreign] ?? -1;
      if (own < 0) {
        own = this.#intern(dictionary[foreign], sourceRow + taken);
        if (own < 0) break;
        translation[foreign] = own;
      }
      this.#codes[at + taken] = own;
    }
    if (valid) {
      this.#valid ??= new Uint8Array(this.#codes.length).fill(1, 0, at);
      this.#valid.set(valid.subarray(from, from + taken), at);
    } else {
      this.#valid?.fill(1, at, at + taken);
    }
    return taken;
  }

  /** Packs the first `rows` rows and starts anew. */
  finish(rows: number): EncodedColumn {
    const encoded = encodeTexts(this.#codes.subarray(0, rows), this.#texts, this.#valid?.subarray(0, rows));
    this.#codeOf.clear();
    this.#texts = [];
    this.#bytes = 0;
    this.#valid = undefined;
    this.#translation.fill(-1);
    return encoded;
  }

  /** A reader may hand in the same dictionary with every batch, grown at its end: what was learnt of it stays. */
  #translate(dictionary: readonly string[]): void {
    if (dictionary !== this.#dictionary) {
      this.#dictionary = dictionary;
      if (this.#translation.length >= dictionary.length) this.#translation.fill(-1);
      else this.#translation = new Int32Array(dictionary.length).fill(-1);
    } else if (dictionary.length > this.#translation.length) {
      const grown = new Int32Array(2 * dictionary.length).fill(-1);
      grown.set(this.#translation);
      this.#translation = grown;
    }
  }

  /** The chunk's code of a string; −1 where it no longer fits into this chunk. */
  #intern(text: string | undefined, row: number): number {
    const place = { row, column: this.#field.name };
    if (text === undefined) throw invalidValue('utf8', 'a code beyond its dictionary', place);
    const known = this.#codeOf.get(text);
    if (known !== undefined) return known;
    if (!isWellFormed(text)) throw loneSurrogate(text, place);
    const bytes = Buffer.from(text);
    if (bytes.length > BUDGET) {
      const limit = `at most ${BUDGET} bytes fit into a chunk`;
      throw invalidValue('utf8', `a string of ${bytes.length} bytes`, place, limit, 'store it elsewhere, or cut it');
    }
    if (this.#bytes + bytes.length > BUDGET) return -1;
    this.#bytes += bytes.length;
    const code = this.#texts.push(bytes) - 1;
    this.#codeOf.set(text, code);
    return code;
  }
}
