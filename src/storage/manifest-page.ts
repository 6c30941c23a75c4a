/**
 * Pages of a manifest: up to 256 chunks each, written once and cached by clients. Binary, because JSON loses NaN, Infinity and
 * −0 and takes three times the room. A chunk's index and first row follow from its place and are not stored.
 */
import { ByteReader, ByteWriter, corruptManifest } from './bytes.js';
import { digest } from './checksum.js';
import type { PartRef } from './manifest-head.js';
import type { ColumnChunk, Encoding, Schema } from './types.js';

export const PAGE_CHUNKS = 256;

/** What a page says of a chunk. */
export interface PageChunk {
  readonly writeId: string;
  readonly slot: number;
  readonly rows: number;
  readonly columns: readonly ColumnChunk[];
}

const MAGIC = Buffer.from('SFP1');
const ENCODINGS: readonly Encoding[] = ['f64', 'f32', 'u8', 'u16', 'dict8', 'dict16', 'plain'];
// One bit a group of fields that is there.
const STEPPED = 1;
const WITH_VALIDITY = 2;
const WITH_DICTIONARY = 4;
const NO_BOUND = 0;
const NUMBER_BOUND = 1;
const BYTES_BOUND = 2;

export function encodePage(chunks: readonly PageChunk[], columns: number): Buffer {
  const writer = new ByteWriter().raw(MAGIC).u16(chunks.length).u16(columns);
  for (const chunk of chunks) {
    writer.short(Buffer.from(chunk.writeId)).u16(chunk.slot).u32(chunk.rows);
    for (const column of chunk.columns) writeColumn(writer, column);
  }
  return writer.done();
}

/** @throws CORRUPT_MANIFEST */
export function decodePage(bytes: Buffer): PageChunk[] {
  const reader = new ByteReader(bytes, 'page');
  if (!reader.raw(4).equals(MAGIC)) throw corruptManifest('page', 'it is something else');
  const count = reader.u16();
  const columns = reader.u16();
  const chunks = Array.from({ length: count }, () => ({
    writeId: reader.short().toString('latin1'),
    slot: reader.u16(),
    rows: reader.u32(),
    columns: Array.from({ length: columns }, () => readColumn(reader)),
  }));
  reader.end();
  return chunks;
}

function writeColumn(writer: ByteWriter, column: ColumnChunk): void {
  const flags =
    (column.step !== 0 ? STEPPED : 0) |
    (column.validityBytes > 0 ? WITH_VALIDITY : 0) |
    (column.dictionaryBytes > 0 ? WITH_DICTIONARY : 0);
  writer.u8(ENCODINGS.indexOf(column.encoding)).u8(flags).u32(column.nullCount).u32(column.bytes).u32(column.checksum);
  if (flags & STEPPED) writer.f64(column.base).f64(column.step);
  if (flags & WITH_VALIDITY) writer.u32(column.validityBytes).u32(column.validityChecksum);
  if (flags & WITH_DICTIONARY) {
    writer.u32(column.dictionaryBytes).u32(column.dictionaryChecksum).u32(column.dictionaryEntries);
  }
  writeBound(writer, column.min);
  writeBound(writer, column.max);
}

function readColumn(reader: ByteReader): ColumnChunk {
  const encoding = ENCODINGS[reader.u8()];
  if (!encoding) throw corruptManifest('page', 'an unknown encoding');
  const flags = reader.u8();
  return {
    encoding,
    nullCount: reader.u32(),
    bytes: reader.u32(),
    checksum: reader.u32(),
    base: flags & STEPPED ? reader.f64() : 0,
    step: flags & STEPPED ? reader.f64() : 0,
    validityBytes: flags & WITH_VALIDITY ? reader.u32() : 0,
    validityChecksum: flags & WITH_VALIDITY ? reader.u32() : 0,
    dictionaryBytes: flags & WITH_DICTIONARY ? reader.u32() : 0,
    dictionaryChecksum: flags & WITH_DICTIONARY ? reader.u32() : 0,
    dictionaryEntries: flags & WITH_DICTIONARY ? reader.u32() : 0,
    min: readBound(reader),
    max: readBound(reader),
  };
}

function writeBound(writer: ByteWriter, bound: number | Buffer | undefined): void {
  if (bound === undefined) writer.u8(NO_BOUND);
  else if (typeof bound === 'number') writer.u8(NUMBER_BOUND).f64(bound);
  else writer.u8(BYTES_BOUND).short(bound);
}

function readBound(reader: ByteReader): number | Buffer | undefined {
  const kind = reader.u8();
  if (kind === NUMBER_BOUND) return reader.f64();
  return kind === BYTES_BOUND ? reader.short() : undefined;
}

/** The schema as a part of the manifest; names may be any text, hence JSON. */
export function encodeSchema(schema: Schema): Buffer {
  return Buffer.from(JSON.stringify(schema.map(({ name, type, id }) => [name, type, id])));
}

export function decodeSchema(bytes: Buffer): Schema {
  const rows: [string, Schema[number]['type'], string][] = JSON.parse(bytes.toString());
  return rows.map(([name, type, id]) => ({ name, type, id }));
}

/** Checks a part against the reference that names it. @throws CORRUPT_MANIFEST */
export function checkPart(ref: PartRef, bytes: Buffer): Buffer {
  if (!digest(bytes).equals(ref.digest)) throw corruptManifest(`part ${ref.part}`, 'its digest does not match');
  return bytes;
}
