/** A .npy file or buffer as a matrix: read piece by piece, whichever way its numbers lie. */

import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { ShardfoldError, showValue } from '../errors.js';
import { CHUNK_ROWS } from '../storage/types.js';
import { checkShape, type MatrixSource } from './matrix-data.js';
import type { Shape } from './matrix-open.js';
import { HEAD_BYTES, headerPlace, type NpyHeader, parseHeader, showSizes, unreadable } from './npy-header.js';
import { type NpyType, npyType } from './npy-types.js';

/** A file's path, or its bytes. */
export interface NpyInput {
  readonly npy: string | Uint8Array;
}

export const isNpy = (data: unknown): data is NpyInput =>
  typeof data === 'object' && data !== null && 'npy' in data && Object.keys(data).length === 1;

interface Bytes {
  readonly name: string;
  readonly size: number;
  read(at: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** Numbers that are held at once of a file that lies column by column. */
const HELD = 2 ** 21;

/**
 * The header is read at once, the numbers as they are asked for.
 * @throws FILE_UNREADABLE; TYPE_MISMATCH naming a dtype that is no real number; SHAPE_MISMATCH where the array is no matrix, or not
 *   of the shape that is asked for
 */
export async function npySource({ npy }: NpyInput, wanted: Shape | undefined): Promise<MatrixSource> {
  const bytes = await bytesOf(npy);
  try {
    const { start, end } = headerPlace(await bytes.read(0, Math.min(HEAD_BYTES, bytes.size)), bytes.name);
    if (bytes.size < end) throw unreadable(bytes.name, 'its header is cut off');
    const header = parseHeader((await bytes.read(start, end - start)).toString(), bytes.name);
    const type = npyType(header.dtype, bytes.name);
    const shape = shapeOf(header, wanted, bytes.name);
    const needed = end + shape[0] * shape[1] * type.bytes;
    if (bytes.size < needed) {
      const reason = `its data is cut off: ${bytes.size} bytes, ${needed} for an array ${showSizes(header.shape)} of '${header.dtype}'`;
      throw unreadable(bytes.name, reason);
    }
    const data = { bytes, start: end, type, shape };
    const byColumn = header.fortran && header.shape.length === 2;
    return { cols: shape[1], runs: byColumn ? columnRuns(data) : rowRuns(data), close: bytes.close };
  } catch (error) {
    await bytes.close();
    throw error;
  }
}

interface Data {
  readonly bytes: Bytes;
  /** Where the numbers begin. */
  readonly start: number;
  readonly type: NpyType;
  readonly shape: Shape;
}

async function* rowRuns({ bytes, start, type, shape: [rows, cols] }: Data): AsyncGenerator<Float64Array> {
  const total = rows * cols;
  for (let first = 0; first < total; first += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, total - first);
    const data = await bytes.read(start + first * type.bytes, count * type.bytes);
    yield type.decode(data, (i) => placeOf(Math.floor((first + i) / cols), (first + i) % cols));
  }
}

/** Some rows of every column, put together row by row. */
async function* columnRuns({ bytes, start, type, shape: [rows, cols] }: Data): AsyncGenerator<Float64Array> {
  const most = Math.max(1, Math.floor(HELD / cols));
  for (let first = 0; first < rows; first += most) {
    const count = Math.min(most, rows - first);
    const values = new Float64Array(count * cols);
    for (let col = 0; col < cols; col++) {
      const data = await bytes.read(start + (col * rows + first) * type.bytes, count * type.bytes);
      const column = type.decode(data, (i) => placeOf(first + i, col));
      for (let i = 0; i < count; i++) values[i * cols + col] = column[i] as number;
    }
    yield values;
  }
}

const placeOf = (row: number, col: number) => ({ row, column: `c${col}` });

function shapeOf({ shape }: NpyHeader, wanted: Shape | undefined, name: string): Shape {
  const size = shape.reduce((product, length) => product * length, 1);
  const fits = shape.length === 2 ? shape[0] === wanted?.[0] && shape[1] === wanted?.[1] : shape.length === 1;
  if (wanted === undefined ? shape.length === 2 : fits && size === wanted[0] * wanted[1]) {
    const found = wanted ?? shape;
    checkShape(found);
    return found;
  }
  throw new ShardfoldError(
    'SHAPE_MISMATCH',
    `${name} holds an array of shape ${showSizes(shape)}, not ${wanted ? `[${wanted.join(', ')}]` : 'a matrix'}`,
    { hint: 'a matrix has two dimensions; an array of one takes the shape that is given: set({ npy }, [rows, cols])' },
  );
}

async function bytesOf(npy: unknown): Promise<Bytes> {
  if (npy instanceof Uint8Array) {
    const all = Buffer.from(npy.buffer, npy.byteOffset, npy.byteLength);
    const read = async (at: number, length: number) => all.subarray(at, at + length);
    return { name: 'the buffer', size: all.length, read, close: async () => undefined };
  }
  if (typeof npy === 'string') return fileBytes(npy);
  throw new ShardfoldError('INVALID_ARGUMENT', `npy is ${showValue(npy)}`, {
    hint: 'the path of a file, or its bytes',
  });
}

async function fileBytes(path: string): Promise<Bytes> {
  const name = basename(path);
  const file = await open(path).catch((cause: unknown) => {
    throw unreadable(path, 'there is no such file, or it may not be read', undefined, cause);
  });
  const stat = await file.stat();
  if (!stat.isFile()) {
    await file.close();
    throw unreadable(path, 'it is not a file');
  }
  return {
    name,
    size: stat.size,
    async read(at, length) {
      const buffer = Buffer.allocUnsafe(length);
      for (let filled = 0; filled < length; ) {
        const { bytesRead } = await file.read(buffer, filled, length - filled, at + filled);
        if (bytesRead === 0) throw unreadable(name, 'it grew shorter while it was read');
        filled += bytesRead;
      }
      return buffer;
    },
    close: () => file.close(),
  };
}
