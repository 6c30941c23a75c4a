/**
 * From a head to a snapshot. Pages and schemas never change under their key, so each link keeps those it read lately; the
 * head is read anew every time.
 */

import { tagForSlot } from '../cluster/slots.js';
import type { CallContext, ClusterLink, Reply } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { corruptManifest } from './bytes.js';
import { manifestKey, tableKey } from './keys.js';
import { decodeHead, decodePageIndex, type Head, type PartRef } from './manifest-head.js';
import { checkPart, decodePage, decodeSchema, type PageChunk } from './manifest-page.js';
import type { ChunkMeta, Schema, TableSnapshot } from './types.js';

/** What a table's hash says, in one atomic look. */
export interface TableState {
  /** The hash exists. */
  readonly exists: boolean;
  readonly dropped: boolean;
  /** Absent before the first publish. */
  readonly head: Head | undefined;
}

export async function readState(link: ClusterLink, tableId: string, context: CallContext): Promise<TableState> {
  const key = tableKey(link.prefix, tableId);
  const command = ['HMGET', key, 'head', 'dropped', 'name'];
  const reply = await link.call({ key, command, readOnly: true, idempotent: true }, context);
  const [head, dropped, name] = reply as Reply[];
  return {
    exists: name !== null || head !== null || dropped !== null,
    dropped: dropped !== null,
    head: Buffer.isBuffer(head) ? decodeHead(head) : undefined,
  };
}

const KEPT_PARTS = 256;
const KEPT_SNAPSHOTS = 16;

interface LinkCache {
  readonly parts: Map<string, Buffer>;
  readonly snapshots: Map<string, TableSnapshot>;
}

const caches = new WeakMap<ClusterLink, LinkCache>();

function cacheOf(link: ClusterLink): LinkCache {
  const cache = caches.get(link) ?? { parts: new Map(), snapshots: new Map() };
  caches.set(link, cache);
  return cache;
}

/** Makes the next look go to the servers for everything. */
export function forgetParts(link: ClusterLink): void {
  caches.delete(link);
}

function keep<Value>(cache: Map<string, Value>, key: string, value: Value, most: number): Value {
  cache.delete(key);
  cache.set(key, value);
  if (cache.size > most) cache.delete(cache.keys().next().value as string);
  return value;
}

/** A part of a manifest, checked against its digest; undefined where the servers no longer have it. */
export async function readPart(
  link: ClusterLink,
  tableId: string,
  ref: PartRef,
  context: CallContext,
): Promise<Buffer | undefined> {
  const key = manifestKey(link.prefix, tableId, ref.part);
  const { parts } = cacheOf(link);
  const known = parts.get(key);
  if (known) return known;
  const reply = await link.call({ key, command: ['GET', key], readOnly: true, idempotent: true }, context);
  return Buffer.isBuffer(reply) ? keep(parts, key, checkPart(ref, reply), KEPT_PARTS) : undefined;
}

/** The columns of a version; none where the part is gone. */
export async function readSchema(
  link: ClusterLink,
  tableId: string,
  { schema }: Head,
  context: CallContext,
): Promise<Schema> {
  const bytes = await readPart(link, tableId, schema, context);
  return bytes ? decodeSchema(bytes) : [];
}

/**
 * The pages of a version in order; undefined in the place of one that is gone.
 * @param damage what to do about a page whose bytes are not what was written: fail with CORRUPT_MANIFEST, or take it for gone
 */
export async function readPages(
  { link, tableId }: { link: ClusterLink; tableId: string },
  head: Head,
  context: CallContext,
  damage: 'fail' | 'skip' = 'fail',
): Promise<{ refs: readonly PartRef[]; pages: (readonly PageChunk[] | undefined)[] }> {
  const read = async (ref: PartRef) => {
    try {
      return await readPart(link, tableId, ref, context);
    } catch (error) {
      if (damage === 'skip' && error instanceof ShardfoldError && error.code === 'CORRUPT_MANIFEST') return undefined;
      throw error;
    }
  };
  let refs = head.pages;
  if (head.indexed && refs[0]) {
    const index = await read(refs[0]);
    refs = index ? decodePageIndex(index) : [];
  }
  const bytes = await Promise.all(refs.map(read));
  return { refs, pages: bytes.map((page) => page && decodePage(page)) };
}

/** The version that a head describes; undefined where parts of it are gone from the servers. */
export async function readSnapshot(
  link: ClusterLink,
  table: { name: string; tableId: string },
  head: Head,
  context: CallContext,
): Promise<TableSnapshot | undefined> {
  const { snapshots } = cacheOf(link);
  const key = `${table.tableId} ${head.version} ${head.writeId}`;
  const known = snapshots.get(key);
  if (known) return known;
  const [schemaBytes, { pages }] = await Promise.all([
    readPart(link, table.tableId, head.schema, context),
    readPages({ link, tableId: table.tableId }, head, context),
  ]);
  const present = pages.filter((page) => page !== undefined);
  if (!schemaBytes || present.length < pages.length || (head.indexed && pages.length === 0)) return undefined;
  const snapshot: TableSnapshot = {
    ...table,
    version: head.version,
    prefix: link.prefix,
    seed: head.seed,
    chunkRows: head.chunkRows,
    schema: decodeSchema(schemaBytes),
    chunks: placed(present.flat()),
    rows: head.rows,
  };
  const rows = snapshot.chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  if (snapshot.chunks.length !== head.chunks || rows !== head.rows) {
    throw corruptManifest(`table "${table.name}"`, 'its pages hold other chunks than its head says');
  }
  return keep(snapshots, key, snapshot, KEPT_SNAPSHOTS);
}

function placed(chunks: readonly PageChunk[]): ChunkMeta[] {
  let firstRow = 0;
  return chunks.map((chunk, index) => {
    const meta = { ...chunk, index, tag: tagForSlot(chunk.slot), firstRow };
    firstRow += chunk.rows;
    return meta;
  });
}
