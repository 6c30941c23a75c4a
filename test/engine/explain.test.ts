// `explain()`: the plan in words, the columns it reads, the chunks it passes over, and the kernels.
import { col, connect, count, lit, type Shardfold } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  const rows = 1000;
  await sf.createTable(
    'flights',
    {
      delay: Float64Array.from({ length: rows }, (_, i) => i / 3),
      distance: Int32Array.from({ length: rows }, (_, i) => i),
      origin: Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? null : `A${i % 5}`)),
      unused: Int32Array.from({ length: rows }, (_, i) => i % 2),
    },
    { chunkRows: 250 },
  );
});
afterAll(() => sf.close());

const query = () =>
  sf
    .table('flights')
    .filter(col('distance').gt(600).and(col('origin').neq("it's")))
    .withColumns(col('delay').mul(60).as('seconds'))
    .groupBy('origin')
    .agg({ n: count(), mean: col('seconds').mean() })
    .sort('n', 'desc')
    .limit(3);

it('says steps, columns, pruned chunks, shards and kernels', async () => {
  const text = await query().explain();
  expect(text.split('\n').slice(0, 10)).toEqual([
    'scan flights',
    "  └ filter (distance > 600) and (origin <> 'it''s')",
    '    └ withColumns delay * 60 as seconds',
    '      └ aggregate count(*) as n, mean(seconds) as mean by origin',
    '        └ sort n desc',
    '          └ limit 3',
    '',
    'table     flights, version 1: 1,000 rows in 4 chunks',
    'columns   delay (float64 as f64), distance (int32 as u8), origin (utf8 as dict8)',
    'chunks    2 read, 2 pruned by their zone maps',
  ]);
  expect(text).toMatch(/^shards {4}127\.0\.0\.1:\d+ \d/m);
  expect(text).toMatch(/^computed {2}in the shards: 1 generated kernel, one a layout of columns$/m);
  expect(text).toMatch(/^-- kernel [0-9a-f]{12}, for 2 chunks; constants: .*"it's"/m);
  expect(text).toContain('redis.call');
  // Constants are arguments: none of them stands in the text of the kernel.
  expect(text.slice(text.indexOf('-- kernel')).split('\n').slice(1).join('\n')).not.toMatch(/it's|\b600\b/);
  expect(text).not.toContain('// the same for the client side');
});

it('counts a single row and chunk as one', async () => {
  const text = await sf.createTable('one', { n: [1] }).then(() => sf.table('one').explain());
  expect(text).toMatch(/^table {5}one, version 1: 1 row in 1 chunk$/m);
});

it('leaves the kernels out, or adds their JavaScript', async () => {
  expect(await query().explain({ kernels: false })).not.toContain('redis.call');
  const both = await query().explain({ kernels: 'both' });
  expect(both).toContain('// the same for the client side');
  expect(both).toContain('const n = input.rows;');
});

it('other constants, the same kernel', async () => {
  const kernelOf = async (least: number, text: string) => {
    const plan = sf.table('flights').filter(col('distance').gt(least).and(col('origin').eq(text)));
    return /-- kernel ([0-9a-f]+)/.exec(await plan.agg({ n: count() }).explain())?.[1];
  };
  const one = await kernelOf(600, 'A1');
  expect(one).toBeDefined();
  expect(await kernelOf(3, 'A3')).toBe(one);
});

it('rows, no chunks at all, and answers from the manifest', async () => {
  const rows = await sf.table('flights').filter(lit(false)).select('delay').explain();
  expect(rows).toMatch(/chunks {4}0 read, 4 pruned/);
  expect(rows).toMatch(/in the shards, unless the rows turn out heavier/);
  const t = sf.table('flights');
  expect(await t.explain()).toMatch(/client side: rows are asked for/);
  expect(await t.limit(3).explain()).toMatch(/in the shards: few rows/);
  const top = await t.filter(col('distance').gt(1)).sort('delay').limit(10).explain();
  expect(top).toMatch(
    /a heap a slice keeps the first rows[\s\S]*-- kernel [0-9a-f]{12}, for \d chunks?; constants: none\n[\s\S]*redis.call/,
  );
  expect(await t.sort('delay').explain()).toMatch(/sorted as they come, then merged/);
  expect(await sf.table('flights').agg({ n: count() }).explain()).toContain('answered from the manifest');
});

it('a table without rows', async () => {
  await sf.createTable('empty', [], { schema: { x: 'float64', s: 'utf8' } });
  const text = await sf.table('empty').groupBy('s').agg(col('x').mean()).explain();
  expect(text).toMatch(/^columns {3}x \(float64\), s \(utf8\)$/m);
  expect(text).toMatch(/^chunks {4}0 read, 0 pruned/m);
  expect(text).toMatch(/^shards {4}none$/m);
});

it('runs nothing', async () => {
  const before = await query().explain();
  expect(await query().explain()).toBe(before);
  await expect(sf.table('none').explain()).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
});
