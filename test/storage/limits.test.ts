// Many chunks, wide rows, one server without cluster mode, and a server that is full.
import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { dropTable, openTable } from '../../src/storage/catalog.js';
import { ChunkBuilder } from '../../src/storage/chunk-builder.js';
import { fsck } from '../../src/storage/fsck.js';
import { forgetParts } from '../../src/storage/manifest-read.js';
import { makeSchema } from '../../src/storage/schema.js';
import type { Batch } from '../../src/storage/types.js';
import { openWriter, readBatch, writeTable } from '../../src/storage/write.js';
import { testCluster } from '../harness/cluster.js';
import { keysOf, rowsFrom, rowsOf, testLink, write } from './tables.js';

const t = testLink();

const fields = [{ name: 'n', type: 'int64' as const }];
const numbers = (from: number, to: number): Batch => ({
  rows: to - from,
  columns: [{ kind: 'number', values: Float64Array.from({ length: to - from }, (_, i) => from + i) }],
});

async function sumOf(link: ClusterLink, name: string): Promise<number> {
  forgetParts(link);
  const snapshot = await openTable(link, name, link.context());
  let sum = 0;
  for (const { index } of snapshot.chunks) {
    const [column] = (await readBatch(link, snapshot, index, link.context())).columns;
    if (column?.kind === 'number') for (const value of column.values) sum += value;
  }
  return sum;
}

it('tables of several pages, and of so many that their list moves out of the head', async () => {
  const before = await keysOf(t.link);
  const options = { fields, chunkRows: 1, graceMs: 0 };
  await writeTable(t.link, 'long', [numbers(0, 600)], { ...options, mode: 'create' }, t.context());
  expect(await sumOf(t.link, 'long')).toBe((600 * 599) / 2);
  await writeTable(t.link, 'long', [numbers(600, 8300)], { ...options, mode: 'append' }, t.context());
  const long = await openTable(t.link, 'long', t.context());
  expect(long.chunks).toHaveLength(8300);
  await writeTable(t.link, 'long', [numbers(8300, 8301)], { ...options, mode: 'append' }, t.context());
  expect(await sumOf(t.link, 'long')).toBe((8301 * 8300) / 2);
  expect(await fsck(t.link, { repair: true, graceMs: 0 }, t.context())).toMatchObject({ findings: [], chunks: 8301 });
  // Of three versions one is left: its chunks, 33 pages, their list, the schema, the table and the catalog.
  expect((await keysOf(t.link)).length - before.length).toBe(8301 + 33 + 1 + 1 + 1 + 1);
  await dropTable(t.link, 'long', t.context());
  expect(await fsck(t.link, {}, t.context())).toMatchObject({ findings: [] });
}, 120_000);

it('strings of megabytes end a chunk early, and come back', async () => {
  const rows = rowsFrom(0, 12).map((row) => ({ ...row, s: `${row.id}🦆`.repeat(150_000) }));
  const made = await write(t.link, 'wide', rows);
  expect(made.chunks.length).toBeGreaterThan(2);
  for (const { columns } of made.chunks) {
    for (const { bytes, dictionaryBytes } of columns) expect(Math.max(bytes, dictionaryBytes)).toBeLessThan(2 ** 22);
  }
  expect(await rowsOf(t.link, 'wide')).toEqual(rows);
  await dropTable(t.link, 'wide', t.context());
});

it('chunks that somebody else wrote in place are noted, checked and published', async () => {
  const options = { fields, mode: 'create' as const, chunkRows: 4 };
  const writer = await openWriter(t.link, 'in place', options, t.context());
  if (!writer) throw new Error('not staged');
  await writer.reserve(3);
  const builder = new ChunkBuilder(makeSchema(fields), { rowsOfChunk: () => 4 });
  const chunks = [...builder.add(numbers(0, 12))];
  for (const index of [2, 0, 1]) {
    const [column] = chunks[index]?.columns ?? [];
    if (!column) throw new Error('no column');
    const key = writer.keysOf(index, 0).data;
    await t.link.call({ key, command: ['SET', key, column.data], readOnly: false, idempotent: true }, t.context());
    writer.note(index, 4, [column.meta]);
  }
  expect(await writer.publish()).toMatchObject({ rows: 12, version: 1 });
  expect(await sumOf(t.link, 'in place')).toBe(66);
  const gap = await openWriter(t.link, 'in place', { ...options, mode: 'replace' }, t.context());
  gap?.note(1, 4, chunks[1]?.columns.map(({ meta }) => meta) ?? []);
  await expect(gap?.publish()).rejects.toThrow('chunk 0 was never written');
  await gap?.abort();
  expect(await fsck(t.link, {}, t.context())).toMatchObject({ findings: [] });
});

describe('one server without cluster mode, and little memory', () => {
  const server = testCluster({ shards: 1, clusterMode: false, maxmemory: '8mb' });
  let link: ClusterLink;
  beforeAll(async () => {
    link = await connectCluster({ url: server.url });
  });
  afterAll(() => link.close());

  it('holds tables as a cluster does', async () => {
    await write(link, 'single', rowsFrom(0, 33));
    await write(link, 'single', rowsFrom(33, 50), { mode: 'append' });
    expect(await rowsOf(link, 'single')).toEqual(rowsFrom(0, 50));
    expect(await fsck(link, { repair: true, graceMs: 0 }, link.context())).toMatchObject({ findings: [], tables: 1 });
  });

  it('full: the write is refused, what was there stays, and room can be made', async () => {
    const before = await keysOf(link);
    const noise = function* (): Generator<Batch> {
      for (let n = 0; n < 40; n++) {
        const values = Float64Array.from({ length: 65024 }, (_, i) => Math.sqrt(n * 65024 + i));
        yield { rows: 65024, columns: [{ kind: 'number', values }] };
      }
    };
    const options = { fields: [{ name: 'x', type: 'float64' as const }], mode: 'create' as const };
    const failure = writeTable(link, 'too much', noise(), options, link.context({ timeoutMs: 20_000 }));
    await expect(failure).rejects.toMatchObject({
      code: 'SERVER_REFUSES_WRITES',
      hint: expect.stringMatching(/maxmemory/),
    });
    expect(await keysOf(link)).toEqual(before);
    expect(await rowsOf(link, 'single')).toEqual(rowsFrom(0, 50));
    await dropTable(link, 'single', link.context());
    expect(await keysOf(link)).toEqual([]);
  });
});
