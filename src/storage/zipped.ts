/** Two tables as one: row i of the first beside row i of the second. Their chunks meet in the same slots, so that nothing moves. */

import { isNumbered } from './numbered.js';
import type { ChunkMeta, TableSnapshot } from './types.js';

export interface ZippedTable extends TableSnapshot {
  /** Which tables the columns are of, in their order. */
  readonly sides: readonly [TableSnapshot, TableSnapshot];
}

export const isZipped = (snapshot: TableSnapshot): snapshot is ZippedTable => 'sides' in snapshot;

/** Why two tables cannot stand row by row beside each other; undefined where they can. */
export function misalignment(a: TableSnapshot, b: TableSnapshot): string | undefined {
  if (a.prefix !== b.prefix) return 'they lie under different prefixes';
  if (a.rows !== b.rows) return 'they have different numbers of rows';
  if (a.seed !== b.seed) return 'their chunks lie in different slots';
  if (a.chunkRows !== b.chunkRows) return 'their chunks hold different numbers of rows';
  const meets = (chunk: ChunkMeta, i: number): boolean =>
    chunk.rows === b.chunks[i]?.rows && chunk.tag === b.chunks[i]?.tag;
  return a.chunks.every(meets) ? undefined : 'their chunks are cut in different places';
}

/** Tables that are aligned. @see misalignment */
export function zipTables(a: TableSnapshot, b: TableSnapshot): ZippedTable {
  return {
    ...a,
    schema: [...a.schema, ...b.schema],
    chunks: a.chunks.map((chunk, i) => ({ ...chunk, columns: [...chunk.columns, ...(b.chunks[i]?.columns ?? [])] })),
    sides: [a, b],
  };
}

/** A column of a chunk. */
export interface ColumnPlace {
  readonly snapshot: TableSnapshot;
  readonly chunk: ChunkMeta;
  readonly column: number;
}

/** The table that a column is of, with its chunk and its column there. */
export function placeOf(snapshot: TableSnapshot, chunk: ChunkMeta, column: number): ColumnPlace {
  // What is stored nowhere counts as the first column, so that there is a key to call by.
  if (isNumbered(snapshot) && column === snapshot.numberColumn) return placeOf(snapshot, chunk, 0);
  if (!isZipped(snapshot)) return { snapshot, chunk, column };
  const [a, b] = snapshot.sides;
  const [side, index] = column < a.schema.length ? [a, column] : [b, column - a.schema.length];
  return placeOf(side, side.chunks[chunk.index] as ChunkMeta, index);
}

/** The tables that a snapshot is made of; those of several columns once each. */
export function tablesIn(snapshot: TableSnapshot): readonly TableSnapshot[] {
  return isZipped(snapshot) ? snapshot.sides.flatMap(tablesIn) : [snapshot];
}
