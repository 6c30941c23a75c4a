// What the compiler knows of the rows of a result: `npm run check` is the test, for it compiles this file.
import { col, connect, count, type ResultRow, type Rows, type Shardfold } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

interface PerOrigin {
  n: number;
  origin: string;
}

let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(1), prefix: uniquePrefix() });
  await sf.createTable('flights', { origin: ['SEA', 'SEA', 'SFO'], delay: [1, 2, 3] });
});
afterAll(() => sf.close());

const perOrigin = () => sf.table('flights').groupBy('origin').agg({ n: count() });

it('rows have the shape that is asserted', async () => {
  const rows = await perOrigin().collect<PerOrigin>();
  const [first] = rows;
  const n: number = (first as PerOrigin).n;
  const origin: string | undefined = rows[1]?.origin;
  // @ts-expect-error: there is no such column in the shape
  expect(first?.delay).toBeUndefined();
  expect([n, origin, rows.receipt.table]).toEqual([2, 'SFO', 'flights']);
});

it('without one, a value may be of any type', async () => {
  const rows: Rows<ResultRow> = await sf.table('flights').filter(col('delay').gt(1)).collect();
  // @ts-expect-error: the value may be a string, a date, null, …
  const delay: number = rows[0]?.delay;
  expect(delay).toBe(2);
});
