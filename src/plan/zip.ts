/** Aligned tables row by row beside each other. */

import { ShardfoldError } from '../errors.js';
import { mapReads } from '../expr/map-typed.js';
import type { TypedExpr } from '../expr/typed.js';
import type { TableSnapshot } from '../storage/types.js';
import { misalignment, tablesIn, zipTables } from '../storage/zipped.js';
import { outputsOf } from './build.js';
import { besideName } from './names.js';
import type { PlanNode } from './nodes.js';
import type { Part, Relation, RowsRelation } from './relation.js';

type ZipNode = Extract<PlanNode, { kind: 'zip' }>;

/** @throws NOT_ALIGNED, INVALID_ARGUMENT where a side is more than columns of a table */
export function lowerZip({ suffix }: ZipNode, left: Relation, right: Relation): RowsRelation {
  const [a, b] = [wholeTable(left), wholeTable(right)];
  const reason = misalignment(a.snapshot, b.snapshot);
  if (reason !== undefined) throw notAligned(a.snapshot, b.snapshot, reason);
  const shift = a.snapshot.schema.length;
  const scope = new Map(a.part.scope);
  const taken = new Set(scope.keys());
  for (const [name, expr] of b.part.scope) {
    scope.set(besideName(name, suffix, taken), shifted(expr, shift));
  }
  const source = { kind: 'table', snapshot: zipTables(a.snapshot, b.snapshot) } as const;
  const part: Part = { source, lookups: [], filter: undefined, scope };
  return { kind: 'rows', parts: [part], outputs: outputsOf(scope), order: [[]], offset: 0, count: undefined };
}

function shifted(expr: TypedExpr, by: number): TypedExpr {
  return mapReads(expr, (leaf) => (leaf.kind === 'column' ? { ...leaf, index: leaf.index + by } : leaf));
}

function wholeTable(relation: Relation): { readonly part: Part; readonly snapshot: TableSnapshot } {
  if (
    relation.kind === 'rows' &&
    relation.parts.length === 1 &&
    relation.offset === 0 &&
    relation.count === undefined
  ) {
    const [part] = relation.parts as readonly [Part];
    const { source, lookups, filter } = part;
    const plain = filter === undefined && lookups.length === 0 && (relation.order[0] ?? []).length === 0;
    if (plain && source.kind === 'table') return { part, snapshot: source.snapshot };
  }
  throw new ShardfoldError(
    'INVALID_ARGUMENT',
    'zip() puts rows of tables beside each other, and a side of it is no table',
    {
      hint: 'zip first, then filter, join or sort: a.zip(b).filter(…); columns may be chosen before',
    },
  );
}

function notAligned(a: TableSnapshot, b: TableSnapshot, reason: string): ShardfoldError {
  const sides = [a, b].map((side) => {
    const names = tablesIn(side).map(({ name }) => `"${name}"`);
    return `${names.join(' and ')} (${side.rows.toLocaleString('en')} rows in ${side.chunks.length} chunk${side.chunks.length === 1 ? '' : 's'})`;
  });
  const [{ name }] = tablesIn(a) as readonly [TableSnapshot];
  return new ShardfoldError('NOT_ALIGNED', `zip(): ${sides.join(' and ')} are not aligned: ${reason}`, {
    hint: `make the second with createTable(…, { alignWith: ${JSON.stringify(name)} }) of as many rows, or join() them on a key`,
  });
}
