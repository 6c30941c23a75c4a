// Errors are raised for the rows that come to them alone, and say the same on both sides.
import { coalesce, col, count, type Expr, lit, when } from '../../src/index.js';
import { Differential } from './differential.js';

let world: Differential;
beforeAll(async () => {
  world = await Differential.open(
    {
      x: ['float64', [4, -1, 0, null, 2.25, -9]],
      i: ['int32', [1, 2147483647, -2147483648, null, 0, 7]],
      n: ['int64', [1, 2 ** 52, -(2 ** 53), null, 5, 6]],
      s: ['utf8', ['1', 'two', null, '3', '', '4']],
      d: ['date', [0, 1, null, 100_000_000, -100_000_000, 18_000]],
      t: ['timestamp', [0, 8.64e15, -8.64e15, null, 1, 2]],
      b: ['bool', [1, 0, 0, null, 1, 0]],
    },
    4,
  );
});
afterAll(() => world.close());

const x = col('x');
const s = col('s');

it('what stands behind a condition is not computed for other rows', () =>
  world.check([
    [when(x.gtEq(0)).then(x.sqrt()).otherwise(0), 'CASE WHEN x >= 0 THEN sqrt(x) ELSE 0 END'],
    [
      when(x.lt(0)).then(lit(-1)).when(x.eq(0)).then(0).otherwise(x.sqrt()),
      'CASE WHEN x < 0 THEN -1 WHEN x = 0 THEN 0 ELSE sqrt(x) END',
    ],
    [
      when(s.like('_').and(s.neq(''))).then(s.cast('int32')),
      "CASE WHEN s LIKE '_' AND s <> '' THEN TRY_CAST(s AS INTEGER) END",
    ],
    [coalesce(s.tryCast('int32'), lit(0)), 'coalesce(TRY_CAST(s AS INTEGER), 0)'],
  ]));

it('beside a filter, and in conditions that are short', async () => {
  for (const side of ['shards', 'client'] as const) {
    const kept = world.sf.table('t').filter(x.gtEq(0)).agg({ sum: x.sqrt().sum() });
    expect([...(await kept.collect({ side }))]).toEqual([{ sum: 3.5 }]);
    const filtered = world.sf
      .table('t')
      .filter(x.gtEq(0).and(x.sqrt().gt(1)))
      .agg({ n: count() });
    expect([...(await filtered.collect({ side }))]).toEqual([{ n: 2 }]);
    const either = world.sf
      .table('t')
      .filter(x.lt(0).or(x.sqrt().gt(1)))
      .agg({ n: count() });
    expect([...(await either.collect({ side }))]).toEqual([{ n: 4 }]);
    const own = world.sf.table('t').agg({ sum: x.sqrt().sum({ where: x.gtEq(0) }) });
    expect([...(await own.collect({ side }))]).toEqual([{ sum: 3.5 }]);
    const keys = world.sf.table('t').filter(x.gtEq(0)).groupBy(x.sqrt().as('root')).agg({ n: count() }).sort('root');
    expect([...(await keys.collect({ side }))].map(({ root }) => root)).toEqual([0, 1.5, 2]);
    const rows = world.sf.table('t').filter(x.gtEq(0)).select(x.sqrt().as('root'));
    expect([...(await rows.collect({ side }))].map(({ root }) => root)).toEqual([2, 0, 1.5]);
  }
});

it.each<[string, Expr, string, string]>([
  ['sqrt', x.sqrt(), 'OUT_OF_RANGE', 'square root of a negative number'],
  ['ln of a negative number', x.ln(), 'OUT_OF_RANGE', 'logarithm of a negative number'],
  ['log10 of zero', x.abs().log10(), 'OUT_OF_RANGE', 'logarithm of zero'],
  ['sine of infinity', x.div(0).sin(), 'OUT_OF_RANGE', 'infinite number'],
  ['abs of the least int32', col('i').abs(), 'NUMERIC_OVERFLOW', 'int32'],
  ['division of the least int32', col('i').intDiv(-1), 'NUMERIC_OVERFLOW', 'int32'],
  ['rounding beyond int32', col('i').round(-1), 'NUMERIC_OVERFLOW', 'int32'],
  ['abs beyond int64', col('n').abs(), 'NUMERIC_OVERFLOW', 'int64'],
  ['a cast of text', s.cast('int32'), 'CAST_FAILED', 'is no int32'],
  ['a cast of a number', x.mul(1e300).cast('int64'), 'CAST_FAILED', 'is no int64'],
  ['a day too far', col('d').add(5), 'OUT_OF_RANGE', 'dates'],
  ['a time too far', col('t').addTime(1, 'day'), 'OUT_OF_RANGE', 'timestamps'],
  ['months too far', col('t').addTime(1, 'month'), 'OUT_OF_RANGE', 'timestamps'],
  ['the beginning of the first year', col('t').truncate('year'), 'OUT_OF_RANGE', 'timestamps'],
  ['a constant that fails where a row comes to it', lit(-1).sqrt(), 'OUT_OF_RANGE', 'square root'],
])('raised in the same words on both sides: %s', async (_, expr, code, words) => {
  const failures: { code: string; message: string; hint?: string }[] = [];
  for (const side of ['shards', 'client'] as const) {
    const run = world.sf.table('t').agg({ m: expr.max() }).collect({ side, sliceUnits: 8 });
    await expect(run).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
      hint: expect.any(String),
    });
    failures.push(
      (await run.catch((error) => ({ code: error.code, message: error.message, hint: error.hint }))) as never,
    );
  }
  const withoutPlace = ({ message, ...rest }: (typeof failures)[number]) => ({
    ...rest,
    message: message.replace(/ \(chunk.*/, ''),
  });
  expect(failures[0]?.message).toMatch(/\(chunk \d, from row \d+\)$/);
  if (code !== 'CAST_FAILED') expect(withoutPlace(failures[0] as never)).toEqual(withoutPlace(failures[1] as never));
});

it('no row, no error', async () => {
  const nothing = world.sf
    .table('t')
    .filter(x.gt(100))
    .agg({ m: lit(-1).sqrt().max(), n: s.cast('int32').max() });
  for (const side of ['shards', 'client'] as const) {
    expect([...(await nothing.collect({ side }))]).toEqual([{ m: null, n: null }]);
  }
});
