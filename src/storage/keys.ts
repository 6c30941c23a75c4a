/**
 * The names of all keys. Nothing of a user's text reaches them: ids are generated, `[a-z0-9]`.
 *
 *     <prefix>:{catalog}:tables                                     hash: table name → table id
 *     <prefix>:{<table id>}:<table id>                              hash: all that changes of a table
 *     <prefix>:{<table id>}:<table id>:<write id>.p<n>, .s, .i      manifest page, schema, page index; never changed
 *     <prefix>:{<tag>}:<table id>:<write id>.<chunk>:<column id>    a column of a chunk; .v its validity, .d its dictionary
 */
import { randomBytes } from 'node:crypto';
import type { ChunkMeta, TableSnapshot } from './types.js';
import { placeOf } from './zipped.js';

/** The keys of a column of a chunk; only those that exist. */
export interface ColumnKeys {
  readonly data: string;
  readonly validity?: string;
  readonly dictionary?: string;
}

const ID_LENGTH = 10;

/** A new id for a table or a write: 10 characters, 51 bits by chance. */
export function newId(): string {
  let id = '';
  while (id.length < ID_LENGTH) {
    for (const byte of randomBytes(ID_LENGTH)) {
      // 252 is the largest multiple of 36 in a byte: beyond it some letters would be likelier than others.
      if (byte < 252 && id.length < ID_LENGTH) id += (byte % 36).toString(36);
    }
  }
  return id;
}

export function catalogKey(prefix: string): string {
  return `${prefix}:{catalog}:tables`;
}

export function tableKey(prefix: string, tableId: string): string {
  return `${prefix}:{${tableId}}:${tableId}`;
}

/** A part of the manifest: `p0`, `p1`, … pages, `s` the schema, `i` the index of pages. */
export function manifestKey(prefix: string, tableId: string, part: string): string {
  return `${tableKey(prefix, tableId)}:${part}`;
}

export type KeyKind = 'data' | 'validity' | 'dictionary';

const SUFFIX: Readonly<Record<KeyKind, string>> = { data: '', validity: '.v', dictionary: '.d' };

export interface ChunkAddress {
  readonly prefix: string;
  readonly tableId: string;
  readonly tag: string;
  readonly writeId: string;
  readonly index: number;
}

export function chunkKey(address: ChunkAddress, columnId: string, kind: KeyKind): string {
  const { prefix, tableId, tag, writeId, index } = address;
  return `${prefix}:{${tag}}:${tableId}:${writeId}.${index}:${columnId}${SUFFIX[kind]}`;
}

/** The keys of one column of one chunk of a table. */
export function chunkKeys(of: TableSnapshot, ofChunk: ChunkMeta, columnIndex: number): ColumnKeys {
  const { snapshot, chunk, column: index } = placeOf(of, ofChunk, columnIndex);
  const column = chunk.columns[index];
  const field = snapshot.schema[index];
  if (!column || !field) throw new RangeError(`chunk ${chunk.index} has no column ${index}`);
  const { prefix, tableId } = snapshot;
  const address = { prefix, tableId, tag: chunk.tag, writeId: chunk.writeId, index: chunk.index };
  return {
    data: chunkKey(address, field.id, 'data'),
    ...(column.validityBytes > 0 && { validity: chunkKey(address, field.id, 'validity') }),
    ...(column.dictionaryBytes > 0 && { dictionary: chunkKey(address, field.id, 'dictionary') }),
  };
}

/** What a key of ours says about itself; undefined for any other key. */
export interface ParsedKey {
  readonly tableId: string;
  /** Absent for the table's own hash. */
  readonly writeId?: string;
  /** Chunk number, or a part of the manifest. */
  readonly part?: string;
}

/** Takes a key apart: the way back for `fsck`, which meets keys that no manifest names. */
export function parseKey(prefix: string, key: string): ParsedKey | undefined {
  if (!key.startsWith(`${prefix}:{`)) return undefined;
  const rest = /^([a-z0-9]+)\}:([a-z0-9]{10})(?::([a-z0-9]{10})\.([a-z]?[0-9]*)(?::[a-z0-9]+(?:\.[vd])?)?)?$/;
  const [, tag, tableId, writeId, part] = rest.exec(key.slice(prefix.length + 2)) ?? [];
  if (tableId === undefined) return undefined;
  if (writeId === undefined || part === undefined) return tag === tableId ? { tableId } : undefined;
  return { tableId, writeId, part };
}
