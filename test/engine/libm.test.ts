// Plans whose last bits depend on a libm say so; all others do not.
import { col, connect, count, type Shardfold } from '../../src/index.js';
import type { Query } from '../../src/query/query.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

let sf: Shardfold;
let t: Query;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(1), prefix: uniquePrefix() });
  await sf.createTable('t', { x: [1, 2, 3], k: [1, 1, 2] });
  t = sf.table('t');
});
afterAll(() => sf.close());

const x = col('x');
it.each<[string, (rows: Query) => Query, boolean]>([
  ['a column', (q) => q.select(x.ln().as('y')), true],
  ['a filter', (q) => q.filter(x.exp().gt(3)).agg({ n: count() }), true],
  ['an argument', (q) => q.agg({ s: x.sin().sum() }), true],
  ['a key', (q) => q.groupBy(x.log2().floor().as('b')).agg({ n: count() }), true],
  ['an order', (q) => q.sort(x.pow(2)).limit(1), true],
  [
    'a step before',
    (q) =>
      q
        .withColumns(x.cos().as('c'))
        .groupBy('k')
        .agg({ c: col('c').sum() })
        .filter(col('c').gt(0)),
    true,
  ],
  ['the right side of a join', (q) => q.join(q.filter(x.tan().lt(9)).select('k').distinct(), { on: 'k' }), true],
  ['square roots and rounding', (q) => q.agg({ s: x.sqrt().round(2).sum(), d: x.std() }), false],
])('%s', async (_, build, libm) => {
  const query = build(t);
  expect((await query.collect()).receipt.libm).toBe(libm ? true : undefined);
  expect((await query.explain({ kernels: false })).includes('libm')).toBe(libm);
});
