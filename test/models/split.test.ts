// Rows by chance: disjoint, all of them together, the same wherever the table lies and whatever is filtered.
import { col, connect, count, type Query, type Shardfold, trainTestSplit } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

const ROWS = 30_000;
const connected: Shardfold[] = [];

beforeAll(async () => {
  const columns = {
    id: Int32Array.from({ length: ROWS }, (_, i) => i),
    half: Float64Array.from({ length: ROWS }, (_, i) => i / 2),
    word: Array.from({ length: ROWS }, (_, i) => (i % 7 === 0 ? 'seven' : 'other')),
  };
  for (const shards of [1, 3, 5] as const) {
    const sf = await connect({ url: sharedUrl(shards), prefix: uniquePrefix() });
    connected.push(sf);
    await sf.createTable('t', columns, { chunkRows: 9000 });
  }
});
afterAll(async () => {
  for (const sf of connected) await sf.close();
});

const table = (): Query => (connected[0] as Shardfold).table('t');
type Rows = Query<object>;
const idsOf = async (query: Rows, side: 'shards' | 'client' = 'shards'): Promise<number[]> =>
  Array.from((await (query as Query).select('id').collectColumns<{ id: number }>({ side })).columns.id);

it('the same rows on 1, 3 and 5 shards and here; train and test are disjoint, and together all', async () => {
  const seen = new Set<string>();
  for (const sf of connected) {
    for (const side of ['shards', 'client'] as const) {
      const { train, test } = trainTestSplit(sf.table('t'), { test: 0.25, seed: 5 });
      const [a, b] = [await idsOf(train, side), await idsOf(test, side)];
      expect([...a, ...b].sort((x, y) => x - y)).toEqual(Array.from({ length: ROWS }, (_, i) => i));
      seen.add(JSON.stringify(b));
    }
  }
  expect(seen.size).toBe(1);
  const drawn = JSON.parse([...seen][0] as string) as number[];
  // A quarter, within four standard deviations, in every tenth of the table.
  for (let tenth = 0; tenth < 10; tenth++) {
    const inside = drawn.filter((id) => Math.floor(id / 3000) === tenth).length;
    expect(Math.abs(inside - 750)).toBeLessThan(4 * Math.sqrt(3000 * 0.25 * 0.75));
  }
  // Neighbours are drawn alone: a quarter of the drawn rows follow one.
  const follow = drawn.filter((id, i) => drawn[i - 1] === id - 1).length / drawn.length;
  expect(Math.abs(follow - 0.25)).toBeLessThan(0.025);
});

it('a row stays on its side under filters, sorts, columns and joins', async () => {
  const { test } = trainTestSplit(table());
  const ids = new Set(await idsOf(test));
  const sevens = (await idsOf(table().filter(col('word').eq('seven')))).filter((id) => ids.has(id));
  const filtered = table().filter(col('word').eq('seven'));
  expect(await idsOf(trainTestSplit(filtered).test)).toEqual(sevens);
  expect(await idsOf(trainTestSplit(filtered.withColumns({ x: col('half').mul(3) }).sort('id', 'desc')).test)).toEqual(
    sevens.toReversed(),
  );
  const other = filtered.groupBy('word').agg({ n: count() });
  expect(await idsOf(trainTestSplit(table().join(other, { on: 'word' })).test)).toEqual(sevens);
  const [counted] = await test.agg({ n: count(), sum: col('half').sum() }).collect();
  expect(counted).toEqual({ n: ids.size, sum: [...ids].reduce((sum, id) => sum + id / 2, 0) });
  const groups = await test.groupBy('word').agg({ n: count() }).collect<{ word: string; n: number }>();
  expect(groups.find(({ word }) => word === 'seven')?.n).toBe(sevens.length);
  const pages = await test.sort('id').select('id').page({ size: 3, offset: 100 });
  expect(pages.rows.map(({ id }) => id)).toEqual([...ids].slice(100, 103));
  expect(await idsOf(test.limit(3))).toEqual([...ids].slice(0, 3));
});

it('other seeds, samples of samples, whole and empty ones', async () => {
  const [one, two] = [await idsOf(table().sample(0.5)), await idsOf(table().sample(0.5, { seed: 2 }))];
  const both = one.filter((id) => two.includes(id)).length;
  expect(Math.abs(both - ROWS / 4)).toBeLessThan(400);
  const again = await idsOf(table().sample(0.5).sample(0.5));
  expect(Math.abs(again.length - ROWS / 4)).toBeLessThan(400);
  expect(again.every((id) => one.includes(id))).toBe(true);
  expect([await idsOf(table().sample(0)), (await idsOf(table().sample(1))).length]).toEqual([[], ROWS]);
  const into = await table().sample(0.5).into('drawn');
  expect(into.rows).toBe(one.length);
  expect(await idsOf((connected[0] as Shardfold).table('drawn'))).toEqual(one);
  expect(await table().sample(0.1, { seed: 3 }).explain({ kernels: false })).toContain('sample 0.1 by chance, seed 3');
});

it('refuses what has no numbers, and wrong fractions and seeds', async () => {
  const refused = {
    code: 'INVALID_ARGUMENT',
    message: expect.stringMatching(/^rows .* have no numbers to draw them by$/),
  };
  await expect(trainTestSplit(table().limit(5)).test.collect()).rejects.toMatchObject(refused);
  await expect(trainTestSplit(table().groupBy('word').agg({ n: count() })).train.collect()).rejects.toMatchObject(
    refused,
  );
  const hashes = (connected[0] as Shardfold).hashes('none:*', { x: 'float64' });
  await expect(trainTestSplit(hashes as Rows).test.collect()).rejects.toMatchObject(refused);
  for (const test of [0, 1, -1, 'half', Number.NaN]) {
    expect(() => trainTestSplit(table(), { test: test as number })).toThrow(/^test is /);
  }
  expect(() => trainTestSplit(table(), { seed: 1.5 })).toThrow('the seed is 1.5');
  expect(() => table().sample(2)).toThrow('the fraction is 2');
});
