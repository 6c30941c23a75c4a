// fsck finds what is lost, corrupt or left over; repairs what can be repaired; and never touches a running writer.
import { dropTable, openTable } from '../../src/storage/catalog.js';
import { fsck } from '../../src/storage/fsck.js';
import { catalogKey, chunkKeys, tableKey } from '../../src/storage/keys.js';
import type { TableSnapshot } from '../../src/storage/types.js';
import { openWriter, type TableWriter, writeTable } from '../../src/storage/write.js';
import { batchOf, FIELDS, keysOf, readRows, rowsFrom, rowsOf, testLink, watchedLink, write } from './tables.js';

const t = testLink();

const run = (repair = false, graceMs = 0) => fsck(t.link, { repair, graceMs }, t.context());
const clean = expect.objectContaining({ findings: [] });

async function command(...words: (string | Buffer)[]): Promise<void> {
  const [name, key, ...rest] = words as [string, string];
  await t.link.call({ key, command: [name, key, ...rest], readOnly: false, idempotent: true }, t.context());
}

function keyOf(
  snapshot: TableSnapshot,
  chunk: number,
  column: number,
  kind: 'data' | 'validity' | 'dictionary',
): string {
  const meta = snapshot.chunks[chunk];
  if (!meta) throw new Error(`no chunk ${chunk}`);
  return chunkKeys(snapshot, meta, column)[kind] as string;
}

async function stagedWriter(name: string, options: { leaseMs?: number } = {}): Promise<TableWriter> {
  const all = { fields: FIELDS, mode: 'append' as const, chunkRows: 10, ...options };
  const writer = await openWriter(t.link, name, all, t.context());
  if (!writer) throw new Error('not staged');
  return writer;
}

/** One chunk of a table, ready to be put again. */
async function anyChunk(): Promise<Parameters<TableWriter['put']>[0]> {
  const { ChunkBuilder } = await import('../../src/storage/chunk-builder.js');
  const { makeSchema } = await import('../../src/storage/schema.js');
  const builder = new ChunkBuilder(makeSchema(FIELDS), { rowsOfChunk: () => 10 });
  const [chunk] = builder.add(batchOf(rowsFrom(0, 10)));
  if (!chunk) throw new Error('no chunk');
  return chunk;
}

it('a sound cluster is clean, and every key was looked at', async () => {
  await write(t.link, 'sound', rowsFrom(0, 95));
  await write(t.link, 'sound', rowsFrom(95, 99), { mode: 'append', graceMs: 0 });
  await write(t.link, 'void', []);
  const sound = await openTable(t.link, 'sound', t.context());
  const all = sound.chunks.flatMap((chunk) => FIELDS.flatMap((_, k) => Object.values(chunkKeys(sound, chunk, k))));
  const report = await run();
  expect(report).toEqual(clean);
  expect(report).toMatchObject({ tables: 2, chunks: 10, keys: all.length, deleted: 0 });
  expect(await run(true)).toEqual(clean);
});

describe('what is lost', () => {
  it('is named in the run that lists its table again, which does not pass for mended', async () => {
    const table = await write(t.link, 'unlisted', rowsFrom(0, 30));
    const key = keyOf(table, 1, 0, 'data');
    await command('HDEL', catalogKey(t.link.prefix), 'unlisted');
    await command('DEL', key);
    const { findings, tables } = await run(true);
    expect(tables).toBeGreaterThan(0);
    expect(findings).toContainEqual(expect.objectContaining({ code: 'UNLISTED', table: 'unlisted', repaired: true }));
    expect(findings).toContainEqual(expect.objectContaining({ code: 'DATA_LOSS', key, repaired: false }));
    await dropTable(t.link, 'unlisted', t.context());
    expect(await run(true)).toEqual(clean);
  });

  it('is named key by key: missing, shorter, and with one byte changed', async () => {
    const made = await write(t.link, 'damaged', rowsFrom(0, 50));
    const [missing, short, changed] = [
      keyOf(made, 1, 0, 'data'),
      keyOf(made, 2, 1, 'validity'),
      keyOf(made, 4, 2, 'dictionary'),
    ];
    await command('DEL', missing);
    await command('SET', short, 'x');
    await command('SETRANGE', changed, '30', 'X');
    const { findings } = await run(true);
    expect(findings).toHaveLength(3);
    expect(findings).toMatchObject([
      { code: 'DATA_LOSS', table: 'damaged', chunk: 1, column: 'id', key: missing, slot: made.chunks[1]?.slot },
      { code: 'DATA_LOSS', table: 'damaged', chunk: 2, column: 'x', key: short },
      { code: 'DATA_LOSS', table: 'damaged', chunk: 4, column: 's', key: changed },
    ]);
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/is missing on 127\.0\.0\.1:\d+ \(slot \d+\)/),
      expect.stringMatching(/has 1 bytes instead of 2/),
      expect.stringMatching(/checksum/),
    ]);
    expect(findings.every(({ repaired }) => !repaired)).toBe(true);
    await dropTable(t.link, 'damaged', t.context());
    expect(await run()).toEqual(clean);
  });

  it.each([
    ['head', 'CORRUPT_MANIFEST'],
    ['hash', 'DATA_LOSS'],
    ['page', 'DATA_LOSS'],
    ['page bytes', 'CORRUPT_MANIFEST'],
  ])('of the manifest (%s): repair takes nothing of the table, a drop all', async (what, code) => {
    const before = await keysOf(t.link);
    const name = `headless ${what}`;
    const made = await write(t.link, name, rowsFrom(0, 30));
    const hash = tableKey(made.prefix, made.tableId);
    const page = (await keysOf(t.link)).find((key) => key.startsWith(`${hash}:`) && key.endsWith('.p0')) as string;
    if (what === 'head') await command('HSET', hash, 'head', 'SFH1 and more');
    if (what === 'hash') await command('DEL', hash);
    if (what === 'page') await command('DEL', page);
    if (what === 'page bytes') await command('SETRANGE', page, '40', 'XX');
    const chunks = (await keysOf(t.link)).filter((key) => !before.includes(key));
    const { findings } = await run(true);
    expect(findings).toMatchObject([{ code, table: name, repaired: false }]);
    expect((await keysOf(t.link)).filter((key) => !before.includes(key))).toEqual(chunks);
    await dropTable(t.link, name, t.context());
    await run(true);
    expect(await keysOf(t.link)).toEqual(before);
  });

  it('of the catalog comes back: each table knows its name', async () => {
    await write(t.link, 'named', rowsFrom(0, 3));
    await command('DEL', catalogKey(t.link.prefix));
    expect((await run()).findings).toContainEqual(expect.objectContaining({ code: 'UNLISTED', table: 'named' }));
    await run(true);
    expect(await rowsOf(t.link, 'named')).toEqual(rowsFrom(0, 3));
    expect(await run()).toEqual(clean);
  });
});

describe('what is left over', () => {
  it('by a dead writer is found when its lease is over, and collected', async () => {
    await write(t.link, 'haunted', rowsFrom(0, 20));
    const before = await keysOf(t.link);
    const writer = await stagedWriter('haunted', { leaseMs: 1_000_000 });
    await writer.put(await anyChunk());
    await writer.put(await anyChunk());
    while ((await keysOf(t.link)).length < before.length + 10) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await run(true)).toEqual(clean);
    await expire(writer);
    const found = expect.objectContaining({ code: 'ABANDONED', table: 'haunted', keys: 10 });
    expect((await run()).findings).toEqual([found]);
    expect(await run(true)).toMatchObject({ findings: [{ code: 'ABANDONED', repaired: true }], deleted: 10 });
    expect(await keysOf(t.link)).toEqual(before);
    await expect(writer.publish()).rejects.toMatchObject({ code: 'STAGING_EXPIRED' });
    expect(await rowsOf(t.link, 'haunted')).toEqual(rowsFrom(0, 20));
    await writer.abort();
    expect(await run()).toEqual(clean);
  });

  it('by a writer that slept through its collection and wrote on, is an orphan', async () => {
    await write(t.link, 'sleeper', rowsFrom(0, 20));
    const before = await keysOf(t.link);
    const writer = await stagedWriter('sleeper');
    await expire(writer);
    await run(true);
    await writer.put(await anyChunk());
    while ((await keysOf(t.link)).length < before.length + 5) await new Promise((resolve) => setTimeout(resolve, 10));
    const found = expect.objectContaining({ code: 'ORPHAN', keys: 5, repaired: true });
    expect((await run(true)).findings).toEqual([found]);
    expect(await keysOf(t.link)).toEqual(before);
    await expect(writer.publish()).rejects.toMatchObject({ code: 'STAGING_EXPIRED' });
    await writer.abort();
  });

  it('of a table that was begun and never published', async () => {
    const before = await keysOf(t.link);
    const writer = await openWriter(t.link, 'unborn', { fields: FIELDS, mode: 'create' }, t.context());
    if (!writer) throw new Error('not staged');
    expect((await run(true)).findings).toEqual([]);
    await expire(writer);
    expect((await run()).findings).toMatchObject([{ code: 'ABANDONED', table: 'unborn' }]);
    await run(true);
    expect(await keysOf(t.link)).toEqual(before);
    await writer.abort();
  });

  it.each([1, 5, 20, 40])('of a drop that died after %i calls', async (calls) => {
    const before = await keysOf(t.link);
    await write(t.link, 'half dropped', rowsFrom(0, 95));
    let left = calls;
    const dying = watchedLink(t.link, (call) => {
      if (left-- <= 0) throw new Error('killed');
      return call;
    });
    await dropTable(dying, 'half dropped', t.context()).catch(() => undefined);
    await run(true);
    if ((await keysOf(t.link)).length > before.length) {
      // It died before anything was dropped: the table is whole.
      expect(await rowsOf(t.link, 'half dropped')).toEqual(rowsFrom(0, 95));
      await dropTable(t.link, 'half dropped', t.context());
    }
    expect(await keysOf(t.link)).toEqual(before);
  });

  it('keys of others under the prefix are left alone', async () => {
    const own = `${t.link.prefix}:{mine}:counter`;
    await command('SET', own, '1');
    expect(await run(true)).toEqual(clean);
    expect(await keysOf(t.link)).toContain(own);
    await command('DEL', own);
  });
});

it('old versions go when their grace is over, and not before', async () => {
  const first = await write(t.link, 'aging', rowsFrom(0, 30));
  await write(t.link, 'aging', rowsFrom(0, 5), { mode: 'replace' });
  expect(await run(true, 60_000)).toMatchObject({ findings: [], deleted: 0 });
  expect(await readRows(t.link, first)).toEqual(rowsFrom(0, 30));
  expect((await run(true, 0)).deleted).toBeGreaterThan(0);
  await expect(readRows(t.link, first)).rejects.toMatchObject({ code: 'VERSION_COLLECTED' });
  expect(await rowsOf(t.link, 'aging')).toEqual(rowsFrom(0, 5));
});

it('a writer that is slow, and longer at work than its lease, keeps it', async () => {
  await write(t.link, 'slow', rowsFrom(0, 5));
  const source = async function* () {
    for (let i = 0; i < 8; i++) {
      yield batchOf(rowsFrom(5 + 10 * i, 15 + 10 * i));
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect((await run(true)).findings).toEqual([]);
    }
  };
  const options = { fields: FIELDS, mode: 'append' as const, leaseMs: 2000, graceMs: 0 };
  await writeTable(t.link, 'slow', source(), options, t.context());
  expect(await rowsOf(t.link, 'slow')).toEqual(rowsFrom(0, 85));
});

it('many versions go in one collection, and what the kept ones share stays', async () => {
  await write(t.link, 'appended', []);
  for (let i = 0; i < 150; i++) await write(t.link, 'appended', rowsFrom(i, i + 1), { mode: 'append' });
  const kept = await openTable(t.link, 'appended', t.context());
  await write(t.link, 'appended', rowsFrom(150, 175), { mode: 'append' });
  expect(await run(true, 60_000)).toMatchObject({ findings: [], deleted: 0 });
  expect(await readRows(t.link, kept)).toEqual(rowsFrom(0, 150));
  expect((await run(true, 0)).deleted).toBeGreaterThan(400);
  expect(await rowsOf(t.link, 'appended')).toEqual(rowsFrom(0, 175));
  const { deleted } = await run(true, 0);
  expect(deleted).toBe(0);
  expect(await run()).toEqual(clean);
});

it('repair beside running writers takes nothing from them', async () => {
  const rounds = 6;
  const writers = Array.from({ length: 3 }, async (_, k) => {
    for (let i = 0; i < rounds; i++) await write(t.link, `busy ${k}`, rowsFrom(i, i + 60), { mode: 'replace' });
  });
  let done = false;
  const all = Promise.all(writers).finally(() => {
    done = true;
  });
  while (!done) {
    const { findings } = await run(true, 60_000);
    expect(findings).toEqual([]);
  }
  await all;
  for (let k = 0; k < 3; k++) expect(await rowsOf(t.link, `busy ${k}`)).toEqual(rowsFrom(rounds - 1, rounds + 59));
});

/** As if the writer's lease had run out: its record's time is set back. */
async function expire({ plan }: TableWriter): Promise<void> {
  const key = tableKey(t.link.prefix, plan.table.tableId);
  const field = `s:${plan.writeId}`;
  const record = await t.link.call(
    { key, command: ['HGET', key, field], readOnly: true, idempotent: true },
    t.context(),
  );
  await command('HSET', key, field, String(record).replace(/^W \d+/, 'W 1'));
}

it('keys of versions that were replaced are counted, and are no finding', async () => {
  await run(true);
  await write(t.link, 'twice', rowsFrom(0, 20));
  expect(await run()).toMatchObject({ findings: [], replaced: 0 });
  await write(t.link, 'twice', rowsFrom(0, 30), { mode: 'replace' });
  const found = await run();
  expect(found).toMatchObject({ findings: [], deleted: 0 });
  expect(found.replaced).toBeGreaterThan(0);
  // Whose grace time runs stay.
  expect(await run(true, 3_600_000)).toMatchObject({ findings: [], deleted: 0, replaced: found.replaced });
  expect(await run(true)).toMatchObject({ findings: [], deleted: found.replaced, replaced: 0 });
  expect(await run()).toMatchObject({ findings: [], replaced: 0 });
});
