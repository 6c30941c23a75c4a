// By which way the first rows of an order are found: heaps in the shards, or columns that are sorted here; the same rows on both.
import { col, connect, type Shardfold } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

const rows = 100_000;
const price = Float64Array.from({ length: rows }, (_, i) => ((i * 7919) % rows) / 3);
const byPrice = [...price.keys()].sort((a, b) => (price[b] as number) - (price[a] as number));

let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  await sf.createTable('t', { id: Int32Array.from({ length: rows }, (_, i) => i), price }, { chunkRows: 20_000 });
});
afterAll(() => sf.close());

const sorted = (limit: number) => sf.table('t').sort('price', 'desc').select('id').limit(limit);
const ids = (found: readonly { id?: unknown }[]) => found.map(({ id }) => id);

it.each([40_000, 65_024])('columns are fetched once where %i keys would weigh as much', async (limit) => {
  const found = await sorted(limit).collect();
  expect(ids(found)).toEqual(byPrice.slice(0, limit));
  // A call for each column of each chunk at most, and none to a kernel.
  expect(found.receipt).toMatchObject({
    computedOn: { shards: 0, client: 5, reason: 'rows are asked for' },
    serverMs: 0,
  });
  expect(await sorted(limit).explain({ kernels: false })).toContain(
    'computed  here: the rows of each chunk are sorted',
  );
});

it.each([1000, 8192])('the first %i rows come from heaps, and those are not given up', async (limit) => {
  const found = await sorted(limit).collect();
  expect(ids(found)).toEqual(byPrice.slice(0, limit));
  expect(found.receipt.computedOn).toEqual({ shards: 5, client: 0 });
  expect(await sorted(limit).explain({ kernels: false })).toContain('a heap a slice');
});

it.each(['shards', 'client'] as const)('the same rows on the side that is asked for (%s)', async (side) => {
  for (const limit of [5000, 50_000]) {
    const found = await sorted(limit).collect({ side });
    expect(ids(found)).toEqual(byPrice.slice(0, limit));
    expect(found.receipt.computedOn[side]).toBe(5);
  }
});

it('slices, ties and nulls as without a limit', async () => {
  const some = sf
    .table('t')
    .select('id', col('id').mod(7).as('week'))
    .sort([col('week').desc(), 'id']);
  const whole = ids(await some.collect());
  expect(ids(await some.slice(30_000, 30_000).collect())).toEqual(whole.slice(30_000, 60_000));
  expect(ids(await some.limit(70_000).collect())).toEqual(whole.slice(0, 70_000));
});

it('what may fail is computed of the rows that the limit leaves, and of no others', async () => {
  const limit = 40_000;
  const least = price[byPrice[limit - 1] as number] as number;
  const root = col('price').sub(least).sqrt().as('root');
  const found = await sf.table('t').sort('price', 'desc').select(root).limit(limit).collect();
  expect(found.at(-1)).toEqual({ root: 0 });
  await expect(
    sf
      .table('t')
      .sort('price', 'desc')
      .select(root)
      .limit(limit + 1)
      .collect(),
  ).rejects.toThrow();
});
