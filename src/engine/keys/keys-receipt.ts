/** What a result over keys accounts for: every slot once, and when it was read where. */

import type { KeyReply } from '../../codegen/keys/call.js';
import type { KeySource } from '../../plan/keys/source.js';
import { printableKey } from './printable.js';
import { type Range, rangesOf } from './slot-book.js';

export interface KeysReceipt {
  /** As it would be written: `hashes('order:*')`. */
  readonly source: string;
  /** When the reading began: milliseconds since 1970. `visits` count from there. */
  readonly startedAt: number;
  /** Slots that keys of the pattern can lie in; all 0 on a server without cluster mode. */
  readonly slots: {
    /** visited + missing + notNeeded, or the query fails. */
    readonly expected: number;
    readonly visited: number;
    /** Slots that had to be asked for again, because they were moving, or their primary was away. */
    readonly askedAgain: number;
    /** Slots with so many keys that they were read in parts; with so many that they were listed by SCAN first. */
    readonly inParts: number;
    readonly scanned: number;
    /** Not looked at, or not to the end, because a limit was met before. */
    readonly notNeeded: number;
    /** With `partial: true`, slots that were not read, or not to their end: some keys of those may be in the result. Inclusive ranges. */
    readonly missing?: readonly Range[];
  };
  readonly keys: {
    /** Keys in those slots; of them those that matched the pattern and had the right type; those that matched and had another. */
    readonly enumerated: number;
    readonly matched: number;
    readonly otherType: number;
    /** Keys that were read in slices. */
    readonly inSlices: number;
  };
  /** Rows read, before any filter. */
  readonly rows: number;
  /** Values that are no text of their column's type, read as null, and one of them. */
  readonly unparsable: { readonly count: number; readonly first?: { readonly key: string; readonly column: string } };
  /** Which slots were read when, on which shard: in milliseconds from `startedAt`. */
  readonly visits: readonly Visit[];
  readonly calls: number;
  /** Milliseconds in the servers, summed. */
  readonly serverMs: number;
  readonly longestCallMs: number;
  /** By address. */
  readonly shards: Readonly<Record<string, ShardShare>>;
}

export interface Visit {
  readonly shard: string;
  readonly from: number;
  readonly to: number;
  readonly startMs: number;
  readonly endMs: number;
}

export interface ShardShare {
  readonly slots: number;
  readonly keys: number;
  readonly calls: number;
  readonly serverMs: number;
}

/** What of a source the receipt and the messages name. */
export type NamedSource = Pick<KeySource, 'kind' | 'pattern' | 'columns' | 'strict'>;

/** A call that was answered, in milliseconds from the start. */
export interface Span {
  readonly shard: string;
  readonly startMs: number;
  readonly endMs: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class KeysReceiptBuilder {
  readonly #source: NamedSource;
  readonly #startedAt = Date.now();
  readonly #started = performance.now();
  readonly #shards = new Map<string, Mutable<ShardShare>>();
  readonly #visits: Mutable<Visit>[] = [];
  readonly #keys = { enumerated: 0, matched: 0, otherType: 0, inSlices: 0 };
  #unparsable: { count: number; first?: { key: string; column: string } } = { count: 0 };
  #rows = 0;
  #longestUs = 0;
  inParts = 0;
  scanned = 0;

  constructor(source: NamedSource) {
    this.#source = source;
  }

  get keysSeen(): number {
    return this.#keys.enumerated;
  }

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

  /** What a reply that is taken says of keys. @param slices whether it is of a slice of a key, which is counted elsewhere */
  took(reply: KeyReply, shard: string, slices = false): void {
    this.#rows += reply.rows;
    if (!slices) this.#keysOf(reply, shard);
    if (reply.firstUnparsable === undefined) return;
    const { key, column } = reply.firstUnparsable;
    const name = this.#source.columns[column]?.name ?? '';
    this.#unparsable = {
      first: { key: printableKey(key), column: name },
      ...this.#unparsable,
      count: this.#unparsable.count + reply.unparsable,
    };
  }

  #keysOf(reply: KeyReply, shard: string): void {
    this.#keys.enumerated += reply.enumerated;
    this.#keys.matched += reply.keys;
    this.#keys.otherType += reply.otherType;
    this.#share(shard).keys += reply.keys;
  }

  /** A key that was read in slices, to its end. */
  slicedKey(): void {
    this.#keys.inSlices += 1;
  }

  visited([from, to]: Range, { shard, startMs, endMs }: Span): void {
    this.#share(shard).slots += to - from + 1;
    const last = this.#visits.at(-1);
    if (last && last.shard === shard && last.to === from - 1) Object.assign(last, { to, endMs });
    else this.#visits.push({ shard, from, to, startMs, endMs });
  }

  /** @param left slots that were not read to their end, ascending @throws where slots are not accounted for */
  finish(
    expected: number,
    askedAgain: number,
    left: { readonly slots: readonly number[]; readonly missing: boolean },
  ): KeysReceipt {
    const shares = [...this.#shards].sort(([a], [b]) => (a < b ? -1 : 1));
    const visited = shares.reduce((sum, [, { slots }]) => sum + slots, 0);
    if (visited + left.slots.length !== expected) {
      throw new Error(`a result accounts for ${visited} and ${left.slots.length} of ${expected} slots`);
    }
    const missing = left.missing && left.slots.length > 0;
    return {
      source: showSource(this.#source),
      startedAt: this.#startedAt,
      slots: {
        expected,
        visited,
        askedAgain,
        inParts: this.inParts,
        scanned: this.scanned,
        notNeeded: left.missing ? 0 : left.slots.length,
        ...(missing && { missing: rangesOf(left.slots) }),
      },
      keys: { ...this.#keys },
      rows: this.#rows,
      unparsable: this.#unparsable,
      visits: joined(this.#visits),
      calls: shares.reduce((sum, [, { calls }]) => sum + calls, 0),
      serverMs: shares.reduce((sum, [, { serverMs }]) => sum + serverMs, 0),
      longestCallMs: this.#longestUs / 1000,
      shards: Object.fromEntries(shares),
    };
  }

  #share(shard: string): Mutable<ShardShare> {
    let share = this.#shards.get(shard);
    if (share === undefined) {
      share = { slots: 0, keys: 0, calls: 0, serverMs: 0 };
      this.#shards.set(shard, share);
    }
    return share;
  }
}

/** By slot, neighbours of one shard as one. */
function joined(visits: readonly Visit[]): Visit[] {
  const result: Mutable<Visit>[] = [];
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

/** A source as it would be written, without its columns. */
export const showSource = ({ kind, pattern }: Pick<KeySource, 'kind' | 'pattern'>): string =>
  `${kind === 'json' ? 'jsonStrings' : kind}('${pattern}')`;
