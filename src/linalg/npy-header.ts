/** Headers of NumPy's .npy files (NEP 1; formats 1.0, 2.0 and 3.0). */

import { ShardfoldError } from '../errors.js';
import type { Shape } from './matrix-open.js';

export interface NpyHeader {
  /** As NumPy writes it: `<f8`, `|b1`, … */
  readonly dtype: string;
  /** Column after column. */
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
/** Magic and version, before the length of the header. */
const PREFIX = 8;
/** Enough for the length of any version. */
export const HEAD_BYTES = 12;
/** NumPy refuses longer ones too, for what no matrix has. */
const MAX_HEADER = 65_536;
const ALIGNMENT = 64;

/** @returns where the header begins and where the data does. @throws FILE_UNREADABLE */
export function headerPlace(head: Buffer, name: string): { start: number; end: number } {
  if (head.length < PREFIX + 2 || !head.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw unreadable(name, 'it is no .npy file', 'numpy.save makes one; of an .npz archive unpack the array first');
  }
  const [major, minor] = [head[6], head[7]];
  if (major === undefined || major < 1 || major > 3 || minor !== 0) {
    throw unreadable(name, `its format is ${major}.${minor}`, 'formats 1.0, 2.0 and 3.0 are read');
  }
  const start = PREFIX + (major === 1 ? 2 : 4);
  if (head.length < start) throw unreadable(name, 'its header is cut off');
  const end = start + (major === 1 ? head.readUInt16LE(PREFIX) : head.readUInt32LE(PREFIX));
  if (end - start > MAX_HEADER) throw unreadable(name, `its header has ${end - start} bytes`);
  return { start, end };
}

/** @throws FILE_UNREADABLE; TYPE_MISMATCH for records, naming their dtype */
export function parseHeader(text: string, name: string): NpyHeader {
  const descr = /'descr'\s*:\s*('[^']*'|\[.*?\](?=\s*,\s*'|\s*,?\s*\}))/s.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || shape === undefined) {
    throw unreadable(name, `its header is not understood: ${text.trim().slice(0, 200)}`);
  }
  if (!descr.startsWith("'")) throw wrongType(name, descr);
  const sizes = shape
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map(Number);
  return { dtype: descr.slice(1, -1), fortran: order === 'True', shape: sizes };
}

/** A header of format 1.0 with what stands before it, filled up as NumPy does. */
export function makeHeader(dtype: '<f8' | '<f4', [rows, cols]: Shape): Buffer {
  const text = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`;
  const before = PREFIX + 2;
  const length = Math.ceil((before + text.length + 1) / ALIGNMENT) * ALIGNMENT - before;
  const head = Buffer.alloc(before);
  MAGIC.copy(head);
  head[6] = 1;
  head.writeUInt16LE(length, PREFIX);
  return Buffer.concat([head, Buffer.from(`${text.padEnd(length - 1)}\n`, 'latin1')]);
}

/** `(3,)` as NumPy writes it. */
export const showSizes = (shape: readonly number[]): string =>
  shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;

export function unreadable(name: string, reason: string, hint?: string, cause?: unknown): ShardfoldError {
  return new ShardfoldError('FILE_UNREADABLE', `${name}: ${reason}`, {
    ...(hint !== undefined && { hint }),
    ...(cause !== undefined && { cause }),
  });
}

export function wrongType(name: string, dtype: string): ShardfoldError {
  return new ShardfoldError('TYPE_MISMATCH', `${name} holds ${dtype}, which a matrix does not`, {
    hint: "'<f8', '<f4', bool and little-endian integers are read: a.astype('<f8') in NumPy makes such",
  });
}
