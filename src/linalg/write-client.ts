/** Vectors written by way of this process, from what another one held. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import type { IntoReceipt } from '../engine/results/into-types.js';
import { ShardfoldError } from '../errors.js';
import type { Batch, TableSnapshot } from '../storage/types.js';
import { writeTable } from '../storage/write.js';
import { VECTOR_FIELDS } from './open.js';
import { checkNewest } from './overtaken.js';
import type { VectorWriteOptions } from './run.js';

interface ClientWrite {
  /** What the values come from; the result lies in the same slots. */
  readonly home: TableSnapshot;
  readonly into: string;
  /** Asked for once the write is staged. */
  batches(): AsyncIterable<Batch> | Iterable<Batch>;
}

/** @throws WRITE_CONFLICT where another writer was first, or replaced the very vector that the values come from */
export async function writeByClient(
  link: ClusterLink,
  { home, into, batches }: ClientWrite,
  { waitReplicas, graceMs }: VectorWriteOptions,
  context: CallContext,
): Promise<IntoReceipt['written']> {
  const done = { rows: 0, bytes: 0, isRead: false };
  async function* flow(): AsyncGenerator<Batch> {
    if (into === home.name) await checkNewest(link, home, context);
    yield* batches();
    done.isRead = true;
  }
  const write = {
    fields: VECTOR_FIELDS,
    mode: 'replace' as const,
    chunkRows: home.chunkRows,
    // In place, too: its chunks may be of different lengths, and others lie beside them.
    alignWith: home.name,
    ...(waitReplicas !== undefined && { waitReplicas }),
    ...(graceMs !== undefined && { graceMs }),
    onProgress: (progress: { readonly rows: number; readonly bytes: number }) => void Object.assign(done, progress),
  };
  await writeTable(link, into, flow(), write, context).catch((error: unknown) => {
    // All was read and published, and others have replaced and collected it already: not to be done twice.
    const isPublished = done.isRead && error instanceof ShardfoldError && error.code === 'VERSION_COLLECTED';
    if (!isPublished) throw error;
  });
  return { way: 'client', rows: done.rows, bytes: done.bytes };
}
