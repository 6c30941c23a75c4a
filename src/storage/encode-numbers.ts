/**
 * Packing of numbers. The encoding is chosen by the values alone, whatever the type: codes of 8 or 16 bits where all are
 * integers in a narrow range of a common step, else float32 where every value survives it, else float64.
 * NaN is stored as the one canonical NaN, so that equal columns have equal bytes.
 */
import { MAX_INTEGER } from './column-types.js';
import { commonStep, MAX_BYTE_STEPS, MAX_STEPS, type NumberStats } from './number-stats.js';
import type { Encoding } from './types.js';
import { packValidity } from './validity.js';

const CANONICAL_NAN_32 = 0x7fc00000;
const CANONICAL_NAN_64_HIGH = 0x7ff80000;

export interface PackedNumbers {
  readonly encoding: Encoding;
  readonly base: number;
  readonly step: number;
  readonly data: Buffer;
  readonly validity?: Buffer;
}

/** @param stats of exactly these values; −0 among them forbids the narrow codes, which cannot tell it from 0 */
export function packNumbers(values: Float64Array, valid: Uint8Array | undefined, stats: NumberStats): PackedNumbers {
  return narrow(values, valid, stats) ?? floats(values, stats.nulls > 0 ? valid : undefined, stats.hasNaN);
}

function narrow(values: Float64Array, valid: Uint8Array | undefined, stats: NumberStats): PackedNumbers | undefined {
  if (!stats.integers || stats.hasNegativeZero) return undefined;
  const { min = 0, max = 0 } = stats;
  const step = commonStep(values, valid, min, max);
  if (step === undefined || (max - min) / step > MAX_STEPS) return undefined;
  // For a column of nulls: base 0 and step 1, codes 0.
  const base = stats.min === undefined ? 0 : min - step;
  // `base + code * step` must be exact in doubles at every step of it; `base` itself may be rounded already.
  if (min < step - MAX_INTEGER || max - base >= MAX_INTEGER) return undefined;
  const wide = (max - min) / step > MAX_BYTE_STEPS;
  const codes = wide ? new Uint16Array(values.length) : new Uint8Array(values.length);
  if (codes instanceof Uint8Array) fillBytes(codes, values, base, step);
  else fillWords(codes, values, base, step);
  if (stats.nulls > 0 && valid) for (let i = 0; i < codes.length; i++) if (valid[i] === 0) codes[i] = 0;
  return { encoding: wide ? 'u16' : 'u8', base, step, data: bytesOf(codes) };
}

// The two loops are written out because a loop that sees one kind of array runs several times faster.
function fillBytes(codes: Uint8Array, values: Float64Array, base: number, step: number): void {
  if (step === 1) for (let i = 0; i < codes.length; i++) codes[i] = (values[i] as number) - base;
  else for (let i = 0; i < codes.length; i++) codes[i] = ((values[i] as number) - base) / step;
}

function fillWords(codes: Uint16Array, values: Float64Array, base: number, step: number): void {
  if (step === 1) for (let i = 0; i < codes.length; i++) codes[i] = (values[i] as number) - base;
  else for (let i = 0; i < codes.length; i++) codes[i] = ((values[i] as number) - base) / step;
}

function floats(values: Float64Array, valid: Uint8Array | undefined, hasNaN: boolean): PackedNumbers {
  const packed = survivesFloat32(values, valid) ? toFloat32(values, hasNaN) : toFloat64(values, hasNaN);
  if (valid) for (let i = 0; i < packed.length; i++) if (valid[i] === 0) packed[i] = 0;
  return {
    encoding: packed instanceof Float32Array ? 'f32' : 'f64',
    base: 0,
    step: 0,
    data: bytesOf(packed),
    ...(valid && { validity: packValidity(valid, values.length) }),
  };
}

function survivesFloat32(values: Float64Array, valid: Uint8Array | undefined): boolean {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Math.fround(value) !== value && !Number.isNaN(value) && (valid === undefined || valid[i] !== 0)) return false;
  }
  return true;
}

function toFloat32(values: Float64Array, hasNaN: boolean): Float32Array {
  const packed = Float32Array.from(values);
  if (hasNaN) {
    const bits = new Uint32Array(packed.buffer);
    for (let i = 0; i < packed.length; i++) if (Number.isNaN(packed[i])) bits[i] = CANONICAL_NAN_32;
  }
  return packed;
}

function toFloat64(values: Float64Array, hasNaN: boolean): Float64Array {
  const packed = values.slice();
  if (hasNaN) {
    const bits = new Uint32Array(packed.buffer);
    for (let i = 0; i < packed.length; i++) {
      if (!Number.isNaN(packed[i])) continue;
      bits[2 * i] = 0;
      bits[2 * i + 1] = CANONICAL_NAN_64_HIGH;
    }
  }
  return packed;
}

function bytesOf(array: Uint8Array | Uint16Array | Float32Array | Float64Array): Buffer {
  return Buffer.from(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
}
