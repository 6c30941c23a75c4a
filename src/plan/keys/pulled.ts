/** Parts over keys whose rows are brought here first, with the columns that are read of them. */

import { AggregateTable, exprsOf } from '../../aggregates/index.js';
import { conjuncts } from '../../expr/conditions.js';
import { mapReads } from '../../expr/map-typed.js';
import { columnsOf, type TypedExpr } from '../../expr/typed.js';
import { derived, outputsOf } from '../build.js';
import { readByPart } from '../join-spec.js';
import type { FoldPart, Output, Part, Relation, RowsRelation, Source } from '../relation.js';
import { wholeScope } from './scope.js';
import { schemaOfKeys } from './snapshot.js';

export type KeysPart = Part & { readonly source: Extract<Source, { kind: 'keys' }> };

export const ofKeys = (part: Part): part is KeysPart => part.source.kind === 'keys';

/** Whether rows of a relation come from keys, at any depth: they have no order then. */
export function readsKeys(relation: Relation): boolean {
  const parts = relation.kind === 'fold' ? relation.parts.map(({ part }) => part) : relation.parts;
  return parts.some(
    ({ source, lookups }) =>
      source.kind === 'keys' ||
      (source.kind === 'derived' && readsKeys(source.input)) ||
      lookups.some(({ right }) => readsKeys(right)),
  );
}

/** A relation that is one pass over keys, and gives rows back in any order. */
export function scanOfKeys({ parts: [part, ...others], order }: RowsRelation): KeysPart | undefined {
  const plain = others.length === 0 && part?.lookups.length === 0 && (order[0] ?? []).length === 0;
  return plain && part !== undefined && ofKeys(part) ? part : undefined;
}

/** Whether a scan gives columns as they are, of all rows: what the client side asks for. */
export function isPlainScan({ filter, scope }: KeysPart, outputs: readonly Output[]): boolean {
  return filter === undefined && outputs.every(({ name }) => scope.get(name)?.kind === 'column');
}

/** What of a part is done before its rows come here: those conditions that stand before its joins, or nothing. */
export type PulledRows = 'filtered' | 'all';

/**
 * The part over the rows themselves, with the columns that are read. (Conditions stay as well: they cost nothing beside what came.)
 * @param exprs what is read beside what the part reads
 */
function pulled(
  part: KeysPart,
  exprs: readonly TypedExpr[],
  which: PulledRows,
): { part: Part; moved: (expr: TypedExpr) => TypedExpr } {
  const { keys } = part.source;
  const read = new Set<number>();
  for (const expr of [...readByPart(part), ...exprs]) columnsOf(expr, read);
  // Of the rows at least their number is wanted.
  if (read.size === 0) read.add(0);
  const columns = [...read].sort((a, b) => a - b);
  const schema = schemaOfKeys(keys);
  const scope = new Map(
    columns.map((index, place): [string, TypedExpr] => {
      const type = (schema[index] as (typeof schema)[number]).type;
      return [String(place), { kind: 'column', type, index }];
    }),
  );
  const before = part.lookups[0]?.conditions ?? Number.POSITIVE_INFINITY;
  const filter = which === 'all' ? undefined : allOf(conjuncts(part.filter).slice(0, before));
  const raw: Part = { source: part.source, lookups: [], filter, scope };
  const input: RowsRelation = {
    kind: 'rows',
    parts: [raw],
    outputs: outputsOf(scope),
    order: [[]],
    offset: 0,
    count: undefined,
  };
  const [own] = derived(input).parts as readonly [Part];
  const moved = (expr: TypedExpr): TypedExpr =>
    mapReads(expr, (leaf) => (leaf.kind === 'column' ? { ...leaf, index: columns.indexOf(leaf.index) } : leaf));
  // Expressions of columns that are not read are of no use there.
  const reads = (expr: TypedExpr): boolean => [...columnsOf(expr)].every((index) => read.has(index));
  const named = [...wholeScope(part.scope)].filter(([, expr]) => reads(expr));
  return {
    part: {
      source: own.source,
      lookups: part.lookups.map((lookup) => ({ ...lookup, keys: lookup.keys.map(moved) })),
      filter: part.filter && moved(part.filter),
      scope: new Map(named.map(([name, expr]): [string, TypedExpr] => [name, moved(expr)])),
    },
    moved,
  };
}

function allOf(conditions: readonly TypedExpr[]): TypedExpr | undefined {
  return conditions.reduce<TypedExpr | undefined>(
    (left, right) => (left === undefined ? right : { kind: 'logic', type: 'bool', op: 'and', left, right }),
    undefined,
  );
}

/** Rows of parts over keys, over what is brought here of those. */
export function pulledRows(rows: RowsRelation, which: PulledRows): RowsRelation {
  const made = rows.parts.map((part, i) => {
    const order = rows.order[i] ?? [];
    if (!ofKeys(part)) return { part, order };
    const outputs = rows.outputs.map(({ name }) => part.scope.get(name) as TypedExpr);
    const { part: own, moved } = pulled(part, [...outputs, ...order.map(({ expr }) => expr)], which);
    return { part: own, order: order.map((each) => ({ ...each, expr: moved(each.expr) })) };
  });
  return { ...rows, parts: made.map(({ part }) => part), order: made.map(({ order }) => order) };
}

/** A part of a fold over keys, over what is brought here of those. */
export function pulledFold(fold: FoldPart, which: PulledRows): FoldPart {
  const { part, keys, aggregates } = fold;
  if (!ofKeys(part)) return fold;
  const table = new AggregateTable(part.scope, new Map());
  for (const { node } of aggregates) table.add(node);
  const read = exprsOf(table.args);
  const { part: own, moved } = pulled(part, [...keys, ...read], which);
  return { part: own, keys: keys.map(moved), aggregates };
}
