/** The rows of a matrix, as those of a table: a column each of its columns, all of them in one key. */

import { VALUE_BYTES } from './decode.js';
import { matrixLayout } from './matrix-layout.js';
import type { ChunkMeta, ColumnChunk, Stride, TableSnapshot } from './types.js';

/** More columns than a table may have are not shown as such. */
const MOST_COLUMNS = 4096;

/** A table as queries read it: a matrix has the columns c0, c1, …; other tables are as they are. */
export function asRows(snapshot: TableSnapshot): TableSnapshot {
  const matrix = matrixLayout(snapshot);
  if (!matrix || matrix.cols > MOST_COLUMNS) return snapshot;
  const { rows, cols, blockRows } = matrix;
  const [{ type, id }] = snapshot.schema as readonly [TableSnapshot['schema'][number]];
  return {
    ...snapshot,
    chunkRows: blockRows,
    // One key holds all columns: that of the only one.
    schema: Array.from({ length: cols }, (_, j) => ({ name: `c${j}`, type, id })),
    chunks: snapshot.chunks.map((chunk) => new RowsOfBlock(chunk, cols)),
    rows,
  };
}

/** A block; its columns are made when they are asked for. */
class RowsOfBlock implements ChunkMeta {
  readonly index: number;
  readonly slot: number;
  readonly tag: string;
  readonly writeId: string;
  readonly rows: number;
  readonly firstRow: number;
  readonly #whole: ColumnChunk;
  readonly #cols: number;
  #columns: readonly ColumnChunk[] | undefined;

  constructor({ index, slot, tag, writeId, rows, firstRow, columns }: ChunkMeta, cols: number) {
    this.index = index;
    this.slot = slot;
    this.tag = tag;
    this.writeId = writeId;
    this.rows = rows / cols;
    this.firstRow = firstRow / cols;
    this.#whole = columns[0] as ColumnChunk;
    this.#cols = cols;
  }

  get columns(): readonly ColumnChunk[] {
    this.#columns ??= Array.from({ length: this.#cols }, (_, j) => this.#column(j));
    return this.#columns;
  }

  #column(j: number): ColumnChunk {
    const encoding = this.#whole.encoding as Stride['encoding'];
    const size = VALUE_BYTES[encoding];
    return {
      ...this.#whole,
      encoding: 'f64',
      stride: { encoding, bytes: size * this.#cols, offset: size * j },
      // Known of the block alone, not of a column of it: anything.
      min: Number.NEGATIVE_INFINITY,
      max: Number.NaN,
    };
  }
}
