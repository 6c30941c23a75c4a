// What console.log shows of what is handed out: what it is and what to call, not its insides.
import { inspect } from 'node:util';
import { col, connect, count, type Shardfold } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(1), prefix: uniquePrefix() });
});
afterAll(() => sf.close());

it('a connection names its primaries', () => {
  expect(inspect(sf)).toMatch(/^Shardfold \(127\.0\.0\.1:\d+\)$/);
});

it('what is lazy says so', () => {
  const table = sf.table('t');
  expect(inspect(table)).toBe('Table "t" (not read: call .collect())');
  expect(inspect(sf.vector('v'))).toBe('Vector "v" (not read: call .get())');
  const query = 'Query (not run: call .collect())';
  expect(inspect(table.filter(col('x').gt(1)))).toBe(query);
  expect(inspect(table.groupBy('x'))).toBe('GroupBy (not run: call .agg(…), then .collect())');
  expect(inspect([table.agg({ n: count() })])).toBe(`[ ${query} ]`);
});

it('template literals have the same', () => {
  const [table, keys] = [sf.table('t'), sf.hyperloglog('visits:*')];
  for (const each of [sf, table, table.limit(1), table.groupBy('x'), sf.vector('v'), sf.matrix('m'), keys])
    expect(`${each}`).toBe(inspect(each));
  expect(`${sf.matrix('m')}`).toBe('Matrix "m" (not read: call .get())');
});

it('expressions and aggregates show their text', () => {
  expect(inspect(col('x').add(1).gt(2))).toBe('Expr (x + 1) > 2');
  expect(inspect(col('x').sum().as('total'))).toBe('Aggregate sum(x) as total');
  expect(inspect(count())).toBe('Aggregate count(*)');
});
