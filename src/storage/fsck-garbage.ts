/** Keys that nobody needs, and tables that nobody lists: found by a scan, judged by what the tables hold *after* it. */
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { lookUp, readCatalog } from './catalog.js';
import { collectTable, unlinkKeys } from './collect.js';
import type { Finding } from './fsck-report.js';
import { type Holdings, isReplaced, readHoldings, standing } from './holdings.js';
import { catalogKey, type ParsedKey, parseKey } from './keys.js';
import { scanKeys } from './scan.js';
import { drop, forgetName } from './staging.js';

export interface Garbage {
  readonly findings: readonly Finding[];
  readonly deleted: number;
}

/** Also how many keys only versions have that were replaced. */
export interface AllGarbage extends Garbage {
  readonly replaced: number;
}

export async function findGarbage(
  link: ClusterLink,
  { repair }: { repair: boolean },
  context: CallContext,
): Promise<AllGarbage> {
  const { suspects, replaced } = await findSuspects(link, context);
  const names = new Map([...(await readCatalog(link, context))].map(([name, id]) => [id, name]));
  const findings: Finding[] = [];
  let deleted = 0;
  for (const [tableId, keys] of suspects) {
    // Read anew: what a writer published between the scan and now is in use, and what it staged it holds.
    const holdings = await readHoldings(link, tableId, context);
    const table: SuspectTable = { link, tableId, name: names.get(tableId), holdings };
    const outcome = [await settleTable(table, repair, context), await settleKeys(table, keys, repair, context)];
    for (const part of outcome) {
      findings.push(...part.findings);
      deleted += part.deleted;
    }
  }
  return { findings, deleted, replaced };
}

interface SuspectTable {
  readonly link: ClusterLink;
  readonly tableId: string;
  /** The name under which the catalog lists it; undefined where it does not. */
  readonly name: string | undefined;
  readonly holdings: Holdings;
}

const NOTHING: Garbage = { findings: [], deleted: 0 };

/** Keys that looked unneeded while scanning, by table; every table hash that was met or that the catalog names is here. */
async function findSuspects(
  link: ClusterLink,
  context: CallContext,
): Promise<{ suspects: Map<string, string[]>; replaced: number }> {
  let replaced = 0;
  const suspects = new Map<string, string[]>();
  const known = new Map<string, Promise<Holdings>>();
  for (const id of (await readCatalog(link, context)).values()) suspects.set(id, []);
  const visit = async (key: string, parsed: ParsedKey) => {
    const { tableId } = parsed;
    const holdings = known.get(tableId) ?? readHoldings(link, tableId, context);
    known.set(tableId, holdings);
    const list = suspects.get(tableId) ?? [];
    // Nodes are scanned side by side: the list must be in its place before anything is awaited.
    suspects.set(tableId, list);
    if (standing(parsed, await holdings) !== 'in use') list.push(key);
    else if (isReplaced(parsed, await holdings)) replaced += 1;
  };
  await scanKeys(link, visit, context);
  return { suspects, replaced };
}

/** Tables that were dropped half-way, never published, or that the catalog lost. */
async function settleTable(table: SuspectTable, repair: boolean, context: CallContext): Promise<Garbage> {
  const { link, tableId, name, holdings } = table;
  const finding = (code: Finding['code'], message: string): Finding => {
    return { code, message, repaired: repair, ...(holdings.name !== undefined && { table: holdings.name }) };
  };
  const called = `table "${holdings.name ?? '?'}" (id ${tableId})`;
  if (holdings.published && name === undefined) {
    const listed = repair && (await listAgain(table, context));
    return { findings: [{ ...finding('UNLISTED', `${called} is not in the catalog`), repaired: listed }], deleted: 0 };
  }
  if (!holdings.exists || holdings.published || (!holdings.dropped && holdings.writing.size > 0)) return NOTHING;
  const unfinished = holdings.dropped
    ? finding('UNFINISHED_DROP', `${called} was dropped, and not all of it is deleted`)
    : finding('ABANDONED', `${called} was begun and never published`);
  if (!repair) return { findings: [unfinished], deleted: 0 };
  // A writer that came by meanwhile keeps the table.
  if (!(await drop({ link, tableId }, 'unpublished', context))) return NOTHING;
  if (name !== undefined) await forgetName({ link, tableId }, name, context);
  const { keys } = await collectTable({ link, tableId }, { graceMs: 0 }, context);
  return { findings: [unfinished], deleted: keys };
}

async function listAgain({ link, tableId, holdings }: SuspectTable, context: CallContext): Promise<boolean> {
  const { name } = holdings;
  if (name === undefined) return false;
  const key = catalogKey(link.prefix);
  await link.call({ key, command: ['HSETNX', key, name, tableId], readOnly: false, idempotent: true }, context);
  return (await lookUp(link, name, context)) === tableId;
}

/** Keys that no version and no running writer names. */
async function settleKeys(
  { link, tableId, name, holdings }: SuspectTable,
  keys: readonly string[],
  repair: boolean,
  context: CallContext,
): Promise<Garbage> {
  // The chunks of a table whose manifest is lost are all that is left of it: only a drop gives them up.
  if (!holdings.exists && name !== undefined) return NOTHING;
  if (holdings.dropped || (!holdings.published && holdings.exists && holdings.writing.size === 0)) return NOTHING;
  const findings: Finding[] = [];
  let deleted = 0;
  for (const state of ['abandoned', 'orphan'] as const) {
    const found = keys.filter((key) => standing(parseKey(link.prefix, key) as ParsedKey, holdings) === state);
    if (found.length === 0) continue;
    // An abandoned write is collected by its record, which no writer can use from then on; one that only slept, and has
    // renewed it since, keeps its keys. Orphans have no record, so that no writer can publish them any more.
    if (repair && state === 'abandoned')
      deleted += (await collectTable({ link, tableId }, KEEP_VERSIONS, context)).keys;
    if (repair && state === 'orphan') deleted += await unlinkKeys(link, found, context);
    const message =
      state === 'abandoned'
        ? `a writer of table "${holdings.name}" died and left its keys: ${found.length}`
        : `keys of table id ${tableId} that belong to no version and no writer: ${found.length}`;
    findings.push({
      code: state === 'abandoned' ? 'ABANDONED' : 'ORPHAN',
      ...(holdings.name !== undefined && { table: holdings.name }),
      key: found[0] as string,
      keys: found.length,
      message,
      repaired: repair,
    });
  }
  return { findings, deleted };
}

const KEEP_VERSIONS = { graceMs: Number.MAX_SAFE_INTEGER };
