/** A result as a table: its rows in their order, published at the end, all or nothing. */

import type { ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { openTable } from '../../storage/catalog.js';
import type { Batch, ColumnType, TableSnapshot } from '../../storage/types.js';
import { type WriteOptions, writeTable } from '../../storage/write.js';
import { checkMode } from '../../storage/write-plan.js';
import type { Receipt } from '../receipt.js';
import { storageBatch } from './into-batches.js';
import { onNewest, type ResultSource, type ResultStream, rowsOf } from './source.js';
import { plainOutputs } from './values.js';

export interface TargetOptions extends Omit<WriteOptions, 'fields' | 'mode' | 'onProgress'> {
  /** `create` (the default) fails where the table exists; `append` where it does not; `replace` makes it if need be. */
  readonly mode?: WriteOptions['mode'];
}

/** The table as it is now, and what the query cost. */
export interface IntoResult {
  readonly name: string;
  readonly version: number;
  readonly rows: number;
  readonly chunks: number;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  /** Undefined where the append id counted already: nothing was read. */
  readonly receipt: IntoReceipt | undefined;
}

export interface IntoReceipt extends Receipt {
  readonly written: {
    /** `shards`: each chunk was computed and written where the one that it was made of lies; `client`: by way of this process. */
    readonly way: 'shards' | 'client';
    readonly rows: number;
    /** Bytes of the values written, as they are stored. */
    readonly bytes: number;
  };
}

/**
 * Writes a result by way of this process: batches in, chunks out, memory for a few of both.
 * @throws TABLE_EXISTS, TABLE_NOT_FOUND, SCHEMA_MISMATCH before a row is read; WRITE_CONFLICT where another writer was first,
 *   or replaced the very table that the rows were read from; nothing is changed then
 */
export function writeInto(
  link: ClusterLink,
  source: ResultSource,
  name: string,
  options: TargetOptions,
): Promise<IntoResult> {
  const { mode = 'create', ...others } = options;
  checkMode(mode);
  return onNewest(source, async (stream) => {
    const outputs = plainOutputs(stream.outputs);
    const state: Flow = { rows: 0, bytes: 0, receipt: undefined };
    const onProgress = (progress: { rows: number; bytes: number }): void => void Object.assign(state, progress);
    const write = { ...others, mode, fields: outputs, onProgress };
    const batches = flow(link, source, { stream, name, mode }, state);
    const table = await writeTable(link, name, batches, write, source.context).catch((error: unknown) => {
      // All was read and published, and others have replaced and collected it already: not to be done twice.
      if (state.receipt && error instanceof ShardfoldError && error.code === 'VERSION_COLLECTED') {
        return openTable(link, name, source.context);
      }
      throw error;
    });
    const { rows, bytes, receipt } = state;
    return { ...describe(table), receipt: receipt && { ...receipt, written: { way: 'client', rows, bytes } } };
  });
}

interface Flow {
  rows: number;
  bytes: number;
  receipt: Receipt | undefined;
}

/** Runs once the write is staged: from then on a version of another writer makes the publishing fail. */
async function* flow(
  link: ClusterLink,
  { context }: ResultSource,
  { stream, name, mode }: { stream: ResultStream; name: string; mode: WriteOptions['mode'] },
  state: Flow,
): AsyncGenerator<Batch, void> {
  const staged = mode === 'replace' ? await versionOf(link, name, context) : undefined;
  const batches = stream.batches();
  try {
    for (;;) {
      const step = await batches.next();
      if (step.done) {
        state.receipt = step.value;
        break;
      }
      if (rowsOf(step.value) > 0) yield storageBatch(plainOutputs(stream.outputs), step.value);
    }
  } finally {
    await batches.return(undefined as never);
  }
  // A table that is made from itself must be made from what it replaces.
  const read = state.receipt.tables ?? [state.receipt];
  if (staged !== undefined && read.some(({ table, version }) => table === name && version !== staged)) {
    throw new ShardfoldError('WRITE_CONFLICT', `table "${name}" was written to while this write to it began`, {
      hint: 'run it again: it starts from the newest version',
    });
  }
}

async function versionOf(link: ClusterLink, name: string, context: ResultSource['context']) {
  try {
    return (await openTable(link, name, context)).version;
  } catch (error) {
    if (error instanceof ShardfoldError && error.code === 'TABLE_NOT_FOUND') return undefined;
    throw error;
  }
}

export function describe({ name, version, rows, chunks, schema }: TableSnapshot): Omit<IntoResult, 'receipt'> {
  const columns = schema.map((field) => ({ name: field.name, type: field.type }));
  return { name, version, rows, chunks: chunks.length, columns };
}
