/** What is asked of a script that reads keys, and what it says: the contract between kernels and those who call them. */

/** Which keys a call reads. Every key of a call is read in one atomic step. */
export type KeyCall =
  /**
   * No KEYS; sent to a node, not routed. The slots `from` … `to` (inclusive) that the node owns and that are settled, one after the
   * other, until `budgetUs` have passed; what is left of the last slot then comes back by name. A slot with more than `maxKeys` keys is not
   * read but reported.
   */
  | {
      readonly mode: 'slots';
      readonly from: number;
      readonly to: number;
      readonly maxKeys: number;
      readonly budgetUs: number;
    }
  /**
   * The KEYS, all of one slot in a cluster, until `budgetUs` have passed: those that are left come back.
   * @param slot -1 where there is no cluster: any keys
   */
  | { readonly mode: 'list'; readonly slot: number; readonly budgetUs: number }
  /**
   * One of KEYS, a slice of its rows: `count` at most, from `start` on, which is a place in a list or of a packed number. Of a sorted set
   * those after `after`, wherever that is by now; of a set those that are `given`.
   */
  | {
      readonly mode: 'members';
      readonly slot: number;
      readonly start: number;
      readonly count: number;
      /** What the call before said (`KeyReply.slice.after`); empty in the first call. */
      readonly after: Buffer;
      /** Members of a set, which are found by SSCAN before. */
      readonly given?: readonly Buffer[];
    };

/** A script that can be called so. */
export interface KeyScript {
  readonly lua: string;
  readonly sha1: string;
  /** False for scripts that write. */
  readonly readOnly: boolean;
  /** Where the large keys that it reports are strings: what is needed to compute their rows elsewhere. */
  readonly largeValues?: ValueFacts | undefined;
  /** The arguments after KEYS. @param shard address of the node that is asked, the value of the column `shard` */
  args(call: KeyCall, shard: string): readonly (string | Buffer)[];
}

/** A key that is read in slices: it has more members than one call should read, or a string more bytes; none of them was. */
export interface LargeKey {
  readonly key: Buffer;
  /** Of strings, unless they are packed numbers: bytes. */
  readonly members: number;
}

/** What a row needs beside the value of its key. */
export interface ValueFacts {
  readonly ttl: boolean;
  readonly memory: boolean;
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
  /** Keys of the last slot, or of the list, for which there was no time: nothing of them was read. */
  readonly rest: readonly Buffer[];
  /** Means something for `members` alone, except of sets. */
  readonly slice: Slice;
}

/** Where a slice of a key ended. */
export interface Slice {
  /** Members, elements or numbers that the key has now; 0 where it is gone. */
  readonly members: number;
  /** The place after the last one that was read: its rank + 1, for a sorted set. */
  readonly next: number;
  /**
   * What tells the place to the next call: of a sorted set the score (a packed number) and the member; of a list its last element that
   * was read. A list of which the element before `start` is another one now is not read: `next` is then -1.
   */
  readonly after: Buffer;
}
