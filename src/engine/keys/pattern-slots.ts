/** Where keys that match a pattern may lie. */

import { SLOTS, slotOf } from '../../cluster/slots.js';
import { constantTag } from '../../plan/keys/glob.js';

/** Slots that keys matching the glob may lie in, as inclusive ranges: one slot where it fixes the key or its hash tag, else all. */
export function slotsOfPattern(pattern: string): readonly (readonly [number, number])[] {
  const tag = constantTag(pattern);
  if (tag === undefined) return [[0, SLOTS - 1]];
  const slot = slotOf(Buffer.from(tag, 'latin1'));
  return [[slot, slot]];
}
