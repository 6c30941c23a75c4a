/** A walk over existing keys: what it is given. */

import type { CallContext, ClusterLink } from '../../cluster/types.js';
import type { KeyScript } from '../../codegen/keys/call.js';
import type { Progress } from '../options.js';
import type { NamedSource } from './keys-receipt.js';
import type { Range } from './slot-book.js';

export interface KeyWalk {
  readonly link: ClusterLink;
  readonly context: CallContext;
  /** Asked for before every call: a constant of it may change while the work is done. */
  script(): KeyScript;
  readonly source: NamedSource;
  /** Slots that keys of the pattern can lie in. */
  readonly slots: readonly Range[];
  readonly options: WalkOptions;
  /** What a call computed, for calls that read any key; each part of the work comes once. */
  take(partial: Buffer, rows: number, shard: string): void | Promise<void> | undefined;
  /** Slots that have been read to their end, once each. */
  finished?(range: Range): void;
  /** Whether what was taken is enough: the rest is then not looked at. */
  enough?(): boolean;
}

export interface WalkOptions {
  /** Calls in a node's queue at once, where the way there and back is long. */
  readonly maxInFlight: number;
  /** Gives what could be read when slots do not settle in time. */
  readonly partial: boolean;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}
