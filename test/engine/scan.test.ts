// Rows back from the shards: filtered and computed there, no further than a limit makes needful, and the same on every side.
import type { ClusterLink } from '../../src/cluster/types.js';
import { RowsScripts } from '../../src/codegen/rows-kernel.js';
import { col, connect, type Shardfold, Shardfold as ShardfoldClass } from '../../src/index.js';
import type { Query } from '../../src/query/query.js';
import { openTable } from '../../src/storage/catalog.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { isKernel, linkWith, shuffled } from '../harness/oracle/links.js';
import { rowsOn } from '../harness/passes.js';

const rows = 40_000;
let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  const columns = {
    id: Int32Array.from({ length: rows }, (_, i) => i),
    code: Array.from({ length: rows }, (_, i) => (i % 101 === 0 ? null : (i * i) % 200)),
    name: Array.from({ length: rows }, (_, i) => (i % 77 === 0 ? null : `name ${(i * 7919) % 90}`)),
    x: Array.from({ length: rows }, (_, i) => (i % 55 === 0 ? null : Math.sin(i))),
    text: Array.from({ length: rows }, (_, i) => (i % 33 === 0 ? null : `${(i * 7919) % rows} é`)),
    flag: Array.from({ length: rows }, (_, i) => (i % 7 === 0 ? null : i % 3 === 0)),
  };
  await sf.createTable('t', columns, { chunkRows: 16_256 });
});
afterAll(() => sf.close());

/** Kernels called and keys fetched. */
function watched() {
  const seen = { kernels: 0, pulls: 0 };
  const link: ClusterLink = linkWith(sf.link, async (call, next) => {
    if (isKernel(call)) seen.kernels += 1;
    if (call.command[0] === 'MGET') seen.pulls += 1;
    return next();
  });
  return { table: new ShardfoldClass(link).table('t'), seen };
}

const FILTERS: [string, (t: Query) => Query][] = [
  ['a code looked for', (t) => t.filter(col('code').eq(36))],
  ['a name looked for, and more', (t) => t.filter(col('name').eq('name 17').and(col('x').gt(0)))],
  ['a name that is not there', (t) => t.filter(col('name').eq('nobody'))],
  ['numbers', (t) => t.filter(col('x').gt(0.99))],
  ['strings', (t) => t.filter(col('text').gtEq('39'))],
  ['nulls', (t) => t.filter(col('flag').isNull().and(col('code').lt(9)))],
  [
    'computed columns',
    (t) => t.filter(col('id').mod(997).eq(5)).withColumns(col('x').mul(2).as('y'), col('flag').not().as('no')),
  ],
];

describe.each(FILTERS)('%s', (_, build) => {
  it('on all sides, in slices of all sizes, whatever the order of replies', async () => {
    const wanted = [...(await build(sf.table('t')).collect({ side: 'client' }))];
    for (const sliceUnits of [1, 2, 4, 8] as const) {
      const found = await build(sf.table('t')).collect({ side: 'shards', sliceUnits });
      expect([...found]).toEqual(wanted);
      expect(found.receipt.computedOn).toMatchObject({ client: 0 });
    }
    const late = new ShardfoldClass(shuffled(sf.link));
    expect([...(await build(late.table('t')).collect({ maxInFlight: 4 }))]).toEqual(wanted);
  });

  it('cut anywhere', async () => {
    const wanted = [...(await build(sf.table('t')).collect({ side: 'client' }))];
    for (const [offset, limit] of [
      [0, 1],
      [0, 70],
      [3, 65],
      [wanted.length - 1, 5],
      [wanted.length, 5],
    ] as const) {
      const most = Math.max(0, offset);
      for (const side of ['shards', 'client', 'auto'] as const) {
        const found = await build(sf.table('t')).slice(most, limit).collect({ side });
        expect([...found]).toEqual(wanted.slice(most, most + limit));
      }
    }
  });
});

it('a limit ends the looking', async () => {
  const { table, seen } = watched();
  const found = await table.filter(col('x').gt(0.5)).limit(10).collect();
  expect(found).toHaveLength(10);
  expect(seen).toEqual({ kernels: 1, pulls: 0 });
  expect(found.receipt.chunks).toEqual({ expected: 3, computed: 1, pruned: 0, fromManifest: 0, notNeeded: 2 });
  expect(found.receipt.bytesReceived).toBeLessThan(10_000);
});

it('an offset without a filter passes over chunks unseen', async () => {
  const found = await sf.table('t').slice(33_000, 3).collect();
  expect(found.map(({ id }) => id)).toEqual([33_000, 33_001, 33_002]);
  expect(found.receipt.chunks).toMatchObject({ computed: 1, notNeeded: 2 });
});

it('where many rows pass, the columns are pulled in the end; asked for, the shards go on', async () => {
  const most = sf.table('t').filter(col('id').gtEq(10));
  const { receipt } = await most.collect();
  expect(receipt.computedOn.client).toBeGreaterThan(0);
  expect(receipt.computedOn.reason).toMatch(/more than half/);
  expect((await most.collect({ side: 'shards' })).receipt.computedOn.client).toBe(0);
});

it('rows of one value are found by C where few have it, and only there', async () => {
  const snapshot = await openTable(sf.link, 't', sf.link.context());
  const kernelOf = (query: Query): string => {
    const { filter, outputs, bounds, columns } = rowsOn(query.plan, snapshot);
    const exprs = outputs.map(({ expr }) => expr);
    return new RowsScripts({ filter, exprs, bounds, columns }, snapshot.schema).of(snapshot.chunks[0] as never).script
      .lua;
  };
  const t = sf.table('t');
  expect(kernelOf(t.filter(col('code').eq(36)))).toContain('needle');
  expect(kernelOf(t.filter(col('x').gt(0).and(col('name').eq('name 17'))))).toContain('needle');
  // A flag has two values; a product may overflow, and must do so whatever the name is.
  expect(kernelOf(t.filter(col('flag').eq(true)))).not.toContain('needle');
  expect(kernelOf(t.filter(col('id').mul(col('id')).gt(0).and(col('name').eq('name 17'))))).not.toContain('needle');
});

it('an error beyond what a limit makes needful is none; before it is one, on both sides', async () => {
  const risky = (limit: number) => sf.table('t').filter(col('id').mul(100_000).gtEq(0)).limit(limit);
  for (const side of ['shards', 'client'] as const) {
    expect(await risky(20).collect({ side })).toHaveLength(20);
    await expect(risky(30_000).collect({ side })).rejects.toMatchObject({ code: 'NUMERIC_OVERFLOW' });
  }
});
