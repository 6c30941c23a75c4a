/** Columns on their way to the client side, and dictionaries, which are kept: groups come back as codes. */

import { waitUnder } from '../cluster/context.js';
import type { CallContext, ClusterLink } from '../cluster/types.js';
import type { Kernel } from '../codegen/kernel.js';
import { isDictionary } from '../codegen/shape.js';
import { chunkKeys } from '../storage/keys.js';
import { missingChunkError } from '../storage/read.js';
import type { ChunkMeta, ColumnChunk, TableSnapshot } from '../storage/types.js';
import { entryOf } from './client-side.js';
import type { TextOfCode } from './group-read.js';

/** Memory that dictionaries take in a process. */
const MAX_CACHED_BYTES = 64 * 2 ** 20;
/** What V8 needs for a string beside its bytes. */
const STRING_BYTES = 32;

export type TextOfOne = (code: number) => string;

interface Cached {
  readonly bytes: number;
  readonly text: Promise<TextOfOne>;
}

/** Keys are never written twice with other bytes, so that what was read once stays right. */
const cache = new Map<string, Cached>();
let cachedBytes = 0;

/** The strings behind the codes that a fold's partials of one chunk may hold. */
export async function dictionariesOf(
  link: ClusterLink,
  snapshot: TableSnapshot,
  kernel: Kernel,
  chunk: ChunkMeta,
  context: CallContext,
): Promise<TextOfCode> {
  const { shape, states } = kernel.body;
  const wanted = new Set<number>();
  for (const key of shape.spec.keys) if (key.kind === 'column') wanted.add(key.index);
  for (const { arg, code, coded } of states) {
    for (const { holds } of code.fields) {
      const expr = holds !== undefined && coded[holds] ? shape.spec.args[arg]?.exprs[holds] : undefined;
      if (expr?.kind === 'column') wanted.add(expr.index);
    }
  }
  const texts = new Map<number, TextOfOne>();
  await Promise.all(
    [...wanted].map(async (index) => {
      if (!isDictionary((chunk.columns[index] as ColumnChunk).encoding)) return;
      texts.set(index, await dictionary(link, snapshot, chunk, index, context));
    }),
  );
  return (index, code) => (texts.get(index) as TextOfOne)(code);
}

/** The strings behind the codes of a dictionary column of a chunk. */
export function dictionary(
  link: ClusterLink,
  snapshot: TableSnapshot,
  chunk: ChunkMeta,
  index: number,
  context: CallContext,
): Promise<TextOfOne> {
  const key = chunkKeys(snapshot, chunk, index).dictionary as string;
  const known = cache.get(key);
  if (known) {
    cache.delete(key);
    cache.set(key, known);
    return waitUnder(context, known.text, () => `the dictionary ${key}`).catch(() => {
      // Another query asked for it, and may have been aborted or have failed elsewhere since: that is not ours.
      context.check();
      return dictionary(link, snapshot, chunk, index, context);
    });
  }
  const { dictionaryBytes, dictionaryEntries } = chunk.columns[index] as ColumnChunk;
  const text = load(link, snapshot, chunk, key, context, dictionaryBytes, dictionaryEntries);
  const entry = { bytes: 2 * dictionaryBytes + STRING_BYTES * dictionaryEntries, text };
  cache.set(key, entry);
  cachedBytes += entry.bytes;
  text.catch(() => {
    if (cache.get(key) === entry) forget(key);
  });
  for (const oldest of cache.keys()) {
    if (cachedBytes <= MAX_CACHED_BYTES || oldest === key) break;
    forget(oldest);
  }
  return text;
}

function forget(key: string): void {
  cachedBytes -= cache.get(key)?.bytes ?? 0;
  cache.delete(key);
}

async function load(
  link: ClusterLink,
  snapshot: TableSnapshot,
  chunk: ChunkMeta,
  key: string,
  context: CallContext,
  size: number,
  entries: number,
): Promise<TextOfOne> {
  const bytes = await link.call({ key, command: ['GET', key], readOnly: true, idempotent: true }, context);
  if (!Buffer.isBuffer(bytes) || bytes.length !== size) throw await missingChunkError(link, snapshot, chunk, context);
  const texts: string[] = [];
  return (code) => {
    texts[code] ??= entryOf(bytes, entries, code - 1);
    return texts[code] as string;
  };
}
