/**
 * Where chunks lie: chunk j of a table in slot floor(frac(seed + j·φ) · 16384), φ = 0.618…. Any prefix of that sequence is
 * near-evenly spread, so that few chunks use all shards and a table may grow without being moved.
 *
 * Computed in 64-bit fixed point (φ = 0x9e3779b97f4a7c15 / 2^64): a double would lose the fraction as j grows.
 */
import { tagForSlot } from '../cluster/slots.js';
import { checksum } from './checksum.js';

const PHI = 0x9e3779b97f4a7c15n;

export interface Place {
  readonly slot: number;
  /** The hash tag, without braces. */
  readonly tag: string;
}

/** The seed of an alignment group (by default the table's own name): tables of one group meet chunk by chunk. */
export function seedOf(alignmentGroup: string): number {
  return checksum(Buffer.from(alignmentGroup));
}

/** The slot of chunk `index`. @param seed 32 bits, read as a fraction of one */
export function chunkSlot(seed: number, index: number): number {
  const fraction = BigInt.asUintN(64, (BigInt(seed) << 32n) + BigInt(index) * PHI);
  return Number(fraction >> 50n);
}

export function placeChunk(seed: number, index: number): Place {
  const slot = chunkSlot(seed, index);
  return { slot, tag: tagForSlot(slot) };
}

/**
 * The seed under which chunk j lies where chunk `first + j` lies under another one, for `count` chunks; undefined where there is
 * none. Of the 64 bits that a place is computed from a seed has 32, and what is rounded away may put a chunk that lies near the end
 * of its slot into the next: at most two of a million, so that one of the neighbouring seeds fits mostly where the nearest does not.
 */
export function shiftedSeed(seed: number, first: number, count: number): number | undefined {
  if (first === 0) return seed;
  const exact = (BigInt(seed) << 32n) + BigInt(first) * PHI;
  const nearest = (exact + (1n << 31n)) >> 32n;
  const fits = (candidate: number): boolean => {
    for (let j = 0; j < count; j++) if (chunkSlot(candidate, j) !== chunkSlot(seed, first + j)) return false;
    return true;
  };
  return [0n, 1n, -1n].map((step) => Number(BigInt.asUintN(32, nearest + step))).find(fits);
}
