/** What a pass over keys accounts for: every slot once, and what it cost. */

/** Slots, both ends included. */
export type SlotRange = readonly [from: number, to: number];

export interface KeysReceipt {
  /** `hashes("order:*")` */
  readonly source: string;
  /** Slots that the pattern can lie in; the counts add up, or the query fails. On a single server there are no slots: 0. */
  readonly slots: {
    readonly expected: number;
    readonly visited: number;
    /** Not looked at, because a limit was met before. */
    readonly notNeeded: number;
    /** Slots that had to be asked for again, because they were moving, or their primary was away. */
    readonly askedAgain: number;
    /** Slots with so many keys that they were read in parts; with so many that their names were listed first. */
    readonly inParts: number;
    readonly scanned: number;
    /** What `partial: true` leaves out: slots that were not read, or not to their end (some keys of those may be in the result). */
    readonly missing?: readonly SlotRange[];
  };
  /** Where rows were filtered and folded; and why on the client side. */
  readonly computedOn: 'shards' | 'client';
  readonly reason?: string;
  /** Keys that were enumerated; of these, those of the pattern and the kind; and those of the pattern that are of another type. */
  readonly keys: {
    readonly enumerated: number;
    readonly matched: number;
    readonly otherType: number;
    /** Keys with so many members that they were read in slices. */
    readonly inSlices: number;
  };
  /** Strings so large that their values came here, in slices, and their rows were computed here: they are among the keys. */
  readonly readHere?: { readonly keys: number; readonly bytes: number };
  /** Rows that were read: keys, or their members, before any filter. */
  readonly rows: number;
  /** Values that are there, and no text of their column's type: they count as null. */
  readonly unparsable: { readonly count: number; readonly first?: { readonly key: string; readonly column: string } };
  /** Which slots were visited when, in milliseconds from the start, and where; neighbouring calls in one. */
  readonly visits: readonly SlotVisit[];
  /** What each shard gave, by its address. */
  readonly shards: Readonly<Record<string, { readonly slots: number; readonly keys: number }>>;
}

export interface SlotVisit {
  readonly shard: string;
  readonly from: number;
  readonly to: number;
  readonly startMs: number;
  readonly endMs: number;
}
