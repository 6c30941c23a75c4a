/**
 * Packing of strings: a byte-sorted dictionary of the chunk with codes of 8 or 16 bits, or plain offsets and bytes where the
 * dictionary would be larger. Order is that of the UTF-8 bytes; JavaScript's own order of strings (UTF-16) is never used.
 */
import type { Encoding } from './types.js';
import { packValidity } from './validity.js';

export interface PackedStrings {
  readonly encoding: Encoding;
  readonly data: Buffer;
  readonly validity?: Buffer;
  readonly dictionary?: Buffer;
  readonly entries: number;
  /** The least and the greatest string; undefined where all are null. */
  readonly min: Buffer | undefined;
  readonly max: Buffer | undefined;
}

export type Codes = Int32Array | Uint16Array | Uint8Array;

/** @param texts the distinct strings as UTF-8; codes may leave some of them unused */
export function packStrings(codes: Codes, texts: readonly Buffer[], valid: Uint8Array | undefined): PackedStrings {
  const rows = codes.length;
  const { uses, nulls } = countUses(codes, texts.length, valid);
  const used: number[] = [];
  let textBytes = 0;
  let entryBytes = 0;
  for (let code = 0; code < texts.length; code++) {
    const times = uses[code] as number;
    if (times === 0) continue;
    const { length } = texts[code] as Buffer;
    used.push(code);
    entryBytes += length;
    textBytes += length * times;
  }
  const width = used.length <= 255 ? 1 : 2;
  const dictionaryTotal = rows * width + offsetsBytes(used.length) + entryBytes;
  const plainTotal = offsetsBytes(rows) + textBytes + (nulls > 0 ? (rows + 7) >> 3 : 0);
  const present = nulls > 0 ? valid : undefined;
  if (dictionaryTotal > plainTotal) return { ...plain(codes, texts, textBytes, present), ...extremes(used, texts) };
  sortByBytes(used, texts);
  const packed = withDictionary(codes, texts, used, present);
  return { ...packed, min: texts[used[0] ?? -1], max: texts[used[used.length - 1] ?? -1] };
}

function countUses(codes: Codes, entries: number, valid: Uint8Array | undefined): { uses: Uint32Array; nulls: number } {
  const uses = new Uint32Array(entries);
  let nulls = 0;
  for (let i = 0; i < codes.length; i++) {
    if (valid !== undefined && valid[i] === 0) nulls++;
    else uses[codes[i] as number] = (uses[codes[i] as number] as number) + 1;
  }
  return { uses, nulls };
}

/** One character a byte, JavaScript's order of strings is that of the bytes, and several times as fast as comparing Buffers. */
function sortByBytes(codes: number[], texts: readonly Buffer[]): void {
  const keys = texts.map((text) => text.toString('latin1'));
  codes.sort((a, b) => ((keys[a] as string) < (keys[b] as string) ? -1 : 1));
}

/** The least and the greatest of strings that need no sorting. */
function extremes(
  used: readonly number[],
  texts: readonly Buffer[],
): { min: Buffer | undefined; max: Buffer | undefined } {
  let min = texts[used[0] ?? -1];
  let max = min;
  for (const code of used) {
    const text = texts[code] as Buffer;
    if (min && Buffer.compare(text, min) < 0) min = text;
    if (max && Buffer.compare(text, max) > 0) max = text;
  }
  return { min, max };
}

/** Length of the offsets before `entries` strings. */
export function offsetsBytes(entries: number): number {
  return 4 * (entries + 1);
}

type Body = Omit<PackedStrings, 'min' | 'max'>;

function withDictionary(
  codes: Codes,
  texts: readonly Buffer[],
  order: readonly number[],
  valid: Uint8Array | undefined,
): Body {
  const sorted = new Uint16Array(texts.length);
  for (let k = 0; k < order.length; k++) sorted[order[k] as number] = k + 1;
  const data = order.length <= 255 ? new Uint8Array(codes.length) : new Uint16Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    data[i] = valid !== undefined && valid[i] === 0 ? 0 : (sorted[codes[i] as number] as number);
  }
  return {
    encoding: data instanceof Uint8Array ? 'dict8' : 'dict16',
    data: Buffer.from(data.buffer, 0, data.byteLength),
    dictionary: packDictionary(order.map((code) => texts[code] as Buffer)),
    entries: order.length,
  };
}

function plain(codes: Codes, texts: readonly Buffer[], textBytes: number, valid: Uint8Array | undefined): Body {
  const data = Buffer.allocUnsafe(offsetsBytes(codes.length) + textBytes);
  let end = 0;
  for (let i = 0; i < codes.length; i++) {
    data.writeUInt32LE(end, 4 * i);
    if (valid !== undefined && valid[i] === 0) continue;
    end += (texts[codes[i] as number] as Buffer).copy(data, offsetsBytes(codes.length) + end);
  }
  data.writeUInt32LE(end, 4 * codes.length);
  return { encoding: 'plain', data, entries: 0, ...(valid && { validity: packValidity(valid, codes.length) }) };
}

/** `entries + 1` offsets, then the bytes. */
export function packDictionary(entries: readonly Buffer[]): Buffer {
  const offsets = Buffer.allocUnsafe(offsetsBytes(entries.length));
  let end = 0;
  for (let k = 0; k < entries.length; k++) {
    offsets.writeUInt32LE(end, 4 * k);
    end += (entries[k] as Buffer).length;
  }
  offsets.writeUInt32LE(end, 4 * entries.length);
  return Buffer.concat([offsets, ...entries]);
}

const BOUND_BYTES = 32;

/** Lower bound of a string in a zone map: its first 32 bytes. */
export function lowerBound(text: Buffer | undefined): Buffer | undefined {
  return text && Buffer.from(text.subarray(0, BOUND_BYTES));
}

/**
 * Upper bound of a string in a zone map: itself up to 32 bytes; of a longer one the least prefix-length byte string that is
 * greater. Undefined where there is none (32 bytes of 0xff, which UTF-8 never holds, but a bound must not depend on that).
 */
export function upperBound(text: Buffer | undefined): Buffer | undefined {
  if (text === undefined || text.length <= BOUND_BYTES) return lowerBound(text);
  let last = BOUND_BYTES - 1;
  while (last >= 0 && text[last] === 0xff) last--;
  if (last < 0) return undefined;
  const bound = Buffer.from(text.subarray(0, last + 1));
  bound[last] = (bound[last] as number) + 1;
  return bound;
}
