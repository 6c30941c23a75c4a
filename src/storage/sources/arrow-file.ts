/** Arrow IPC files and streams, read batch by batch: the memory is bounded by the largest record batch of the file. */
import { type FileHandle, open } from 'node:fs/promises';
import type { RecordBatch } from 'apache-arrow';
import { ShardfoldError } from '../../errors.js';
import { type ArrowSchema, recordBatches } from './arrow.js';
import { unreadable } from './duckdb-errors.js';
import type { ColumnWishes, Source } from './source.js';

type Arrow = typeof import('apache-arrow');

/** @throws FILE_UNREADABLE, MISSING_DEPENDENCY, and what `arrowSource` throws */
export async function arrowFileSource(file: string, wishes: ColumnWishes): Promise<Source> {
  const arrow = await load();
  const handle = await open(file);
  try {
    const { schema } = await openReader(arrow, file, handle);
    const batches = { [Symbol.asyncIterator]: () => read(arrow, file) };
    return recordBatches(schema as unknown as ArrowSchema, batches, wishes);
  } finally {
    await handle.close();
  }
}

async function* read(arrow: Arrow, file: string): AsyncGenerator<RecordBatch, void> {
  const handle = await open(file);
  try {
    const reader = (await openReader(arrow, file, handle))[Symbol.asyncIterator]();
    for (;;) {
      const item = await reader.next().catch((cause: unknown) => {
        throw notArrow(file, cause);
      });
      if (item.done) return;
      yield item.value;
    }
  } finally {
    await handle.close();
  }
}

async function openReader(arrow: Arrow, file: string, handle: FileHandle) {
  try {
    const reader = await arrow.RecordBatchReader.from(handle);
    return await reader.open();
  } catch (cause) {
    throw notArrow(file, cause);
  }
}

function notArrow(file: string, cause: unknown): ShardfoldError {
  const what = cause instanceof Error ? cause.message : String(cause);
  const hint = /compress|codec/i.test(what)
    ? 'write it without compression'
    : 'is it a whole Arrow IPC file or stream?';
  return unreadable(file, what, hint, cause);
}

async function load(): Promise<Arrow> {
  try {
    return await import('apache-arrow');
  } catch (cause) {
    throw new ShardfoldError('MISSING_DEPENDENCY', 'reading Arrow files needs apache-arrow', {
      hint: 'npm i apache-arrow',
      cause,
    });
  }
}
