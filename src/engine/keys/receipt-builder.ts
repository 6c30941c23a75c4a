/** Collects the receipt of a walk over keys while it goes on. */

import type { Tally } from '../../cluster/types.js';
import type { KeyReply } from '../../codegen/keys/call.js';
import type { KeysSnapshot } from '../../plan/keys/snapshot.js';
import type { Receipt } from '../receipt.js';
import { printableKey } from './printable.js';
import type { KeysReceipt, SlotRange, SlotVisit } from './receipt.js';
import { rangesOf } from './slot-book.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A call that was answered, in milliseconds from the start. */
export interface Span {
  readonly shard: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** How the slots stand at the end. */
export interface SlotsLeft {
  readonly expected: number;
  readonly askedAgain: number;
  /** Slots that were not read to their end, ascending; whether that is because they could not be. */
  readonly unread: readonly number[];
  readonly missing: boolean;
}

export class KeysReceiptBuilder {
  readonly #snapshot: KeysSnapshot;
  readonly #started = performance.now();
  readonly #shards = new Map<string, { slots: number; keys: number; calls: number; serverMs: number }>();
  readonly #visits: Mutable<SlotVisit>[] = [];
  readonly #readHere = { keys: 0, bytes: 0 };
  readonly #keys = { enumerated: 0, matched: 0, otherType: 0, inSlices: 0 };
  readonly #unparsable: { count: number; first?: { key: string; column: string } } = { count: 0 };
  #rows = 0;
  #longestUs = 0;
  /** Slots. */
  inParts = 0;
  scanned = 0;

  constructor(snapshot: KeysSnapshot) {
    this.#snapshot = snapshot;
  }

  get keysSeen(): number {
    return this.#keys.enumerated;
  }

  /** Milliseconds from the start. */
  now(): number {
    return performance.now() - this.#started;
  }

  /** Of every call that was answered. */
  call(shard: string, microseconds: number): void {
    const share = this.#share(shard);
    share.calls += 1;
    share.serverMs += microseconds / 1000;
    this.#longestUs = Math.max(this.#longestUs, microseconds);
  }

  /** What a reply that is taken says of keys. */
  took(reply: Pick<KeyReply, 'enumerated' | 'keys' | 'rows' | 'otherType'>, shard: string): void {
    this.#rows += reply.rows;
    this.#keys.enumerated += reply.enumerated;
    this.#keys.matched += reply.keys;
    this.#keys.otherType += reply.otherType;
    this.#share(shard).keys += reply.keys;
  }

  unparsable(count: number, first: { readonly key: Buffer; readonly column: number }): void {
    const column = this.#snapshot.keys.columns[first.column]?.name ?? '';
    this.#unparsable.count += count;
    this.#unparsable.first ??= { key: printableKey(first.key), column };
  }

  /** A key that was read in slices, to its end. */
  sliced(): void {
    this.#keys.inSlices += 1;
  }

  /** A large value that came here. */
  readHere(bytes: number): void {
    this.#readHere.keys += 1;
    this.#readHere.bytes += bytes;
  }

  visited([from, to]: SlotRange, { shard, startMs, endMs }: Span): void {
    this.#share(shard).slots += to - from + 1;
    const last = this.#visits.at(-1);
    if (last && last.shard === shard && last.to === from - 1) Object.assign(last, { to, endMs });
    else this.#visits.push({ shard, from, to, startMs, endMs });
  }

  /** @throws where slots are not accounted for */
  finish({ expected, askedAgain, unread, missing }: SlotsLeft, tally: Tally): Receipt {
    const shares = [...this.#shards].sort(([a], [b]) => (a < b ? -1 : 1));
    const visited = shares.reduce((sum, [, { slots }]) => sum + slots, 0);
    if (visited + unread.length !== expected) {
      throw new Error(`a result accounts for ${visited} and ${unread.length} of ${expected} slots`);
    }
    const keys: KeysReceipt = {
      source: this.#snapshot.name,
      slots: {
        expected,
        visited,
        notNeeded: missing ? 0 : unread.length,
        askedAgain,
        inParts: this.inParts,
        scanned: this.scanned,
        ...(missing && unread.length > 0 && { missing: rangesOf(unread) }),
      },
      computedOn: 'shards',
      keys: { ...this.#keys },
      rows: this.#rows,
      ...(this.#readHere.keys > 0 && { readHere: this.#readHere }),
      unparsable: this.#unparsable,
      visits: joined(this.#visits),
      shards: Object.fromEntries(shares.map(([shard, share]) => [shard, { slots: share.slots, keys: share.keys }])),
    };
    return {
      table: this.#snapshot.name,
      version: 0,
      keys: [keys],
      chunks: { expected: 0, computed: 0, pruned: 0, fromManifest: 0, notNeeded: 0 },
      computedOn: { shards: 0, client: 0 },
      calls: tally.calls,
      retries: { ...tally.retries },
      bytesSent: tally.bytesSent,
      bytesReceived: tally.bytesReceived,
      bytesStored: 0,
      serverMs: shares.reduce((sum, [, { serverMs }]) => sum + serverMs, 0),
      longestCallMs: this.#longestUs / 1000,
      wallMs: this.now(),
      shards: Object.fromEntries(shares.map(([shard, { calls, serverMs }]) => [shard, { chunks: 0, calls, serverMs }])),
    };
  }

  #share(shard: string): { slots: number; keys: number; calls: number; serverMs: number } {
    let share = this.#shards.get(shard);
    if (share === undefined) {
      share = { slots: 0, keys: 0, calls: 0, serverMs: 0 };
      this.#shards.set(shard, share);
    }
    return share;
  }
}

/** By slot, neighbours of one shard as one. */
function joined(visits: readonly SlotVisit[]): SlotVisit[] {
  const result: Mutable<SlotVisit>[] = [];
  for (const visit of [...visits].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last?.shard !== visit.shard || last.to !== visit.from - 1) {
      result.push({ ...visit });
      continue;
    }
    last.to = visit.to;
    last.startMs = Math.min(last.startMs, visit.startMs);
    last.endMs = Math.max(last.endMs, visit.endMs);
  }
  return result;
}
