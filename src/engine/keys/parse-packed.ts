/** Numbers packed little-endian, one after the other; the twin of src/codegen/keys/read-packed.ts. */

import { PACKED } from '../../codegen/keys/read-packed.js';
import type { PackedType } from '../../plan/keys/source.js';

const READ: Readonly<Record<PackedType, (bytes: Buffer, at: number) => number>> = {
  float64: (bytes, at) => bytes.readDoubleLE(at),
  float32: (bytes, at) => bytes.readFloatLE(at),
  int32: (bytes, at) => bytes.readInt32LE(at),
  uint8: (bytes, at) => bytes.readUInt8(at),
  uint16: (bytes, at) => bytes.readUInt16LE(at),
};

/** Undefined where the length is no multiple of a number's. */
export function parsePacked(type: PackedType): (bytes: Buffer) => Float64Array | undefined {
  const { width } = PACKED[type];
  const read = READ[type];
  return (bytes) => {
    if (bytes.length % width !== 0) return undefined;
    return Float64Array.from({ length: bytes.length / width }, (_, i) => read(bytes, i * width));
  };
}
