/** What a linear regression refuses, and what it says then. */
import { jest } from '@jest/globals';
import {
  type CollectOptions,
  col,
  connect,
  LinearModel,
  type LinearOptions,
  lit,
  type Shardfold,
  when,
} from '../../src/index.js';
import { Query } from '../../src/query/query.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  const rows = Array.from({ length: 60 }, (_, i) => ({
    ...{ y: (i * i) % 17, a: i % 7, b: (i * 3) % 5, w: i % 4 },
    ...{ twice: 2 * (i % 7) + ((i * 3) % 5), none: 0, bad: i === 40 ? Number.NaN : i, big: i === 40 ? 1e308 : 1 },
    ...{ gap: i % 10 === 0 ? null : i % 6, minus: i - 1, one: 'x', many: `v${i}`, at: new Date(i * 1e6) },
  }));
  const types = {
    y: 'int32',
    a: 'int32',
    b: 'float64',
    w: 'int32',
    twice: 'int32',
    none: 'int32',
    bad: 'float64',
  } as const;
  const more = { big: 'float64', gap: 'int32', minus: 'int32', one: 'utf8', many: 'utf8', at: 'timestamp' } as const;
  await sf.createTable('t', rows, { schema: { ...types, ...more } });
});
afterAll(() => sf.close());

const given: LinearOptions = { y: 'y', x: ['a', 'b'] };

it.each<[Partial<LinearOptions>, string, RegExp]>([
  [{ y: 'z' }, 'UNKNOWN_COLUMN', /no column "z"/],
  [{ x: ['a', 'twise'] }, 'UNKNOWN_COLUMN', /no column "twise"/],
  [{ y: 'one' }, 'TYPE_MISMATCH', /"one" is utf8/],
  [{ x: ['at'] }, 'TYPE_MISMATCH', /"at" is timestamp/],
  [{ weights: 'one' }, 'TYPE_MISMATCH', /"one" is utf8/],
  [{ x: [], intercept: false }, 'INVALID_ARGUMENT', /x names no column/],
  [{ x: ['a', 'a'] }, 'INVALID_ARGUMENT', /"a" twice/],
  [{ x: ['a', 'y'] }, 'INVALID_ARGUMENT', /"y" is y and among x/],
  [{ l2: -1 }, 'INVALID_ARGUMENT', /l2 is -1/],
  [{ method: 'qrr' as 'qr' }, 'INVALID_ARGUMENT', /method is "qrr"/],
  [{ ridge: 1 } as Partial<LinearOptions>, 'INVALID_ARGUMENT', /no option ridge/],
  [{ x: ['many'] }, 'INVALID_ARGUMENT', /"many" has more than 50 values/],
  [{ x: ['one'] }, 'SINGULAR', /"one" is "x" in all rows/],
  [{ x: ['a', 'b', 'twice'] }, 'SINGULAR', /"twice" is a combination of "a", "b"$/],
  [{ x: ['a', 'b', 'twice'], method: 'normal' }, 'SINGULAR', /"twice" is a combination of "a", "b"$/],
  [{ x: ['a', 'none'] }, 'SINGULAR', /"none" is 0 in all rows/],
  [{ x: ['a', 'bad', 'b'] }, 'OUT_OF_RANGE', /column "bad" has NaN/],
  [{ x: ['bad'], intercept: false }, 'OUT_OF_RANGE', /column "bad" has NaN/],
  [{ weights: 'minus' }, 'INVALID_VALUE', /column "minus" has -1/],
  [{ x: ['gap'], nulls: 'error' }, 'INVALID_VALUE', /^6 rows of "t" have a null in gap$/],
])('refuses %j', async (options, code, message) => {
  const failed = sf.linearRegression('t', { ...given, ...options });
  await expect(failed).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
    hint: expect.any(String),
  });
});

it('needs more rows than coefficients, but for a penalty', async () => {
  const few = (n: number) => sf.table('t').limit(n);
  for (const n of [1, 3]) {
    const failed = sf.linearRegression(few(n), given);
    await expect(failed).rejects.toMatchObject({
      code: 'TOO_FEW_ROWS',
      message: `${n === 1 ? '1 row' : '3 rows'} of "t" cannot tell 3 coefficients`,
    });
  }
  const gaps = sf.linearRegression(few(11), { y: 'y', x: ['gap', ...'abw'] });
  await expect(gaps).resolves.toMatchObject({ n: 9, dropped: 2 });
  for (const n of [1, 2, 3]) {
    const model = await sf.linearRegression(few(n), { ...given, l2: 1 });
    expect(model).toMatchObject({ n, residualStandardDeviation: Number.NaN, adjustedR2: Number.NaN });
    expect(model.toString()).toContain(
      `none, ${n === 1 ? '1 row is' : `${n} rows are`} no more than the 3 coefficients`,
    );
    expect(model.toString()).not.toContain('adjusted');
  }
});

it('of no rows it says so, and whose filter holds for none; a penalty is no way out', async () => {
  const hint = expect.not.stringContaining('penalty');
  const none = sf.table('t').filter(col('one').eq('xx'));
  const filtered = { message: 'the filter holds for no row of "t"', hint };
  for (const x of [['a'], ['a', 'one']]) {
    for (const l2 of [0, 1]) {
      await expect(sf.linearRegression(none, { y: 'y', x, l2 })).rejects.toMatchObject({
        code: 'TOO_FEW_ROWS',
        ...filtered,
      });
      await expect(sf.logisticRegression(none, { y: 'y', x, l2 })).rejects.toMatchObject(filtered);
    }
  }
  const asked = sf.sql(`SELECT * FROM (SELECT a, y FROM t WHERE one = 'xx' LIMIT 9) AS few`);
  await expect(sf.linearRegression(asked, { y: 'y', x: ['a'] })).rejects.toMatchObject(filtered);
  await expect(sf.pca(none, { x: ['a', 'b'] })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', ...filtered });
  await sf.createTable('empty', { y: [], a: [] }, { schema: { y: 'float64', a: 'float64' } });
  for (const source of [sf.table('empty').filter(col('a').gt(0)), sf.table('empty')]) {
    const failed = sf.linearRegression(source, { y: 'y', x: ['a'] });
    await expect(failed).rejects.toMatchObject({ code: 'TOO_FEW_ROWS', message: 'there are no rows of "empty"', hint });
  }
  const holes = sf.table('t').filter(col('gap').isNull());
  await expect(sf.linearRegression(holes, { y: 'y', x: ['gap'] })).rejects.toMatchObject({
    code: 'TOO_FEW_ROWS',
    message: 'all 6 rows of "t" have a null in y, gap',
    hint,
  });
  await expect(sf.linearRegression('t', { ...given, weights: 'none' })).rejects.toMatchObject({
    message: 'column "none" has no weight above 0',
  });
});

it('refused nulls are named by the columns that hold them', async () => {
  const more = sf.table('t').withColumns({ hole: when(col('a').gt(0)).then(col('a')) });
  await expect(sf.linearRegression(more, { y: 'y', x: ['a', 'gap', 'hole'], nulls: 'error' })).rejects.toMatchObject({
    message: '14 rows of "t" have a null in gap (6), hole (9)',
  });
});

it('the hint of values that are not finite takes all of them away', async () => {
  const rows = [Number.NaN, Infinity, -Infinity, 1e200, 2, 3, 5, 9].map((bad, i) => ({
    fine: i,
    bad,
    y: (i * 3) % 4 > 1,
  }));
  await sf.createTable('infinite', rows);
  const by = { y: 'y', x: ['fine', 'bad'] };
  for (const model of [
    (query: Query) => sf.linearRegression(query.withColumns({ y: col('y').cast('float64') }), by),
    (query: Query) => sf.logisticRegression(query, { ...by, l2: 1 }),
    (query: Query) => sf.pca(query, { x: by.x }),
  ]) {
    for (const only of [col('fine').gtEq(1), col('fine').lt(1).or(col('fine').gtEq(4))]) {
      const failed = model(sf.table('infinite').filter(only));
      await expect(failed).rejects.toMatchObject({
        code: 'OUT_OF_RANGE',
        message: expect.not.stringContaining('fine'),
        hint: expect.stringContaining(".filter(col('bad').abs().lt(1e150))"),
      });
    }
    expect(await model(sf.table('infinite').filter(col('bad').abs().lt(1e150)))).toMatchObject({ n: 4 });
  }
});

it('a penalty takes collinear columns, and columns of 0', async () => {
  const model = await sf.linearRegression('t', { y: 'y', x: ['a', 'b', 'twice', 'none'], l2: 1 });
  expect(model.coefficients.map(({ estimate }) => Number.isFinite(estimate))).toEqual([true, true, true, true, true]);
  expect(model.coefficients[4]?.estimate).toBe(0);
});

it('says so where residuals of nothing leave no digits of the standard errors', async () => {
  const nearly = sf.table('t').withColumns({ y: col('a').mul(2).add(1).add(col('b').mul(1e-13)) });
  const model = await sf.linearRegression(nearly, { y: 'y', x: ['a'], method: 'normal' });
  expect([model.digits >= 8, model.standardErrorDigits]).toEqual([true, 0]);
  expect(model.warning).toMatch(/^residuals of \S+( of the squares of y)? leave 0 digits of the standard errors/);
});

it('says that a fit is perfect, and judges no coefficient by rounding', async () => {
  for (const y of [col('a').mul(2), lit(7.25)]) {
    const exact = sf.table('t').withColumns({ y });
    const model = await sf.linearRegression(exact, { y: 'y', x: ['a'] });
    expect(model.warning).toMatch(/^an essentially perfect fit: what is left of y is rounding/);
    expect(model.coefficients.map(({ t, p }) => [t, p])).toEqual([
      [Number.NaN, Number.NaN],
      [Number.NaN, Number.NaN],
    ]);
    expect(String(model)).not.toContain('***\n');
    expect(LinearModel.fromJSON(JSON.parse(JSON.stringify(model))).warning).toBe(model.warning);
  }
});

it('an intercept alone is the mean', async () => {
  const model = await sf.linearRegression('t', { y: 'a', x: [] });
  const [row] = await sf
    .table('t')
    .agg({ mean: col('a').mean(), std: col('a').std() })
    .collect();
  expect(model.coefficients[0]?.estimate).toBeCloseTo(row?.mean as number, 14);
  expect(model.residualStandardDeviation).toBeCloseTo(row?.std as number, 13);
  expect(model.f).toBeUndefined();
  expect(model.r2).toBe(0);
});

it('a table that is not there, levels that are none, and JSON of something else', async () => {
  await expect(sf.linearRegression('tt', given)).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
  const model = await sf.linearRegression('t', given);
  expect(() => model.confidenceIntervals(95)).toThrow('the level is 95');
  expect(() => LinearModel.fromJSON({ model: 'kmeans' })).toThrow('no linear model');
});

it('is of one version: where the table is replaced between two passes, all is done again', async () => {
  const data = (slope: number) => ({ x: [1, 2, 3, 4], y: [1, 2, 3, 5].map((y) => y * slope) });
  await sf.createTable('moving', data(1));
  const watched: Query = sf.table('moving');
  let passes = 0;
  const agg = watched.agg.bind(watched) as unknown as (...aggregates: unknown[]) => Query;
  const counted = (...aggregates: unknown[]): Query => {
    const query = agg(...aggregates);
    const collect = query.collect.bind(query);
    return Object.assign(query, {
      collect: async (options: CollectOptions) => {
        passes += 1;
        if (passes === 2) await sf.createTable('moving', data(10), { mode: 'replace' });
        return collect(options);
      },
    });
  };
  Object.assign(watched, { agg: counted });
  const model = await sf.linearRegression(watched, { y: 'y', x: ['x'] });
  expect(passes).toBe(4);
  expect(model.receipt).toMatchObject({ passes: 2, version: 2 });
  expect(model.coefficients[1]?.estimate).toBeCloseTo(13, 12);
});

it('is of one version with its categories, too', async () => {
  const data = (texts: string[], scale: number) => ({ g: texts, y: [1, 2, 3, 4, 5, 9].map((y) => y * scale) });
  await sf.createTable('regions', data(['a', 'b', 'a', 'b', 'a', 'b'], 1));
  const { distinct } = Query.prototype;
  let looks = 0;
  const spy = jest.spyOn(Query.prototype, 'distinct').mockImplementation(function looked(
    this: Query,
    ...args: never[]
  ) {
    const query = distinct.apply(this, args);
    const collect = query.limit(51).collect.bind(query.limit(51));
    const limited = Object.assign(query.limit(51), {
      collect: async (options: CollectOptions) => {
        const rows = await collect(options);
        looks += 1;
        if (looks === 1) await sf.createTable('regions', data(['a', 'b', 'c', 'c', 'a', 'b'], 10), { mode: 'replace' });
        return rows;
      },
    });
    return Object.assign(query, { limit: () => limited });
  } as never);
  try {
    const model = await sf.linearRegression('regions', { y: 'y', x: ['g'] });
    expect(looks).toBe(2);
    expect(model.coefficients.map(({ name }) => name)).toEqual(['(Intercept)', 'g=b', 'g=c']);
    expect(model.receipt).toMatchObject({ version: 2 });
  } finally {
    spy.mockRestore();
  }
});

it('refuses keys, which may change between its passes', async () => {
  const keys = sf.hashes('nothing:*', { x: 'float64', y: 'float64' });
  for (const attempt of [
    () => sf.linearRegression(keys, { y: 'y', x: ['x'] }),
    () => sf.logisticRegression(keys.filter(col('x').gt(0)), { y: 'y', x: ['x'] }),
    () => sf.kMeans(keys, { x: ['x'], k: 2 }),
    () => sf.pca(keys, { x: ['x', 'y'] }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      hint: expect.stringContaining('.into('),
    });
  }
});

it('a text without any value, and a y that does not vary', async () => {
  await sf.createTable(
    'gaps',
    { a: [1, 2, 3, 9], c: [4, 1, 2, 2], b: [null, null, null, null] },
    { types: { b: 'utf8' } },
  );
  await expect(sf.linearRegression('gaps', { y: 'a', x: ['c', 'b'] })).rejects.toMatchObject({
    code: 'TOO_FEW_ROWS',
    message: 'column "b" has no value in the rows that count',
  });
  await sf.createTable('flat', { y: [5, 5, 5, 5], x: [1, 2, 3, 5] });
  expect((await sf.linearRegression('flat', { y: 'y', x: ['x'] })).r2).toBeNaN();
});
