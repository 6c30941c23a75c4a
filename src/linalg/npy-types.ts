/** Numbers of .npy files as float64. */

import { invalidValue } from '../storage/schema.js';
import { int64, type Raw, uint64 } from '../storage/sources/numbers.js';
import { wrongType } from './npy-header.js';

export interface NpyType {
  readonly bytes: number;
  /** @param first place of the first number, for the message of an INVALID_VALUE */
  decode(data: Buffer, placeOf: (index: number) => { row: number; column: string }): Float64Array;
}

type Array = new (buffer: ArrayBuffer) => Raw;

const plain = (bytes: number, make: Array): NpyType => ({
  bytes,
  decode: (data) => Float64Array.from(new make(aligned(data))),
});

/** 64-bit integers come as two words; beyond ±2^53 a double would be another number. */
function wide(fill: typeof int64): NpyType {
  return {
    bytes: 8,
    decode: (data, placeOf) => {
      const words = new Int32Array(aligned(data));
      const values = new Float64Array(words.length / 2);
      const bad = fill(words, 0, values.length, values, 0);
      if (bad < 0) return values;
      const shown = `${fill === int64 ? data.readBigInt64LE(8 * bad) : data.readBigUInt64LE(8 * bad)}`;
      throw invalidValue('float64', shown, placeOf(bad), 'beyond ±2^53', "a.astype('<f8') in NumPy rounds it");
    },
  };
}

const TYPES: Readonly<Record<string, NpyType>> = {
  '<f8': plain(8, Float64Array),
  '<f4': plain(4, Float32Array),
  '|b1': { bytes: 1, decode: (data) => Float64Array.from(data, (byte) => (byte === 0 ? 0 : 1)) },
  '|i1': plain(1, Int8Array),
  '|u1': plain(1, Uint8Array),
  '<i2': plain(2, Int16Array),
  '<u2': plain(2, Uint16Array),
  '<i4': plain(4, Int32Array),
  '<u4': plain(4, Uint32Array),
  '<i8': wide(int64),
  '<u8': wide(uint64),
};

/** @throws TYPE_MISMATCH naming the dtype */
export function npyType(dtype: string, name: string): NpyType {
  const type = Object.hasOwn(TYPES, dtype) ? TYPES[dtype] : undefined;
  if (type === undefined) throw wrongType(name, `'${dtype}'`);
  return type;
}

/** A copy that begins where an array of any type may. */
const aligned = (data: Buffer): ArrayBuffer => Uint8Array.from(data).buffer;
