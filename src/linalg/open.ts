/** What makes a table a vector. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { openTable } from '../storage/catalog.js';
import type { FieldSpec } from '../storage/schema.js';
import type { ColumnChunk, TableSnapshot } from '../storage/types.js';

/** A vector is a table with this one column. */
export const VECTOR_FIELDS: readonly FieldSpec[] = [{ name: 'value', type: 'float64' }];

/**
 * The newest version of a vector.
 * @throws TABLE_NOT_FOUND; SCHEMA_MISMATCH for a table of another shape, INVALID_VALUE for one with nulls
 */
export async function openVector(link: ClusterLink, name: string, context: CallContext): Promise<TableSnapshot> {
  const snapshot = await openTable(link, name, context);
  checkShape(snapshot);
  const nulls = snapshot.chunks.reduce((sum, { columns }) => sum + (columns[0] as ColumnChunk).nullCount, 0);
  if (nulls > 0) {
    throw new ShardfoldError(
      'INVALID_VALUE',
      `table "${name}" is no vector: ${nulls} of its ${snapshot.rows} values are null`,
      {
        hint: 'say what a missing value stands for, and write the table again without nulls; NaN is a number',
      },
    );
  }
  return snapshot;
}

/** Sees to it that what is about to be replaced is a vector, or nothing. */
export async function checkReplaceable(link: ClusterLink, name: string, context: CallContext): Promise<void> {
  try {
    checkShape(await openTable(link, name, context));
  } catch (error) {
    if (!(error instanceof ShardfoldError) || error.code !== 'TABLE_NOT_FOUND') throw error;
  }
}

const MOST_SHOWN = 8;

function checkShape({ name, schema }: TableSnapshot): void {
  const [first] = schema;
  if (schema.length === 1 && first?.name === 'value' && first.type === 'float64') return;
  const shown = schema.slice(0, MOST_SHOWN).map((field) => `${field.name} (${field.type})`);
  const more = schema.length > MOST_SHOWN ? ` and ${schema.length - MOST_SHOWN} more` : '';
  const found = `${schema.length === 1 ? 'its column is' : 'its columns are'} ${shown.join(', ')}${more}`;
  throw new ShardfoldError('SCHEMA_MISMATCH', `table "${name}" is no vector: ${found}`, {
    hint: "a vector is a table with one column \"value\" (float64): sf.vector(name).set(data) makes one, and so does sf.table(…).select(col('x').cast('float64').as('value')).into(name)",
  });
}

/** What has no answer where there are no values. */
export const emptyVector = (name: string, what: string): ShardfoldError =>
  new ShardfoldError('OUT_OF_RANGE', `vector "${name}" is empty: it has no ${what}`, {
    hint: 'set(data) gives it values; sum, norm and dot of none are 0',
  });
