/** HyperLogLogs of many keys as one: read where they lie, merged, and estimated as PFCOUNT does. Nothing is written. */

import hyperloglogScript from '../../../lua/keys/hyperloglog.lua';
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { HYLL_REGISTERS, hyllCount, mergeHyll, mergeRegisters } from './hyll.js';
import { after, batchesOf, bySlot, runBatches } from './key-batches.js';
import { callScript, readScript } from './script.js';
import type { ShortcutReceiptBuilder } from './shortcut-receipt.js';
import { showKey, wrongType } from './wrong-type.js';

const SCRIPT = readScript(hyperloglogScript);

/** Keys that a call declares at most. */
const MOST_KEYS = 256;
/** Microseconds for the keys of a call; what is merged then takes 300 more to be sent. */
const BUDGET_US = 700;
/** Bytes of strings that a call sends, and one more string. */
const MOST_BYTES = 65_536;

export interface HyllWork {
  readonly link: ClusterLink;
  readonly context: CallContext;
  readonly receipt: ShortcutReceiptBuilder;
  /**
   * Where registers are merged. `client`: the strings travel, up to 64 KiB a call, about 0.01 ms of a shard's time a dense key;
   * `shards`: one string of registers a call, 0.5 ms a dense key.
   */
  readonly side: 'shards' | 'client';
  /** Whether keys that are no HyperLogLogs are passed over and counted, instead of an error. */
  readonly passOver: boolean;
}

type ScriptReply = readonly [
  microseconds: number,
  done: number,
  missing: number,
  faults: readonly (number | Buffer)[],
  registers: Buffer,
  strings: readonly (number | Buffer)[],
];

/**
 * The estimate of the number of different values in all keys together, as PFCOUNT gives it for all of them on one server. A missing
 * key has none.
 *
 * Each key counts as it was at one moment. Memory: 16 KiB and the names of the keys. O(keys).
 * @throws TYPE_MISMATCH naming a key that is no HyperLogLog, unless those are passed over; INVALID_VALUE naming a corrupt one
 */
export async function countHyll(work: HyllWork, keys: readonly Buffer[]): Promise<number> {
  const { link, context, receipt, side } = work;
  const registers = new Uint8Array(HYLL_REGISTERS);
  const args = [String(BUDGET_US), side === 'client' ? String(MOST_BYTES) : '0'];
  receipt.keys(keys.length);
  await runBatches(link, batchesOf(bySlot(link, keys), MOST_KEYS), context, async (batch, inner) => {
    const reply = (await callScript(link, SCRIPT, { keys: batch.keys, args }, inner)) as unknown as ScriptReply;
    const [microseconds, done, missing, faults, merged, strings] = reply;
    receipt.call(microseconds);
    receipt.missing(missing);
    for (const [place, kind] of pairs(faults)) fault(work, batch.keys[place - 1] as Buffer, String(kind));
    mergeRegisters(registers, merged);
    for (const [place, text] of pairs(strings)) {
      if (!mergeHyll(registers, text)) fault(work, batch.keys[place - 1] as Buffer, 'corrupt');
    }
    return { microseconds, rest: after(batch, done) };
  });
  return hyllCount(registers);
}

function fault({ passOver, receipt }: HyllWork, key: Buffer, kind: string): void {
  if (kind === 'corrupt') {
    throw new ShardfoldError('INVALID_VALUE', `key ${showKey(key)} holds a HyperLogLog that is corrupt`, {
      hint: 'PFCOUNT refuses it as well (INVALIDOBJ): delete it, or restore it from a backup',
    });
  }
  if (!passOver) throw wrongType(key, 'HyperLogLog', kind);
  receipt.otherType(1);
}

function* pairs(flat: readonly (number | Buffer)[]): Generator<readonly [number, Buffer]> {
  for (let i = 0; i + 1 < flat.length; i += 2) yield [flat[i] as number, flat[i + 1] as Buffer];
}
