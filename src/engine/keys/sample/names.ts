/**
 * Which keys are looked at: the first ones by slot and name, so that the same keys say the same each time, on however many shards they lie.
 * Slots are as good as drawn by chance, for they are hashes of names. They are read whole, more of them each time, until there are enough.
 */

import { slotOf } from '../../../cluster/slots.js';
import type { CallContext, ClusterLink } from '../../../cluster/types.js';
import type { ComparisonOp, ExprNode } from '../../../expr/nodes.js';
import { makeKeySource } from '../../../plan/keys/make-source.js';
import { lower } from '../../../plan/lower.js';
import type { PlanNode } from '../../../plan/nodes.js';
import { execute } from '../../execute.js';
import { runOptions } from '../../options.js';
import { drain } from '../../results/source.js';
import { slotsOfPattern } from '../pattern-slots.js';
import type { SlotRange } from '../receipt.js';

export interface Named {
  readonly key: Buffer;
  /** As TYPE says it. */
  readonly type: string;
}

export interface SampleOptions {
  readonly pattern: string;
  /** How many keys to look at. */
  readonly count: number;
  /** Keys of one type alone. */
  readonly type?: string;
}

/** Slots are as large as their keys let them be: where one query would give more names than this, whichever come first are taken. */
export const MOST_NAMES = 20_000;
/** How many times as many slots are read next, at least and at most. */
const [LEAST_GROWTH, MOST_GROWTH] = [2, 32];

/**
 * Keys in the order of their slots and names; more than are asked for, unless there are no more. A server without cluster mode has no
 * slots, and gives the first ones of its SCAN: they change when it grows or starts again. So do those of a slot with more than `MOST_NAMES`.
 */
export async function sampledNames(
  link: ClusterLink,
  options: SampleOptions,
  context: CallContext,
): Promise<readonly Named[]> {
  const { pattern, count } = options;
  const [[first, last]] = slotsOfPattern(pattern) as readonly [SlotRange];
  if (!link.isCluster) return namesIn(link, options, context);
  const names: Named[] = [];
  let next = first;
  for (let step = 1; next <= last && names.length <= count; ) {
    const to = Math.min(next + step - 1, last);
    names.push(...(await namesIn(link, options, context, [next, to])).toSorted(bySlotAndName));
    next = to + 1;
    const wanted = (1.5 * (count + 1 - names.length) * next) / names.length;
    step = Math.min(MOST_GROWTH * step, Math.max(LEAST_GROWTH * step, Math.ceil(wanted)));
  }
  return names;
}

const bySlotAndName = (a: Named, b: Named): number => slotOf(a.key) - slotOf(b.key) || Buffer.compare(a.key, b.key);

async function namesIn(
  link: ClusterLink,
  { pattern, count, type }: SampleOptions,
  context: CallContext,
  slots?: SlotRange,
): Promise<Named[]> {
  const conditions = [
    ...(type === undefined ? [] : [compare('type', 'eq', type)]),
    ...(slots === undefined ? [] : [compare('slot', 'gtEq', slots[0]), compare('slot', 'ltEq', slots[1])]),
  ];
  const all: PlanNode = { kind: 'keys', source: makeKeySource({ kind: 'keys', pattern }) };
  const input = conditions.reduce<PlanNode>((rows, predicate) => ({ kind: 'filter', input: rows, predicate }), all);
  const columns = ['key', 'type'].map((name) => ({ name, node: column(name) }));
  const most = count + (slots === undefined ? 1 : MOST_NAMES);
  const plan: PlanNode = { kind: 'slice', input: { kind: 'select', input, columns }, offset: 0, count: most };
  const names: Named[] = [];
  const { batches } = execute(link, lower(plan, new Map()), runOptions({}), context);
  await drain(batches(), ([keys = [], types = []], rows) => {
    for (let i = 0; i < rows; i++) names.push({ key: Buffer.from(String(keys[i]), 'latin1'), type: String(types[i]) });
  });
  return names;
}

const column = (name: string): ExprNode => ({ kind: 'column', name });

const compare = (name: string, op: ComparisonOp, value: string | number): ExprNode => ({
  kind: 'compare',
  op,
  left: column(name),
  right: { kind: 'literal', value },
});
