/** Operations on bytes that mean the same in JavaScript and in the Lua that it is compiled to, where strings are bytes. */
import { isUtf8 } from 'node:buffer';
import { ShardfoldError } from '../../errors.js';

/**
 * Any bytes, inside of a function: a Buffer (or other Uint8Array) where it runs as JavaScript, a string in Lua. Use `bytes` to
 * work on them; they have no methods of their own.
 */
export interface Bytes {
  readonly [Symbol.toStringTag]: 'Uint8Array';
}

function view(value: string | Bytes): Buffer {
  if (typeof value === 'string') return Buffer.from(checkText(value));
  const { buffer, byteOffset, byteLength } = value as Uint8Array;
  return Buffer.from(buffer, byteOffset, byteLength);
}

function checkText(text: string): string {
  if (isWellFormed(text)) return text;
  throw new ShardfoldError(
    'INVALID_ARGUMENT',
    `half of a surrogate pair cannot be written as UTF-8: ${JSON.stringify(text)}`,
  );
}

/** A text counts as its UTF-8. Positions are of bytes, from 0. */
export const bytes = {
  length: (value: string | Bytes): number => view(value).length,

  /** The byte at a position, 0 to 255; undefined beyond the ends. */
  at: (value: string | Bytes, index: number): number | undefined => view(value)[index],

  /** From `start` to before `end`; negative positions count from the end, as those of `Array.prototype.slice` do. */
  slice: (value: string | Bytes, start = 0, end?: number): Bytes => Buffer.from(view(value).subarray(start, end)),

  equal: (a: string | Bytes, b: string | Bytes): boolean => view(a).equals(view(b)),

  /** By unsigned bytes, a prefix first: for texts, the order of their code points. */
  compare: (a: string | Bytes, b: string | Bytes): -1 | 0 | 1 => Buffer.compare(view(a), view(b)),

  concat: (...parts: (string | Bytes)[]): Bytes => Buffer.concat(parts.map(view)),

  fromText: (text: string): Bytes => view(text),

  /** @throws INVALID_VALUE where the bytes are not UTF-8. */
  toText(value: Bytes): string {
    const buffer = view(value);
    if (isUtf8(buffer)) return buffer.toString();
    throw new ShardfoldError('INVALID_VALUE', 'these bytes are not text: they are not UTF-8');
  },
} as const;

/** Whether all surrogates come in pairs. (Node has it; the library of this language level does not declare it.) */
export const isWellFormed = (text: string): boolean => (text as string & { isWellFormed(): boolean }).isWellFormed();
