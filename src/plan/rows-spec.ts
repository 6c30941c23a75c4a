/** One pass over the chunks of a source: what it reads, between which numbers that lies, and which chunks it may pass over. */

import type { KernelLookup } from '../codegen/join-table.js';
import type { ColumnBounds, Interval } from '../expr/bounds.js';
import { columnsOf, type TypedExpr } from '../expr/typed.js';
import type { ChunkMeta, ColumnChunk, TableSnapshot } from '../storage/types.js';
import { keyConditions, lookupsOf, readByPart } from './join-spec.js';
import { boundsOfKeys, isKeys } from './keys/snapshot.js';
import { canMatch, columnInterval } from './prune.js';
import type { Output, Part } from './relation.js';

/** A pass that gives rows back. */
export interface RowSpec {
  readonly snapshot: TableSnapshot;
  readonly lookups?: readonly KernelLookup[];
  readonly filter: TypedExpr | undefined;
  readonly outputs: readonly (Output & { readonly expr: TypedExpr })[];
  /** Indexes of the source's columns that it reads, ascending. */
  readonly columns: readonly number[];
  readonly bounds: ColumnBounds;
  /** Chunks that may hold a row that passes the filter; the others are pruned. */
  readonly chunks: readonly ChunkMeta[];
}

/** @param others expressions that are read beside the columns, such as those that rows are ordered by */
export function rowSpec(
  part: Part,
  outputs: readonly Output[],
  others: readonly TypedExpr[],
  snapshot: TableSnapshot,
): RowSpec {
  const { filter, scope } = part;
  const exprs = outputs.map(({ name, type }) => ({ name, type, expr: scope.get(name) as TypedExpr }));
  const read = [...readByPart(part), ...exprs.map(({ expr }) => expr), ...others];
  return {
    snapshot,
    ...lookupsOf(part),
    filter,
    outputs: exprs,
    columns: columnsRead(read, snapshot),
    bounds: columnBounds(snapshot),
    chunks: matching(part, snapshot),
  };
}

/** Chunks that may hold a row that passes the filter and finds a match. */
export function matching({ filter, lookups }: Part, { chunks }: TableSnapshot): readonly ChunkMeta[] {
  const conditions = [...(filter ? [filter] : []), ...lookups.flatMap(keyConditions)];
  return chunks.filter((chunk) => conditions.every((condition) => canMatch(condition, chunk)));
}

/** Between which whole numbers the columns lie, over all chunks, so that all are computed alike. */
export function columnBounds(snapshot: TableSnapshot): ColumnBounds {
  if (isKeys(snapshot)) return boundsOfKeys(snapshot.keys);
  const { schema, chunks } = snapshot;
  const bounds = new Map<number, Interval>();
  schema.forEach(({ type }, index) => {
    const interval = columnInterval(type, index, chunks);
    if (interval) bounds.set(index, interval);
  });
  return bounds;
}

/** The columns of the expressions; where they have none, the one with the fewest bytes (of keys the first, their names), so that rows are there to pass over. */
export function columnsRead(exprs: readonly TypedExpr[], { schema, chunks }: TableSnapshot): number[] {
  const columns = new Set<number>();
  for (const expr of exprs) columnsOf(expr, columns);
  if (columns.size === 0) {
    const bytes = schema.map((_, index) =>
      chunks.reduce((sum, chunk) => sum + (chunk.columns[index] as ColumnChunk).bytes, 0),
    );
    columns.add(bytes.indexOf(Math.min(...bytes)));
  }
  return [...columns].sort((a, b) => a - b);
}
