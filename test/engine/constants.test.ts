// Plans whose conditions or arguments are constants, of the plan or of one chunk's layout; and constants under several names.
import { col, connect, count, type Expr, lit, type Shardfold } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  const columns = {
    x: [0.5, 1.5, 2.5, 4],
    n: [null, 1, 2, 3],
    a: ['k', 'l', 'k', 'm'],
    b: ['z', 'k', 'k', 'a'],
    g: [1, 2, 1, 2],
  };
  await sf.createTable('t', columns, { chunkRows: 3 });
});
afterAll(() => sf.close());

const SIDES = [{ side: 'shards' }, { side: 'client' }] as const;
const all = { rows: count(), n: col('n').count(), sum: col('x').sum(), sd: col('x').var(), least: col('a').min() };
const none = { rows: 0, n: 0, sum: null, sd: null, least: null };
const every = { rows: 4, n: 3, sum: 8.5, sd: 2.2291666666666665, least: 'k' };

describe.each(SIDES)('%j', (options) => {
  it.each<[string, Expr, unknown]>([
    ['true', lit(true), every],
    ['false', lit(false), none],
    ['null', lit(null), none],
    ['x + 1 is null', col('x').add(1).isNull(), none],
    ['x + 1 is not null', col('x').add(1).isNotNull(), every],
    ['x = null', col('x').eq(null), none],
    ['true or x > 1', lit(true).or(col('x').gt(1)), every],
    ['1 < 2', lit(1).lt(2), every],
    ["'a' > 'b'", lit('a').gt('b'), none],
    ['x in ()', col('x').isIn([]), none],
    ['not x in (null)', col('x').isIn([null]).not(), none],
  ])('filter %s', async (_, filter, expected) => {
    expect([...(await sf.table('t').filter(filter).agg(all).collect(options))]).toEqual([expected]);
    const grouped = await sf.table('t').filter(filter).groupBy('g').agg(all).collect(options);
    expect(grouped.reduce((sum, { rows }) => sum + Number(rows), 0)).toBe((expected as { rows: number }).rows);
  });

  it('arguments that are null or constant', async () => {
    const nothing = col('x').add(lit(null));
    const rows = await sf
      .table('t')
      .agg({
        sum: nothing.sum(),
        n: nothing.count(),
        mean: nothing.mean(),
        sd: nothing.std(),
        max: nothing.max(),
        one: lit(1).sum(),
        half: lit(0.5).sum(),
        flat: lit(2.5).var(),
        text: lit('é').max(),
        null: lit(null).sum(),
      })
      .collect(options);
    const nulls = { sum: null, n: 0, mean: null, sd: null, max: null, null: null };
    expect([...rows]).toEqual([{ ...nulls, one: 4, half: 2, flat: 0, text: 'é' }]);
  });

  it('one constant against two columns of strings, and as a value', async () => {
    const query = sf.table('t').withColumns(lit('k').as('k'));
    const both = await query
      .filter(
        col('a')
          .eq(col('k'))
          .and(col('b').eq(col('k'))),
      )
      .agg({ n: count(), x: col('x').max(), k: col('k').min() })
      .collect(options);
    expect([...both]).toEqual([{ n: 1, x: 2.5, k: 'k' }]);
    const grouped = await query
      .filter(col('b').gtEq(col('k')))
      .groupBy('k')
      .agg({ n: count() })
      .collect(options);
    expect([...grouped]).toEqual([{ k: 'k', n: 3 }]);
    const rows = await query
      .filter(
        col('b')
          .ltEq(col('k'))
          .or(col('a').eq(col('k'))),
      )
      .select('k', 'a')
      .collect();
    expect(rows.length).toBe(4);
  });
});
