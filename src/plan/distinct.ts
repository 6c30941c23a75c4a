/** Rows without those that are equal to an earlier one: a group of each. */

import { foldOf, uncut } from './build.js';
import type { NamedExpr } from './nodes.js';
import type { FoldRelation, RowsRelation } from './relation.js';

export function lowerDistinct(input: RowsRelation): FoldRelation {
  const columns = input.outputs.map(({ name }): NamedExpr => ({ name, node: { kind: 'column', name } }));
  return foldOf(uncut(input), columns, []);
}
