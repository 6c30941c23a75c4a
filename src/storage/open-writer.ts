/** Staging: which table a write goes to, what it starts from, and where its chunks will lie. */
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { lookUp, manifestLost, openTable, tableNotFound } from './catalog.js';
import { collectTable } from './collect.js';
import { catalogKey, newId } from './keys.js';
import { Lease, RESERVED_AHEAD } from './lease.js';
import { readPages, readSnapshot, readState } from './manifest-read.js';
import { checkName } from './schema.js';
import { drop, forgetName, stage } from './staging.js';
import {
  appendIdOf,
  checkOptions,
  DEFAULT_LEASE_MS,
  planWrite,
  type StagingOptions,
  type Target,
  type WritePlan,
  type WriterOptions,
} from './write-plan.js';
import { TableWriter } from './writer.js';

/** Other writers may come in between looking at a table and staging; each time is a step on for one of them. */
const TRIES = 10;

/**
 * Stages a write to the table `name`. Nothing that readers see changes before `publish`.
 * @returns undefined where `appendId` counts already
 * @throws TABLE_EXISTS, TABLE_NOT_FOUND, SCHEMA_MISMATCH, INVALID_ARGUMENT
 */
export async function openWriter(
  link: ClusterLink,
  name: string,
  options: StagingOptions,
  context: CallContext,
): Promise<TableWriter | undefined> {
  checkName(name, 'the table');
  checkOptions(options);
  const aligned = options.alignWith === undefined ? undefined : await openTable(link, options.alignWith, context);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const target = await findTarget(link, name, options, context);
    if (!target) continue;
    const plan = planWrite(link, name, options, { ...target, aligned });
    const extent = { seed: plan.seed, first: plan.kept, upTo: plan.kept + RESERVED_AHEAD, columns: plan.schema.length };
    const lease = { writeId: plan.writeId, leaseMs: options.leaseMs ?? DEFAULT_LEASE_MS, extent };
    try {
      const { duplicate } = await stage(
        plan.table,
        { ...lease, base: plan.baseVersion, ...(target.isNew && { name }), ...appendIdOf(options) },
        context,
      );
      if (duplicate) return undefined;
    } catch (error) {
      if (error instanceof ShardfoldError && OVERTAKEN.has(error.code)) continue;
      throw error;
    }
    if (target.isNew && !(await claimName(plan, context))) continue;
    return new TableWriter(plan, new Lease(plan.table, lease), context);
  }
  throw new ShardfoldError('WRITE_CONFLICT', `table "${name}" changes faster than a write to it can begin`, {
    hint: 'run it again when fewer writers are at work',
  });
}

const OVERTAKEN = new Set(['WRITE_CONFLICT', 'TABLE_NOT_FOUND']);

/** The table as it is now; undefined where it just changed and a second look is needed. */
async function findTarget(
  link: ClusterLink,
  name: string,
  { mode }: WriterOptions,
  context: CallContext,
): Promise<Target | undefined> {
  const tableId = await lookUp(link, name, context);
  if (tableId === undefined) {
    if (mode === 'append') throw await tableNotFound(link, name, context, 'to append to');
    return { tableId: newId(), isNew: true, head: undefined, base: undefined };
  }
  const { exists, dropped, head } = await readState(link, tableId, context);
  if (dropped) {
    await forgetName({ link, tableId }, name, context);
    return undefined;
  }
  if (!exists) {
    if ((await lookUp(link, name, context)) === tableId) throw manifestLost(link, name, tableId);
    return undefined;
  }
  if (mode === 'create' && head) {
    throw new ShardfoldError('TABLE_EXISTS', `there is a table "${name}" already`, {
      hint: `append to it (--append, or mode: 'append'), replace it (--replace, or mode: 'replace'), or drop it first`,
    });
  }
  if (mode !== 'append') return { tableId, isNew: false, head, base: undefined };
  if (!head) throw await tableNotFound(link, name, context, 'to append to');
  const snapshot = await readSnapshot(link, { name, tableId }, head, context);
  if (!snapshot) {
    // Opening it tells a version that was collected meanwhile from one that is lost.
    await openTable(link, name, context);
    return undefined;
  }
  const { refs } = await readPages({ link, tableId }, head, context);
  return { tableId, isNew: false, head, base: { snapshot, head, pages: refs } };
}

/** Enters a new table into the catalog; false, with nothing left behind, where another writer took the name first. */
async function claimName({ table, name }: WritePlan, context: CallContext): Promise<boolean> {
  const { link, tableId } = table;
  const key = catalogKey(link.prefix);
  await link.call({ key, command: ['HSETNX', key, name, tableId], readOnly: false, idempotent: true }, context);
  // A repeated HSETNX says nothing about who was first; the entry itself does.
  if ((await lookUp(link, name, context)) === tableId) return true;
  await drop(table, 'any', context);
  await collectTable(table, { graceMs: 0 }, context);
  return false;
}
