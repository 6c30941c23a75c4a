/** What a result that is made of keys by the servers' own commands accounts for, and what it cost. */

import type { Tally } from '../../cluster/types.js';

export interface ShortcutReceipt {
  /** Keys that were asked for: those that were named, or those under the pattern. */
  readonly keys: number;
  /** Of them, those that were missing when they were read. */
  readonly missing: number;
  /** Keys under the pattern that are of another type, and were passed over. */
  readonly otherType: number;
  readonly calls: number;
  /** Calls that were made again, by cause. */
  readonly retries: Readonly<Record<string, number>>;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Milliseconds that the calls took in the shards, summed. */
  readonly serverMs: number;
  /** The longest single call in a shard, in milliseconds. */
  readonly longestCallMs: number;
  readonly wallMs: number;
}

export class ShortcutReceiptBuilder {
  readonly #started = performance.now();
  #keys = 0;
  #missing = 0;
  #otherType = 0;
  #serverUs = 0;
  #longestUs = 0;

  keys(keys: number): void {
    this.#keys += keys;
  }

  missing(keys: number): void {
    this.#missing += keys;
  }

  otherType(keys: number): void {
    this.#otherType += keys;
  }

  /** A pass over the keys under a pattern. */
  passed({ serverMs, longestCallMs }: Pick<ShortcutReceipt, 'serverMs' | 'longestCallMs'>): void {
    this.#serverUs += 1000 * serverMs;
    this.#longestUs = Math.max(this.#longestUs, 1000 * longestCallMs);
  }

  call(microseconds: number): void {
    this.#serverUs += microseconds;
    this.#longestUs = Math.max(this.#longestUs, microseconds);
  }

  finish({ calls, retries, bytesSent, bytesReceived }: Tally): ShortcutReceipt {
    return {
      keys: this.#keys,
      missing: this.#missing,
      otherType: this.#otherType,
      calls,
      retries: { ...retries },
      bytesSent,
      bytesReceived,
      serverMs: this.#serverUs / 1000,
      longestCallMs: this.#longestUs / 1000,
      wallMs: performance.now() - this.#started,
    };
  }
}
