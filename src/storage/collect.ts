/**
 * Garbage collection: keys of old versions whose grace is over, and keys of writers that died or gave up. What may be collected
 * is decided in one atomic step on the table's hash, before anything is deleted; every step may be cut short and run again.
 */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { concurrently } from './concurrently.js';
import { manifestKey } from './keys.js';
import { decodeHead, type Head } from './manifest-head.js';
import { readPages } from './manifest-read.js';
import { beginCollection, endCollection, type GarbageRecord, parseExtent, type TableRef } from './staging.js';
import { abandonedKeys, keysOf, numbered, parts } from './version-keys.js';

export interface Collected {
  /** Old versions and abandoned writes that are gone now. */
  readonly versions: number;
  readonly writes: number;
  /** Keys that were there and were deleted. */
  readonly keys: number;
}

const UNLINKS_IN_FLIGHT = 64;

/** Deletes keys one a call: a call with keys of which some are gone would wait for the end of a slot's migration. */
export async function unlinkKeys(link: ClusterLink, keys: Iterable<string>, context: CallContext): Promise<number> {
  let deleted = 0;
  await concurrently(keys, UNLINKS_IN_FLIGHT, async (key) => {
    const reply = await link.call({ key, command: ['UNLINK', key], readOnly: false, idempotent: true }, context);
    deleted += Number(reply);
  });
  return deleted;
}

/**
 * Collects what a table no longer needs.
 * @param options.graceMs versions that were replaced longer ago are deleted: readers of them get VERSION_COLLECTED
 */
export async function collectTable(
  table: TableRef,
  options: { graceMs: number },
  context: CallContext,
): Promise<Collected> {
  const total = { versions: 0, writes: 0, keys: 0 };
  for (;;) {
    const { head, records } = await beginCollection(table, options.graceMs, context);
    const writes = await collectWrites(table, records, context);
    const versions = await collectVersions(table, records, head, context);
    total.writes += writes.count;
    total.versions += versions.count;
    total.keys += writes.keys + versions.keys;
    // The server lists so many versions at a time; where none went, none will go.
    if (versions.count === 0) break;
  }
  await endCollection(table, [], context);
  return total;
}

interface Gone {
  readonly count: number;
  readonly keys: number;
}

async function collectWrites(table: TableRef, records: readonly GarbageRecord[], context: CallContext): Promise<Gone> {
  let [count, keys] = [0, 0];
  for (const { field, value, due } of records) {
    if (!field.startsWith('s:') || !due) continue;
    const abandoned = abandonedKeys(table, field.slice(2), parseExtent(value.toString()));
    keys += await unlinkKeys(table.link, abandoned, context);
    await endCollection(table, [field], context);
    count++;
  }
  return { count, keys };
}

async function collectVersions(
  table: TableRef,
  records: readonly GarbageRecord[],
  head: Buffer,
  context: CallContext,
): Promise<Gone> {
  let [count, keys] = [0, 0];
  const newest = head.length > 0 ? decodeHead(head) : undefined;
  const retired = retiredVersions(records, newest);
  for (const [k, old] of retired.entries()) {
    // Oldest first, and only while the one before it is gone: what it shares with its successor is found by comparing the two.
    if (!old.due) break;
    const next = retired[k + 1] ? retired[k + 1]?.head : newest;
    // A head that is damaged names nothing any more: its keys are left to fsck, which finds keys that nobody names.
    if (old.head && next === undefined && newest) break;
    const deleted = old.head ? await collectVersion(table, old.head, next, context) : 0;
    if (deleted === undefined) break;
    await endCollection(table, [old.field], context);
    keys += deleted;
    count++;
  }
  return { count, keys };
}

interface Retired {
  readonly field: string;
  readonly version: number;
  readonly due: boolean;
  /** Undefined where it is damaged. */
  readonly head: Head | undefined;
}

/** Retired versions, the oldest first. */
function retiredVersions(records: readonly GarbageRecord[], newest: Head | undefined): Retired[] {
  return records
    .filter(({ field }) => field.startsWith('g:'))
    .map(({ field, value, due }) => {
      const version = Number(field.slice(2));
      return { field, version, due, head: readableHead(value.subarray(value.indexOf(' ') + 1)) };
    })
    .filter(({ version }) => version !== newest?.version)
    .sort((a, b) => a.version - b.version);
}

function readableHead(bytes: Buffer): Head | undefined {
  try {
    return decodeHead(bytes);
  } catch (error) {
    if (error instanceof ShardfoldError && error.code === 'CORRUPT_MANIFEST') return undefined;
    throw error;
  }
}

/** Deletes what `old` has and `next` has not: chunks first, then the pages by which they are found. Undefined: it cannot tell. */
async function collectVersion(
  table: TableRef,
  old: Head,
  next: Head | undefined,
  context: CallContext,
): Promise<number | undefined> {
  const { link, tableId } = table;
  const kept = new Set<string>();
  if (next) {
    const { refs, pages } = await readPages(table, next, context, 'skip');
    // Without the whole of its successor nobody can tell what is still in use: then nothing is deleted.
    if (pages.includes(undefined) || (refs.length === 0) !== (next.pages.length === 0)) return undefined;
    for (const { writeId, index } of numbered(pages)) kept.add(`${writeId}.${index}`);
    for (const ref of parts(next, refs)) kept.add(ref.part);
  }
  const { refs, pages } = await readPages(table, old, context, 'skip');
  const chunks = [...numbered(pages)].filter(({ writeId, index }) => !kept.has(`${writeId}.${index}`));
  const deleted = await unlinkKeys(
    link,
    chunks.flatMap((chunk) => keysOf(link.prefix, tableId, chunk)),
    context,
  );
  const pageKeys = parts(old, refs)
    .filter(({ part }) => !kept.has(part))
    .map(({ part }) => manifestKey(link.prefix, tableId, part));
  return deleted + (await unlinkKeys(link, pageKeys, context));
}
