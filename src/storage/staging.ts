/** The server functions on a table's hash (lua/storage/*.lua), as typed calls. All of them may be repeated. */

import { createHash } from 'node:crypto';
import type { CallContext, ClusterLink, Reply } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { callFunction } from '../functions/call.js';
import { catalogKey, tableKey } from './keys.js';

/** Which table, and over which link. */
export interface TableRef {
  readonly link: ClusterLink;
  readonly tableId: string;
}

/** What a collector needs to name all keys that a dead writer may have left. */
export interface Extent {
  readonly seed: number;
  /** First chunk that the write makes, and the end (exclusive) of what it declared. */
  readonly first: number;
  readonly upTo: number;
  readonly columns: number;
}

/** What a staging or a publish said: `duplicate` where the append id counts already, as `version`. */
export interface Outcome {
  readonly duplicate: boolean;
  readonly version: number;
}

/**
 * How long a published write is remembered at least, so that a call repeated after a lost connection learns that it succeeded.
 * A patient caller repeats it for longer: once it is forgotten, the answer would be that nothing was published.
 */
const MEMORY_MS = 120_000;
const LONGEST_MEMORY_MS = 86_400_000;
const memoryMs = ({ timeoutMs }: CallContext): number =>
  Math.ceil(Math.min(LONGEST_MEMORY_MS, Math.max(MEMORY_MS, 3 * timeoutMs)));

export async function stage(
  table: TableRef,
  options: { writeId: string; leaseMs: number; base: number; name?: string; appendId?: string; extent: Extent },
  context: CallContext,
): Promise<Outcome> {
  const { writeId, leaseMs, base, name = '', appendId, extent } = options;
  const args = [writeId, `${leaseMs}`, `${base}`, name, hashOf(appendId), formatExtent(extent)];
  return outcome(await onTable('table_stage', table, args, context));
}

/** @throws STAGING_EXPIRED */
export async function renew(
  table: TableRef,
  options: { writeId: string; leaseMs: number; extent: Extent },
  context: CallContext,
): Promise<void> {
  const { writeId, leaseMs, extent } = options;
  await onTable('table_renew', table, [writeId, `${leaseMs}`, formatExtent(extent)], context);
}

export async function publish(
  table: TableRef,
  options: { writeId: string; base: number; head: Buffer; appendId?: string; parts: readonly string[] },
  context: CallContext,
): Promise<Outcome> {
  const { writeId, base, head, appendId, parts } = options;
  const args = [writeId, `${base}`, head, hashOf(appendId), `${memoryMs(context)}`];
  return outcome(await onTable('table_publish', table, args, context, parts));
}

/** @returns false where the write was published already */
export async function abort(table: TableRef, writeId: string, context: CallContext): Promise<boolean> {
  return (await onTable('table_abort', table, [writeId], context)) !== 1;
}

/** A retired version or a staging record that was given up, as the table's hash has it. */
export interface GarbageRecord {
  readonly field: string;
  readonly value: Buffer;
  /** May be collected now. */
  readonly due: boolean;
}

export async function beginCollection(
  table: TableRef,
  graceMs: number,
  context: CallContext,
): Promise<{ head: Buffer; records: GarbageRecord[] }> {
  const reply = await onTable('table_collect', table, [`${graceMs}`], context);
  if (!Array.isArray(reply)) throw strange('table_collect');
  const [head, ...rest] = reply as Reply[];
  const records: GarbageRecord[] = [];
  for (let i = 0; i < rest.length; i += 3) {
    records.push({ field: text(rest[i]), value: rest[i + 1] as Buffer, due: rest[i + 2] === 1 });
  }
  return { head: head as Buffer, records };
}

/** @returns true where the whole table is gone now */
export async function endCollection(
  table: TableRef,
  fields: readonly string[],
  context: CallContext,
): Promise<boolean> {
  return (await onTable('table_collected', table, fields, context)) === 1;
}

/** @returns false where there is no such table, or it is not `unpublished` */
export async function drop(table: TableRef, which: 'any' | 'unpublished', context: CallContext): Promise<boolean> {
  return (await onTable('table_drop', table, [which], context)) === 1;
}

/** Takes a name out of the catalog, unless it names another table by now. */
export async function forgetName(table: TableRef, name: string, context: CallContext): Promise<boolean> {
  const key = catalogKey(table.link.prefix);
  const call = {
    name: 'table_forget',
    key,
    keys: [key],
    args: [name, table.tableId],
    readOnly: false,
    idempotent: true,
  };
  return (await callFunction(table.link, call, context)) === 1;
}

export interface KeyState {
  /** Undefined where the key is missing. */
  readonly length: number | undefined;
  readonly checksum: number;
}

/** Lengths, and on request checksums, of keys of one slot, computed where they lie. */
export async function verifyKeys(
  link: ClusterLink,
  keys: readonly string[],
  what: 'checksum' | 'length',
  context: CallContext,
): Promise<KeyState[]> {
  const call = { name: 'chunk_verify', key: keys[0] as string, keys, args: [what], readOnly: true, idempotent: true };
  const reply = await callFunction(link, call, context);
  if (!Buffer.isBuffer(reply) || reply.length !== 8 * keys.length) throw strange('chunk_verify');
  return keys.map((_, i) => {
    const length = reply.readUInt32LE(8 * i);
    return { length: length === 0xffffffff ? undefined : length, checksum: reply.readUInt32LE(8 * i + 4) };
  });
}

/** Reads the extent of a dead write out of its staging record. */
export function parseExtent(rest: string): Extent {
  const [seed = 0, first = 0, upTo = 0, columns = 0] = rest.split(' ').map(Number);
  return { seed, first, upTo, columns };
}

function formatExtent({ seed, first, upTo, columns }: Extent): string {
  return `${seed} ${first} ${upTo} ${columns}`;
}

/** 12 bytes stand for an append id, so that the table's hash stays small whatever a user takes for ids. */
function hashOf(appendId: string | undefined): Buffer | string {
  return appendId === undefined ? '' : createHash('sha1').update(appendId).digest().subarray(0, 12);
}

function onTable(
  name: string,
  { link, tableId }: TableRef,
  args: readonly (string | Buffer)[],
  context: CallContext,
  moreKeys: readonly string[] = [],
): Promise<Reply> {
  const key = tableKey(link.prefix, tableId);
  return callFunction(link, { name, key, keys: [key, ...moreKeys], args, readOnly: false, idempotent: true }, context);
}

function outcome(reply: Reply): Outcome {
  if (!Array.isArray(reply)) throw strange('table_stage');
  const [code, version] = reply as number[];
  return { duplicate: code === 1, version: version as number };
}

function text(reply: Reply | undefined): string {
  return Buffer.isBuffer(reply) ? reply.toString() : '';
}

function strange(name: string): ShardfoldError {
  return new ShardfoldError('SERVER_ERROR', `${name} gave a reply of another shape`, { kernel: name });
}
