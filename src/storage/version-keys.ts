/** Which keys belong to a version, or to a write that was never published. */
import { tagForSlot } from '../cluster/slots.js';
import { chunkKey, type KeyKind, manifestKey } from './keys.js';
import type { Head, PartRef } from './manifest-head.js';
import { PAGE_CHUNKS, type PageChunk } from './manifest-page.js';
import { placeChunk } from './placement.js';
import { columnId } from './schema.js';
import type { Extent, TableRef } from './staging.js';

/** All keys that a write may have made: it declared how far it would go before it wrote. */
export function* abandonedKeys({ link, tableId }: TableRef, writeId: string, extent: Extent): Generator<string> {
  const { prefix } = link;
  const kinds: KeyKind[] = ['data', 'validity', 'dictionary'];
  for (let index = extent.first; index < extent.upTo; index++) {
    const { tag } = placeChunk(extent.seed, index);
    for (let column = 0; column < extent.columns; column++) {
      const address = { prefix, tableId, tag, writeId, index };
      for (const kind of kinds) yield chunkKey(address, columnId(column), kind);
    }
  }
  for (const part of ['s', 'i']) yield manifestKey(prefix, tableId, `${writeId}.${part}`);
  for (let page = Math.floor(extent.first / PAGE_CHUNKS); page * PAGE_CHUNKS <= extent.upTo; page++) {
    yield manifestKey(prefix, tableId, `${writeId}.p${page}`);
  }
}

export type NumberedChunk = PageChunk & { readonly index: number };

/** Chunks with their numbers; those of pages that are gone were deleted before them. */
export function* numbered(pages: readonly (readonly PageChunk[] | undefined)[]): Generator<NumberedChunk> {
  for (const [p, page] of pages.entries()) {
    for (const [k, chunk] of (page ?? []).entries()) yield { ...chunk, index: p * PAGE_CHUNKS + k };
  }
}

/** All parts of a version's manifest; the index of pages last, since the others are found by it. */
export function parts(head: Head, refs: readonly PartRef[]): PartRef[] {
  return [...refs, head.schema, ...(head.indexed ? head.pages : [])];
}

export function keysOf(prefix: string, tableId: string, chunk: NumberedChunk): string[] {
  const address = { prefix, tableId, tag: tagForSlot(chunk.slot), writeId: chunk.writeId, index: chunk.index };
  return chunk.columns.flatMap((column, k) => [
    chunkKey(address, columnId(k), 'data'),
    ...(column.validityBytes > 0 ? [chunkKey(address, columnId(k), 'validity')] : []),
    ...(column.dictionaryBytes > 0 ? [chunkKey(address, columnId(k), 'dictionary')] : []),
  ]);
}
