/** Plans that are not known before the schemas of their tables are. */

import type { Catalog } from './catalog.js';
import { inputsOf, type PlanNode } from './nodes.js';

/** The plan with all that was deferred in its place. */
export async function settled(plan: PlanNode, catalog: Catalog): Promise<PlanNode> {
  if (plan.kind === 'deferred') return settled(await plan.plan(catalog), catalog);
  const inputs = inputsOf(plan);
  const made = await Promise.all(inputs.map((input) => settled(input, catalog)));
  return made.every((input, i) => input === inputs[i]) ? plan : withInputs(plan, made);
}

function withInputs(plan: PlanNode, inputs: readonly PlanNode[]): PlanNode {
  const [first, second] = inputs as [PlanNode, PlanNode];
  switch (plan.kind) {
    case 'scan':
    case 'keys':
    case 'deferred':
      return plan;
    case 'union':
      return { ...plan, inputs };
    case 'join':
    case 'zip':
      return { ...plan, left: first, right: second };
    default:
      return { ...plan, input: first };
  }
}
