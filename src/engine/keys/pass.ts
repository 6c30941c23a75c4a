/** One pass over keys by a script, and the receipt of it. */

import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { type KeysSnapshot, nameOfKeys } from '../../plan/keys/snapshot.js';
import type { KeySource } from '../../plan/keys/source.js';
import type { RunOptions } from '../options.js';
import type { Receipt } from '../receipt.js';
import type { KeysReceipt } from './keys-receipt.js';
import { slotsOfPattern } from './pattern-slots.js';
import { printableKey } from './printable.js';
import { unparsableValue } from './taker.js';
import type { KeyWalk } from './types.js';
import { walkKeys } from './walk.js';

/** What a pass over keys stands on. */
export interface KeysWork {
  readonly link: ClusterLink;
  readonly snapshot: KeysSnapshot;
  readonly options: RunOptions;
  readonly context: CallContext;
}

/** Values that were found on the client side to be no text of their column's type. */
export interface Unparsable {
  readonly unparsable: number;
  /** The name one char a byte. */
  readonly firstUnparsable?: { readonly key: string; readonly column: number };
}

export interface PassSteps extends Pick<KeyWalk, 'script' | 'enough' | 'finished'> {
  /** Instead of all slots that the pattern may lie in. */
  readonly slots?: KeyWalk['slots'];
  take(partial: Buffer, note: (found: Unparsable) => void): void | Promise<void> | undefined;
}

export async function passOverKeys(
  { link, snapshot: { keys }, options, context }: KeysWork,
  { script, enough, finished, take, slots = slotsOfPattern(keys.pattern) }: PassSteps,
  side: 'shards' | 'client',
): Promise<Receipt> {
  const started = performance.now();
  const found = new FoundHere(keys);
  const steps = {
    script,
    take: (bytes: Buffer) => take(bytes, found.note),
    ...(enough && { enough }),
    ...(finished && { finished }),
  };
  const receipt = await walkKeys({ link, context, source: keys, slots, options, ...steps });
  return receiptOf(found.addTo(receipt), {
    name: nameOfKeys(keys),
    context,
    side,
    wallMs: performance.now() - started,
  });
}

/** Counts what is found on the client side. */
class FoundHere {
  readonly #source: KeySource;
  #count = 0;
  #first: KeysReceipt['unparsable']['first'];

  constructor(source: KeySource) {
    this.#source = source;
  }

  readonly note = ({ unparsable, firstUnparsable }: Unparsable): void => {
    this.#count += unparsable;
    if (firstUnparsable === undefined) return;
    const { column, key } = firstUnparsable;
    const named = Buffer.from(key, 'latin1');
    if (this.#source.strict) throw unparsableValue(this.#source, column, named);
    this.#first ??= { key: printableKey(named), column: this.#source.columns[column]?.name ?? '' };
  };

  addTo(receipt: KeysReceipt): KeysReceipt {
    if (this.#count === 0) return receipt;
    const first = receipt.unparsable.first ?? this.#first;
    return { ...receipt, unparsable: { count: receipt.unparsable.count + this.#count, ...(first && { first }) } };
  }
}

interface Pass {
  readonly name: string;
  readonly context: CallContext;
  readonly side: 'shards' | 'client';
  readonly wallMs: number;
}

/** Keys are in no chunks, and their bytes are not known. */
function receiptOf(keys: KeysReceipt, { name, context: { tally }, side, wallMs }: Pass): Receipt {
  const shards = Object.entries(keys.shards).map(([shard, { calls, serverMs }]) => [
    shard,
    { chunks: 0, calls, serverMs },
  ]);
  return {
    table: name,
    version: 0,
    keys: [keys],
    chunks: { expected: 0, computed: 0, pruned: 0, fromManifest: 0, notNeeded: 0 },
    computedOn: { shards: 0, client: 0, ...(side === 'client' && { reason: 'keys are read on the client side' }) },
    calls: tally.calls,
    retries: { ...tally.retries },
    bytesSent: tally.bytesSent,
    bytesReceived: tally.bytesReceived,
    bytesStored: 0,
    serverMs: keys.serverMs,
    longestCallMs: keys.longestCallMs,
    wallMs,
    shards: Object.fromEntries(shards),
  };
}
