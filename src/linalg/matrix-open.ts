/** What makes a table a matrix. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { openTable } from '../storage/catalog.js';
import {
  blockRowsOf,
  type MatrixField,
  type MatrixLayout,
  type MatrixType,
  matrixField,
  nullsIn,
} from '../storage/matrix-layout.js';
import type { FieldSpec } from '../storage/schema.js';
import { CHUNK_ROWS, type TableSnapshot } from '../storage/types.js';

export { MAX_COLS, type MatrixType } from '../storage/matrix-layout.js';

/**
 * A matrix is a table with one column `row[<cols>]` of rows · cols numbers, row by row. Chunk b holds block b of whole rows, as
 * many in each but the last; a matrix without rows has none.
 */
export interface MatrixSnapshot extends MatrixLayout {
  readonly table: TableSnapshot;
}

/** [rows, columns]. */
export type Shape = readonly [rows: number, cols: number];

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
  const blockRows = blockRowsOf(table, cols);
  if (blockRows === undefined) {
    throw noMatrix(name, `its ${table.rows} values do not lie in blocks of whole rows of ${cols}`);
  }
  const nulls = nullsIn(table);
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

function kindOf({ name, schema }: TableSnapshot): MatrixField {
  const field = matrixField(schema);
  if (field) return field;
  const shown = schema.slice(0, MOST_SHOWN).map((field) => `${field.name} (${field.type})`);
  const more = schema.length > MOST_SHOWN ? ` and ${schema.length - MOST_SHOWN} more` : '';
  throw noMatrix(name, `${schema.length === 1 ? 'its column is' : 'its columns are'} ${shown.join(', ')}${more}`);
}

function noMatrix(name: string, reason: string): ShardfoldError {
  return new ShardfoldError('SCHEMA_MISMATCH', `table "${name}" is no matrix: ${reason}`, {
    hint: 'sf.matrix(name).set(data, [rows, cols]) makes one; set(sf.table(…).select(…)) makes one of columns of a table',
  });
}
