// Results computed and written in the shards: as those that go by way of the client, chunk by chunk, and nothing travels.
import { commandsOf, keysOf, ROLES, type Role } from '../../src/functions/doctor/roles.js';
import { col, connect, count, lit, type Query, Shardfold } from '../../src/index.js';
import { openTable } from '../../src/storage/catalog.js';
import { fsck } from '../../src/storage/fsck.js';
import type { ColumnChunk, TableSnapshot } from '../../src/storage/types.js';
import { connectAs, onAll, setUser } from '../functions/doctor/nodes.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { rowsOf, SCHEMA } from './fixture.js';

const ROWS = 15_011;
const CHUNK = 5_003; // two parts a chunk, and no whole byte of a bitmap at its end
let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  const rows = rowsOf(ROWS).map((row, i) => ({ ...row, full: i / 7 - 0.5, small: (i % 100) - 50, wide: i * 4 }));
  const schema = { id: 'int32', ...SCHEMA, full: 'float64', small: 'int32', wide: 'int32' } as const;
  await sf.createTable('t', rows, { schema, chunkRows: CHUNK });
});
afterAll(() => sf.close());
afterEach(async () => {
  const { findings, keys } = await fsck(sf.link, { repair: false, graceMs: 300_000 }, sf.link.context());
  expect(findings).toEqual([]);
  expect(keys).toBeGreaterThan(0);
});

const snapshotOf = (name: string) => openTable(sf.link, name, sf.link.context());

/** Writes both ways; the results must be the same to the last bit, and so must what is told of their chunks. */
async function bothWays(query: Query): Promise<{ shards: TableSnapshot; client: TableSnapshot }> {
  const inShards = await query.into('shards', { mode: 'replace', side: 'shards' });
  expect(inShards.receipt.written).toMatchObject({ way: 'shards', rows: ROWS });
  expect(inShards.receipt.computedOn).toEqual({ shards: 4, client: 0 });
  const byClient = await query.into('client', { mode: 'replace', side: 'client', alignWith: 't' });
  expect(byClient.receipt.written).toMatchObject({ way: 'client', rows: ROWS });
  const [shards, client] = [await snapshotOf('shards'), await snapshotOf('client')];
  expect(shards.chunks.map(({ slot, rows }) => [slot, rows])).toEqual(
    client.chunks.map(({ slot, rows }) => [slot, rows]),
  );
  const told = ({ min, max, nullCount }: ColumnChunk) => ({ min, max, nullCount });
  for (const [j, chunk] of shards.chunks.entries()) {
    expect(chunk.columns.map(told)).toEqual(client.chunks[j]?.columns.map(told));
  }
  expect([...(await sf.table('shards').collect())]).toEqual([...(await sf.table('client').collect())]);
  return { shards, client };
}

it('columns that are taken over are copied, and nothing but counts travels', async () => {
  const { shards, client } = await bothWays(sf.table('t').rename({ f64: 'g' }).drop('day'));
  expect(shards.chunks.map(({ columns }) => columns)).toEqual(client.chunks.map(({ columns }) => columns));
  const made = await sf.table('t').into('copied');
  expect(made.receipt.written.bytes).toBeGreaterThan(500_000);
  expect(made.receipt.bytesReceived).toBeLessThan(20_000);
  expect(made.receipt.bytesSent).toBeLessThan(40_000);
});

it('computed columns: floats with all that is awkward', async () => {
  await bothWays(
    sf
      .table('t')
      .select(
        'id',
        col('f64').mul(1).as('same'),
        col('f64').div(3).as('third'),
        col('f32').add(0.5).as('half'),
        col('full').mul(col('id')).as('product'),
        col('none').add(1).as('none'),
        col('f64').mul(0).as('zeros'),
        col('full').sub(col('full')).as('zero'),
        col('f64').mul(Number.NaN).as('nan'),
        lit(2.5).as('constant'),
      ),
  );
});

it('computed columns: whole numbers, packed by their bounds', async () => {
  const { shards } = await bothWays(
    sf
      .table('t')
      .select(
        col('small').add(1).as('byte'),
        col('id').add(1).as('short'),
        col('wide').mul(1000).as('wide'),
        col('i32').mod(7).as('rest'),
        col('i64').mod(7).as('rest64'),
        col('small').neg().as('negated'),
        lit(7).as('seven'),
      ),
  );
  const encodings = shards.chunks[0]?.columns.map(({ encoding }) => encoding);
  expect(encodings).toEqual(['u8', 'u16', 'f64', 'u8', 'u8', 'u8', 'u8']);
});

it('computed columns: conditions, with their nulls', async () => {
  const { shards } = await bothWays(
    sf
      .table('t')
      .select(
        col('text').eq('a').as('a'),
        col('text').gt('b').or(col('flag')).as('either'),
        col('f64').isNull().as('missing'),
        col('text').isIn(['é', '🦆', 'zzz']).as('among'),
        col('none').gt(0).as('unknown'),
        col('at').gt(new Date(0)).as('later'),
        col('price').lt(col('price')).as('never'),
      ),
  );
  expect(new Set(shards.chunks.flatMap(({ columns }) => columns.map(({ encoding }) => encoding)))).toEqual(
    new Set(['u8']),
  );
});

it('what was written there is read and computed with as any table', async () => {
  await bothWays(sf.table('t').withColumns(col('full').mul(2).as('full'), col('id').mod(10).as('digit')));
  const ask = (name: string, side: 'shards' | 'client') =>
    sf
      .table(name)
      .filter(col('digit').gtEq(5).and(col('full').gt(100)))
      .groupBy('digit', 'flag')
      .agg({ n: count(), sum: col('full').sum(), least: col('full').min(), text: col('text').max() })
      .collect({ side });
  const wanted = [...(await ask('client', 'client'))];
  expect(wanted).toHaveLength(15);
  for (const side of ['shards', 'client'] as const) expect([...(await ask('shards', side))]).toEqual(wanted);
});

it('meets its source chunk by chunk, grows by appends, and is replaced', async () => {
  const query = sf.table('t').select('id', col('id').mul(2).as('twice'));
  const made = await query.into('grown');
  expect(made).toMatchObject({ version: 1, rows: ROWS, receipt: { written: { way: 'shards' } } });
  const [t, grown] = [await snapshotOf('t'), await snapshotOf('grown')];
  expect(grown.seed).toBe(t.seed);
  await expect(query.into('grown')).rejects.toMatchObject({ code: 'TABLE_EXISTS' });
  const more = await query.into('grown', { mode: 'append' });
  expect(more).toMatchObject({ version: 2, rows: 2 * ROWS, receipt: { written: { way: 'client' } } });
  const again = await query.into('grown', { mode: 'replace' });
  expect(again).toMatchObject({ version: 3, rows: ROWS, receipt: { written: { way: 'shards' } } });
});

it('what cannot be done in place goes by way of the client', async () => {
  const t = sf.table('t');
  const elsewhere: [Query, object][] = [
    [t.filter(col('id').gt(5)), {}],
    [t.limit(7), {}],
    [t.sort('id', 'desc'), {}],
    [t.union(t), {}],
    [t.select(lit('text').as('made')), {}],
    [t.select('id'), { chunkRows: 100 }],
    [t.groupBy('flag').agg({ n: count() }), {}],
  ];
  for (const [query, options] of elsewhere) {
    const { receipt } = await query.into('elsewhere', { mode: 'replace', ...options });
    expect(receipt.written.way).toBe('client');
  }
});

it('tables beside each other are written as one; joined ones go by way of the client', async () => {
  const t = sf.table('t');
  await t.select(col('id').mul(3).as('triple'), col('text').as('words')).into('beside');
  const zipped = t.select('id', 'text').zip(sf.table('beside'));
  await bothWays(zipped.withColumns(col('triple').sub(col('id')).as('twice')));
  const sum = zipped.select('words', col('triple').add(col('id')).as('triple'));
  for (let version = 2; version <= 3; version++) {
    const made = await sum.into('beside', { mode: 'replace' });
    expect(made).toMatchObject({ version, rows: ROWS, receipt: { written: { way: 'shards' } } });
    const [row] = await sf.table('beside').slice(1000, 1).collect();
    expect(row?.triple).toBe(1000 * (version + 2));
  }
  await sf.createTable('few', [{ id: 3 }, { id: 9_999 }, { id: -1 }], { schema: { id: 'int32' } });
  const joined = await t.join(sf.table('few'), { on: 'id' }).into('joined');
  expect(joined).toMatchObject({ rows: 2, receipt: { written: { way: 'client' } } });
});

it('a writer who may not EVAL copies in the shards, and computes by way of the client', async () => {
  const role = ROLES.find(({ name }) => name === 'writer') as Role;
  const user = `writer_${sf.link.prefix}`;
  const rules = [...keysOf(role, sf.link.prefix), '-@all', ...commandsOf(role).map((command) => `+${command}`)];
  await setUser(sf.link, user, ...rules);
  const link = await connectAs(sharedUrl(3), user, sf.link.prefix);
  try {
    const t = new Shardfold(link).table('t');
    const copied = await t.select('id', 'text').into('by-writer');
    expect(copied.receipt.written.way).toBe('shards');
    const computed = await t.select(col('id').add(1).as('id')).into('by-writer', { mode: 'replace' });
    expect(computed).toMatchObject({ version: 2, rows: ROWS, receipt: { written: { way: 'client' } } });
    expect(await sf.table('by-writer').agg(col('id').sum()).collect()).toEqual([{ id: (ROWS * (ROWS + 1)) / 2 }]);
  } finally {
    await link.close();
    await onAll(sf.link, 'ACL', 'DELUSER', user);
  }
});
