/** Writes over keys, bound to their source: all that can be wrong with one is found here, before anything is sent. */

import { ShardfoldError } from '../../errors.js';
import { columnsOf, type TypedExpr } from '../../expr/typed.js';
import { lower } from '../lower.js';
import type { NamedExpr, PlanNode } from '../nodes.js';
import { bindAssignments } from './assignments.js';
import { rowsOfKeys } from './order.js';
import type { KeyKind, KeyOrigin, KeySource } from './source.js';
import type { KeyAction, KeyWrite } from './write-spec.js';

/** What is to be done, as an app says it. */
export type AskedAction =
  | { readonly do: 'update'; readonly columns: readonly NamedExpr[]; readonly updateId: string | undefined }
  | { readonly do: 'delete' }
  | { readonly do: 'expire'; readonly seconds: number };

/** A thousand years: times beyond are those of nobody. */
export const LONGEST_SECONDS = 1000 * 366 * 86_400;

const invalid = (message: string, hint: string): ShardfoldError =>
  new ShardfoldError('INVALID_ARGUMENT', message, { hint });

/**
 * @param prefix of the keys of tables: who does not mean them shall not lose them
 * @throws INVALID_ARGUMENT, UNKNOWN_COLUMN, TYPE_MISMATCH, CAST_FAILED
 */
export function bindWrite(plan: PlanNode, asked: AskedAction, prefix: string): KeyWrite {
  checkSteps(plan, asked.do);
  const relation = lower(plan, new Map());
  const part = relation.kind === 'rows' ? rowsOfKeys(relation) : undefined;
  if (part === undefined) throw new TypeError('keys and filters that are no rows of keys');
  const { keys } = part.source;
  const { filter } = part;
  const spared = keys.pattern.startsWith(`${prefix}:`) ? undefined : `${prefix}:{`;
  if (asked.do === 'update') {
    if (keys.kind !== 'hashes') {
      throw invalid(
        `update() of ${keys.kind}`,
        "fields are those of hashes: sf.hashes('order:*', { … }).update({ … })",
      );
    }
    const { source, ...action } = bindAssignments(keys, part.scope, asked);
    return { source, type: undefined, filter, spared, action: { do: 'update', ...action } };
  }
  const action: KeyAction = asked.do === 'delete' ? { do: 'delete' } : { do: 'expire', seconds: asked.seconds };
  return { ...wholeKeys(keys, filter, asked.do), filter, spared, action };
}

/** Steps after which a row is still a key of its own. */
function checkSteps(plan: PlanNode, step: AskedAction['do']): void {
  if (plan.kind === 'keys') return;
  if (plan.kind === 'filter' || plan.kind === 'withColumns') {
    checkSteps(plan.input, step);
    return;
  }
  throw invalid(
    `${step}() after ${plan.kind === 'deferred' ? 'SQL' : plan.kind}`,
    `only filter() and withColumns() may stand before it: sf.hashes('order:*', { … }).filter(…).${step}(…)`,
  );
}

/** What the rows of a kind are within its keys; such keys are told by their type alone. */
const TYPES: Partial<Record<KeyKind, string>> = { zset: 'zset', list: 'list', set: 'set', packed: 'string' };
const OF_MEMBERS: readonly KeyOrigin['of'][] = ['member', 'score', 'element', 'index'];

function wholeKeys(
  source: KeySource,
  filter: TypedExpr | undefined,
  step: 'delete' | 'expire',
): Pick<KeyWrite, 'source' | 'type'> {
  const name = TYPES[source.kind];
  if (name === undefined) return { source, type: undefined };
  for (const index of filter === undefined ? [] : columnsOf(filter)) {
    const column = source.columns[index];
    if (column === undefined || !OF_MEMBERS.includes(column.from.of)) continue;
    throw invalid(
      `${step}() is of whole keys, and column "${column.name}" is of what is in them`,
      'filter by key, ttl, type, memory, slot or shard',
    );
  }
  const column = source.columns.findIndex(({ from }) => from.of === 'type');
  return { source: { ...source, kind: 'keys' }, type: { name, column } };
}
