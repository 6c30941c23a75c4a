/** The columns that a user declares of a table, against those that it has. */

import { ShardfoldError } from '../errors.js';
import type { TableSnapshot } from '../storage/types.js';
import { closest } from '../suggest.js';
import type { DeclaredColumn } from './nodes.js';

/** @throws SCHEMA_MISMATCH naming the column that is not there, has another type, or holds nulls that are not declared */
export function checkDeclared(
  { name: table, schema, chunks }: TableSnapshot,
  declared: readonly DeclaredColumn[],
): void {
  for (const { name, type, nullable } of declared) {
    const index = schema.findIndex((field) => field.name === name);
    const found = schema[index];
    if (found === undefined) {
      const names = schema.map((field) => field.name);
      const near = closest(name, names);
      const hint = near === undefined ? `its columns are ${names.join(', ')}` : `did you mean "${near}"?`;
      throw mismatch(`table "${table}" has no column "${name}"`, hint);
    }
    if (found.type !== type) {
      const hint = `declare it as '${found.type}${nullable ? '' : '!'}'`;
      throw mismatch(`column "${name}" of table "${table}" is ${found.type}, and declared as ${type}`, hint);
    }
    if (nullable) continue;
    const nulls = chunks.reduce((sum, chunk) => sum + (chunk.columns[index]?.nullCount ?? 0), 0);
    if (nulls > 0) {
      const holds = `holds ${nulls} ${nulls === 1 ? 'null' : 'nulls'}`;
      throw mismatch(
        `column "${name}" of table "${table}" ${holds}, and is declared without`,
        `declare it as '${type}'`,
      );
    }
  }
}

function mismatch(message: string, hint: string): ShardfoldError {
  return new ShardfoldError('SCHEMA_MISMATCH', message, { hint });
}
