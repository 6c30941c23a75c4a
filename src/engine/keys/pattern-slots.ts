/** Where keys that match a pattern, and pass a filter, may lie. */

import { SLOTS, slotOf } from '../../cluster/slots.js';
import { conjuncts } from '../../expr/conditions.js';
import type { ComparisonOp } from '../../expr/nodes.js';
import type { TypedExpr } from '../../expr/typed.js';
import { constantTag } from '../../plan/keys/glob.js';
import type { KeySource } from '../../plan/keys/source.js';
import type { SlotRange } from './receipt.js';
import { rangesOf } from './slot-book.js';

const EVERY_SLOT = Array.from({ length: SLOTS }, (_, slot) => slot);

const slotOfText = (text: string): number => slotOf(Buffer.from(text, 'latin1'));

/** Slots that keys matching the glob may lie in, as inclusive ranges: one slot where it fixes the key or its hash tag, else all. */
export function slotsOfPattern(pattern: string): readonly SlotRange[] {
  const tag = constantTag(pattern);
  if (tag === undefined) return [[0, SLOTS - 1]];
  const slot = slotOfText(tag);
  return [[slot, slot]];
}

/** As `slotsOfPattern`, without slots that a filter rules out: by the column `slot`, or by keys that it names. */
export function slotsToRead({ pattern, columns }: KeySource, filter: TypedExpr | undefined): readonly SlotRange[] {
  const allowed = new Uint8Array(SLOTS);
  for (const [from, to] of slotsOfPattern(pattern)) allowed.fill(1, from, to + 1);
  for (const condition of conjuncts(filter)) {
    const mayHold = slotsWhere(condition, columns);
    if (mayHold === undefined) continue;
    for (let slot = 0; slot < SLOTS; slot++) if (allowed[slot] === 1 && !mayHold(slot)) allowed[slot] = 0;
  }
  return rangesOf(EVERY_SLOT.filter((slot) => allowed[slot] === 1));
}

/** Whether a condition may hold in a slot; undefined for conditions that tell nothing of slots. */
function slotsWhere(condition: TypedExpr, columns: KeySource['columns']): ((slot: number) => boolean) | undefined {
  if (condition.kind !== 'compare' && condition.kind !== 'isIn') return undefined;
  const read = condition.kind === 'compare' ? condition.left : condition.arg;
  const of = read.kind === 'column' ? columns[read.index]?.from.of : undefined;
  if (of !== 'slot' && of !== 'key') return undefined;
  if (condition.kind === 'isIn') {
    const slots = new Set(condition.values.map((value) => (of === 'key' ? slotOfText(value as string) : value)));
    return (slot) => slots.has(slot);
  }
  const { op, right } = condition;
  if (right.kind !== 'literal' || right.value === null) return undefined;
  if (of === 'slot') return (slot) => HOLDS[op](slot, right.value as number);
  const only = op === 'eq' ? slotOfText(right.value as string) : undefined;
  return only === undefined ? undefined : (slot) => slot === only;
}

const HOLDS: Readonly<Record<ComparisonOp, (slot: number, value: number) => boolean>> = {
  eq: (slot, value) => slot === value,
  neq: (slot, value) => slot !== value,
  lt: (slot, value) => slot < value,
  ltEq: (slot, value) => slot <= value,
  gt: (slot, value) => slot > value,
  gtEq: (slot, value) => slot >= value,
};
