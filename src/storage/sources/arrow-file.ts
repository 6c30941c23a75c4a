/** Arrow IPC files and streams, read batch by batch: the memory is bounded by the largest record batch of the file. */
import { type FileHandle, open } from 'node:fs/promises';
import zlib from 'node:zlib';
import { ShardfoldError } from '../../errors.js';
import { recordBatches } from './arrow.js';
import type { ArrowBatch, ArrowSchema } from './arrow-facts.js';
import { unreadable } from './duckdb-errors.js';
import { decodeLz4Frame } from './lz4.js';
import type { ColumnWishes, Source } from './source.js';

type Arrow = typeof import('apache-arrow');

/** @throws FILE_UNREADABLE, MISSING_DEPENDENCY, and what `arrowSource` throws */
export async function arrowFileSource(file: string, wishes: ColumnWishes): Promise<Source> {
  const arrow = await load();
  const handle = await open(file);
  try {
    const { schema } = await openReader(arrow, file, handle);
    const batches = { [Symbol.asyncIterator]: () => read(arrow, file) };
    return recordBatches(schema as ArrowSchema, batches, wishes);
  } finally {
    await handle.close();
  }
}

async function* read(arrow: Arrow, file: string): AsyncGenerator<ArrowBatch, void> {
  const handle = await open(file);
  try {
    const reader = (await openReader(arrow, file, handle))[Symbol.asyncIterator]();
    for (;;) {
      const item = await reader.next().catch((cause: unknown) => {
        throw notArrow(file, cause);
      });
      if (item.done) return;
      yield item.value as ArrowBatch;
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
  const { name = '', message = String(cause) } = cause as Partial<Error>;
  // What apache-arrow stumbles over where bytes are missing says nothing of the file.
  const isCut = name === 'TypeError' || name === 'RangeError' || /only read \d+/.test(message);
  const what = isCut ? 'it is cut short, or damaged' : message;
  const hint = /compress|codec/i.test(what)
    ? 'write it without compression, or with lz4'
    : 'is it a whole Arrow IPC file or stream?';
  return unreadable(file, what, hint, cause);
}

/** Codecs for compressed files, where the app has not registered some of its own. */
function registerCodecs({ compressionRegistry, CompressionType }: Arrow): void {
  const { LZ4_FRAME, ZSTD } = CompressionType;
  if (!compressionRegistry.get(LZ4_FRAME)) compressionRegistry.set(LZ4_FRAME, { decode: decodeLz4Frame });
  // Node has it from 22.15 on.
  const zstd = (zlib as { zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array }).zstdDecompressSync;
  if (zstd && !compressionRegistry.get(ZSTD))
    compressionRegistry.set(ZSTD, { decode: (bytes) => Uint8Array.from(zstd(bytes)) });
}

async function load(): Promise<Arrow> {
  try {
    const arrow = await import('apache-arrow');
    registerCodecs(arrow);
    return arrow;
  } catch (cause) {
    throw new ShardfoldError('MISSING_DEPENDENCY', 'reading Arrow files needs apache-arrow', {
      hint: 'npm i apache-arrow',
      cause,
    });
  }
}
