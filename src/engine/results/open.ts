/** A query on the newest versions of its tables, as a source of results. */

import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import type { Catalog } from '../../plan/catalog.js';
import { settled } from '../../plan/deferred.js';
import { lower, type Tables } from '../../plan/lower.js';
import { type PlanNode, tablesOf } from '../../plan/nodes.js';
import { listTables, openTable } from '../../storage/catalog.js';
import { asRows } from '../../storage/matrix-rows.js';
import type { TableSnapshot } from '../../storage/types.js';
import { checkOptions } from '../check-options.js';
import { execute } from '../execute.js';
import { sampledShape } from '../keys/sample/shape.js';
import { COLLECT_OPTIONS, type CollectOptions, runOptions } from '../options.js';
import type { ResultSource } from './source.js';

/** A plan in which nothing is open any more, and the newest versions of its tables. */
export interface OpenPlan {
  readonly plan: PlanNode;
  readonly tables: Tables;
}

/** A plan that asks for schemas gets those of the versions that it is run on. @throws TABLE_NOT_FOUND */
export async function openPlan(link: ClusterLink, plan: PlanNode, context: CallContext): Promise<OpenPlan> {
  const opened = new Map<string, Promise<TableSnapshot>>();
  const open = (name: string): Promise<TableSnapshot> => {
    const snapshot = opened.get(name) ?? openTable(link, name, context);
    opened.set(name, snapshot);
    return snapshot;
  };
  return openWith({ link, context, open }, plan);
}

/** As `openPlan`, on versions that `open` chooses. */
export async function openWith(
  { link, context, open }: { link: ClusterLink; context: CallContext; open: (name: string) => Promise<TableSnapshot> },
  plan: PlanNode,
): Promise<OpenPlan> {
  const rowsOf = async (name: string): Promise<TableSnapshot> => asRows(await open(name));
  const whole = await settled(plan, catalogOf(rowsOf, link, context));
  const names = [...tablesOf(whole)];
  const snapshots = await Promise.all(names.map(rowsOf));
  return { plan: whole, tables: new Map(names.map((name, i) => [name, snapshots[i] as TableSnapshot])) };
}

function catalogOf(open: (name: string) => Promise<TableSnapshot>, link: ClusterLink, context: CallContext): Catalog {
  return {
    columnsOf: (table) =>
      open(table).then(
        ({ schema }) => schema.map(({ name, type }) => ({ name, type })),
        (error: unknown) => {
          if (error instanceof ShardfoldError && error.code === 'TABLE_NOT_FOUND') return undefined;
          throw error;
        },
      ),
    tables: async () => (await listTables(link, context)).map(({ name }) => name),
    keyColumns: (kind, pattern) => sampledShape(link, kind, pattern, context),
  };
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
    bind: async () => {
      const { plan: whole, tables } = await openPlan(link, plan, context);
      return lower(whole, tables);
    },
    start: (relation) => execute(link, relation, run, context),
  };
}
