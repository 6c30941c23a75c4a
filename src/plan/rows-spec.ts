/** One pass over the chunks of a source: what it reads, between which numbers that lies, and which chunks it may pass over. */

import type { ColumnBounds, Interval } from '../expr/bounds.js';
import { columnsOf, type TypedExpr } from '../expr/typed.js';
import type { ChunkMeta, ColumnChunk, TableSnapshot } from '../storage/types.js';
import { canMatch, columnInterval } from './prune.js';
import type { Output, Part } from './relation.js';

/** A pass that gives rows back. */
export interface RowSpec {
  readonly snapshot: TableSnapshot;
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
  { filter, scope }: Part,
  outputs: readonly Output[],
  others: readonly TypedExpr[],
  snapshot: TableSnapshot,
): RowSpec {
  const exprs = outputs.map(({ name, type }) => ({ name, type, expr: scope.get(name) as TypedExpr }));
  const read = [...(filter ? [filter] : []), ...exprs.map(({ expr }) => expr), ...others];
  return {
    snapshot,
    filter,
    outputs: exprs,
    columns: columnsRead(read, snapshot),
    bounds: columnBounds(snapshot),
    chunks: matching(filter, snapshot),
  };
}

export function matching(filter: TypedExpr | undefined, { chunks }: TableSnapshot): readonly ChunkMeta[] {
  return filter === undefined ? chunks : chunks.filter((chunk) => canMatch(filter, chunk));
}

/** Between which whole numbers the columns lie, over all chunks, so that all are computed alike. */
export function columnBounds({ schema, chunks }: TableSnapshot): ColumnBounds {
  const bounds = new Map<number, Interval>();
  schema.forEach(({ type }, index) => {
    const interval = columnInterval(type, index, chunks);
    if (interval) bounds.set(index, interval);
  });
  return bounds;
}

/** The columns of the expressions; where they have none, the one with the fewest bytes, so that rows are there to pass over. */
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
