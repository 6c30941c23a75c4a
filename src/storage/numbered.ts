/**
 * A table with one more column: the number of each row in the table, from 0 on. It is stored nowhere: its codes (u16; row r of a chunk has
 * code r + 1) are made where rows are read. A reader must hold it to columns that it asks for by their place.
 */

import type { ChunkMeta, ColumnChunk, TableSnapshot } from './types.js';

export interface NumberedTable extends TableSnapshot {
  /** Place of the column, the last. */
  readonly numberColumn: number;
}

export const isNumbered = (snapshot: TableSnapshot): snapshot is NumberedTable => 'numberColumn' in snapshot;

export function numberedTable(snapshot: TableSnapshot): NumberedTable {
  if (isNumbered(snapshot)) return snapshot;
  const { schema, chunks } = snapshot;
  return {
    ...snapshot,
    schema: [...schema, { name: 'number of the row', type: 'int64', id: 'rows' }],
    chunks: chunks.map((chunk) => ({ ...chunk, columns: [...chunk.columns, numbersOf(chunk)] })),
    numberColumn: schema.length,
  };
}

function numbersOf({ firstRow, rows }: ChunkMeta): ColumnChunk {
  const stored = { bytes: 0, checksum: 0, validityBytes: 0, validityChecksum: 0 };
  const dictionary = { dictionaryBytes: 0, dictionaryChecksum: 0, dictionaryEntries: 0 };
  const [min, max] = [firstRow, firstRow + rows - 1];
  return { encoding: 'u16', made: true, base: firstRow - 1, step: 1, nullCount: 0, ...stored, ...dictionary, min, max };
}

/** The codes of the column, for a whole chunk. */
export const rowCodes = (rows: number): Uint16Array => Uint16Array.from({ length: rows }, (_, r) => r + 1);
