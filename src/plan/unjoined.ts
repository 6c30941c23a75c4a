/** Joined rows, and rows of keys, as rows of their own: for steps that tell rows apart by their place in a table. */

import type { TypedExpr } from '../expr/typed.js';
import { derived, plainType } from './build.js';
import type { OrderBy, Part, RowsRelation } from './relation.js';

export const isOrdered = ({ order }: RowsRelation): boolean => order.some((list) => list.length > 0);

/** The same rows, where parts that are joined, or read from keys, are computed first: their columns, and what they are ordered by. */
export function unjoined(rows: RowsRelation): RowsRelation {
  const made = rows.parts.map((part, i) => {
    const order = rows.order[i] ?? [];
    const isPlain = part.lookups.length === 0 && part.source.kind !== 'keys';
    return isPlain ? { part, order } : computedFirst(part, rows, order);
  });
  return { ...rows, parts: made.map(({ part }) => part), order: made.map(({ order }) => order) };
}

function computedFirst(part: Part, { outputs, offset, count }: RowsRelation, order: readonly OrderBy[]) {
  const keys = order.map(({ expr }, i) => ({ name: `\u0000order ${i}`, type: plainType(expr.type), expr }));
  const most = count === undefined ? undefined : offset + count;
  const scope = new Map([...part.scope, ...keys.map(({ name, expr }): [string, TypedExpr] => [name, expr])]);
  const input: RowsRelation = {
    kind: 'rows',
    parts: [{ ...part, scope }],
    outputs: [...outputs, ...keys.map(({ name, type }) => ({ name, type }))],
    order: [[]],
    offset: 0,
    // Without an order any rows are the first.
    count: order.length === 0 ? most : undefined,
  };
  const [own] = derived(input).parts as readonly [Part];
  const by = order.map(({ descending, nullsFirst }, i) => ({ column: outputs.length + i, descending, nullsFirst }));
  const source = { ...own.source, ...(most !== undefined && by.length > 0 && { first: { count: most, by } }) };
  return {
    part: { ...own, source },
    order: order.map((each, i) => ({ ...each, expr: own.scope.get(`\u0000order ${i}`) as TypedExpr })),
  };
}
