/** What `fsck` says. */

export interface Finding {
  /**
   * `DATA_LOSS`, `CORRUPT_MANIFEST`: what a reader would fail on. `UNLISTED`: a table that the catalog no longer names.
   * `UNFINISHED_DROP`, `ABANDONED`, `ORPHAN`: keys that nobody needs, of a table, of a dead writer, of nobody.
   */
  readonly code: 'DATA_LOSS' | 'CORRUPT_MANIFEST' | 'UNLISTED' | 'UNFINISHED_DROP' | 'ABANDONED' | 'ORPHAN';
  readonly message: string;
  readonly table?: string;
  readonly chunk?: number;
  readonly slot?: number;
  readonly shard?: string;
  readonly column?: string;
  /** The key that is lost; for garbage, one of the keys. */
  readonly key?: string;
  /** How many keys, of garbage. */
  readonly keys?: number;
  /** `--repair` has dealt with it. */
  readonly repaired: boolean;
}

export interface FsckReport {
  readonly tables: number;
  readonly chunks: number;
  /** Keys of chunks that were looked at, and the bytes of those that were there. */
  readonly keys: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
  /** Keys of versions that were replaced, kept for those who read them; `--repair` deletes them when their grace time is over. */
  readonly replaced: number;
  /** Keys that `--repair` deleted, old versions among them. */
  readonly deleted: number;
}
