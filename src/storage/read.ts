/** The bytes of chunks, and what to say where they are not there. */
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import type { ColumnBuffers } from './decode.js';
import { chunkKeys } from './keys.js';
import { readState } from './manifest-read.js';
import type { ChunkMeta, TableSnapshot } from './types.js';

export type { ColumnBuffers } from './decode.js';

interface ExpectedKey {
  readonly key: string;
  readonly column: number;
  readonly kind: keyof ColumnBuffers;
  readonly bytes: number;
}

/**
 * The bytes of some columns of a chunk, in the order asked for, by one MGET; every length is that of the manifest.
 * @throws VERSION_COLLECTED where this version was replaced and collected, else DATA_LOSS
 */
export async function readColumns(
  link: ClusterLink,
  snapshot: TableSnapshot,
  chunk: ChunkMeta,
  columnIndexes: readonly number[],
  context: CallContext,
): Promise<ColumnBuffers[]> {
  const expected = columnIndexes.flatMap((column) => expectedKeys(snapshot, chunk, column));
  const first = expected[0];
  if (!first) return [];
  const command = ['MGET', ...expected.map(({ key }) => key)];
  const reply = await link.call({ key: first.key, command, readOnly: true, idempotent: true }, context);
  const values = Array.isArray(reply) ? reply : [];
  if (expected.some(({ bytes }, k) => !Buffer.isBuffer(values[k]) || values[k].length !== bytes)) {
    throw await missingChunkError(link, snapshot, chunk, context);
  }
  return columnIndexes.map((column) => {
    const own = expected
      .map((key, k) => ({ ...key, value: values[k] as Buffer }))
      .filter((key) => key.column === column);
    return Object.fromEntries(own.map(({ kind, value }) => [kind, value])) as unknown as ColumnBuffers;
  });
}

/** The keys that a column of a chunk must have, with their lengths. */
export function expectedKeys(snapshot: TableSnapshot, chunk: ChunkMeta, column: number): ExpectedKey[] {
  const { data, validity, dictionary } = chunkKeys(snapshot, chunk, column);
  const meta = chunk.columns[column];
  if (!meta) return [];
  return [
    { key: data, column, kind: 'data', bytes: meta.bytes },
    ...(validity === undefined
      ? []
      : [{ key: validity, column, kind: 'validity' as const, bytes: meta.validityBytes }]),
    ...(dictionary === undefined
      ? []
      : [{ key: dictionary, column, kind: 'dictionary' as const, bytes: meta.dictionaryBytes }]),
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
  const { name, tableId, version } = snapshot;
  const { exists, dropped, head } = await readState(link, tableId, context);
  if (dropped || (!exists && version > 0)) {
    return new ShardfoldError('TABLE_NOT_FOUND', `table "${name}" was dropped while it was read`);
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
