/** Reading and writing of the manifest's binary parts; all numbers little-endian. */
import { ShardfoldError } from '../errors.js';

export class ByteWriter {
  #bytes = Buffer.allocUnsafe(1024);
  #length = 0;

  u8(value: number): this {
    const at = this.#grow(1);
    this.#bytes.writeUInt8(value, at);
    return this;
  }

  u16(value: number): this {
    const at = this.#grow(2);
    this.#bytes.writeUInt16LE(value, at);
    return this;
  }

  u32(value: number): this {
    const at = this.#grow(4);
    this.#bytes.writeUInt32LE(value, at);
    return this;
  }

  f64(value: number): this {
    const at = this.#grow(8);
    this.#bytes.writeDoubleLE(value, at);
    return this;
  }

  raw(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** At most 255 bytes, their count before them. */
  short(bytes: Uint8Array): this {
    return this.u8(bytes.length).raw(bytes);
  }

  done(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    return at;
  }
}

export class ByteReader {
  readonly #bytes: Buffer;
  readonly #what: string;
  #at = 0;

  /** @param what names the part in the message of a CORRUPT_MANIFEST */
  constructor(bytes: Buffer, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  u16(): number {
    return this.#bytes.readUInt16LE(this.#take(2));
  }

  u32(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  f64(): number {
    return this.#bytes.readDoubleLE(this.#take(8));
  }

  raw(count: number): Buffer {
    const at = this.#take(count);
    return Buffer.from(this.#bytes.subarray(at, at + count));
  }

  short(): Buffer {
    return this.raw(this.u8());
  }

  /** Fails unless all bytes were read. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw this.#corrupt();
  }

  #take(count: number): number {
    const at = this.#at;
    this.#at += count;
    if (this.#at > this.#bytes.length) throw this.#corrupt();
    return at;
  }

  #corrupt(): ShardfoldError {
    return corruptManifest(this.#what, 'it ends at another place than it says');
  }
}

export function corruptManifest(what: string, reason: string): ShardfoldError {
  return new ShardfoldError('CORRUPT_MANIFEST', `the manifest is damaged: ${what}: ${reason}`, {
    hint: 'shardfold fsck shows what is left; restore the table from its source, or from a backup of the servers',
  });
}
