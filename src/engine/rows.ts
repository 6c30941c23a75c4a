/** Rows of one source after the other, in the order of the sources or in one that is asked for. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import type { Physical } from '../expr/typed.js';
import type { OrderBy, RowsRelation } from '../plan/relation.js';
import { rowSpec } from '../plan/rows-spec.js';
import type { TableSnapshot } from '../storage/types.js';
import { compareBy } from './compare.js';
import { type Columns, isLocal } from './local-table.js';
import type { RunOptions } from './options.js';
import { orderWay, SORT_MEMORY } from './order-way.js';
import type { Receipt } from './receipt.js';
import { numberedRows } from './scan.js';
import type { RowWork } from './scan-spec.js';
import { sortedBatches } from './sort.js';
import { mergeRuns, type SortedBatch } from './sort-runs.js';
import { topRows } from './top.js';

/** Relation and sources, one a part. */
export interface RowsRun {
  readonly relation: RowsRelation;
  readonly snapshots: readonly TableSnapshot[];
}

/** A part of a relation, ready to be run. */
interface PartWork extends RowWork {
  readonly order: readonly OrderBy[];
}

/** @returns the receipts of the passes over tables */
export async function* runRows(
  link: ClusterLink,
  { relation, snapshots }: RowsRun,
  options: RunOptions,
  context: CallContext,
): AsyncGenerator<Columns, readonly Receipt[]> {
  const works = relation.parts.map((part, i): PartWork => {
    const order = relation.order[i] ?? [];
    const keys = order.map(({ expr }) => expr);
    return {
      link,
      spec: rowSpec(part, relation.outputs, keys, snapshots[i] as TableSnapshot),
      options,
      context,
      order,
    };
  });
  const { offset, count } = relation;
  if (works.every(({ order }) => order.length === 0)) return yield* inTurn(works, relation);
  const most = count === undefined ? undefined : offset + count;
  const few = works.every(
    ({ spec, order }) => orderWay(spec, { order, most, side: options.side, parts: works.length }) === 'heap',
  );
  return yield* few && count !== undefined ? first(works, { offset, count }) : sorted(works, relation);
}

const isStored = ({ spec }: PartWork): boolean => !isLocal(spec.snapshot);

async function* inTurn(
  works: readonly PartWork[],
  { offset, count }: RowsRelation,
): AsyncGenerator<Columns, readonly Receipt[]> {
  const receipts: Receipt[] = [];
  let [skip, left] = [offset, count];
  for (const work of works) {
    const batches = numberedRows(work, { offset: skip, limit: left });
    let step = await batches.next();
    for (; !step.done; step = await batches.next()) {
      if (left !== undefined) left -= step.value[0]?.length ?? 0;
      yield step.value;
    }
    const { receipt, skipped } = step.value;
    skip -= skipped;
    if (isStored(work)) receipts.push(receipt);
  }
  return receipts;
}

/** Few rows from the start of an order: the first rows of each part, merged. */
async function* first(
  works: readonly PartWork[],
  { offset, count }: { readonly offset: number; readonly count: number },
): AsyncGenerator<Columns, readonly Receipt[]> {
  const [only] = works;
  if (works.length === 1 && only !== undefined) {
    const { columns, keys, receipt } = await topRows(only, only.order, { offset, limit: count });
    if (keys.length > 0) yield columns;
    return isStored(only) ? [receipt] : [];
  }
  const receipts: Receipt[] = [];
  const batches: SortedBatch[] = [];
  for (const work of works) {
    const { columns, keys, receipt } = await topRows(work, work.order, { limit: offset + count });
    batches.push({ columns, keys: work.order.map((_, k) => keys.map((entry) => entry.keys[k] as Physical)) });
    if (isStored(work)) receipts.push(receipt);
  }
  yield* cut(mergeRuns(batches.map(once), comparisons(works)), { offset, count });
  return receipts;
}

/** All rows in an order. */
async function* sorted(
  works: readonly PartWork[],
  range: { readonly offset: number; readonly count: number | undefined },
): AsyncGenerator<Columns, readonly Receipt[]> {
  const receipts: Receipt[] = [];
  const memory = SORT_MEMORY / works.length;
  const most = range.count === undefined ? undefined : range.offset + range.count;
  const runs = works.map((work) =>
    noting(sortedBatches(work, work.order, { memory, ...(most !== undefined && { most }) }), (receipt) => {
      if (isStored(work)) receipts.push(receipt);
    }),
  );
  const [only] = runs;
  const merged = runs.length === 1 && only !== undefined ? only : mergeRuns(runs, comparisons(works));
  yield* cut(merged, range);
  return receipts;
}

const comparisons = (works: readonly PartWork[]) => (works[0]?.order ?? []).map(compareBy);

async function* once(batch: SortedBatch): AsyncGenerator<SortedBatch, void> {
  yield batch;
}

/** The batches of a part, whose receipt is noted at the end. */
async function* noting(
  batches: AsyncGenerator<SortedBatch, Receipt>,
  note: (receipt: Receipt) => void,
): AsyncGenerator<SortedBatch, void> {
  note(yield* batches);
}

async function* cut(
  batches: AsyncGenerator<SortedBatch, void>,
  { offset, count }: { readonly offset: number; readonly count: number | undefined },
): AsyncGenerator<Columns, void> {
  let [skip, left] = [offset, count ?? Number.POSITIVE_INFINITY];
  for await (const { columns } of batches) {
    const rows = columns[0]?.length ?? 0;
    const [from, to] = [Math.min(skip, rows), Math.min(rows, skip + left)];
    skip -= from;
    left -= to - from;
    if (to > from) yield from === 0 && to === rows ? columns : columns.map((column) => column.slice(from, to));
    // What is left is run to its end all the same: the receipt accounts for all of it.
  }
}
