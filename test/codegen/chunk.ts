/** A chunk written by hand, for kernels under test: no manifest, no writer. */
import { slotOf } from '../../src/cluster/slots.js';
import type { CallContext, ClusterLink } from '../../src/cluster/types.js';
import type { ColumnBuffers } from '../../src/storage/decode.js';
import { encodeColumn } from '../../src/storage/encode.js';
import { chunkKeys, newId } from '../../src/storage/keys.js';
import type { BatchColumn, ChunkMeta, ColumnType, TableSnapshot } from '../../src/storage/types.js';

export interface WrittenChunk {
  readonly snapshot: TableSnapshot;
  readonly chunk: ChunkMeta;
  readonly buffers: readonly ColumnBuffers[];
}

export async function writeChunk(
  link: ClusterLink,
  columns: readonly (readonly [name: string, type: ColumnType, values: BatchColumn])[],
  rows: number,
  context: CallContext,
): Promise<WrittenChunk> {
  const encoded = columns.map(([, type, values]) => encodeColumn(type, values));
  const tag = newId();
  const chunk: ChunkMeta = {
    index: 0,
    slot: slotOf(tag),
    tag,
    writeId: newId(),
    rows,
    firstRow: 0,
    columns: encoded.map(({ meta }) => meta),
  };
  const snapshot: TableSnapshot = {
    name: 'by hand',
    tableId: newId(),
    version: 1,
    prefix: link.prefix,
    seed: 0,
    chunkRows: 65_024,
    schema: columns.map(([name, type], i) => ({ name, type, id: String(i) })),
    chunks: [chunk],
    rows,
  };
  for (const [i, { data, validity, dictionary }] of encoded.entries()) {
    const keys = chunkKeys(snapshot, chunk, i);
    for (const [key, value] of [
      [keys.data, data],
      [keys.validity, validity],
      [keys.dictionary, dictionary],
    ] as const) {
      if (key !== undefined && value !== undefined) {
        await link.call({ key, command: ['SET', key, value], readOnly: false, idempotent: true }, context);
      }
    }
  }
  return { snapshot, chunk, buffers: encoded };
}
