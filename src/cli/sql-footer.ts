/** The line under a result: how much was read for it, and how long that took. */

import type { KeysReceipt } from '../engine/keys/receipt.js';
import type { Receipt } from '../engine/receipt.js';
import { formatBytes, formatCount, formatCounted, formatMs } from './units.js';

/** `(3 rows, 9 of 47 chunks, 12.7 kB received, 42 ms)` */
export function footerText(rows: number, receipt: Receipt, ms: number): string {
  const { chunks, keys = [], bytesReceived } = receipt;
  const parts = [
    formatCounted(rows, 'row'),
    ...(keys.length === 0 || chunks.expected > 0 ? [chunksText(chunks)] : []),
    ...(keys.length > 0 ? [keysText(keys)] : []),
    `${formatBytes(bytesReceived)} received`,
    formatMs(ms),
  ];
  return `(${parts.join(', ')})`;
}

function chunksText({ expected, computed, pruned, notNeeded, fromManifest }: Receipt['chunks']): string {
  const spared = pruned + notNeeded + fromManifest;
  return spared === 0
    ? formatCounted(expected, 'chunk')
    : `${formatCount(computed)} of ${formatCounted(expected, 'chunk')}`;
}

function keysText(keys: readonly KeysReceipt[]): string {
  const matched = keys.reduce((sum, each) => sum + each.keys.matched, 0);
  const slots = keys.reduce((sum, each) => sum + each.slots.visited, 0);
  return slots === 0
    ? formatCounted(matched, 'key')
    : `${formatCounted(matched, 'key')} in ${formatCounted(slots, 'slot')}`;
}

/** What a result leaves out or reads as null: to be told beside it, a line each. */
export function keysNotes({ keys = [] }: Receipt): string[] {
  return keys.flatMap(({ source, unparsable: { count, first }, slots: { missing = [] }, keys: { otherType } }) => {
    const lines: string[] = [];
    if (count > 0) {
      const of =
        first === undefined ? '' : `, the first in column "${first.column}" of key ${JSON.stringify(first.key)}`;
      lines.push(`${source}: ${formatCounted(count, 'value')} could not be read and count as null${of}`);
    }
    if (otherType > 0) lines.push(`${source}: ${formatCounted(otherType, 'key')} of another type passed over`);
    if (missing.length > 0) {
      const ranges = missing.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
      lines.push(`${source}: NOT WHOLE: what slots ${ranges} hold is missing`);
    }
    return lines;
  });
}
