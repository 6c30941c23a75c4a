/** Rows of one source after the other, in the order of the sources or in one that is asked for. */

import type { ResultValue } from '../aggregates/index.js';
import type { CallContext, ClusterLink } from '../cluster/types.js';
import type { Physical } from '../expr/typed.js';
import type { OrderBy, RowsRelation } from '../plan/relation.js';
import { rowSpec } from '../plan/rows-spec.js';
import type { TableSnapshot } from '../storage/types.js';
import { compareBy } from './compare.js';
import { type Columns, isLocal } from './local-table.js';
import type { RunOptions } from './options.js';
import type { Receipt } from './receipt.js';
import { numberedRows, scanRows } from './scan.js';

/** Relation and sources, one a part. */
export interface RowsRun {
  readonly relation: RowsRelation;
  readonly snapshots: readonly TableSnapshot[];
}

/** @returns the receipts of the passes over tables */
export async function* runRows(
  link: ClusterLink,
  run: RowsRun,
  options: RunOptions,
  context: CallContext,
): AsyncGenerator<Columns, readonly Receipt[]> {
  const ordered = run.relation.order.some((order) => order.length > 0);
  return yield* ordered ? sorted(link, run, options, context) : inTurn(link, run, options, context);
}

async function* inTurn(
  link: ClusterLink,
  { relation, snapshots }: RowsRun,
  options: RunOptions,
  context: CallContext,
): AsyncGenerator<Columns, readonly Receipt[]> {
  const receipts: Receipt[] = [];
  let [skip, left] = [relation.offset, relation.count];
  for (const [i, part] of relation.parts.entries()) {
    const snapshot = snapshots[i] as TableSnapshot;
    const spec = rowSpec(part, relation.outputs, [], snapshot);
    const batches = numberedRows({ link, spec, options, context }, { offset: skip, limit: left });
    let step = await batches.next();
    for (; !step.done; step = await batches.next()) {
      if (left !== undefined) left -= step.value[0]?.length ?? 0;
      yield step.value;
    }
    const { receipt, skipped } = step.value;
    skip -= skipped;
    if (!isLocal(snapshot)) receipts.push(receipt);
  }
  return receipts;
}

const BATCH_ROWS = 8192;

/** All rows with what they are ordered by, sorted here. */
async function* sorted(
  link: ClusterLink,
  { relation, snapshots }: RowsRun,
  options: RunOptions,
  context: CallContext,
): AsyncGenerator<Columns, readonly Receipt[]> {
  const receipts: Receipt[] = [];
  const width = relation.outputs.length;
  const depth = relation.order[0]?.length ?? 0;
  const columns: ResultValue[][] = Array.from({ length: width + depth }, () => []);
  for (const [i, part] of relation.parts.entries()) {
    const snapshot = snapshots[i] as TableSnapshot;
    const order = relation.order[i] as readonly OrderBy[];
    const keys = order.map(({ expr }, key) => ({ name: `key ${key}`, type: 'float64' as const, expr }));
    const spec = rowSpec(
      part,
      relation.outputs,
      order.map(({ expr }) => expr),
      snapshot,
    );
    const outputs = [...spec.outputs, ...keys];
    const batches = scanRows(link, { ...spec, outputs }, { offset: 0, limit: undefined }, options, context);
    let step = await batches.next();
    for (; !step.done; step = await batches.next()) {
      step.value.forEach((values, column) => {
        for (const value of values) columns[column]?.push(value);
      });
    }
    if (!isLocal(snapshot)) receipts.push(step.value);
  }
  const compare = (relation.order[0] as readonly OrderBy[]).map(compareBy);
  const keys = columns.slice(width);
  const places = Uint32Array.from(columns[0] ?? [], (_, row) => row).sort((a, b) => {
    for (const [key, by] of compare.entries()) {
      const found = by((keys[key]?.[a] ?? null) as Physical, (keys[key]?.[b] ?? null) as Physical);
      if (found !== 0) return found;
    }
    return a - b;
  });
  const wanted = places.subarray(
    relation.offset,
    relation.count === undefined ? undefined : relation.offset + relation.count,
  );
  for (let from = 0; from < wanted.length; from += BATCH_ROWS) {
    const batch = [...wanted.subarray(from, from + BATCH_ROWS)];
    yield columns.slice(0, width).map((values) => batch.map((row) => values[row] ?? null));
  }
  return receipts;
}
