/**
 * Checksums are cuts of the SHA-1, because `redis.sha1hex` computes that in the server at C speed: a chunk can be verified
 * where it lies. They guard against accidents, not against an adversary.
 */
import { createHash } from 'node:crypto';

/** First 32 bits of the SHA-1, as an unsigned number: what a chunk's keys carry in the manifest. */
export function checksum(bytes: Uint8Array): number {
  return createHash('sha1').update(bytes).digest().readUInt32BE(0);
}

/** First 8 bytes of the SHA-1: what the manifest carries of its own pages. */
export function digest(bytes: Uint8Array | string): Buffer {
  return createHash('sha1').update(bytes).digest().subarray(0, 8);
}
