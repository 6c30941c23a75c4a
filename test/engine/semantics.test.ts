// docs/semantics.md, sentence by sentence: what holds in both, and every place where the answer is not DuckDB's.
import { AggregateExpr, col, connect, count, type Expr, lit, type Shardfold } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { Duck } from '../harness/oracle/duckdb.js';

let sf: Shardfold;
let duck: Duck;
const schema = {
  f: 'float64',
  r: 'float32',
  i: 'int32',
  big: 'int64',
  b: 'bool',
  s: 'utf8',
  day: 'date',
  at: 'timestamp',
  d: 'decimal(2)',
  e: 'decimal(3)',
} as const;
const DAY = Date.UTC(2001, 1, 3);
const rows = [
  {
    f: 1.5,
    r: 16_777_216,
    i: 7,
    big: 2 ** 53 - 1,
    b: true,
    s: 'é',
    day: new Date(DAY),
    at: new Date(DAY),
    d: '0.10',
    e: '0.100',
  },
  {
    f: Number.NaN,
    r: 0.1,
    i: 0,
    big: -1,
    b: false,
    s: 'Z',
    day: new Date(DAY),
    at: new Date(DAY + 1),
    d: '0.11',
    e: '0.111',
  },
  { f: -0, r: -3, i: -7, big: 2, b: null, s: 'a', day: null, at: null, d: null, e: '-5.000' },
  { f: null, r: null, i: null, big: null, b: null, s: null, day: null, at: null, d: '9.99', e: null },
];
beforeAll(async () => {
  duck = await Duck.open();
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  await sf.createTable('t', rows, { schema });
  await sf.createTable('empty', [], { schema });
});
afterAll(async () => {
  await sf.close();
  duck.close();
});

async function ours(what: Expr | AggregateExpr, filter: Expr = lit(true)): Promise<unknown> {
  const table = sf.table('t').filter(filter);
  if (!(what instanceof AggregateExpr)) return (await table.select(what.as('r')).collect()).map(({ r }) => r);
  const [[shards], [client]] = [
    await table.agg(what.as('r')).collect({ side: 'shards' }),
    await table.agg(what.as('r')).collect({ side: 'client' }),
  ];
  expect(shards).toEqual(client);
  return shards?.r;
}

const theirs = async (sql: string): Promise<unknown> => (await duck.rows(`SELECT ${sql}`))[0]?.[0];
const raised = (error: unknown): unknown => (error as { code?: string }).code ?? 'an error';
const oursOr = (...query: Parameters<typeof ours>): Promise<unknown> => ours(...query).catch(raised);
const theirsOr = (sql: string): Promise<unknown> => theirs(sql).catch(raised);

const first = col('i').eq(7);

describe('as in DuckDB', () => {
  it.each<[string, Expr, unknown[]]>([
    ['arithmetic with null', col('i').add(col('f')), [8.5, Number.NaN, -7, null]],
    ['a comparison with null', col('i').gt(col('f')), [true, false, false, null]],
    ['false and null', lit(false).and(col('b')), [false, false, false, false]],
    ['true and null', lit(true).and(col('b')), [true, false, null, null]],
    ['true or null', lit(true).or(col('b')), [true, true, true, true]],
    ['not null', col('b').not(), [false, true, null, null]],
    ['in with a null', col('i').isIn([7, null]), [true, null, null, null]],
    ['NaN equals NaN', col('f').eq(Number.NaN), [false, true, false, null]],
    ['NaN is the greatest', col('f').gt(1e308), [false, true, false, null]],
    ['-0 equals 0', col('f').eq(0), [false, false, true, null]],
    ['division of integers', col('i').div(2), [3.5, 0, -3.5, null]],
    ['division by zero', col('i').div(0), [Number.POSITIVE_INFINITY, Number.NaN, Number.NEGATIVE_INFINITY, null]],
    ['mod has the sign of the dividend', col('i').mod(4), [3, 0, -3, null]],
    ['an integer modulo 0', col('i').mod(0), [null, null, null, null]],
    ['a float modulo 0', col('i').mod(lit(0).div(1)), [Number.NaN, Number.NaN, Number.NaN, null]],
    ['strings by their bytes', col('s').gt('a'), [true, false, false, null]],
    ['text read as a date', col('day').ltEq('2001-02-03'), [true, true, null, null]],
    ['a date as its midnight', col('day').eq(col('at')), [true, false, null, null]],
    ['a decimal by its digits', col('d').eq(0.1), [true, false, null, false]],
    ['a decimal against text', col('d').gtEq('0.105'), [false, true, null, true]],
  ])('%s', async (_, expr, expected) => expect(await ours(expr)).toEqual(expected));

  it.each<[string, AggregateExpr, unknown]>([
    ['rows', count(), 4],
    ['values', col('f').count(), 3],
    ['sums carry NaN', col('f').sum(), Number.NaN],
    ['max gives NaN', col('f').max(), Number.NaN],
    ['min does not', col('f').min(), -0],
    ['bools add up', col('b').sum(), 1],
    ['decimals add up', col('d').sum(), '10.20'],
    ['the least string', col('s').min(), 'Z'],
    ['the greatest string', col('s').max(), 'é'],
  ])('%s', async (_, aggregate, expected) => expect(await ours(aggregate)).toEqual(expected));

  it('nothing in, nothing out', async () => {
    const names = ['count', 'sum', 'mean', 'min', 'max', 'var', 'std', 'varPop', 'stdPop'] as const;
    const aggregates = names.map((name) => col('f')[name]().as(name));
    const [row] = await sf
      .table('empty')
      .agg(count().as('rows'), ...aggregates)
      .collect();
    expect(row).toEqual({ rows: 0, ...Object.fromEntries(names.map((name) => [name, name === 'count' ? 0 : null])) });
    expect([...(await sf.table('empty').groupBy('s').agg({ n: count() }).collect())]).toEqual([]);
    expect([...(await sf.table('empty').collect())]).toEqual([]);
  });

  it('one value has no sample variance', async () => {
    expect(await ours(col('i').var(), first)).toBeNull();
    expect(await ours(col('f').stdPop(), col('f').eq(Number.NaN))).toBe(0);
  });

  it('null, NaN and zero are a group each', async () => {
    const groups = await sf.table('t').groupBy('f').agg({ n: count() }).collect();
    expect([...groups]).toEqual([
      { f: 0, n: 1 },
      { f: 1.5, n: 1 },
      { f: Number.NaN, n: 1 },
      { f: null, n: 1 },
    ]);
  });
});

describe("where the answer is not DuckDB's", () => {
  it.each<[string, () => Promise<unknown>, unknown, string, unknown]>([
    [
      'int64 beyond 2^53',
      () => oursOr(col('big').add(2).max()),
      'NUMERIC_OVERFLOW',
      '9007199254740991::BIGINT + 2',
      9007199254740993n,
    ],
    [
      '2^53 as a result',
      () => oursOr(col('big').add(1).max()),
      'NUMERIC_OVERFLOW',
      '9007199254740991::BIGINT + 1',
      2 ** 53,
    ],
    [
      '2^53 as a sum',
      () => oursOr(col('big').sum()),
      2 ** 53,
      'sum(x) FROM (VALUES (9007199254740991::BIGINT), (-1), (2)) t(x)',
      2 ** 53,
    ],
    [
      'float32 times 3',
      () => oursOr(col('r').mul(3).min(), col('r').eq(Math.fround(0.1))),
      Math.fround(0.1) * 3,
      '0.1::FLOAT * 3::FLOAT',
      Math.fround(Math.fround(0.1) * 3),
    ],
    [
      'float32 against an integer',
      () => oursOr(count(), col('r').eq(16_777_217)),
      0,
      '16777216::FLOAT = 16777217::INTEGER',
      1,
    ],
    [
      'decimal times 3',
      () => oursOr(col('d').mul(3).max(), first),
      0.1 * 3,
      'CAST(0.10::DECIMAL(18,2) * 3 AS VARCHAR)',
      '0.30',
    ],
    [
      'decimals of two scales',
      () => oursOr(count(), col('d').mul(1).eq(col('e'))),
      1,
      '0.10::DECIMAL(18,2) = 0.100::DECIMAL(18,3)',
      1,
    ],
    [
      'a constant with a fraction',
      () => oursOr(col('i').mul(1.1).max(), first),
      7 * 1.1,
      'CAST(7::INTEGER * 1.1 AS VARCHAR)',
      '7.7',
    ],
    ['the mean of a bool', () => oursOr(col('b').mean()), 0.5, 'avg(x) FROM (VALUES (true), (false)) t(x)', 'an error'],
    [
      'counting what overflows',
      () =>
        oursOr(
          col('i')
            .mul(2 ** 31 - 1)
            .count(),
        ),
      3,
      'count(x * 2147483647) FROM (VALUES (7::INTEGER)) t(x)',
      'an error',
    ],
    ['text against a number', () => oursOr(count(), col('i').eq('7')), 'TYPE_MISMATCH', "7::INTEGER = '7'", 1],
    [
      'a date among times',
      () => oursOr(count(), col('day').isIn([new Date(DAY + 1)])),
      'TYPE_MISMATCH',
      "DATE '2001-02-03' IN (TIMESTAMP '2001-02-03 00:00:01')",
      0,
    ],
    ['in nothing', () => oursOr(count(), col('i').isIn([])), 0, '7 IN ()', 'an error'],
  ])('%s', async (_, run, expected, sql, otherwise) => {
    expect(await run()).toEqual(expected);
    expect(await theirsOr(sql)).toEqual(otherwise);
  });

  it('the mean of whole numbers is the nearest double', async () => {
    const values = [2 ** 53 - 1, 2 ** 53 - 3, 2 ** 53 - 3];
    await sf.createTable('edge', { x: values }, { schema: { x: 'int64' } });
    const [row] = await sf
      .table('edge')
      .agg({ mean: col('x').mean() })
      .collect();
    // Exactly 9007199254740989 2/3.
    expect(row).toEqual({ mean: 9007199254740990 });
    const six = Array.from({ length: 6 }, (_, i) => 2 ** 52 + (i % 2));
    await sf.createTable('half', { x: six.map((x) => x - 2 ** 51) }, { schema: { x: 'int64' } });
    expect(
      (
        await sf
          .table('half')
          .agg({ mean: col('x').mean() })
          .collect()
      )[0],
    ).toEqual({ mean: 2 ** 51 + 0.5 });
  });

  it('sums of floats are compensated from block to block', async () => {
    const x = Float64Array.from({ length: 200 }, (_, i) =>
      i === 0 ? 1e16 : i === 199 ? -1e16 : i >= 64 && i < 128 ? 1 : 0,
    );
    await sf.createTable('blocks', { x });
    expect(
      (
        await sf
          .table('blocks')
          .agg({ sum: col('x').sum() })
          .collect()
      )[0],
    ).toEqual({ sum: 64 });
    const list = [...x].map((value) => `(${value}::DOUBLE)`).join(', ');
    expect(await theirs(`sum(x) FROM (VALUES ${list}) t(x)`)).toBe(0);
  });

  it('a partial sum beyond the range of doubles stays infinite, in both', async () => {
    await sf.createTable('huge', { x: [1.7e308, 1.7e308, -1.7e308] });
    expect(
      (
        await sf
          .table('huge')
          .agg({ sum: col('x').sum() })
          .collect()
      )[0],
    ).toEqual({ sum: Number.POSITIVE_INFINITY });
  });

  it('timestamps finer than a millisecond are refused', async () => {
    const fine = sf.createTable('fine', [{ at: '2001-02-03T04:05:06.000001Z' }], { schema: { at: 'timestamp' } });
    await expect(fine).rejects.toMatchObject({ code: 'INVALID_VALUE' });
  });

  it('groups come in the order of their keys, by bytes', async () => {
    const groups = await sf.table('t').groupBy('s').agg({ n: count() }).collect();
    expect(groups.map(({ s }) => s)).toEqual(['Z', 'a', 'é', null]);
  });
});
