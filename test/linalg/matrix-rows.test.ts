// A matrix as the rows of a query: the columns c0, c1, … in the shards and on the client side, whatever its values are packed as.
import { col, connect, count, type Shardfold } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

let three: Shardfold;
let one: Shardfold;
beforeAll(async () => {
  three = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  one = await connect({ url: sharedUrl(1), prefix: uniquePrefix() });
});
afterAll(async () => {
  await three.close();
  await one.close();
});

const ROWS = 30_000;
const COLS = 5;

/** Matrices whose blocks are packed in each way that there is. */
const PACKED: Record<string, (i: number, j: number) => number> = {
  f64: (i, j) => Math.sin(i * COLS + j) * 10 ** j,
  f32: (i, j) => Math.fround(Math.cos(i + j)),
  u8: (i, j) => ((i * 7 + j) % 50) * 2 - 20,
  u16: (i, j) => (i * 31 + j * 1000) % 40_000,
};

describe.each(Object.entries(PACKED))('packed as %s', (name, value) => {
  const data = Float64Array.from({ length: ROWS * COLS }, (_, k) => value(Math.floor(k / COLS), k % COLS));
  const column = (j: number): number[] => Array.from({ length: ROWS }, (_, i) => data[i * COLS + j] as number);

  beforeAll(async () => {
    for (const sf of [three, one]) await sf.matrix(name).set(data, [ROWS, COLS]);
  });

  it('rows come as they are', async () => {
    const whole = await three.table(name).collectColumns();
    expect(whole.rows).toBe(ROWS);
    expect(Object.keys(whole.columns)).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
    for (let j = 0; j < COLS; j++) expect(Array.from(whole.columns[`c${j}`] as Float64Array)).toEqual(column(j));
  });

  it('filters, sums, groups and orders: the same bits in the shards, here and on one shard', async () => {
    const mean = column(2).reduce((sum, x) => sum + x, 0) / ROWS;
    const query = (sf: Shardfold) =>
      sf
        .table(name)
        .filter(col('c2').gt(mean))
        .groupBy(col('c1').gt(0).as('positive'))
        .agg({ n: count(), sum: col('c3').mul(col('c0')).sum(), least: col('c4').min(), middle: col('c0').median() })
        .sort('positive');
    const seen = await Promise.all([
      query(three).collect({ side: 'shards' }),
      query(three).collect({ side: 'client' }),
      query(one).collect({ side: 'shards' }),
    ]);
    expect(seen[0].receipt.computedOn.client).toBe(0);
    for (const rows of seen) expect([...rows]).toEqual([...(seen[0] as (typeof seen)[0])]);
    const kept = Array.from({ length: ROWS }, (_, i) => i).filter((i) => (column2[i] as number) > mean);
    expect(seen[0].reduce((sum, { n }) => sum + Number(n), 0)).toBe(kept.length);
  });
  const column2 = column(2);

  it('the first rows of an order, and pages', async () => {
    const wanted = column(1)
      .map((x, i) => [x, i] as const)
      .sort(([a, i], [b, j]) => b - a || i - j)
      .slice(0, 7)
      .map(([, i]) => data[i * COLS + 3]);
    for (const side of ['shards', 'client'] as const) {
      const rows = await three.table(name).sort('c1', 'desc').limit(7).select('c3').collect({ side });
      expect(rows.map(({ c3 }) => c3)).toEqual(wanted);
    }
    const page = await three.table(name).select('c4').page({ size: 3, offset: 20_000 });
    expect(page.rows.map(({ c4 }) => c4)).toEqual([0, 1, 2].map((i) => data[(20_000 + i) * COLS + 4]));
  });

  it('becomes a table, a column taken over and one computed', async () => {
    await three.table(name).select('c4', col('c0').add(1).as('more')).into(`${name}-table`);
    const made = await three.table(`${name}-table`).collectColumns();
    expect(Array.from(made.columns.c4 as Float64Array)).toEqual(column(4));
    expect(Array.from(made.columns.more as Float64Array)).toEqual(column(0).map((x) => x + 1));
  });

  it('SQL reads it, too', async () => {
    const [row] = await three
      .sql(`SELECT max(c3) AS most, count(*) AS n FROM "${name}" WHERE c0 IS NOT NULL`)
      .collect();
    expect(row).toEqual({ most: Math.max(...column(3)), n: ROWS });
  });
});

it('models take it', async () => {
  const x = Array.from({ length: 500 }, (_, i) => [i, Math.sqrt(i), 3 + 2 * i - 5 * Math.sqrt(i)]);
  await three.matrix('line').set(x);
  const model = await three.linearRegression('line', { y: 'c2', x: ['c0', 'c1'] });
  const estimates = model.coefficients.map(({ estimate }) => estimate);
  [3, 2, -5].forEach((value, j) => void expect(estimates[j]).toBeCloseTo(value, 9));
});
