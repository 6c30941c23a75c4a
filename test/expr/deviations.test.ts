// Every place of docs/semantics.md where a function's answer is not DuckDB's: both answers.
import { coalesce, col, type Expr, lit } from '../../src/index.js';
import { Differential } from './differential.js';

let world: Differential;
beforeAll(async () => {
  world = await Differential.open({
    x: ['float64', [2147483647.5]],
    y: ['float64', [-1]],
    f: ['float32', [Math.fround(10_000_000_000)]],
    i: ['int32', [2147483647]],
    j: ['int32', [-2147483648]],
    t: ['timestamp', [Date.UTC(2020, 0, 2)]],
    z: ['timestamp', [new Date('-000044-02-15T00:00:00Z').getTime()]],
    s: ['utf8', ['0x1F']],
    u: ['utf8', ['1_000']],
    e: ['utf8', ['5e-3']],
    m: ['utf8', ['-   ']],
    p: ['utf8', ['2020/02/29']],
    q: ['utf8', ['2020-02-29 and more']],
    r: ['utf8', ['2020-02-29 12:34:56.7899']],
    o: ['utf8', ['2020-02-29 12:34:56+02']],
  });
});
afterAll(() => world.close());

async function ours(expr: Expr): Promise<unknown> {
  try {
    const [row] = await world.sf.table('t').select(expr.as('r')).collect();
    const value = row?.r;
    return value instanceof Date ? value.toISOString() : value;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const theirs = (sql: string): Promise<unknown> =>
  world.duck.rows(`SELECT ${sql} FROM t`).then(
    (rows) => rows[0]?.[0],
    () => 'an error',
  );

const MS = Date.UTC(2020, 1, 29, 12, 34, 56);

it.each<[string, Expr, unknown, string, unknown]>([
  ['integer division of floats', col('x').intDiv(2), 'TYPE_MISMATCH', 'x // 2', 1073741823.75],
  ['rounding to tens beyond the type', col('i').round(-1), 'NUMERIC_OVERFLOW', 'round(i, -1)', -2147483646],
  ['a half above the greatest int32', col('x').cast('int32'), 'CAST_FAILED', 'CAST(x AS INTEGER)', -2147483648],
  ['hexadecimal digits', col('s').tryCast('int32'), null, 'TRY_CAST(s AS INTEGER)', 31],
  ['digits with underscores', col('u').tryCast('int32'), null, 'TRY_CAST(u AS INTEGER)', 1000],
  ['a sign and spaces', col('m').tryCast('int32'), null, 'TRY_CAST(m AS INTEGER)', 0],
  ['text with an exponent as a decimal', col('e').cast('decimal(0)'), '0', 'CAST(e AS DECIMAL(18, 0))', 1],
  ['float32 as a decimal', col('f').cast('decimal(2)'), '10000000000.00', 'CAST(f AS DECIMAL(18, 2))', 999999995904],
  ['a day written otherwise', col('p').tryCast('date'), null, 'TRY_CAST(p AS DATE)', 18321],
  ['text behind a day', col('q').tryCast('date'), null, 'TRY_CAST(q AS DATE)', 18321],
  [
    'a time finer than a millisecond',
    col('r').cast('timestamp'),
    '2020-02-29T12:34:56.789Z',
    'epoch_us(CAST(r AS TIMESTAMP))',
    MS * 1000 + 789900,
  ],
  ['a time with an offset', col('o').tryCast('timestamp'), null, 'CAST(o AS TIMESTAMP)', MS],
  [
    'quarters before the year 0',
    col('z').dateDiff('quarter', new Date(0)),
    8056,
    "date_diff('quarter', z, TIMESTAMP '1970-01-01')",
    8055,
  ],
  ['the logarithm called log', lit(100).log(), Math.log(100), 'log(100)', 2],
  ['text beside a number', coalesce(col('i'), 'x'), 'TYPE_MISMATCH', "coalesce(i, '5')", 2147483647],
  ['a bool beside a number', coalesce(col('i'), true), 'TYPE_MISMATCH', 'coalesce(i, true)', 2147483647],
  ['the least int32 modulo -1', col('j').mod(-1), 0, 'j % -1', 'an error'],
  [
    'the right side of a condition that is decided',
    col('y').gt(0).and(col('y').sqrt().gt(0)),
    false,
    'y > 0 AND sqrt(y) > 0',
    'an error',
  ],
  [
    'the difference of timestamps',
    col('t').sub(new Date(Date.UTC(2020, 0, 1))),
    86_400_000,
    "CAST(t - TIMESTAMP '2020-01-01' AS VARCHAR)",
    '1 day',
  ],
])('%s', async (_, expr, our, sql, their) => {
  expect([await ours(expr), await theirs(sql)]).toEqual([our, their]);
});
