/** A query run to its end against the newest versions of its tables. */

import { countRetry } from '../cluster/context.js';
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError, showValue } from '../errors.js';
import type { Physical } from '../expr/typed.js';
import { lower, type Tables } from '../plan/lower.js';
import { type PlanNode, tablesOf } from '../plan/nodes.js';
import type { Output, Relation } from '../plan/relation.js';
import { openTable } from '../storage/catalog.js';
import { fromPhysical, type LogicalValue } from '../storage/schema.js';
import type { ColumnType } from '../storage/types.js';
import { checkOptions } from './check-options.js';
import { execute } from './execute.js';
import type { Columns } from './local-table.js';
import { COLLECT_OPTIONS, type CollectOptions, type RunOptions } from './options.js';
import type { Receipt } from './receipt.js';

export type ResultRow = Record<string, LogicalValue | null>;

/** Rows, and behind `receipt` what they account for and cost. */
export type Rows<Row = ResultRow> = Row[] & { readonly receipt: Receipt };

/** A version that is collected while it is read is read again in its successor, so many times. */
const MAX_VERSIONS = 5;
const MAX_IN_FLIGHT = 64;

/** The newest versions of all tables of a plan. @throws TABLE_NOT_FOUND */
export async function openTables(link: ClusterLink, plan: PlanNode, context: CallContext): Promise<Tables> {
  const names = [...tablesOf(plan)];
  const snapshots = await Promise.all(names.map((name) => openTable(link, name, context)));
  return new Map(names.map((name, i) => [name, snapshots[i] as (typeof snapshots)[number]]));
}

export async function collectQuery(link: ClusterLink, plan: PlanNode, options: CollectOptions): Promise<Rows> {
  const rows: ResultRow[] = [];
  const batches = streamQuery(link, plan, options);
  let step = await batches.next();
  for (; !step.done; step = await batches.next()) {
    const { outputs, columns } = step.value;
    const row = rowMaker(outputs);
    const count = columns[0]?.length ?? 0;
    for (let i = 0; i < count; i++) rows.push(row((column) => columns[column]?.[i] ?? null));
  }
  return Object.defineProperty(rows, 'receipt', { value: step.value }) as Rows;
}

interface ResultBatch {
  readonly outputs: readonly Output[];
  readonly columns: Columns;
}

/** Batches of a query's result. A version that is collected before the first of them came is read again in its successor. */
export async function* streamQuery(
  link: ClusterLink,
  plan: PlanNode,
  options: CollectOptions,
): AsyncGenerator<ResultBatch, Receipt> {
  checkOptions(options, COLLECT_OPTIONS);
  const context = link.context({
    ...(options.timeout !== undefined && { timeoutMs: options.timeout }),
    ...(options.signal && { signal: options.signal }),
  });
  const run = runOptions(options);
  let started = false;
  for (let version = 1; ; version++) {
    try {
      const relation: Relation = lower(plan, await openTables(link, plan, context));
      const { outputs, batches } = execute(link, relation, run, context);
      const source = batches();
      let step = await source.next();
      for (; !step.done; step = await source.next()) {
        started = true;
        yield { outputs, columns: step.value };
      }
      return step.value;
    } catch (error) {
      const collected = error instanceof ShardfoldError && error.code === 'VERSION_COLLECTED';
      if (!collected || started || version === MAX_VERSIONS) throw error;
      countRetry(context.tally, 'VERSION_COLLECTED');
    }
  }
}

function rowMaker(outputs: readonly { name: string; type: ColumnType }[]) {
  // Assigning to this name would set the prototype, and the column would be lost.
  const hidden = outputs.some(({ name }) => name === '__proto__');
  return (value: (column: number) => Physical): ResultRow => {
    if (hidden) return Object.fromEntries(outputs.map(({ name, type }, i) => [name, logical(type, value(i))]));
    const row: ResultRow = {};
    outputs.forEach(({ name, type }, column) => {
      row[name] = logical(type, value(column));
    });
    return row;
  };
}

function logical(type: ColumnType, value: Physical): LogicalValue | null {
  if (value === null) return null;
  return fromPhysical(type, typeof value === 'string' ? Buffer.from(value, 'latin1').toString('utf8') : value);
}

/** Checks what came from outside and fills in the rest. */
export function runOptions(options: CollectOptions): RunOptions {
  const { side = 'auto', maxInFlight = 2, sliceUnits, onProgress } = options;
  if (!['auto', 'shards', 'client'].includes(side)) {
    throw new ShardfoldError('INVALID_ARGUMENT', `side is ${showValue(side)}`, {
      hint: "one of 'auto', 'shards', 'client'",
    });
  }
  if (!Number.isInteger(maxInFlight) || maxInFlight < 1 || maxInFlight > MAX_IN_FLIGHT) {
    throw new ShardfoldError('INVALID_ARGUMENT', `maxInFlight is ${showValue(maxInFlight)}`, {
      hint: `from 1 to ${MAX_IN_FLIGHT}; 2 is gentle on others`,
    });
  }
  if (sliceUnits !== undefined && ![1, 2, 4, 8].includes(sliceUnits)) {
    throw new ShardfoldError('INVALID_ARGUMENT', `sliceUnits is ${showValue(sliceUnits)}`, { hint: '1, 2, 4 or 8' });
  }
  return { side, maxInFlight, sliceUnits, onProgress };
}
