/** The bytes of chunks, and what to say where they are not there. */
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import type { ColumnBuffers } from './decode.js';
import { chunkKeys } from './keys.js';
import { readState } from './manifest-read.js';
import type { ChunkMeta, TableSnapshot } from './types.js';
import { isZipped, type ZippedTable } from './zipped.js';

export type { ColumnBuffers } from './decode.js';

interface ExpectedKey {
  readonly key: string;
  readonly kind: keyof ColumnBuffers;
  readonly bytes: number;
}

interface Wanted extends Pick<ExpectedKey, 'key' | 'bytes'> {
  /** Which of the columns asked for it is a key of, and which key. */
  readonly places: { readonly place: number; readonly kind: keyof ColumnBuffers }[];
}

/** What one MGET asks for at most, unless a single key is longer: a server copies a megabyte in well under a millisecond. */
const CALL_BYTES = 1024 * 1024;

/**
 * The bytes of some columns of a chunk, in the order asked for; every length is that of the manifest. One MGET, or for more than
 * a megabyte several, one after the other.
 * @throws VERSION_COLLECTED where this version was replaced and collected, else DATA_LOSS
 */
export async function readColumns(
  link: ClusterLink,
  snapshot: TableSnapshot,
  chunk: ChunkMeta,
  columnIndexes: readonly number[],
  context: CallContext,
): Promise<ColumnBuffers[]> {
  const found = columnIndexes.map(() => ({}) as Record<keyof ColumnBuffers, Buffer>);
  const wanted = new Map<string, Wanted>();
  columnIndexes.forEach((column, place) => {
    for (const { key, kind, bytes } of expectedKeys(snapshot, chunk, column)) {
      // Of a matrix one key holds all columns.
      const known: Wanted = wanted.get(key) ?? { key, bytes, places: [] };
      known.places.push({ place, kind });
      wanted.set(key, known);
    }
  });
  for (const slice of slicesOf([...wanted.values()])) {
    const command = ['MGET', ...slice.map(({ key }) => key)];
    const reply = await link.call({ key: command[1] as string, command, readOnly: true, idempotent: true }, context);
    const values = Array.isArray(reply) ? reply : [];
    for (const [k, { places, bytes }] of slice.entries()) {
      const value: unknown = values[k];
      if (!Buffer.isBuffer(value) || value.length !== bytes) {
        throw await missingChunkError(link, snapshot, chunk, context);
      }
      for (const { place, kind } of places) (found[place] as Record<keyof ColumnBuffers, Buffer>)[kind] = value;
    }
  }
  return found;
}

function* slicesOf<Key extends { bytes: number }>(keys: readonly Key[]): Generator<Key[]> {
  let slice: Key[] = [];
  let bytes = 0;
  for (const key of keys) {
    if (slice.length > 0 && bytes + key.bytes > CALL_BYTES) {
      yield slice;
      [slice, bytes] = [[], 0];
    }
    slice.push(key);
    bytes += key.bytes;
  }
  if (slice.length > 0) yield slice;
}

/** The keys that a column of a chunk must have, with their lengths. */
export function expectedKeys(snapshot: TableSnapshot, chunk: ChunkMeta, column: number): ExpectedKey[] {
  const { data, validity, dictionary } = chunkKeys(snapshot, chunk, column);
  const meta = chunk.columns[column];
  if (!meta) return [];
  return [
    { key: data, kind: 'data', bytes: meta.bytes },
    ...(validity === undefined ? [] : [{ key: validity, kind: 'validity' as const, bytes: meta.validityBytes }]),
    ...(dictionary === undefined
      ? []
      : [{ key: dictionary, kind: 'dictionary' as const, bytes: meta.dictionaryBytes }]),
  ];
}

/**
 * Why a chunk of this snapshot was not found as the manifest says; the engine asks when a kernel reports it.
 * @returns TABLE_NOT_FOUND (dropped), VERSION_COLLECTED (replaced), DATA_LOSS naming key and column, or CLUSTER_DOWN where the
 *   chunk is whole again: then a failover or a migration was under way
 */
export async function missingChunkError(
  link: ClusterLink,
  snapshot: TableSnapshot,
  chunk: ChunkMeta,
  context: CallContext,
): Promise<ShardfoldError> {
  if (isZipped(snapshot)) return missingOfSides(link, snapshot, chunk, context);
  const { name, tableId, version } = snapshot;
  const { exists, dropped, head } = await readState(link, tableId, context);
  if (dropped || (!exists && version > 0)) {
    return new ShardfoldError('TABLE_NOT_FOUND', `table "${name}" was dropped while it was read`, {
      hint: 'shardfold tables, or tables() in a program, lists those that there are',
    });
  }
  if (head && head.version > version) {
    const message = `version ${version} of table "${name}" was replaced by version ${head.version} and collected`;
    return new ShardfoldError('VERSION_COLLECTED', message, {
      hint: 'run the query again: it reads the newest version',
    });
  }
  const shard = link.ownerOf(chunk.slot).address;
  const place = { shard, slot: chunk.slot };
  for (const [column, field] of snapshot.schema.entries()) {
    for (const { key, bytes } of expectedKeys(snapshot, chunk, column)) {
      const command = ['STRLEN', key];
      const found = Number(await link.call({ key, command, readOnly: true, idempotent: true }, context));
      if (found === bytes) continue;
      const state = found === 0 ? 'is missing' : `has ${found} bytes`;
      return new ShardfoldError(
        'DATA_LOSS',
        `table "${name}", chunk ${chunk.index}, column "${field.name}": key ${key} ${state} on ${shard} (slot ${chunk.slot}), its manifest names ${bytes} bytes`,
        { ...place, hint: 'shardfold fsck shows all that is lost; import the table again, or restore the servers' },
      );
    }
  }
  const message = `chunk ${chunk.index} of table "${name}" was not found on ${shard}, and is there now`;
  return new ShardfoldError('CLUSTER_DOWN', message, {
    ...place,
    hint: 'a failover or migration is under way: run it again',
  });
}

/** Of the tables of a zip, one that lacks something goes before one that is whole. */
async function missingOfSides(
  link: ClusterLink,
  { sides }: ZippedTable,
  { index }: ChunkMeta,
  context: CallContext,
): Promise<ShardfoldError> {
  const errors: ShardfoldError[] = [];
  for (const side of sides) errors.push(await missingChunkError(link, side, side.chunks[index] as ChunkMeta, context));
  return errors.find(({ code }) => code !== 'CLUSTER_DOWN') ?? (errors[0] as ShardfoldError);
}
