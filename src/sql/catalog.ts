/** The tables that a statement names, looked up before it is translated. */

import type { Catalog, Column } from '../plan/catalog.js';
import { matching } from './scope.js';

/** A table that was found, by its own name; or the names of those that a statement may have meant. */
export type Found =
  | { readonly table: string; readonly columns: readonly Column[] }
  | { readonly columns: undefined; readonly candidates: readonly string[]; readonly tables: readonly string[] };

/** Every name that stands where a table may, with what it means. */
export async function lookUpTables(tree: unknown, catalog: Catalog): Promise<Map<string, Found>> {
  const names = [...tableNames(tree, new Set())];
  return new Map(await Promise.all(names.map(async (name) => [name, await lookUp(name, catalog)] as const)));
}

async function lookUp(name: string, catalog: Catalog): Promise<Found> {
  const columns = await catalog.columnsOf(name);
  if (columns) return { table: name, columns };
  const tables = await catalog.tables();
  const candidates = matching(tables, name, (table) => table);
  const [table, another] = candidates;
  const found = table === undefined || another !== undefined ? undefined : await catalog.columnsOf(table);
  return found && table !== undefined ? { table, columns: found } : { columns: undefined, candidates, tables };
}

function tableNames(tree: unknown, into: Set<string>): Set<string> {
  if (typeof tree !== 'object' || tree === null) return into;
  for (const [key, value] of Object.entries(tree)) {
    if (key === 'relname' && typeof value === 'string') into.add(value);
    else tableNames(value, into);
  }
  return into;
}
