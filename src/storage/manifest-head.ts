/**
 * The head of a manifest: at most 1 KB that every query reads. It names the schema and the pages of one version by their keys
 * and digests, and carries a digest of itself.
 */
import { ByteReader, ByteWriter, corruptManifest } from './bytes.js';
import { digest } from './checksum.js';

/** An immutable part of a manifest: the end of its key, and the digest of its bytes. */
export interface PartRef {
  /** `<write id>.p0`, `.s`, `.i` */
  readonly part: string;
  readonly digest: Buffer;
}

export interface Head {
  readonly version: number;
  /** The write that published this version. */
  readonly writeId: string;
  readonly seed: number;
  readonly chunkRows: number;
  readonly columns: number;
  readonly chunks: number;
  readonly rows: number;
  /** Sum of the lengths of all chunk keys. */
  readonly storedBytes: number;
  readonly schema: PartRef;
  /** One page of up to 256 chunks each, in order; or, where `indexed`, the one part that lists them. */
  readonly pages: readonly PartRef[];
  readonly indexed: boolean;
}

const MAGIC = Buffer.from('SFH1');
const DIGEST_BYTES = 8;
/** Beyond this the list of pages moves into a part of its own, so that the head stays under 1 KB. */
export const MAX_INLINE_PAGES = 32;

export function encodeHead(head: Head): Buffer {
  const writer = new ByteWriter().raw(MAGIC).f64(head.version).short(Buffer.from(head.writeId));
  writer.u32(head.seed).u32(head.chunkRows).u16(head.columns).u32(head.chunks).f64(head.rows).f64(head.storedBytes);
  writePart(writer, head.schema);
  writer.u8(head.indexed ? 1 : 0).u16(head.pages.length);
  for (const page of head.pages) writePart(writer, page);
  const bytes = writer.done();
  return Buffer.concat([bytes, digest(bytes)]);
}

/** @throws CORRUPT_MANIFEST where the bytes are not a head, or not the one that was written */
export function decodeHead(bytes: Buffer): Head {
  const body = checked(bytes, MAGIC, 'head');
  const reader = new ByteReader(body, 'head');
  reader.raw(MAGIC.length);
  const fixed = {
    version: reader.f64(),
    writeId: reader.short().toString('latin1'),
    seed: reader.u32(),
    chunkRows: reader.u32(),
    columns: reader.u16(),
    chunks: reader.u32(),
    rows: reader.f64(),
    storedBytes: reader.f64(),
    schema: readPart(reader),
    indexed: reader.u8() === 1,
  };
  const pages = Array.from({ length: reader.u16() }, () => readPart(reader));
  reader.end();
  return { ...fixed, pages };
}

const INDEX_MAGIC = Buffer.from('SFI1');

/** The list of pages as a part of its own, for tables of more than 8,192 chunks. */
export function encodePageIndex(pages: readonly PartRef[]): Buffer {
  const writer = new ByteWriter().raw(INDEX_MAGIC).u32(pages.length);
  for (const page of pages) writePart(writer, page);
  return writer.done();
}

export function decodePageIndex(bytes: Buffer): PartRef[] {
  const reader = new ByteReader(bytes, 'index of pages');
  if (!reader.raw(4).equals(INDEX_MAGIC)) throw corruptManifest('index of pages', 'it is something else');
  const pages = Array.from({ length: reader.u32() }, () => readPart(reader));
  reader.end();
  return pages;
}

function checked(bytes: Buffer, magic: Buffer, what: string): Buffer {
  if (bytes.length < magic.length + DIGEST_BYTES || !bytes.subarray(0, magic.length).equals(magic)) {
    throw corruptManifest(what, 'it is something else');
  }
  const body = bytes.subarray(0, -DIGEST_BYTES);
  if (!digest(body).equals(bytes.subarray(-DIGEST_BYTES))) throw corruptManifest(what, 'its digest does not match');
  return body;
}

function writePart(writer: ByteWriter, ref: PartRef): void {
  writer.short(Buffer.from(ref.part)).raw(ref.digest);
}

function readPart(reader: ByteReader): PartRef {
  return { part: reader.short().toString('latin1'), digest: reader.raw(DIGEST_BYTES) };
}
