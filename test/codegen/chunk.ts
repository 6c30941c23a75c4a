/** A chunk written by hand, for kernels under test: no manifest, no writer. */
import { slotOf } from '../../src/cluster/slots.js';
import type { CallContext, ClusterLink } from '../../src/cluster/types.js';
import type { Kernel, Slice } from '../../src/codegen/kernel.js';
import type { Partial } from '../../src/codegen/partial.js';
import { foldOnClient, sliceColumn } from '../../src/engine/client-side.js';
import { foldInShard } from '../../src/engine/shard-side.js';
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

/** Expects the partial of a slice to be the same from the shard and from the client side. */
export async function sameOnBothSides(
  link: ClusterLink,
  { snapshot, buffers }: WrittenChunk,
  kernel: Kernel,
  slice: Slice,
): Promise<void> {
  const columns = kernel.body.shape.columns.map((column) =>
    sliceColumn(column, slice, buffers[column.index] as ColumnBuffers),
  );
  const client = foldOnClient(kernel, slice, columns);
  const { partial } = await foldInShard(link, snapshot, kernel, slice, link.context());
  expect(plain(partial)).toEqual(plain(client));
}

const plain = ({ groups, keys, rows, fields }: Partial) => ({
  groups,
  keys: keys.map((column) => [...Array.from(column)]),
  rows: [...Array.from(rows)],
  fields: fields.map((column) => [...Array.from(column as ArrayLike<unknown>)]),
});
