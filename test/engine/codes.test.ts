// Columns whose codes take up all that a byte or two can hold: the first and the last code are values like the others.
import { col, connect, count, type Shardfold } from '../../src/index.js';
import { openTable } from '../../src/storage/catalog.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(1), prefix: uniquePrefix() });
});
afterAll(() => sf.close());

const v = col('v');
const aggregates = { n: count(), least: v.min(), most: v.max(), sum: v.sum() };

describe.each([
  [253, 'u8'],
  [254, 'u8'],
  [255, 'u16'],
  [65_533, 'u16'],
  [65_534, 'u16'],
  [65_535, 'f32'],
])('values %i apart, as %s', (range, encoding) => {
  const values = [7, 7 + range, null, 8, 6 + range];
  const name = `range${range}`;
  beforeAll(async () => {
    await sf.createTable(name, { v: values, g: [1, 2, 3, 4, 5] });
    const { chunks, schema } = await openTable(sf.link, name, sf.link.context());
    expect(chunks[0]?.columns[schema.findIndex((field) => field.name === 'v')]?.encoding).toBe(encoding);
  });

  it.each(['shards', 'client'] as const)('%s', async (side) => {
    const table = sf.table(name);
    const [all] = await table.agg(aggregates).collect({ side });
    expect(all).toEqual({ n: 5, least: 7, most: 7 + range, sum: 21 + 2 * range + 7 });
    const groups = await table.groupBy('g').agg(aggregates).collect({ side });
    expect([...groups]).toEqual(values.map((x, i) => ({ g: i + 1, n: 1, least: x, most: x, sum: x })));
    const [last] = await table
      .filter(v.gtEq(7 + range))
      .agg(aggregates)
      .collect({ side });
    expect(last).toEqual({ n: 1, least: 7 + range, most: 7 + range, sum: 7 + range });
    const [none] = await table.filter(v.isNull()).agg(aggregates).collect({ side });
    expect(none).toEqual({ n: 1, least: null, most: null, sum: null });
    const keys = await table.groupBy('v').agg({ n: count() }).collect({ side });
    expect(keys.map((row) => row.v)).toEqual([7, 8, 6 + range, 7 + range, null]);
    for (const among of [v.isIn([7 + range]), v.eq(7 + range), v.gt(6 + range), v.lt(7 + range).not()]) {
      expect([...(await table.filter(among).agg({ n: count() }).collect({ side }))]).toEqual([{ n: 1 }]);
    }
  });
});
