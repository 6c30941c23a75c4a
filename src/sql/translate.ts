/** SQL in PostgreSQL's dialect, as the plan that a chain of methods would give. */

import type { Catalog, Column } from '../plan/catalog.js';
import type { PlanNode } from '../plan/nodes.js';
import { lookUpTables } from './catalog.js';
import type { SqlParameter, Statement } from './env.js';
import { type KeyShapes, lookUpKeys } from './keys/look-up.js';
import { parse } from './parse.js';
import type { Context } from './relation.js';
import { select } from './select.js';

export interface Translation {
  readonly plan: PlanNode;
  /** Names and types of the result. */
  readonly columns: readonly Column[];
}

/**
 * Nothing but schemas is read. Errors say the line and the column of what they are about, and show it.
 * @throws SQL_SYNTAX, SQL_UNSUPPORTED (with what to write instead), TABLE_NOT_FOUND, UNKNOWN_COLUMN, TYPE_MISMATCH,
 *   INVALID_ARGUMENT for parameters
 */
export async function translate(
  text: string,
  parameters: readonly SqlParameter[],
  catalog: Catalog,
  shapes: KeyShapes = () => undefined,
): Promise<Translation> {
  const { sql, select: tree } = await parse(text);
  const statement: Statement = { sql, parameters, now: new Date(), places: new WeakMap(), usedParameters: new Set() };
  const keys = await lookUpKeys(
    tree,
    statement,
    async (kind, pattern) => shapes(kind, pattern) ?? catalog.keyColumns(kind, pattern),
  );
  const tables = await lookUpTables(tree, catalog);
  const context: Context = { statement, tables, keys, with: new Map(), select };
  const { plan, columns } = select(tree, context);
  const unused = parameters.findIndex((_, i) => !statement.usedParameters.has(i + 1));
  if (unused !== -1) {
    const hint = 'hand in a value for each of $1, $2, … and no more';
    throw sql.error('INVALID_ARGUMENT', `the text does not mention $${unused + 1}`, hint, undefined);
  }
  return { plan: frozen(plan), columns };
}

/** Plans are frozen data all the way down. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || value instanceof Date) return value;
  for (const each of Object.values(value)) frozen(each);
  return Object.freeze(value);
}
