/** What a relation reads of the right sides of its joins: only that is computed and sent. */

import { AggregateTable, exprsOf } from '../aggregates/index.js';
import { childrenOf, type TypedExpr, type TypedJoined } from '../expr/typed.js';
import { readByPart } from './join-spec.js';
import type { Lookup, Output, Part, Relation } from './relation.js';

/** A right side that is still to be computed. */
export interface SideRead {
  readonly lookup: Lookup;
  /** Columns of it that are read, ascending. */
  readonly columns: readonly number[];
  /** Gives those columns, then the keys; a fold gives all its columns. */
  readonly relation: Relation;
  /** Whether it goes to the shards, where a table is joined; else it is joined with a result here. */
  readonly sent: boolean;
}

export function sidesRead(relation: Relation): readonly SideRead[] {
  const reads = new Map<Lookup, { columns: Set<number>; sent: boolean }>();
  for (const { part, exprs } of readings(relation)) {
    for (const lookup of part.lookups) {
      if (lookup.table !== undefined) continue;
      const known = reads.get(lookup);
      const sent = part.source.kind === 'table' || known?.sent === true;
      reads.set(lookup, { columns: known?.columns ?? new Set(), sent });
    }
    for (const { join, column } of [...readByPart(part), ...exprs].flatMap(joinedIn)) {
      reads.get(part.lookups[join] as Lookup)?.columns.add(column);
    }
  }
  return [...reads].map(([lookup, { columns, sent }]) =>
    sideRead(
      lookup,
      [...columns].sort((a, b) => a - b),
      sent,
    ),
  );
}

function sideRead(lookup: Lookup, columns: readonly number[], sent: boolean): SideRead {
  const { right, keys } = lookup;
  if (right.kind === 'fold') return { lookup, columns, relation: right, sent };
  const width = right.outputs.length - keys.length;
  const chosen = [...columns, ...keys.map((_, key) => width + key)];
  const outputs = chosen.map((column) => right.outputs[column] as Output);
  return { lookup, columns, relation: { ...right, outputs }, sent };
}

interface Reading {
  readonly part: Part;
  /** What is read beside what the part reads itself. */
  readonly exprs: readonly TypedExpr[];
}

function readings(relation: Relation): Reading[] {
  if (relation.kind === 'fold') {
    return relation.parts.map(({ part, keys, aggregates }) => {
      const table = new AggregateTable(part.scope, new Map());
      for (const { node } of aggregates) table.add(node);
      return { part, exprs: [...keys, ...exprsOf(table.args)] };
    });
  }
  return relation.parts.map((part, i) => {
    const outputs = relation.outputs.map(({ name }) => part.scope.get(name) as TypedExpr);
    return { part, exprs: [...outputs, ...(relation.order[i] ?? []).map(({ expr }) => expr)] };
  });
}

function joinedIn(expr: TypedExpr): TypedJoined[] {
  return expr.kind === 'joined' ? [expr] : childrenOf(expr).flatMap(joinedIn);
}

/** The number of rows of a relation where manifests tell it before anything is read, and whether it may have fewer. */
export function rowsKnown(relation: Relation): { readonly rows: number; readonly exact: boolean } | undefined {
  if (relation.kind === 'fold' || relation.parts.some(({ source }) => source.kind !== 'table')) return undefined;
  const rows = relation.parts.reduce(
    (sum, { source }) => sum + (source.kind === 'table' ? source.snapshot.rows : 0),
    0,
  );
  const exact = relation.parts.every(({ filter, lookups }) => filter === undefined && lookups.length === 0);
  if (relation.parts.some(({ lookups }) => lookups.length > 0)) return undefined;
  return { rows: Math.min(Math.max(0, rows - relation.offset), relation.count ?? rows), exact };
}
