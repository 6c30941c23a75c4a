/** Reads the packed replies of kernels that give rows back. */

import type { RowWire } from './rows-shape.js';

const NO_STRING = 0xffffffff;
const NO_BOOL = 2;

export class ReplyReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  count(): number {
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  shorts(count: number): number[] {
    return this.#list(count, 2, (at) => this.#bytes.readUInt16LE(at));
  }

  words(count: number): number[] {
    return this.#list(count, 4, (at) => this.#bytes.readUInt32LE(at));
  }

  doubles(count: number): number[] {
    return this.#list(count, 8, (at) => this.#bytes.readDoubleLE(at));
  }

  bytes(count: number): number[] {
    return this.#list(count, 1, (at) => this.#bytes[at] as number);
  }

  strings(count: number): (string | null)[] {
    const sizes = this.#list(count, 4, (at) => this.#bytes.readUInt32LE(at));
    return sizes.map((size) => {
      if (size === NO_STRING) return null;
      this.#at += size;
      return this.#bytes.toString('latin1', this.#at - size, this.#at);
    });
  }

  /** Values of one wire; codes as they are. */
  values(wire: RowWire, count: number): (number | string | null)[] {
    switch (wire) {
      case 'byte':
        return this.bytes(count);
      case 'short':
        return this.shorts(count);
      case 'double':
        return this.doubles(count);
      case 'bool':
        return this.bytes(count).map((value) => (value === NO_BOOL ? null : value));
      case 'string':
        return this.strings(count);
      case 'number': {
        const flags = this.bytes(count);
        return this.doubles(count).map((value, i) => (flags[i] === 0 ? null : value));
      }
    }
  }

  /** @throws RangeError where bytes are left over, or were missing */
  end(): void {
    const { length } = this.#bytes;
    if (this.#at !== length) throw new RangeError(`a reply of ${length} bytes where ${this.#at} were expected`);
  }

  #list(count: number, size: number, read: (at: number) => number): number[] {
    const out = new Array<number>(count);
    for (let i = 0; i < count; i++) out[i] = read(this.#at + i * size);
    this.#at += count * size;
    return out;
  }
}
