/** A query run to its end against the table's newest version. */

import { type CollectedValue, collectedValue, type ResultType, type ResultValue } from '../aggregates/index.js';
import { countRetry } from '../cluster/context.js';
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError, showValue } from '../errors.js';
import { lowerAggregate, lowerScan } from '../plan/lower.js';
import { type Query, tableOf } from '../plan/nodes.js';
import { openTable } from '../storage/catalog.js';
import type { TableSnapshot } from '../storage/types.js';
import { checkOptions } from './check-options.js';
import { runFold } from './fold.js';
import { COLLECT_OPTIONS, type CollectOptions, type RunOptions } from './options.js';
import type { Receipt } from './receipt.js';
import { scanChunks } from './scan.js';

export type ResultRow = Record<string, CollectedValue>;

/** Rows, and behind `receipt` what they account for and cost. */
export type Rows<Row = ResultRow> = Row[] & { readonly receipt: Receipt };

/** A version that is collected while it is read is read again in its successor, so many times. */
const MAX_VERSIONS = 5;
const MAX_IN_FLIGHT = 64;

export async function collectQuery(link: ClusterLink, query: Query, options: CollectOptions): Promise<Rows> {
  checkOptions(options, COLLECT_OPTIONS);
  const context = link.context({
    ...(options.timeout !== undefined && { timeoutMs: options.timeout }),
    ...(options.signal && { signal: options.signal }),
  });
  const run = runOptions(options);
  for (let version = 1; ; version++) {
    try {
      const snapshot = await openTable(link, tableOf(query.input), context);
      return await runOn(link, query, snapshot, run, context);
    } catch (error) {
      const collected = error instanceof ShardfoldError && error.code === 'VERSION_COLLECTED';
      if (!collected || version === MAX_VERSIONS) throw error;
      countRetry(context.tally, 'VERSION_COLLECTED');
    }
  }
}

async function runOn(
  link: ClusterLink,
  query: Query,
  snapshot: TableSnapshot,
  options: RunOptions,
  context: CallContext,
): Promise<Rows> {
  const rows: ResultRow[] = [];
  let receipt: Receipt;
  if (query.kind === 'aggregate') {
    const plan = lowerAggregate(query, snapshot);
    const result = await runFold(link, plan, options, context);
    const row = rowMaker(plan.outputs);
    for (const values of result.rows) rows.push(row((column) => values[column] as ResultValue));
    receipt = result.receipt;
  } else {
    const plan = lowerScan(query, snapshot);
    const row = rowMaker(plan.outputs);
    const chunks = scanChunks(link, plan, options, context);
    let step = await chunks.next();
    for (; !step.done; step = await chunks.next()) {
      const columns = step.value;
      const count = columns[0]?.length ?? 0;
      for (let i = 0; i < count; i++) rows.push(row((column) => columns[column]?.[i] as ResultValue));
    }
    receipt = step.value;
  }
  return Object.defineProperty(rows, 'receipt', { value: receipt }) as Rows;
}

function rowMaker(outputs: readonly { name: string; type: ResultType }[]) {
  // Assigning to this name would set the prototype, and the column would be lost.
  const hidden = outputs.some(({ name }) => name === '__proto__');
  return (value: (column: number) => ResultValue): ResultRow => {
    if (hidden) return Object.fromEntries(outputs.map(({ name, type }, i) => [name, collectedValue(type, value(i))]));
    const row: ResultRow = {};
    outputs.forEach(({ name, type }, column) => {
      row[name] = collectedValue(type, value(column));
    });
    return row;
  };
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
