/** Whether a plan uses functions (exp, ln, sin, …) that servers and clients of other builds may round another way in the last bits. */

import { AggregateTable, aggregatesUseLibm } from '../aggregates/index.js';
import { usesLibm } from '../expr/typed.js';
import type { FoldPart, Part, Relation } from './relation.js';

export function dependsOnLibm(relation: Relation): boolean {
  if (relation.kind === 'fold') return relation.parts.some(foldDepends);
  const orders = relation.order.flat().map(({ expr }) => expr);
  return orders.some(usesLibm) || relation.parts.some((part) => [...part.scope.values()].some(usesLibm) || below(part));
}

function foldDepends({ part, keys, aggregates }: FoldPart): boolean {
  const table = new AggregateTable(part.scope, new Map());
  for (const { node } of aggregates) table.add(node);
  return keys.some(usesLibm) || aggregatesUseLibm(table.args) || below(part);
}

/** What decides which rows there are, and the relations that they come from. */
function below({ source, filter, lookups }: Part): boolean {
  if (filter !== undefined && usesLibm(filter)) return true;
  if (source.kind === 'derived' && dependsOnLibm(source.input)) return true;
  return lookups.some(({ keys, right }) => keys.some(usesLibm) || dependsOnLibm(right));
}
