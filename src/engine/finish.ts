/** From the merged states of groups to rows. */

import type { ResultValue } from '../aggregates/index.js';
import { ShardfoldError } from '../errors.js';
import type { AggregateOutput, FoldPlan } from '../plan/fold-plan.js';
import type { GroupLayout, Groups } from './groups.js';
import type { KeyColumn } from './key-index.js';
import { orderByKeys } from './key-order.js';
import type { Columns } from './local-table.js';
import { StateReader } from './state-layout.js';

/** Rows of a batch. */
const BATCH_ROWS = 8192;

/** Batches of rows, ordered by the keys: the same rows in the same order at every run. @throws NUMERIC_OVERFLOW, OUT_OF_RANGE */
export function* finishGroups(
  { outputs }: FoldPlan,
  layout: GroupLayout,
  merged: Groups | undefined,
): Generator<Columns, void> {
  const isGrouped = outputs.some(({ kind }) => kind === 'key');
  const groups = merged ?? (isGrouped ? undefined : layout.single());
  if (groups === undefined) return;
  const { index, states } = layout;
  const ids = groups.ids.subarray(0, groups.rows);
  const order = orderByKeys(index.columns, ids);
  for (let from = 0; from < order.length; from += BATCH_ROWS) {
    const batch = order.subarray(from, from + BATCH_ROWS);
    const reader = new StateReader(states, groups.columns, batch);
    yield outputs.map((output): ResultValue[] => {
      if (output.kind === 'aggregate') return finishColumn(output, reader, batch.length);
      const column = index.columns[output.key] as KeyColumn;
      return tabulate(batch.length, (row) => column.at(ids[batch[row] as number] as number));
    });
  }
}

function finishColumn({ name, aggregate }: AggregateOutput, reader: StateReader, rows: number): ResultValue[] {
  try {
    return tabulate(rows, (row) => aggregate.finish(reader.of(row)));
  } catch (error) {
    if (!(error instanceof ShardfoldError)) throw error;
    throw new ShardfoldError(error.code, `column "${name}": ${error.message}`, {
      ...(error.hint && { hint: error.hint }),
      cause: error,
    });
  }
}

/** Quicker than an iterator. */
function tabulate(rows: number, value: (row: number) => ResultValue): ResultValue[] {
  const out = new Array<ResultValue>(rows);
  for (let row = 0; row < rows; row++) out[row] = value(row);
  return out;
}
