/** Tables by name. */
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { closest } from '../suggest.js';
import { collectTable } from './collect.js';
import { catalogKey } from './keys.js';
import type { Head } from './manifest-head.js';
import { readSchema, readSnapshot, readState } from './manifest-read.js';
import { type MatrixShape, matrixField, matrixShape } from './matrix-layout.js';
import { drop, forgetName } from './staging.js';
import type { TableSnapshot } from './types.js';

/** A line of the list of tables. */
export interface TableInfo {
  readonly name: string;
  readonly tableId: string;
  readonly version: number;
  readonly rows: number;
  readonly chunks: number;
  readonly columns: number;
  /** Bytes of all chunk keys' values; the servers' overhead is not in it. */
  readonly storedBytes: number;
  /** Of a matrix, whose table has one column, and as many rows as it has numbers. */
  readonly matrix?: MatrixShape;
}

/** Names of all tables with their ids, also of those that were never published. */
export async function readCatalog(link: ClusterLink, context: CallContext): Promise<Map<string, string>> {
  const key = catalogKey(link.prefix);
  const reply = await link.call({ key, command: ['HGETALL', key], readOnly: true, idempotent: true }, context);
  const flat = (Array.isArray(reply) ? reply : []).map(String);
  return new Map(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] as string] as const] : [])));
}

export async function lookUp(link: ClusterLink, name: string, context: CallContext): Promise<string | undefined> {
  const key = catalogKey(link.prefix);
  const reply = await link.call({ key, command: ['HGET', key, name], readOnly: true, idempotent: true }, context);
  return reply === null ? undefined : String(reply);
}

/** How often a look is taken again where a version was replaced and collected between two calls. */
const TRIES = 5;

/**
 * The newest version of a table.
 * @throws TABLE_NOT_FOUND, with the nearest name as a hint; DATA_LOSS, CORRUPT_MANIFEST
 */
export async function openTable(link: ClusterLink, name: string, context: CallContext): Promise<TableSnapshot> {
  let seen = '';
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const tableId = await lookUp(link, name, context);
    if (tableId === undefined) break;
    const { exists, dropped, head } = await readState(link, tableId, context);
    if (dropped || (exists && !head)) break;
    const snapshot = head && (await readSnapshot(link, { name, tableId }, head, context));
    if (snapshot) return snapshot;
    // What a collector took away shows in a newer head; what is missing under the same head is lost.
    const now = `${tableId} ${head?.version}`;
    if (now === seen) throw manifestLost(link, name, tableId);
    seen = now;
  }
  throw await tableNotFound(link, name, context);
}

/** All published tables, in the order of their names' bytes. */
export async function listTables(link: ClusterLink, context: CallContext): Promise<TableInfo[]> {
  const catalog = await readCatalog(link, context);
  const infos = await Promise.all(
    [...catalog].map(async ([name, tableId]): Promise<TableInfo | undefined> => {
      const { exists, dropped, head } = await readState(link, tableId, context);
      if (!exists && (await lookUp(link, name, context)) === tableId) throw manifestLost(link, name, tableId);
      if (dropped || !head) return undefined;
      const { version, rows, chunks, columns, storedBytes } = head;
      const matrix = await matrixIn(link, { name, tableId }, head, context);
      return { name, tableId, version, rows, chunks, columns, storedBytes, ...(matrix && { matrix }) };
    }),
  );
  return infos
    .filter((info) => info !== undefined)
    .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

/** The matrix that a version is. Its chunks are looked at where its column and the number of its values are those of one. */
async function matrixIn(
  link: ClusterLink,
  table: Pick<TableInfo, 'name' | 'tableId'>,
  head: Head,
  context: CallContext,
): Promise<MatrixShape | undefined> {
  if (head.columns !== 1) return undefined;
  try {
    const field = matrixField(await readSchema(link, table.tableId, head, context));
    if (!field || head.rows % field.cols !== 0) return undefined;
    const snapshot = await readSnapshot(link, table, head, context);
    return snapshot && matrixShape(snapshot);
  } catch (error) {
    // What is damaged fsck tells: a list shows what there is.
    if (error instanceof ShardfoldError && error.code === 'CORRUPT_MANIFEST') return undefined;
    throw error;
  }
}

/**
 * Drops a table at once, whoever reads or writes it: readers get TABLE_NOT_FOUND, writers fail at their next step.
 * What is interrupted here, `fsck --repair` finishes.
 */
export async function dropTable(link: ClusterLink, name: string, context: CallContext): Promise<void> {
  const tableId = await lookUp(link, name, context);
  if (tableId === undefined) throw await tableNotFound(link, name, context);
  const table = { link, tableId };
  await drop(table, 'any', context);
  await forgetName(table, name, context);
  await collectTable(table, { graceMs: 0 }, context);
}

/** The table that is to be appended to. @throws what `openTable` does; TABLE_NOT_FOUND says how to make it */
export async function openToAppend(link: ClusterLink, name: string, context: CallContext): Promise<TableSnapshot> {
  try {
    return await openTable(link, name, context);
  } catch (error) {
    throw error instanceof ShardfoldError && error.code === 'TABLE_NOT_FOUND'
      ? await tableNotFound(link, name, context, 'to append to')
      : error;
  }
}

/** The error for a name that the catalog does not have, with the nearest that it has. */
export async function tableNotFound(
  link: ClusterLink,
  name: string,
  context: CallContext,
  purpose?: 'to append to',
): Promise<ShardfoldError> {
  const near = closest(name, (await readCatalog(link, context)).keys());
  const listed =
    near === undefined ? 'shardfold tables, or tables() in a program, lists them all' : `did you mean "${near}"?`;
  const make = `to make it, leave out --append, or call createTable without mode: 'append'`;
  return new ShardfoldError('TABLE_NOT_FOUND', `there is no table "${name}"${purpose ? ` ${purpose}` : ''}`, {
    hint: purpose ? `${listed}${near === undefined ? ';' : ''} ${make}` : listed,
  });
}

/** The error for a table whose manifest is gone from the servers though the catalog names it. */
export function manifestLost(link: ClusterLink, name: string, tableId: string): ShardfoldError {
  return new ShardfoldError('DATA_LOSS', `the manifest of table "${name}" (id ${tableId}) is gone from the servers`, {
    hint: `restore the servers from a backup, or give it up (shardfold drop ${JSON.stringify(name)}) and import again; prefix ${link.prefix}`,
  });
}
