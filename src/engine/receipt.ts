/** What a result accounts for: every chunk once, and what it cost. */

import type { Tally } from '../cluster/types.js';
import { VALUE_BYTES } from '../storage/decode.js';
import type { ChunkMeta, ColumnChunk, TableSnapshot } from '../storage/types.js';
import { tablesIn } from '../storage/zipped.js';
import type { KeysReceipt } from './keys/receipt.js';

export type Side = 'shards' | 'client';

export interface Receipt {
  readonly table: string;
  /** The version of the table that was read. */
  readonly version: number;
  /** All tables where the query reads several, or one several times; the counts below are their sums. */
  readonly tables?: readonly { readonly table: string; readonly version: number }[];
  /** Right sides of joins, as they are sent along with every call: distinct keys where only their being there is asked; 0 bytes on the client side. */
  readonly joined?: readonly { readonly rows: number; readonly bytes: number }[];
  /** Passes over keys that lie in Redis: of a query over those alone `version` is 0, and there are no chunks. */
  readonly keys?: readonly KeysReceipt[];
  readonly chunks: {
    /** Chunks of the version; the counts below add up to it, or the query fails. */
    readonly expected: number;
    readonly computed: number;
    /** Passed over because their zone maps rule the filter out. */
    readonly pruned: number;
    /** Whose row counts, or extremes, in the manifest were the answer. */
    readonly fromManifest: number;
    /** Not looked at, because a limit was met before. */
    readonly notNeeded: number;
  };
  /** Chunks by where they were computed, and why any were computed on the client side. */
  readonly computedOn: { readonly shards: number; readonly client: number; readonly reason?: string };
  /**
   * Present where the query uses exp, ln, log2, log10, pow, sin, cos, tan or atan2: the last bits of those depend on the build of
   * the servers, and of Node on the client side.
   */
  readonly libm?: true;
  readonly calls: number;
  readonly retries: Readonly<Record<string, number>>;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Bytes of the columns that the query reads, as they are stored, in the chunks that were computed. */
  readonly bytesStored: number;
  /** Milliseconds that the kernels took, summed over the shards. */
  readonly serverMs: number;
  /** The longest single call in a shard, in milliseconds. */
  readonly longestCallMs: number;
  readonly wallMs: number;
  /** Share of each shard, by address. */
  readonly shards: Readonly<
    Record<string, { readonly chunks: number; readonly calls: number; readonly serverMs: number }>
  >;
}

/** Bytes of columns of a chunk as they are stored, with what tells their nulls and their dictionaries. */
export function bytesStored({ columns }: ChunkMeta, indexes: readonly number[]): number {
  return indexes.reduce((sum, index) => {
    const { bytes, validityBytes, dictionaryBytes, stride } = columns[index] as ColumnChunk;
    // Of several columns in one key each takes its share.
    const own = stride === undefined ? bytes : (bytes / stride.bytes) * VALUE_BYTES[stride.encoding];
    return sum + own + validityBytes + dictionaryBytes;
  }, 0);
}

/** Collects a receipt while the work is done. */
export class ReceiptBuilder {
  readonly #started = performance.now();
  readonly #snapshot: TableSnapshot;
  readonly #shards = new Map<string, { chunks: number; calls: number; serverMs: number }>();
  readonly #chunks = { shards: 0, client: 0, pruned: 0, fromManifest: 0, notNeeded: 0 };
  #longestUs = 0;
  #reason: string | undefined;

  constructor(snapshot: TableSnapshot) {
    this.#snapshot = snapshot;
  }

  call(shard: string, microseconds: number): void {
    const share = this.#share(shard);
    share.calls += 1;
    share.serverMs += microseconds / 1000;
    this.#longestUs = Math.max(this.#longestUs, microseconds);
  }

  computed(shard: string, side: Side): void {
    this.#share(shard).chunks += 1;
    this.#chunks[side] += 1;
  }

  pruned(chunks: number): void {
    this.#chunks.pruned += chunks;
  }

  fromManifest(chunks: number): void {
    this.#chunks.fromManifest += chunks;
  }

  notNeeded(chunks: number): void {
    this.#chunks.notNeeded += chunks;
  }

  /** Says why chunks are computed on the client side; the first reason stands. */
  because(reason: string): void {
    this.#reason ??= reason;
  }

  /** @param bytesStored of the columns read @throws where chunks are not accounted for */
  finish(tally: Tally, bytesStored: number): Receipt {
    const { shards, client, pruned, fromManifest, notNeeded } = this.#chunks;
    const expected = this.#snapshot.chunks.length;
    const accounted = shards + client + pruned + fromManifest + notNeeded;
    if (accounted !== expected) {
      throw new Error(`a result accounts for ${accounted} of ${expected} chunks`);
    }
    const shares = [...this.#shards].sort(([a], [b]) => (a < b ? -1 : 1));
    const tables = tablesIn(this.#snapshot).map(({ name, version }) => ({ table: name, version }));
    return {
      table: this.#snapshot.name,
      version: this.#snapshot.version,
      ...(tables.length > 1 && { tables }),
      chunks: { expected, computed: shards + client, pruned, fromManifest, notNeeded },
      computedOn: { shards, client, ...(this.#reason !== undefined && client > 0 && { reason: this.#reason }) },
      calls: tally.calls,
      retries: { ...tally.retries },
      bytesSent: tally.bytesSent,
      bytesReceived: tally.bytesReceived,
      bytesStored,
      serverMs: shares.reduce((sum, [, share]) => sum + share.serverMs, 0),
      longestCallMs: this.#longestUs / 1000,
      wallMs: performance.now() - this.#started,
      shards: Object.fromEntries(shares),
    };
  }

  #share(shard: string): { chunks: number; calls: number; serverMs: number } {
    let share = this.#shards.get(shard);
    if (share === undefined) {
      share = { chunks: 0, calls: 0, serverMs: 0 };
      this.#shards.set(shard, share);
    }
    return share;
  }
}

/** The receipt of several passes. @param tally of all of them */
export function combineReceipts(receipts: readonly Receipt[], tally: Tally, wallMs: number): Receipt {
  const [first, ...others] = receipts;
  if (first === undefined) throw new Error('a result that accounts for nothing');
  const { calls, bytesSent, bytesReceived } = tally;
  const whole = { calls, retries: { ...tally.retries }, bytesSent, bytesReceived, wallMs };
  if (others.length === 0) return { ...first, ...whole };
  const tables = receipts.flatMap((each) => each.tables ?? [{ table: each.table, version: each.version }]);
  return { ...others.reduce(plus, first), ...whole, tables };
}

function plus(a: Receipt, b: Receipt): Receipt {
  const sums = <T extends object>(x: T, y: T): T =>
    Object.fromEntries(
      Object.entries(x).map(([name, value]) => [name, value + (y as Record<string, number>)[name]]),
    ) as T;
  const { reason = b.computedOn.reason, ...sides } = a.computedOn;
  const shards = { ...a.shards };
  for (const [shard, share] of Object.entries(b.shards))
    shards[shard] = shards[shard] ? sums(shards[shard], share) : share;
  return {
    ...a,
    chunks: sums(a.chunks, b.chunks),
    computedOn: {
      shards: sides.shards + b.computedOn.shards,
      client: sides.client + b.computedOn.client,
      ...(reason !== undefined && { reason }),
    },
    ...((a.keys || b.keys) && { keys: [...(a.keys ?? []), ...(b.keys ?? [])] }),
    bytesStored: a.bytesStored + b.bytesStored,
    serverMs: a.serverMs + b.serverMs,
    longestCallMs: Math.max(a.longestCallMs, b.longestCallMs),
    shards,
  };
}
