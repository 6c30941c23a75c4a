/** What is asked of a script that reads keys, and what it says: the contract between kernels and those who call them. */

/** Which keys a call reads. Every key of a call is read in one atomic step. */
export type KeyCall =
  /**
   * No KEYS; sent to a node, not routed. The slots `from` … `to` (inclusive) that the node owns and that are settled, one after the
   * other, until `budgetUs` have passed. Of each slot the keys whose hash modulo `parts` is `part`. A slot with more than `maxKeys`
   * keys (of that part: more than maxKeys · parts in all) is not read but reported.
   */
  | {
      readonly mode: 'slots';
      readonly from: number;
      readonly to: number;
      readonly maxKeys: number;
      readonly budgetUs: number;
      readonly parts: number;
      readonly part: number;
    }
  /** The KEYS, all of one slot in a cluster; they match the pattern already. */
  | { readonly mode: 'list' }
  /** One of KEYS: its members, elements or numbers from `start` on, `count` at most (zset by rank, list and packed by place; not sets). */
  | { readonly mode: 'members'; readonly start: number; readonly count: number };

/** A script that can be called so. */
export interface KeyScript {
  readonly lua: string;
  readonly sha1: string;
  /** False for scripts that write. */
  readonly readOnly: boolean;
  /** The arguments after KEYS. @param shard address of the node that is asked, the value of the column `shard` */
  args(call: KeyCall, shard: string): readonly (string | Buffer)[];
}

/** A key that is read in slices: it has more members than one call should read, and none of them was. */
export interface LargeKey {
  readonly key: Buffer;
  readonly members: number;
}

export interface KeyReply {
  /** What the script computed of the rows, packed as its own reader knows; of no rows, too. */
  readonly partial: Buffer;
  readonly microseconds: number;
  /** Of `slots`: the first slot that was not reached; `to + 1` at the end. */
  readonly next: number;
  /** Keys that were enumerated, and of them those that matched the pattern and had the right type; rows (members) read of those. */
  readonly enumerated: number;
  readonly keys: number;
  readonly rows: number;
  /** Keys that matched and have another type. */
  readonly otherType: number;
  /** Values that could not be read as their column's type, with the first of them. */
  readonly unparsable: number;
  readonly firstUnparsable?: { readonly key: Buffer; readonly column: number };
  /** Slots from `from` to `next - 1` of which nothing was read: not owned, or moving. */
  readonly unsettled: readonly number[];
  /** Slots of which nothing was read because they hold too many keys, with their numbers. */
  readonly largeSlots: readonly { readonly slot: number; readonly keys: number }[];
  readonly largeKeys: readonly LargeKey[];
}
