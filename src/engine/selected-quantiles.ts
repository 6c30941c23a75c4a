/** Quantiles of a whole table, found by selection beside a fold of the other aggregates. */

import type { Physical } from '../expr/typed.js';
import { rowSpec } from '../plan/rows-spec.js';
import type { SelectedQuantile } from '../plan/selected-quantiles.js';
import type { TableSnapshot } from '../storage/types.js';
import type { Receipt } from './receipt.js';
import type { RowWork } from './scan-spec.js';
import { quantiles } from './selection.js';

/** Quantiles of one expression over the same rows, which share their passes. */
type Shared = readonly SelectedQuantile[];

/** @returns the values by the place of their output, and the receipts of the passes */
export async function selectQuantiles(
  selected: readonly SelectedQuantile[],
  snapshot: TableSnapshot,
  work: Omit<RowWork, 'spec'>,
): Promise<{ readonly values: ReadonlyMap<number, Physical>; readonly receipts: readonly Receipt[] }> {
  const values = new Map<number, Physical>();
  const receipts: Receipt[] = [];
  for (const shared of together(selected)) {
    const { part, expr } = shared[0] as SelectedQuantile;
    const spec = rowSpec(part, [], [expr], snapshot);
    const found = await quantiles(
      { ...work, spec },
      expr,
      shared.map(({ q }) => q),
    );
    shared.forEach(({ output }, i) => void values.set(output, found.values[i] as Physical));
    receipts.push(found.receipt);
  }
  return { values, receipts };
}

function together(selected: readonly SelectedQuantile[]): readonly Shared[] {
  const shared = new Map<string, SelectedQuantile[]>();
  for (const each of selected) {
    // JSON knows no -0 and no NaN.
    const text = JSON.stringify([each.part.filter, each.expr], (_, value: unknown) =>
      typeof value === 'number' ? `${Object.is(value, -0) ? '-0' : value}` : value,
    );
    const list = shared.get(text);
    if (list) list.push(each);
    else shared.set(text, [each]);
  }
  return [...shared.values()];
}
