/** What makes a table a matrix. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { openTable } from '../storage/catalog.js';
import type { FieldSpec } from '../storage/schema.js';
import { CHUNK_ROWS, type ColumnChunk, type TableSnapshot } from '../storage/types.js';

export type MatrixType = 'float64' | 'float32';

/**
 * A matrix is a table with one column `row[<cols>]` of rows · cols numbers, row by row. Chunk b holds block b of whole rows, as
 * many in each but the last; a matrix without rows has none.
 */
export interface MatrixSnapshot {
  readonly table: TableSnapshot;
  readonly rows: number;
  readonly cols: number;
  /** Rows of every block but the last, which may have fewer. */
  readonly blockRows: number;
  readonly type: MatrixType;
}

/** [rows, columns]. */
export type Shape = readonly [rows: number, cols: number];

/** A row lies in one chunk. */
export const MAX_COLS = CHUNK_ROWS;

/** The column of a matrix's table. */
export function matrixFields(cols: number, type: MatrixType): readonly FieldSpec[] {
  return [{ name: `row[${cols}]`, type }];
}

/** Values in a full chunk of a matrix that lies beside no other: as many whole rows as fit. */
export const chunkValues = (cols: number): number => CHUNK_ROWS - (CHUNK_ROWS % cols);

export const showShape = ({ rows, cols }: { readonly rows: number; readonly cols: number }): string =>
  `[${rows}, ${cols}]`;

/**
 * The newest version of a matrix.
 * @throws TABLE_NOT_FOUND; SCHEMA_MISMATCH for a table of another kind, INVALID_VALUE for one with nulls
 */
export async function openMatrix(link: ClusterLink, name: string, context: CallContext): Promise<MatrixSnapshot> {
  const table = await openTable(link, name, context);
  const { cols, type } = kindOf(table);
  const { chunks } = table;
  const blockRows = Math.floor(table.chunkRows / cols);
  const full = blockRows * cols;
  const last = chunks.length - 1;
  const isWhole = chunks.every(({ rows }, i) => (i < last ? rows === full : rows <= full && rows % cols === 0));
  if (!isWhole || full === 0) {
    throw noMatrix(name, `its ${table.rows} values do not lie in blocks of whole rows of ${cols}`);
  }
  const nulls = chunks.reduce((sum, { columns }) => sum + (columns[0] as ColumnChunk).nullCount, 0);
  if (nulls > 0) {
    throw new ShardfoldError(
      'INVALID_VALUE',
      `table "${name}" is no matrix: ${nulls} of its ${table.rows} values are null`,
      { hint: 'say what a missing value stands for, and write the matrix again; NaN is a number' },
    );
  }
  return { table, rows: table.rows / cols, cols, blockRows, type };
}

/** Sees to it that what is about to be replaced is a matrix, or nothing. @throws SCHEMA_MISMATCH */
export async function checkMatrixTarget(link: ClusterLink, name: string, context: CallContext): Promise<void> {
  try {
    kindOf(await openTable(link, name, context));
  } catch (error) {
    if (!(error instanceof ShardfoldError) || error.code !== 'TABLE_NOT_FOUND') throw error;
  }
}

const MOST_SHOWN = 8;

function kindOf({ name, schema }: TableSnapshot): { cols: number; type: MatrixType } {
  const [first] = schema;
  const cols = Number(/^row\[([1-9]\d*)\]$/.exec(first?.name ?? '')?.[1] ?? 0);
  const type = first?.type;
  if (schema.length === 1 && cols >= 1 && cols <= MAX_COLS && (type === 'float64' || type === 'float32')) {
    return { cols, type };
  }
  const shown = schema.slice(0, MOST_SHOWN).map((field) => `${field.name} (${field.type})`);
  const more = schema.length > MOST_SHOWN ? ` and ${schema.length - MOST_SHOWN} more` : '';
  throw noMatrix(name, `${schema.length === 1 ? 'its column is' : 'its columns are'} ${shown.join(', ')}${more}`);
}

function noMatrix(name: string, reason: string): ShardfoldError {
  return new ShardfoldError('SCHEMA_MISMATCH', `table "${name}" is no matrix: ${reason}`, {
    hint: 'sf.matrix(name).set(data, [rows, cols]) makes one; set(sf.table(…).select(…)) makes one of columns of a table',
  });
}
