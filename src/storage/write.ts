/** Whole writes: batches in, a published version out, or nothing changed. */
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { openTable } from './catalog.js';
import { ChunkBuilder } from './chunk-builder.js';
import { inAppend } from './column-types.js';
import { decodeColumn } from './decode.js';
import { checkNumbers, checkWholeRows } from './matrix-append.js';
import { openWriter } from './open-writer.js';
import { readColumns } from './read.js';
import { makeSchema, matchSchema } from './schema.js';
import type { Batch, TableSnapshot } from './types.js';
import type { WriterOptions } from './write-plan.js';
import type { TableWriter } from './writer.js';

export { openWriter } from './open-writer.js';
export { DEFAULT_GRACE_MS, type WritePlan, type WriterOptions } from './write-plan.js';
export { TableWriter } from './writer.js';

export interface WriteOptions extends WriterOptions {
  /** Rows taken from the source, and bytes written, so far. */
  readonly onProgress?: (progress: { rows: number; bytes: number }) => void;
}

/**
 * Writes batches as a new table, a new version of one, or at the end of one. Memory stays bounded: one chunk of rows and a
 * few chunks on their way. A write that fails changes nothing that readers see, and takes back what it wrote.
 *
 * @throws INVALID_VALUE (naming row and column), TABLE_EXISTS, TABLE_NOT_FOUND, SCHEMA_MISMATCH, SHAPE_MISMATCH (part of a row
 *   appended to a matrix), WRITE_CONFLICT (another writer published meanwhile), STAGING_EXPIRED (taken for dead), SERVER_REFUSES_WRITES, …
 */
export async function writeTable(
  link: ClusterLink,
  name: string,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  options: WriteOptions,
  context: CallContext,
): Promise<TableSnapshot> {
  makeSchema(options.fields);
  const writer = await openWriter(link, name, options, context);
  if (!writer) return openTable(link, name, context);
  let published: TableSnapshot | undefined;
  try {
    await fill(writer, batches, options, context);
    published = await writer.publish();
  } catch (error) {
    await takeBack(writer);
    throw writer.plan.base ? inAppend(error) : error;
  }
  if (published) return published;
  await takeBack(writer);
  return openTable(link, name, context);
}

async function fill(
  writer: TableWriter,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  { fields, onProgress }: WriteOptions,
  context: CallContext,
): Promise<void> {
  const { name, schema, base, kept, rowsOfChunk } = writer.plan;
  const order = base && matchSchema(schema, fields, name);
  const short = base?.snapshot.chunks[kept];
  const builder = new ChunkBuilder(schema, {
    rowsOfChunk: (n) => rowsOfChunk(kept + n),
    firstSourceRow: -(short?.rows ?? 0),
  });
  const add = async (batch: Batch) => {
    for (const chunk of builder.add(batch)) await writer.put(chunk);
  };
  let rows = 0;
  for await (const batch of batches) {
    // The source may have taken its time: that is progress too, and no reason to give up.
    context.progress();
    context.check();
    if (batch.rows === 0) continue;
    if (rows === 0 && short && base) await add(await readBatch(link(writer), base.snapshot, kept, context));
    checkNumbers(writer.plan, batch, rows);
    await add(order ? { rows: batch.rows, columns: order.map((k) => batch.columns[k] as Batch['columns'][0]) } : batch);
    rows += batch.rows;
    onProgress?.({ rows, bytes: writer.bytes });
  }
  checkWholeRows(writer.plan, rows);
  const last = builder.finish();
  if (last) await writer.put(last);
  onProgress?.({ rows, bytes: writer.bytes });
}

const link = (writer: TableWriter): ClusterLink => writer.plan.table.link;

/** A chunk of a table as a batch. */
export async function readBatch(
  link: ClusterLink,
  snapshot: TableSnapshot,
  index: number,
  context: CallContext,
): Promise<Batch> {
  const chunk = snapshot.chunks[index];
  if (!chunk) throw new RangeError(`table "${snapshot.name}" has no chunk ${index}`);
  const all = snapshot.schema.map((_, column) => column);
  const buffers = await readColumns(link, snapshot, chunk, all, context);
  const columns = chunk.columns.map((meta, k) => decodeColumn(meta, chunk.rows, buffers[k] as (typeof buffers)[0]));
  return { rows: chunk.rows, columns };
}

/** The error that ended the write matters more than one that comes while it is taken back: its lease ends by itself. */
export async function takeBack(writer: TableWriter): Promise<void> {
  await writer.abort().catch((error: unknown) => {
    process.emitWarning(
      `what a failed write to "${writer.plan.name}" left is collected by the next write or shardfold fsck --repair: ${error}`,
      'ShardfoldWarning',
    );
  });
}
