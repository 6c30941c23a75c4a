// The manifest's binary parts come back as they were, fit their size, and show damage.
import fc from 'fast-check';
import { digest } from '../../src/storage/checksum.js';
import { chunkKey, newId, parseKey, tableKey } from '../../src/storage/keys.js';
import {
  decodeHead,
  decodePageIndex,
  encodeHead,
  encodePageIndex,
  type Head,
  MAX_INLINE_PAGES,
} from '../../src/storage/manifest-head.js';
import { checkPart, decodePage, decodeSchema, encodePage, encodeSchema } from '../../src/storage/manifest-page.js';
import { makeSchema } from '../../src/storage/schema.js';
import type { ColumnChunk, Encoding } from '../../src/storage/types.js';

const corrupt = expect.objectContaining({ code: 'CORRUPT_MANIFEST' });
const part = (n: number) => ({ part: `${newId()}.p${n}`, digest: digest(`${n}`) });
const head: Head = {
  version: 2 ** 40,
  writeId: newId(),
  seed: 0xffffffff,
  chunkRows: 65024,
  columns: 4096,
  chunks: MAX_INLINE_PAGES * 256,
  rows: 2 ** 45,
  storedBytes: 2 ** 50,
  schema: part(0),
  pages: Array.from({ length: MAX_INLINE_PAGES }, (_, n) => part(n)),
  indexed: false,
};

it('a head comes back, and has at most 1 KB at its fullest', () => {
  expect(decodeHead(encodeHead(head))).toEqual(head);
  expect(encodeHead(head).length).toBeLessThanOrEqual(1024);
});

it('a head with any byte changed, cut or added is refused', () => {
  const bytes = encodeHead({ ...head, pages: head.pages.slice(0, 2) });
  for (let i = 0; i < bytes.length; i++) {
    const damaged = Buffer.from(bytes);
    damaged[i] = (damaged[i] as number) ^ 1;
    expect(() => decodeHead(damaged)).toThrow(corrupt);
  }
  expect(() => decodeHead(bytes.subarray(0, -1))).toThrow(corrupt);
  expect(() => decodeHead(Buffer.concat([bytes, Buffer.from([0])]))).toThrow(corrupt);
  expect(() => decodeHead(Buffer.alloc(0))).toThrow(corrupt);
});

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const bound = fc.oneof(
  fc.constantFrom(undefined, Number.NaN, -0, Number.POSITIVE_INFINITY),
  fc.double(),
  fc.uint8Array({ maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
);
const column: fc.Arbitrary<ColumnChunk> = fc
  .record({
    encoding: fc.constantFrom<Encoding>('f64', 'f32', 'u8', 'u16', 'dict8', 'dict16', 'plain'),
    nullCount: u32,
    bytes: u32,
    checksum: u32,
    stepped: fc.option(fc.tuple(fc.double(), fc.integer({ min: 1 })), { nil: undefined }),
    validity: fc.option(fc.tuple(fc.integer({ min: 1 }), u32), { nil: undefined }),
    dictionary: fc.option(fc.tuple(fc.integer({ min: 1 }), u32, u32), { nil: undefined }),
    min: bound,
    max: bound,
  })
  .map(({ stepped, validity, dictionary, ...rest }) => ({
    ...rest,
    base: stepped?.[0] ?? 0,
    step: stepped?.[1] ?? 0,
    validityBytes: validity?.[0] ?? 0,
    validityChecksum: validity?.[1] ?? 0,
    dictionaryBytes: dictionary?.[0] ?? 0,
    dictionaryChecksum: dictionary?.[1] ?? 0,
    dictionaryEntries: dictionary?.[2] ?? 0,
  }));

it('pages come back with NaN, infinities and −0, and show damage by their digest', () => {
  const chunk = fc.record({
    writeId: fc.constant('abcdefghij'),
    slot: fc.integer({ min: 0, max: 16383 }),
    rows: u32,
    columns: fc.tuple(column, column),
  });
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 5 }), (chunks) => {
      expect(decodePage(encodePage(chunks, 2))).toEqual(chunks);
    }),
  );
  const bytes = encodePage([], 1);
  const ref = { part: 'x.p0', digest: digest(bytes) };
  expect(checkPart(ref, bytes)).toBe(bytes);
  expect(() => checkPart(ref, Buffer.from('other'))).toThrow(corrupt);
  expect(() => decodePage(Buffer.concat([bytes, bytes]))).toThrow(corrupt);
});

it('an index of pages and a schema come back', () => {
  expect(decodePageIndex(encodePageIndex(head.pages))).toEqual(head.pages);
  const schema = makeSchema([
    { name: '{"\0🦆', type: 'decimal(2)' },
    { name: 'é', type: 'utf8' },
  ]);
  expect(decodeSchema(encodeSchema(schema))).toEqual(schema);
});

it('keys hold generated ids alone, and can be taken apart again', () => {
  const [tableId, writeId] = [newId(), newId()];
  const address = { prefix: 'my.app', tableId, tag: 'k3', writeId, index: 12 };
  expect(chunkKey(address, 'a', 'validity')).toBe(`my.app:{k3}:${tableId}:${writeId}.12:a.v`);
  expect(parseKey('my.app', chunkKey(address, 'a', 'data'))).toEqual({ tableId, writeId, part: '12' });
  expect(parseKey('my.app', tableKey('my.app', tableId))).toEqual({ tableId });
  expect(parseKey('my.app', `${tableKey('my.app', tableId)}:${writeId}.p3`)).toEqual({ tableId, writeId, part: 'p3' });
  for (const other of ['my.app:{catalog}:tables', 'my.app', 'other:{k3}:x', `my.app:{k3}:${tableId}`]) {
    expect(parseKey('my.app', other)).toBeUndefined();
  }
  expect(new Set(Array.from({ length: 1000 }, newId)).size).toBe(1000);
});
