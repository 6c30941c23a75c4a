/** What a write over keys is asked for, and what it gives. */

import type { Receipt } from '../receipt.js';

/** How far a write is. */
export interface WriteProgress {
  /** Slots of the cluster that are done, of those that keys of the pattern may lie in; both 0 on a server without cluster mode. */
  readonly slotsDone: number;
  readonly slotsTotal: number;
  readonly matched: number;
  readonly written: number;
}

export interface WriteOptions {
  /** Whether nothing is to be written: everything is read and counted as it would be, and a sample says what would be written. */
  readonly dryRun?: boolean;
  /** What an interrupted call of the same job said in `error.resume`: slots that were done are left out. */
  readonly resume?: string;
  /** Milliseconds without progress after which the job stops; 30,000 by default. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: WriteProgress) => void;
  /** Calls in a shard's queue at once, 2 by default. */
  readonly maxInFlight?: number;
}

export interface UpdateOptions extends WriteOptions {
  /**
   * A name for this update, never used again: letters, digits, `_ . : -`. Each hash that is updated gets a field `sf:update:<updateId>` in
   * the same step, and hashes that have it are left alone. An update that reads what it writes needs one.
   */
  readonly updateId?: string;
}

/** Why keys of the pattern were left alone. */
export interface SkippedKeys {
  /** Hashes with the marker of this updateId. */
  readonly already: number;
  /** Keys with a value that is needed and no text of its column's type. */
  readonly unparsable: number;
  /** Hashes whose fields are as they would be written. */
  readonly unchanged: number;
  /** Hashes that would have no field left, and so be gone. */
  readonly lastField: number;
  /** Keys of Shardfold's own tables, unless the pattern begins as they do. */
  readonly ofTables: number;
  /** Keys of another type. */
  readonly otherType: number;
}

/** A key, and what it is before and after: fields by the names of the assignments (null where missing), or `ttl` in seconds. */
export interface KeySample {
  readonly key: string;
  readonly old: Readonly<Record<string, string | number | null>>;
  /** Null where the key is deleted. */
  readonly new: Readonly<Record<string, string | number | null>> | null;
}

export interface KeysWritten {
  readonly dryRun: boolean;
  /** Keys that passed the filter. (After a reply was lost, `receipt.retries`, keys that a repeated call found deleted count no more.) */
  readonly matched: number;
  /** Keys that were written; that would be, where nothing is. */
  readonly written: number;
  readonly skipped: SkippedKeys;
  /** By address. */
  readonly shards: Readonly<Record<string, { readonly matched: number; readonly written: number }>>;
  /** Up to ten of the keys that would be written, by their names. */
  readonly sample?: readonly KeySample[];
  readonly receipt: Receipt;
}
