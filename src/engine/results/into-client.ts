/** A result written by way of this process: batches in, chunks out, memory for a few of both. */

import type { ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { openTable } from '../../storage/catalog.js';
import type { Batch, TableSnapshot } from '../../storage/types.js';
import { type WriteOptions, writeTable } from '../../storage/write.js';
import type { Receipt } from '../receipt.js';
import { storageBatch } from './into-batches.js';
import { describe, type IntoResult, type Target } from './into-types.js';
import { type ResultSource, type ResultStream, rowsOf } from './source.js';
import { plainOutputs } from './values.js';

export interface IntoWork {
  readonly link: ClusterLink;
  readonly source: ResultSource;
  readonly name: string;
  readonly target: Target;
}

export async function writeByClient(
  { link, source, name, target }: IntoWork,
  stream: ResultStream,
): Promise<IntoResult> {
  const { mode } = target;
  const state: Flow = { rows: 0, bytes: 0, receipt: undefined };
  const onProgress = (progress: { rows: number; bytes: number }): void => void Object.assign(state, progress);
  const write = { ...target, fields: plainOutputs(stream.outputs), onProgress };
  const batches = flow(link, source, { stream, name, mode }, state);
  const table = await writeTable(link, name, batches, write, source.context).catch((error: unknown) => {
    // All was read and published, and others have replaced and collected it already: not to be done twice.
    if (state.receipt && error instanceof ShardfoldError && error.code === 'VERSION_COLLECTED') {
      return openTable(link, name, source.context);
    }
    throw error;
  });
  const { rows, bytes, receipt } = state;
  return {
    ...describe(table),
    receipt: { ...(receipt ?? nothingRead(table, source)), written: { way: 'client', rows, bytes } },
  };
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

/** Of an append whose id counted already. */
function nothingRead({ name, version }: TableSnapshot, { context: { tally } }: ResultSource): Receipt {
  const { calls, retries, bytesSent, bytesReceived } = tally;
  return {
    table: name,
    version,
    tables: [],
    chunks: { expected: 0, computed: 0, pruned: 0, fromManifest: 0, notNeeded: 0 },
    computedOn: { shards: 0, client: 0 },
    ...{ calls, retries: { ...retries }, bytesSent, bytesReceived },
    ...{ bytesStored: 0, serverMs: 0, longestCallMs: 0, wallMs: 0, shards: {} },
  };
}
