/** The parts of a new version's manifest: whole pages of the version before stay as they are. */
import { digest } from './checksum.js';
import { encodeHead, encodePageIndex, type Head, MAX_INLINE_PAGES, type PartRef } from './manifest-head.js';
import { encodePage, encodeSchema, PAGE_CHUNKS } from './manifest-page.js';
import type { ChunkMeta, Schema } from './types.js';

export interface ManifestInput {
  readonly writeId: string;
  readonly version: number;
  readonly seed: number;
  readonly chunkRows: number;
  readonly schema: Schema;
  readonly chunks: readonly ChunkMeta[];
  /** The version before, and how many of its chunks stay. */
  readonly before?: { readonly schema: PartRef; readonly pages: readonly PartRef[]; readonly kept: number };
}

export interface Manifest {
  readonly head: Head;
  readonly headBytes: Buffer;
  /** The parts that are new, to be written before the head is published. */
  readonly parts: readonly (readonly [PartRef, Buffer])[];
}

export function makeManifest(input: ManifestInput): Manifest {
  const { writeId, chunks, schema, before } = input;
  const parts: [PartRef, Buffer][] = [];
  const part = (name: string, bytes: Buffer): PartRef => {
    const ref = { part: `${writeId}.${name}`, digest: digest(bytes) };
    parts.push([ref, bytes]);
    return ref;
  };
  const schemaRef = before?.schema ?? part('s', encodeSchema(schema));
  const pages = before ? before.pages.slice(0, Math.floor(before.kept / PAGE_CHUNKS)) : [];
  for (let page = pages.length; page * PAGE_CHUNKS < chunks.length; page++) {
    const members = chunks.slice(page * PAGE_CHUNKS, (page + 1) * PAGE_CHUNKS);
    pages.push(part(`p${page}`, encodePage(members, schema.length)));
  }
  const indexed = pages.length > MAX_INLINE_PAGES;
  const head: Head = {
    version: input.version,
    writeId,
    seed: input.seed,
    chunkRows: input.chunkRows,
    columns: schema.length,
    chunks: chunks.length,
    rows: chunks.reduce((sum, { rows }) => sum + rows, 0),
    storedBytes: chunks.reduce((sum, chunk) => sum + bytesOf(chunk), 0),
    schema: schemaRef,
    pages: indexed ? [part('i', encodePageIndex(pages))] : pages,
    indexed,
  };
  return { head, headBytes: encodeHead(head), parts };
}

/** Bytes of the values of all keys of a chunk. */
export function bytesOf(chunk: Pick<ChunkMeta, 'columns'>): number {
  let bytes = 0;
  for (const column of chunk.columns) bytes += column.bytes + column.validityBytes + column.dictionaryBytes;
  return bytes;
}
