/** From the merged states of groups to rows. */

import type { ResultValue } from '../aggregates/index.js';
import { ShardfoldError } from '../errors.js';
import type { Physical } from '../expr/typed.js';
import type { AggregateOutput, FoldPlan } from '../plan/fold-plan.js';
import { compareValues } from './compare.js';
import type { Group, GroupLayout, Groups } from './groups.js';

/** From merged states to rows, ordered by the keys. */
export function finishGroups(plan: FoldPlan, layout: GroupLayout, groups: Groups): ResultValue[][] {
  const isGrouped = plan.outputs.some(({ kind }) => kind === 'key');
  if (!isGrouped && groups.size === 0) groups.set(null, layout.group());
  const rows = [...groups.values()].map((group) =>
    plan.outputs.map((output) =>
      output.kind === 'key' ? (group.keys[output.key] as Physical) : finishOne(output, layout, group),
    ),
  );
  if (isGrouped) rows.sort(byKeys(plan));
  return rows;
}

function finishOne({ name, aggregate }: AggregateOutput, layout: GroupLayout, group: Group): ResultValue {
  try {
    return aggregate.finish(layout.states(group));
  } catch (error) {
    if (!(error instanceof ShardfoldError)) throw error;
    throw new ShardfoldError(error.code, `column "${name}": ${error.message}`, {
      ...(error.hint && { hint: error.hint }),
      cause: error,
    });
  }
}

/** The same rows in the same order at every run. */
function byKeys({ outputs }: FoldPlan): (a: readonly ResultValue[], b: readonly ResultValue[]) => number {
  const keys = outputs.flatMap(({ kind }, column) => (kind === 'key' ? [column] : []));
  return (a, b) => {
    for (const column of keys) {
      const by = compareValues(a[column] as Physical, b[column] as Physical);
      if (by !== 0) return by;
    }
    return 0;
  };
}
