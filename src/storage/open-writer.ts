/** Staging: which table a write goes to, what it starts from, and where its chunks will lie. */
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { lookUp, manifestLost, openTable, tableNotFound } from './catalog.js';
import { collectTable } from './collect.js';
import { catalogKey, newId } from './keys.js';
import { Lease, RESERVED_AHEAD } from './lease.js';
import type { Head } from './manifest-head.js';
import { readPages, readSnapshot, readState } from './manifest-read.js';
import { seedOf } from './placement.js';
import { checkName, type FieldSpec, makeSchema, matchSchema } from './schema.js';
import { drop, forgetName, stage } from './staging.js';
import { CHUNK_ROWS, type TableSnapshot } from './types.js';
import { type AppendBase, TableWriter, type WritePlan } from './writer.js';

export interface WriterOptions {
  readonly fields: readonly FieldSpec[];
  /** `create` fails where the table exists, `append` where it does not; `replace` makes it if need be. */
  readonly mode: 'create' | 'append' | 'replace';
  /** The most rows of a chunk, by default 65,024. An append goes on with the table's own. */
  readonly chunkRows?: number;
  /** Name of a table beside whose chunks those of this one shall lie, chunk j beside chunk j, with as many rows. */
  readonly alignWith?: string;
  /** An append with an id that counts already changes nothing; the last 1,024 ids of a table are known. */
  readonly appendId?: string;
  /** How many replicas of every shard must confirm the writes before they are published; by default none. */
  readonly waitReplicas?: number;
  /** How long a writer that does not move holds its chunks; by default 30 s. */
  readonly leaseMs?: number;
  /** How long an old version stays for those who read it; by default 5 minutes. */
  readonly graceMs?: number;
}

export const DEFAULT_GRACE_MS = 300_000;
const DEFAULT_LEASE_MS = 30_000;
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
  options: WriterOptions,
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

interface Target {
  readonly tableId: string;
  /** Its hash does not exist yet. */
  readonly isNew: boolean;
  readonly head: Head | undefined;
  readonly base: AppendBase | undefined;
}

/** The table as it is now; undefined where it just changed and a second look is needed. */
async function findTarget(
  link: ClusterLink,
  name: string,
  { mode }: WriterOptions,
  context: CallContext,
): Promise<Target | undefined> {
  const tableId = await lookUp(link, name, context);
  if (tableId === undefined) {
    if (mode === 'append') throw await tableNotFound(link, name, context);
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
      hint: 'append to it or replace it (--append, --replace; mode), or drop it first',
    });
  }
  if (mode !== 'append') return { tableId, isNew: false, head, base: undefined };
  if (!head) throw await tableNotFound(link, name, context);
  const snapshot = await readSnapshot(link, { name, tableId }, head, context);
  if (!snapshot) {
    // Opening it tells a version that was collected meanwhile from one that is lost.
    await openTable(link, name, context);
    return undefined;
  }
  const { refs } = await readPages({ link, tableId }, head, context);
  return { tableId, isNew: false, head, base: { snapshot, head, pages: refs } };
}

function planWrite(
  link: ClusterLink,
  name: string,
  options: WriterOptions,
  target: Target & { aligned: TableSnapshot | undefined },
): WritePlan {
  const { tableId, head, base, aligned } = target;
  const seed = base?.head.seed ?? aligned?.seed ?? head?.seed ?? seedOf(name);
  if (aligned && aligned.seed !== seed) {
    throw new ShardfoldError('INVALID_ARGUMENT', `table "${name}" lies otherwise than "${aligned.name}" already`, {
      hint: 'alignment is decided when a table is made or replaced, not when it is appended to',
    });
  }
  if (base) matchSchema(base.snapshot.schema, options.fields, name);
  const chunkRows = base?.snapshot.chunkRows ?? options.chunkRows ?? aligned?.chunkRows ?? CHUNK_ROWS;
  const last = base?.snapshot.chunks.at(-1);
  const chunks = base?.snapshot.chunks.length ?? 0;
  return {
    name,
    table: { link, tableId },
    writeId: newId(),
    baseVersion: head?.version ?? 0,
    ...(base && { base }),
    kept: last && last.rows < chunkRows ? chunks - 1 : chunks,
    schema: base?.snapshot.schema ?? makeSchema(options.fields),
    seed,
    chunkRows,
    rowsOfChunk: (index) => {
      // The last chunk of the other table may be short because its rows end there.
      const beside = aligned && index < aligned.chunks.length - 1 ? aligned.chunks[index] : undefined;
      return beside?.rows ?? chunkRows;
    },
    ...appendIdOf(options),
    waitReplicas: options.waitReplicas ?? 0,
    graceMs: options.graceMs ?? DEFAULT_GRACE_MS,
  };
}

function appendIdOf({ appendId }: WriterOptions): { appendId?: string } {
  return appendId === undefined ? {} : { appendId };
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

function checkOptions({ chunkRows, appendId, mode, waitReplicas = 0, leaseMs = 1, graceMs = 0 }: WriterOptions): void {
  const fail = (message: string, hint: string): never => {
    throw new ShardfoldError('INVALID_ARGUMENT', message, { hint });
  };
  if (chunkRows !== undefined && !(Number.isInteger(chunkRows) && chunkRows >= 1 && chunkRows <= CHUNK_ROWS)) {
    fail(`chunkRows is ${chunkRows}`, `a whole number from 1 to ${CHUNK_ROWS}`);
  }
  if (appendId !== undefined && (mode !== 'append' || typeof appendId !== 'string' || appendId === '')) {
    fail('appendId goes with an append, and is not empty', "mode: 'append', or leave it out");
  }
  if (!(Number.isInteger(waitReplicas) && waitReplicas >= 0)) fail(`waitReplicas is ${waitReplicas}`, '0, 1, 2 …');
  if (!(leaseMs > 0 && graceMs >= 0)) fail('leaseMs and graceMs are milliseconds', 'a lease of more than 0');
}
