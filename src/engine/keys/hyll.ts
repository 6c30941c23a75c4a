/** HyperLogLogs as the servers keep them (hyperloglog.c): strings of 16,384 registers, and the estimate that PFCOUNT makes of them. */

import { sigma, tau } from '../../aggregates/hyperloglog.js';

export const HYLL_REGISTERS = 16384;
const HEADER = 16;
/** Values of registers go from 1 to 64 - 14 + 1. */
const MAX_RANK = 50;
/** 1 / (2 ln 2), with the digits that the servers have. */
const ALPHA_INF = 0.7213475204444817;

/** Raises the registers to those of a string whose magic and size were checked. @returns false where the string is corrupt */
export function mergeHyll(registers: Uint8Array, text: Buffer): boolean {
  if (text[4] === 1) return mergeSparse(registers, text);
  // Four registers of six bits stand in three bytes, the lowest bits first.
  for (let p = HEADER, i = 0; i < HYLL_REGISTERS; p += 3, i += 4) {
    const bits = (text[p] as number) | ((text[p + 1] as number) << 8) | ((text[p + 2] as number) << 16);
    raise(registers, i, bits & 63);
    raise(registers, i + 1, (bits >> 6) & 63);
    raise(registers, i + 2, (bits >> 12) & 63);
    raise(registers, i + 3, bits >> 18);
  }
  return true;
}

/** Runs: 00zzzzzz of 1 to 64 zeros, 01zzzzzz zzzzzzzz of 1 to 16,384 zeros, 1vvvvvzz of 1 to 4 times the value 1 to 32. */
function mergeSparse(registers: Uint8Array, text: Buffer): boolean {
  let i = 0;
  for (let p = HEADER; p < text.length && i <= HYLL_REGISTERS; p++) {
    const op = text[p] as number;
    if (op < 64) i += op + 1;
    else if (op < 128) i += ((op & 63) << 8) + (text[++p] ?? HYLL_REGISTERS) + 1;
    else for (const end = i + (op & 3) + 1; i < end; i++) raise(registers, i, ((op >> 2) & 31) + 1);
  }
  return i === HYLL_REGISTERS;
}

/** Raises the registers to those that a shard merged: all of them, or triples of a place (high, low) and a value. */
export function mergeRegisters(registers: Uint8Array, merged: Buffer): void {
  if (merged.length === HYLL_REGISTERS) {
    for (let i = 0; i < HYLL_REGISTERS; i++) raise(registers, i, merged[i] as number);
    return;
  }
  for (let p = 0; p < merged.length; p += 3) raise(registers, merged.readUInt16BE(p), merged[p + 2] as number);
}

function raise(registers: Uint8Array, i: number, value: number): void {
  if (value > (registers[i] as number)) registers[i] = value;
}

/**
 * What PFCOUNT says of these registers: Ertl (2017), "New cardinality estimation algorithms for HyperLogLog sketches", algorithm 6,
 * operation by operation as in hyperloglog.c, rounded to the nearest whole number.
 */
export function hyllCount(registers: Uint8Array): number {
  const counts = new Array<number>(64).fill(0);
  for (const value of registers) counts[value] = (counts[value] as number) + 1;
  const m = HYLL_REGISTERS;
  let z = m * tau((m - (counts[MAX_RANK + 1] as number)) / m);
  for (let rank = MAX_RANK; rank >= 1; rank--) {
    z += counts[rank] as number;
    z *= 0.5;
  }
  z += m * sigma((counts[0] as number) / m);
  return Math.round((ALPHA_INF * m * m) / z);
}
