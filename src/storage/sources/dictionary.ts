/** Dictionaries of strings as they come in: a code for every distinct string, in order of first appearance. */

/** A dictionary lives on from batch to batch while it is small, so that a few repeating strings are made only once. */
const KEPT_ENTRIES = 4096;
const KEPT_BYTES = 2 ** 20;

export class Dictionary {
  /** Grows at its end only; replaced (never emptied) when the dictionary starts anew. */
  entries: string[] = [];
  private bytes = 0;
  private bytesBefore = 0;
  protected readonly codeOfText = new Map<string, number>();

  /** About how much the entries weigh that came since `renew`. */
  get newBytes(): number {
    return this.bytes - this.bytesBefore;
  }

  /** Called before every batch: starts anew where the dictionary has grown too large to be kept. True where it did. */
  renew(): boolean {
    this.bytesBefore = this.bytes;
    if (this.entries.length <= KEPT_ENTRIES && this.bytes <= KEPT_BYTES) return false;
    this.entries = [];
    this.bytes = 0;
    this.bytesBefore = 0;
    this.codeOfText.clear();
    return true;
  }

  find(text: string): number | undefined {
    return this.codeOfText.get(text);
  }

  /** The code of a string, a new one where it is met for the first time. */
  codeOf(text: string): number {
    const known = this.codeOfText.get(text);
    if (known !== undefined) return known;
    const code = this.append(text);
    this.codeOfText.set(text, code);
    return code;
  }

  protected append(text: string): number {
    this.bytes += text.length + 16;
    return this.entries.push(text) - 1;
  }
}

const { imul } = Math;
const INLINE_BYTES = 12;
const MULTIPLIERS = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f] as const;

/** Gives the text of row `i` of a vector, for strings too long to lie in their 16-byte struct. */
export type LongText = (i: number) => string;

/**
 * A dictionary over DuckDB's 16-byte string structs (length, then up to 12 bytes; longer ones: 4 bytes and a pointer): a
 * short string is looked up by its four words, and a JavaScript string is made only for a new one. Long strings of one
 * vector that share a pointer share their bytes (dictionary pages of Parquet), so that these too are read once a vector.
 */
export class StructDictionary extends Dictionary {
  private words = new Uint32Array(4 * 64);
  private table = new Int32Array(256).fill(-1);
  private readonly pointers = new Map<number, number>();
  private readonly lengths: number[] = [];

  override renew(): boolean {
    if (!super.renew()) return false;
    this.words = new Uint32Array(4 * 64);
    this.table = new Int32Array(256).fill(-1);
    this.lengths.length = 0;
    return true;
  }

  /** Codes rows [from, to) of a vector's structs, whatever they hold; null rows are skipped and get code 0. */
  encode(
    structs: Uint32Array,
    rows: { from: number; to: number; isNull?: (i: number) => boolean },
    codes: Int32Array,
    at: number,
    longText: LongText,
  ): void {
    this.pointers.clear();
    const { from, to, isNull } = rows;
    for (let i = from; i < to; i++) {
      if (isNull?.(i)) {
        codes[at + i - from] = 0;
        continue;
      }
      const p = 4 * i;
      codes[at + i - from] =
        (structs[p] as number) <= INLINE_BYTES ? this.inline(structs, p) : this.long(structs, p, i, longText);
    }
  }

  private inline(structs: Uint32Array, p: number): number {
    const length = structs[p] as number;
    const a = structs[p + 1] as number;
    const b = structs[p + 2] as number;
    const c = structs[p + 3] as number;
    const mask = this.table.length - 1;
    let slot = hash(length, a, b, c) & mask;
    for (;;) {
      const code = this.table[slot] as number;
      if (code < 0) break;
      const q = 4 * code;
      const { words } = this;
      if (words[q + 1] === a && words[q + 2] === b && words[q + 3] === c && words[q] === length) return code;
      slot = (slot + 1) & mask;
    }
    const code = this.append(Buffer.from(structs.buffer, structs.byteOffset + 4 * p + 4, length).toString());
    this.remember(code, structs.subarray(p, p + 4), slot);
    return code;
  }

  private remember(code: number, struct: Uint32Array, slot: number): void {
    if (4 * code >= this.words.length) {
      const grown = new Uint32Array(8 * code);
      grown.set(this.words);
      this.words = grown;
    }
    this.words.set(struct, 4 * code);
    this.table[slot] = code;
    if (2 * this.entries.length > this.table.length) this.rehash();
  }

  private rehash(): void {
    const old = this.table;
    this.table = new Int32Array(4 * old.length).fill(-1);
    const mask = this.table.length - 1;
    const { words } = this;
    for (const code of old) {
      if (code < 0) continue;
      const q = 4 * code;
      let slot =
        hash(words[q] as number, words[q + 1] as number, words[q + 2] as number, words[q + 3] as number) & mask;
      while ((this.table[slot] as number) >= 0) slot = (slot + 1) & mask;
      this.table[slot] = code;
    }
  }

  private long(structs: Uint32Array, p: number, i: number, longText: LongText): number {
    const length = structs[p] as number;
    const pointer = (structs[p + 3] as number) * 2 ** 32 + (structs[p + 2] as number);
    const known = this.pointers.get(pointer);
    if (known !== undefined && this.lengths[known] === length) return known;
    const code = this.codeOf(longText(i));
    this.lengths[code] = length;
    this.pointers.set(pointer, code);
    return code;
  }
}

function hash(length: number, a: number, b: number, c: number): number {
  const [k0, k1, k2, k3] = MULTIPLIERS;
  const mixed = imul(length, k0) ^ imul(a, k1) ^ imul(b, k2) ^ imul(c, k3);
  return mixed ^ (mixed >>> 15) ^ (mixed >>> 7);
}
