/**
 * Decoding of LZ4 frames, the compression of Feather files as pandas and pyarrow write them. apache-arrow brings no codec.
 * Format: github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md. Checksums are not verified.
 */
const MAGIC = 0x184d2204;
const MIN_MATCH = 4;

/** @throws Error where the bytes are no whole LZ4 frame */
export function decodeLz4Frame(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.byteLength < 7 || view.getUint32(0, true) !== MAGIC) throw new Error('no LZ4 frame');
  const flags = view.getUint8(4);
  const hasBlockChecksums = (flags & 0x10) !== 0;
  const hasSize = (flags & 0x08) !== 0;
  const hasDictionary = (flags & 0x01) !== 0;
  if (flags >> 6 !== 1 || hasDictionary) throw new Error('an LZ4 frame of an unknown kind');
  const output = new Output(hasSize ? Number(view.getBigUint64(6, true)) : 4 * frame.length);
  let at = 7 + (hasSize ? 8 : 0);
  for (;;) {
    const size = view.getUint32(at, true);
    at += 4;
    if (size === 0) return output.finish();
    const end = at + (size & 0x7fffffff);
    if (end > frame.length) throw new Error('an LZ4 frame that is cut short');
    const block = frame.subarray(at, end);
    if (size > 0x7fffffff) output.append(block);
    else decodeBlock(block, output);
    at = end + (hasBlockChecksums ? 4 : 0);
  }
}

function decodeBlock(block: Uint8Array, output: Output): void {
  let at = 0;
  const extended = (nibble: number) => {
    let length = nibble;
    if (nibble < 15) return length;
    let more: number | undefined;
    do {
      more = block[at++];
      length += more ?? 0;
    } while (more === 255);
    return length;
  };
  while (at < block.length) {
    const token = block[at++] as number;
    const literals = extended(token >> 4);
    if (at + literals > block.length) throw new Error('an LZ4 block that is cut short');
    output.append(block.subarray(at, at + literals));
    at += literals;
    // The last sequence of a block has literals only.
    if (at === block.length) return;
    const offset = (block[at] as number) | ((block[at + 1] as number) << 8);
    at += 2;
    output.repeat(offset, extended(token & 15) + MIN_MATCH);
  }
}

class Output {
  private bytes: Uint8Array;
  private length = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  append(part: Uint8Array): void {
    this.reserve(part.length);
    this.bytes.set(part, this.length);
    this.length += part.length;
  }

  /** Copies from `offset` bytes back; the copy may overlap itself. */
  repeat(offset: number, count: number): void {
    if (!(offset > 0 && offset <= this.length)) throw new Error('an LZ4 block that points outside itself');
    this.reserve(count);
    const { bytes, length } = this;
    if (offset >= count) bytes.copyWithin(length, length - offset, length - offset + count);
    else for (let i = length; i < length + count; i++) bytes[i] = bytes[i - offset] as number;
    this.length += count;
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(2 * (this.length + count));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
