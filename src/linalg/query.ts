/** Queries over the column of a vector: what the engine computes is not computed here a second time. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { execute } from '../engine/execute.js';
import { runOptions } from '../engine/options.js';
import { writeInto } from '../engine/results/into.js';
import { collectRows, type ResultRow } from '../engine/results/rows.js';
import type { ResultSource } from '../engine/results/source.js';
import { type AggregateExpr, col } from '../expr/expr.js';
import { lower } from '../plan/lower.js';
import type { NamedExpr, PlanNode } from '../plan/nodes.js';
import { aggregatePlan } from '../plan/split-aggregates.js';
import type { TableSnapshot } from '../storage/types.js';
import { checkReplaceable, openVector } from './open.js';
import { contextOf, type VectorOptions, type VectorWriteOptions, WRITE_OPTIONS } from './run.js';

/** The values of a vector, in expressions. */
export const value = col('value');

/** Makes the plan of a query; what is wrong with the vector or the arguments is said here, before anything is read. */
type PlanOf = (scan: PlanNode, home: TableSnapshot) => PlanNode;

/** A query over the newest version of a vector. */
export function vectorSource(
  link: ClusterLink,
  name: string,
  { options, context }: { readonly options: VectorOptions; readonly context: CallContext },
  planOf: PlanOf,
): ResultSource {
  const run = runOptions(options);
  return {
    context,
    run,
    bind: async () => {
      const home = await openVector(link, name, context);
      return lower(planOf({ kind: 'scan', table: name }, home), new Map([[name, home]]));
    },
    start: (relation) => execute(link, relation, run, context),
  };
}

/** A query over one version of a vector. */
export function pinnedSource(
  link: ClusterLink,
  home: TableSnapshot,
  { options, context }: { readonly options: VectorOptions; readonly context: CallContext },
  plan: (scan: PlanNode) => PlanNode,
): ResultSource {
  const run = runOptions(options);
  const tables = new Map([[home.name, home]]);
  return {
    context,
    run,
    bind: async () => lower(plan({ kind: 'scan', table: home.name }), tables),
    start: (relation) => execute(link, relation, run, context),
  };
}

/** Aggregates of all rows, by name. */
export function aggregating(scan: PlanNode, aggregates: Readonly<Record<string, AggregateExpr>>): PlanNode {
  return aggregatePlan(
    scan,
    [],
    Object.entries(aggregates).map(([name, { node }]): NamedExpr => ({ name, node })),
  );
}

/** @param aggregatesOf aggregates by name, for the version that is read @returns their values, null where there are no values to tell them from */
export async function aggregate(
  link: ClusterLink,
  name: string,
  options: VectorOptions,
  aggregatesOf: (home: TableSnapshot) => Readonly<Record<string, AggregateExpr>>,
): Promise<ResultRow> {
  const how = { options, context: contextOf(link, options) };
  const source = vectorSource(link, name, how, (scan, home) => aggregating(scan, aggregatesOf(home)));
  const rows = await collectRows(source);
  options.onReceipt?.(rows.receipt);
  return rows[0] as ResultRow;
}

/** Writes the rows of a query as a vector, beside the one that they come from. */
export async function writeQuery(
  link: ClusterLink,
  { name, into }: { readonly name: string; readonly into: string },
  options: VectorWriteOptions,
  planOf: PlanOf,
): Promise<void> {
  const context = contextOf(link, options, WRITE_OPTIONS);
  const source = vectorSource(link, name, { options, context }, planOf);
  if (into !== name) await checkReplaceable(link, into, context);
  const { waitReplicas, graceMs } = options;
  const { receipt } = await writeInto(link, source, into, {
    mode: 'replace',
    // In place, too: its chunks may be of different lengths, and others lie beside them.
    alignWith: name,
    ...(waitReplicas !== undefined && { waitReplicas }),
    ...(graceMs !== undefined && { graceMs }),
  });
  options.onReceipt?.(receipt);
}
