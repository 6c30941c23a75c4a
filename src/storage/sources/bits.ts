/** Bitmaps of columnar libraries: bit i of byte `floor(i / 8)`, least significant first (DuckDB and Arrow alike). */

export function isSet(bits: Uint8Array, index: number): boolean {
  return (((bits[index >> 3] as number) >> (index & 7)) & 1) === 1;
}

/** Spreads bits [from, from + count) into one byte a row from `at`; answers how many are 0. */
export function spreadBits(bits: Uint8Array, from: number, count: number, target: Uint8Array, at: number): number {
  let set = 0;
  for (let i = 0; i < count; i++) {
    const bit = ((bits[(from + i) >> 3] as number) >> ((from + i) & 7)) & 1;
    target[at + i] = bit;
    set += bit;
  }
  return count - set;
}

/** The validity of a batch as it grows: no array is made before the first null. */
export class Validity {
  private bytes: Uint8Array | undefined;

  constructor(private readonly capacity: number) {}

  /** Adds `count` rows at `at`, by the bitmap from bit `from`; without one all are present. */
  add(bits: Uint8Array | undefined, from: number, count: number, at: number): void {
    if (bits === undefined) {
      this.bytes?.fill(1, at, at + count);
      return;
    }
    const target = this.bytes ?? new Uint8Array(this.capacity);
    const nulls = spreadBits(bits, from, count, target, at);
    if (this.bytes === undefined && nulls > 0) this.bytes = target.fill(1, 0, at);
  }

  /** One byte a row of the first `rows` rows; undefined where all are present. */
  finish(rows: number): Uint8Array | undefined {
    return this.bytes?.subarray(0, rows);
  }
}
