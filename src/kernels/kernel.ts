/**
 * A hand-written kernel as the coordinator sees it: what goes to `lua/kernels/<name>.lua`, what comes back, how partials
 * merge, and how the merged one becomes a result. Pure functions; who calls a shard is decided elsewhere.
 */

import type { Encoding } from '../storage/types.js';

export interface Kernel<Params, Partial, Result> {
  /** As in lua/library.lua, and of the files in lua/kernels and test/kernels. */
  readonly name: string;
  /** How many columns it reads. */
  readonly operands: 1 | 2;
  /** The arguments of a call. */
  encode(slice: RowRun, operands: readonly Operand[], params: Params): Buffer[];
  /** A reply's partial. @throws RangeError where it is not one */
  decode(reply: Buffer): Partial;
  /** Two neighbours, the left one of the lower rows; merges always go by the one tree. */
  merge(left: Partial, right: Partial): Partial;
  /** @param partial of all rows; undefined where there are none */
  finish(partial: Partial | undefined, params: Params): Result;
}

/** Rows of a chunk. */
export interface RowRun {
  readonly firstRow: number;
  readonly rows: number;
}

/** Encodings of numbers. */
export type NumberEncoding = Extract<Encoding, 'f64' | 'f32' | 'u8' | 'u16'>;

/** A column without nulls that a kernel reads: in a key of the shard, or sent along. */
export interface Operand {
  readonly encoding: NumberEncoding;
  readonly base: number;
  readonly step: number;
  /** Bytes of its key; 0 where its values are sent along. */
  readonly bytes: number;
  /** The bytes of the slice's rows, where they are sent along. */
  readonly sent?: Buffer;
}

/** Bytes of a value that a kernel writes: the second of its numbers, where there is a third. */
export const WIDTH = 8;

const NOTHING = Buffer.alloc(0);

/** Arguments as lua/linalg/slice.lua reads them. */
export function encodeSlice(
  { firstRow, rows }: RowRun,
  operands: readonly Operand[],
  numbers: readonly number[] = [],
): Buffer[] {
  return [
    packDoubles([firstRow, rows, ...numbers]),
    ...operands.flatMap(({ encoding, bytes, base, step, sent }) => [
      Buffer.from(encoding),
      packDoubles([bytes, base, step]),
      sent ?? NOTHING,
    ]),
  ];
}

/** Little-endian doubles. */
export function packDoubles(numbers: readonly number[]): Buffer {
  const buffer = Buffer.allocUnsafe(8 * numbers.length);
  for (const [i, value] of numbers.entries()) buffer.writeDoubleLE(value, 8 * i);
  return buffer;
}
