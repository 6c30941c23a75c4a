/** A walk over existing keys: what it is given. */

import type { CallContext, ClusterLink } from '../../cluster/types.js';
import type { KeyScript } from '../../codegen/keys/call.js';
import type { TypedExpr } from '../../expr/typed.js';
import type { KeysSnapshot } from '../../plan/keys/snapshot.js';
import type { RunOptions } from '../options.js';
import type { SlotRange } from './receipt.js';

export interface KeyWalk {
  readonly link: ClusterLink;
  readonly context: CallContext;
  readonly options: Pick<RunOptions, 'maxInFlight' | 'partial' | 'onProgress'>;
  readonly snapshot: KeysSnapshot;
  /** What rows must fulfil, where that rules slots out. */
  readonly filter?: TypedExpr | undefined;
  /** Asked for before every call: a constant of it may change while the work is done. */
  script(): KeyScript;
  /**
   * What a call computed; each part of the work comes once, calls that found no rows may not come at all. Where it gives a promise, the
   * shard has no further call meanwhile, and no deadline runs.
   */
  take(partial: Buffer, script: KeyScript, note: (found: Unparsable) => void): void | undefined | Promise<void>;
  /** Takes a large value, which has been read here, as `take` does a call's; there, where scripts report such (`KeyScript.largeValues`). */
  takeValue?(value: KeyValue, script: KeyScript, note: (found: Unparsable) => void): void | undefined | Promise<void>;
  /** Instead of all slots that the pattern may lie in; means nothing without a cluster. */
  readonly slots?: readonly SlotRange[];
  /** Slots that have been read to their end: each once, after the last `take` of it. */
  finished?(range: SlotRange): void;
  /** Whether what was taken is enough: the rest is then not looked at. */
  enough?(): boolean;
}

/** A string that was read here. */
export interface KeyValue {
  readonly key: Buffer;
  readonly bytes: Buffer;
  /** Negative where there is no cluster. */
  readonly slot: number;
  readonly shard: string;
  /** Where it was asked for: seconds, undefined as well where it does not expire. */
  readonly ttl?: number;
  readonly memory?: number;
}

/** Values that are no text of their column's type, found after the script. */
export interface Unparsable {
  readonly unparsable: number;
  /** The key as bytes, or one char a byte; the column by its index in the source. */
  readonly firstUnparsable?: { readonly key: Buffer | string; readonly column: number };
}
