/** A query on the newest versions of its tables, as a source of results. */

import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { lower, type Tables } from '../../plan/lower.js';
import { type PlanNode, tablesOf } from '../../plan/nodes.js';
import { openTable } from '../../storage/catalog.js';
import { checkOptions } from '../check-options.js';
import { execute } from '../execute.js';
import { COLLECT_OPTIONS, type CollectOptions, runOptions } from '../options.js';
import type { ResultSource } from './source.js';

/** The newest versions of all tables of a plan. @throws TABLE_NOT_FOUND */
export async function openTables(link: ClusterLink, plan: PlanNode, context: CallContext): Promise<Tables> {
  const names = [...tablesOf(plan)];
  const snapshots = await Promise.all(names.map((name) => openTable(link, name, context)));
  return new Map(names.map((name, i) => [name, snapshots[i] as (typeof snapshots)[number]]));
}

/** @throws INVALID_ARGUMENT for options that are none, or wrong */
export function sourceOf(link: ClusterLink, plan: PlanNode, options: CollectOptions): ResultSource {
  checkOptions(options, COLLECT_OPTIONS);
  const run = runOptions(options);
  const context = link.context({
    ...(options.timeout !== undefined && { timeoutMs: options.timeout }),
    ...(options.signal && { signal: options.signal }),
  });
  return {
    context,
    run,
    bind: async () => lower(plan, await openTables(link, plan, context)),
    start: (relation) => execute(link, relation, run, context),
  };
}
