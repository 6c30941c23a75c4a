/** What scripts that read keys say. */

import type { Reply } from '../../cluster/types.js';
import type { KeyReply, LargeKey } from '../../codegen/keys/call.js';

/** A script answers with an array: the partial, a packed header, reports on slots, and what follows. */
export function readKeyReply(reply: Reply): KeyReply {
  const [partial, header, slots, unparsable, large, after, rest = []] = reply as readonly [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    readonly Buffer[],
    Buffer,
    (readonly Buffer[])?,
  ];
  const number = (i: number): number => header.readDoubleLE(8 * i);
  const [unsettled, largeSlots]: [number[], { slot: number; keys: number }[]] = [[], []];
  // Pairs: a slot, and its number of keys; or negative: how many slots from there on are not settled here.
  for (let at = 0; at < slots.length; at += 8) {
    const [slot, keys] = [slots.readInt32LE(at), slots.readInt32LE(at + 4)];
    for (let i = 0; i < -keys; i++) unsettled.push(slot + i);
    if (keys >= 0) largeSlots.push({ slot, keys });
  }
  const largeKeys: LargeKey[] = [];
  for (let i = 0; i + 1 < large.length; i += 2) {
    largeKeys.push({ key: Buffer.from(large[i] as Buffer), members: Number(large[i + 1]) });
  }
  return {
    partial,
    microseconds: number(0),
    next: number(1),
    enumerated: number(2),
    keys: number(3),
    rows: number(4),
    otherType: number(5),
    unparsable: number(6),
    ...(number(6) > 0 && { firstUnparsable: { key: Buffer.from(unparsable), column: number(7) } }),
    unsettled,
    largeSlots,
    largeKeys,
    // Copied: they may be views of what the socket read.
    rest: rest.map((name) => Buffer.from(name)),
    slice: { members: number(8), next: number(1), after: Buffer.from(after) },
  };
}
