/** What makes a table a matrix. */

import { CHUNK_ROWS, type ColumnChunk, type Schema, type TableSnapshot } from './types.js';

export type MatrixType = 'float64' | 'float32';

/** A row lies in one chunk. */
export const MAX_COLS = CHUNK_ROWS;

/** What the one column of a matrix's table says. */
export interface MatrixField {
  readonly cols: number;
  readonly type: MatrixType;
}

/** A matrix as it lies. */
export interface MatrixLayout extends MatrixField {
  readonly rows: number;
  /** Rows of every block but the last, which may have fewer. */
  readonly blockRows: number;
}

/** What a table is that holds a matrix. */
export interface MatrixShape {
  /** Rows and columns. */
  readonly shape: readonly [rows: number, cols: number];
  readonly type: MatrixType;
}

/** What a schema says of a matrix; undefined of other tables. Whether there is one the chunks alone tell: any table may be called so. */
export function matrixField(schema: Schema): MatrixField | undefined {
  const [first] = schema;
  const cols = Number(/^row\[([1-9]\d*)\]$/.exec(first?.name ?? '')?.[1] ?? 0);
  const type = first?.type;
  if (schema.length !== 1 || (type !== 'float64' && type !== 'float32')) return undefined;
  return cols >= 1 && cols <= MAX_COLS ? { cols, type } : undefined;
}

/** Rows of a block; undefined unless each chunk holds whole rows, as many in each but the last. */
export function blockRowsOf(
  { chunkRows, chunks }: Pick<TableSnapshot, 'chunkRows' | 'chunks'>,
  cols: number,
): number | undefined {
  const blockRows = Math.floor(chunkRows / cols);
  const full = blockRows * cols;
  const last = chunks.length - 1;
  const isWhole = chunks.every(({ rows }, i) => (i < last ? rows === full : rows <= full && rows % cols === 0));
  return isWhole && full > 0 ? blockRows : undefined;
}

/** How many values of a table's first column are null. A matrix has none. */
export function nullsIn({ chunks }: Pick<TableSnapshot, 'chunks'>): number {
  return chunks.reduce((sum, { columns }) => sum + (columns[0] as ColumnChunk).nullCount, 0);
}

/** The matrix that a table holds; undefined of any other table, however its column is called. */
export function matrixLayout(
  table: Pick<TableSnapshot, 'schema' | 'chunkRows' | 'chunks' | 'rows'>,
): MatrixLayout | undefined {
  const field = matrixField(table.schema);
  if (!field) return undefined;
  const blockRows = blockRowsOf(table, field.cols);
  if (blockRows === undefined || nullsIn(table) > 0) return undefined;
  return { ...field, rows: table.rows / field.cols, blockRows };
}

/** As `matrixLayout`, in the words of those who ask what a table is. */
export function matrixShape(table: Parameters<typeof matrixLayout>[0]): MatrixShape | undefined {
  const matrix = matrixLayout(table);
  return matrix && { shape: [matrix.rows, matrix.cols], type: matrix.type };
}
