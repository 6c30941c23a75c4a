/** Rows without those that are equal to an earlier one: a group of each, and the first row of it. */

import type { TypedExpr } from '../expr/typed.js';
import { derived, foldOf, outputsOf, uncut } from './build.js';
import { findColumn } from './names.js';
import type { NamedExpr, PlanNode } from './nodes.js';
import type { FoldRelation, RowsRelation } from './relation.js';

export function lowerDistinct(
  { on }: Extract<PlanNode, { kind: 'distinct' }>,
  input: RowsRelation,
): FoldRelation | RowsRelation {
  const columns = input.outputs.map(({ name }): NamedExpr => ({ name, node: { kind: 'column', name } }));
  if (on === undefined) return foldOf(uncut(input), columns, []);
  const [first] = input.parts;
  for (const name of on) if (first) findColumn(name, first.scope);
  const keys = columns.filter(({ name }) => on.includes(name));
  const others = columns
    .filter(({ name }) => !on.includes(name))
    .map(({ name, node }): NamedExpr => ({ name, node: { kind: 'aggregate', aggregate: 'first', args: [node] } }));
  const ordered = input.order.some((order) => order.length > 0);
  const rows = derived(foldOf(ordered ? derived(input) : uncut(input), keys, others));
  const parts = rows.parts.map((part) => {
    const scope = new Map(columns.map(({ name }): [string, TypedExpr] => [name, findColumn(name, part.scope)]));
    return { ...part, scope };
  });
  return { ...rows, parts, outputs: outputsOf((parts[0] as (typeof parts)[number]).scope) };
}
