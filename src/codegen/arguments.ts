/** How the arguments of a kernel's call are packed. */

import type { ChunkMeta, ColumnChunk } from '../storage/types.js';
import { type Constants, locateNumber } from './constants.js';
import type { KernelColumn } from './shape.js';

/** A run of rows of one chunk. */
export interface Slice {
  readonly chunk: ChunkMeta;
  readonly firstRow: number;
  readonly rows: number;
}

/** Three numbers for each number that is compared with a coded column. */
export function thresholdsOf({ thresholds }: Constants, chunk: ChunkMeta): number[] {
  return thresholds.flatMap(({ index, value }) => locateNumber(chunk.columns[index] as ColumnChunk, value));
}

/**
 * ARGV of a slice: the numbers, then each string constant, then each set.
 * @param more numbers that follow the constants in the first argument
 */
export function packArguments(
  { columns, constants }: { columns: readonly KernelColumn[]; constants: Constants },
  { chunk, firstRow, rows }: Slice,
  more: readonly number[],
): Buffer[] {
  const header = [firstRow, rows];
  for (const { index, encoding } of columns) {
    const column = chunk.columns[index] as ColumnChunk;
    const entries = encoding === 'plain' ? chunk.rows : column.dictionaryEntries;
    header.push(column.bytes, column.validityBytes, column.dictionaryBytes, entries, column.base, column.step);
  }
  return [
    packDoubles([...header, ...constants.numbers, ...thresholdsOf(constants, chunk), ...more]),
    ...constants.strings.map((text) => Buffer.from(text, 'latin1')),
    ...constants.sets.map(({ values }) => packSet(values)),
  ];
}

export function packDoubles(numbers: readonly number[]): Buffer {
  const buffer = Buffer.allocUnsafe(numbers.length * 8);
  numbers.forEach((value, i) => void buffer.writeDoubleLE(value, i * 8));
  return buffer;
}

/** Strings of bytes, each behind its length. */
export function packTexts(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const size = Buffer.allocUnsafe(4);
      size.writeUInt32LE(text.length);
      return [size, Buffer.from(text, 'latin1')];
    }),
  );
}

export const packSet = (values: readonly (number | string)[]): Buffer =>
  typeof values[0] === 'string' ? packTexts(values as readonly string[]) : packDoubles(values as readonly number[]);
