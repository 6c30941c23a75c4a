/** Plans over one table bound to a snapshot of it, for tests of what lies below the engine. */
import { type FoldPass, type FoldPlan, foldPlan } from '../../src/plan/fold-plan.js';
import { lower } from '../../src/plan/lower.js';
import { type PlanNode, tablesOf } from '../../src/plan/nodes.js';
import type { Part, Relation } from '../../src/plan/relation.js';
import { type RowSpec, rowSpec } from '../../src/plan/rows-spec.js';
import type { TableSnapshot } from '../../src/storage/types.js';

export function relationOf(plan: PlanNode, snapshot: TableSnapshot): Relation {
  return lower(plan, new Map([...tablesOf(plan)].map((name) => [name, snapshot])));
}

/** @param exact as if rows had no order */
export function foldOn(plan: PlanNode, snapshot: TableSnapshot, exact = false): FoldPass & Pick<FoldPlan, 'outputs'> {
  const relation = relationOf(plan, snapshot);
  if (relation.kind !== 'fold') throw new TypeError(`a plan of ${relation.kind}`);
  const { passes, outputs } = foldPlan(relation, [snapshot], exact);
  return { ...(passes[0] as FoldPass), outputs };
}

export function rowsOn(plan: PlanNode, snapshot: TableSnapshot): RowSpec & { count: number | undefined } {
  const relation = relationOf(plan, snapshot);
  if (relation.kind !== 'rows') throw new TypeError(`a plan of ${relation.kind}`);
  return { ...rowSpec(relation.parts[0] as Part, relation.outputs, [], snapshot), count: relation.count };
}
