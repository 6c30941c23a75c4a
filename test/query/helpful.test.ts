// What is done wrong with a query is told with what to do instead, before anything is read.
import { inspect } from 'node:util';
import { col, connect, count, defineAggregate, type Shardfold, ShardfoldError } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(1), prefix: uniquePrefix() });
  await sf.createTable('orders', { id: [1, 2, 3], country: ['DE', 'FR', 'DE'], price: [1.5, 2.5, 3] });
});
afterAll(() => sf.close());

async function failure(run: () => unknown): Promise<ShardfoldError> {
  try {
    await run();
  } catch (error) {
    if (error instanceof ShardfoldError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

const orders = () => sf.table('orders');

it('a page without a size', async () => {
  for (const options of [undefined, null, {}]) {
    const error = await failure(() =>
      orders()
        .sort('id')
        .page(options as never),
    );
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', hint: expect.stringContaining('size') });
  }
});

it('no cursor is the first page, and empty text is none', async () => {
  const query = orders().sort('id').select('id');
  for (const after of [null, undefined]) {
    const page = await query.page({ size: 2, after, offset: 1 });
    expect([...page.rows]).toEqual([{ id: 2 }, { id: 3 }]);
  }
  const error = await failure(() => query.page({ size: 2, after: '' }));
  expect(error).toMatchObject({ code: 'INVALID_CURSOR', hint: expect.stringContaining('leave `after` out') });
});

it.each(['collect', 'filter', 'sort', 'limit', 'select', 'count'] as const)('%s() of groups', async (step) => {
  const error = await failure(() => orders().groupBy('country')[step]());
  expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', hint: expect.stringContaining('.agg(') });
});

it('columns by their names in an object', async () => {
  const made = orders().select('id', { double: col('price').mul(2), land: col('country').lower() });
  expect([...(await made.limit(1).collect())]).toEqual([{ id: 1, double: 3, land: 'de' }]);
  const added = orders()
    .select('id', 'price')
    .withColumns({ price: col('price').neg(), one: col('id').gt(1) });
  expect([...(await added.limit(1).collect())]).toEqual([{ id: 1, price: -1.5, one: false }]);
  for (const wrong of [{ x: 1 }, { x: 'price' }, { x: undefined }] as never[]) {
    const error = await failure(() => orders().select(wrong));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('column "x" is') });
  }
  expect((await failure(() => orders().select({}))).code).toBe('INVALID_ARGUMENT');
});

it('an aggregate over a text column names the column', async () => {
  const total = defineAggregate({
    name: 'total',
    init: { sum: 0 },
    step: ({ sum }, x) => ({ sum: sum.add(x) }),
    merge: (a, b) => ({ sum: a.sum.add(b.sum) }),
    finish: ({ sum }) => sum,
  });
  const wrong = await failure(() =>
    orders()
      .agg({ t: total(col('country')) })
      .collect(),
  );
  expect(wrong).toMatchObject({ code: 'TYPE_MISMATCH', message: expect.stringMatching(/^country is utf8/) });
  const computed = await failure(() =>
    orders()
      .agg({ t: total(col('country').lower()) })
      .collect(),
  );
  expect(computed.message).toMatch(/^lower\(country\) is utf8/);
  expect([
    ...(await orders()
      .agg({ t: total(col('price').mul(2)) })
      .collect()),
  ]).toEqual([{ t: 14 }]);
});

it("JavaScript's operators on expressions", async () => {
  const plus = await failure(() =>
    defineAggregate({
      init: { sum: 0 },
      step: ({ sum }, x) => ({ sum: ((sum as never as number) + (x as never as number)) as never }),
      merge: (a) => a,
      finish: ({ sum }) => sum,
    }),
  );
  expect(plus).toMatchObject({ code: 'INVALID_ARGUMENT', hint: expect.stringContaining('.add()') });
  expect((await failure(() => `${col('price')}`)).message).toContain('price is an expression');
  expect((await failure(() => Number(col('price').sum()))).code).toBe('INVALID_ARGUMENT');
  expect(inspect(col('price').add(1).as('more'))).toBe('Expr price + 1 as more');
  // A finish of plain numbers is called with expressions once, to see what it is.
  const mean = defineAggregate({
    init: { sum: 0, n: 0 },
    step: ({ sum, n }, x) => ({ sum: sum.add(x), n: n.add(1) }),
    merge: (a, b) => ({ sum: a.sum.add(b.sum), n: a.n.add(b.n) }),
    finish: ({ sum, n }) => sum / n,
  });
  expect([
    ...(await orders()
      .agg({ m: mean(col('id')) })
      .collect()),
  ]).toEqual([{ m: 2 }]);
});

it('a union of other columns says which input lacks what', async () => {
  const missing = await failure(() =>
    orders()
      .union(orders().select('price', 'country') as never)
      .collect(),
  );
  expect(missing).toMatchObject({
    code: 'UNKNOWN_COLUMN',
    message: 'union(): input 2 has no column "id", which the first has',
    hint: expect.stringContaining('its columns are price, country'),
  });
  const more = await failure(() =>
    orders()
      .select('id')
      .union(orders().select('id'), orders() as never)
      .collect(),
  );
  expect(more).toMatchObject({ code: 'TYPE_MISMATCH', message: expect.stringContaining('input 3 has a column') });
});

it('tables that are gone, or have no name, come with a hint', async () => {
  await sf.createTable('brief', { id: [1, 2, 3] });
  const query = sf.table('brief').sort('id');
  const { next } = await query.page({ size: 1 });
  await sf.drop('brief');
  const runs = [
    () => query.page({ size: 1, after: next }),
    () => query.collect(),
    () => sf.table('').agg(count()).collect(),
    () => sf.createTable('', { id: [1] }),
    () => sf.drop(''),
  ];
  for (const run of runs) expect((await failure(run)).hint).toEqual(expect.stringMatching(/\w/));
});
