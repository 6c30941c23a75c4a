// Casts over edge values, as DuckDB does them: each as TRY_CAST, and what fails there raises CAST_FAILED here.
import { type ColumnType, col, type Expr } from '../../src/index.js';
import { sqlType } from '../harness/oracle/sql.js';
import { type Case, Differential } from './differential.js';

const FLOATS = [
  null,
  0,
  -0,
  0.5,
  1.5,
  2.5,
  -0.5,
  -1.5,
  -2.5,
  0.49999999999999994,
  2147483647,
  -2147483648,
  2147483647.4,
  -2147483648.4,
  2147483648,
  1e10,
  -1e10,
  2 ** 53 - 1,
  1e20,
  1e300,
  5e-324,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0.1,
  1 / 3,
  1e15,
  1e16,
  123456789012345680,
  1e17,
  1e21,
  1e22,
  1e23,
  1.5e-4,
  1.5e-5,
  1e-7,
  Number.MAX_VALUE,
  1.005,
  1.245,
  1.255,
  3.4028234663852886e38,
  3.4028235677973366e38,
  9.5367431640625e-7,
  ...Array.from({ length: 60 }, (_, i) => 2 ** (i * 17 - 500)),
  ...Array.from({ length: 40 }, (_, i) => Math.sin(i) * 10 ** (i - 20)),
];
const TEXTS = [
  null,
  '',
  ' ',
  '5',
  ' 5 ',
  '5.5',
  '5.4',
  '-5.5',
  '-0.5',
  '0.5',
  '.5',
  '5.',
  '.',
  '+5',
  '--5',
  '1e3',
  '1e',
  '1e-1',
  '15e-1',
  '25e-1',
  '149e-2',
  '1E2',
  '1e+2',
  '1e400',
  '1e-400',
  '0e400',
  '2147483647',
  '2147483648',
  '-2147483648',
  '-2147483649',
  '2147483647.5',
  '9007199254740992',
  '00012',
  '1e5.5',
  '5 5',
  'abc',
  'nan',
  'NaN',
  '-nan',
  '+inf',
  'infin',
  '\t7\n',
  '\u000b8\u000c',
  '\u00a09',
  '5a',
  '12.345',
  '-12.345',
  '0.005',
  '-0.005',
  '0.0049999',
  '4e-3',
  '-.5',
  '1.50',
  'true',
  'TRUE',
  't',
  'f',
  'yes',
  'NO',
  'y',
  'n',
  '1',
  '0',
  '01',
  'on',
  'off',
  ' true',
  '2020-02-29',
  '2019-02-29',
  '2020-2-9',
  '2020-13-01',
  '2020-00-10',
  '2020-01-00',
  '2020-04-31',
  '0001-01-01',
  '12345-06-07',
  '2020-02-29 12:34:56',
  '2020-02-29T12:34:56',
  '2020-02-29 12:34:56.7',
  '2020-02-29 12:34:56.789',
  '2020-02-29 12:34',
  '2020-02-29 1:2:3',
  '2020-02-29 24:00:00',
  '2020-02-29T12:34:56Z',
  '1969-12-31 23:59:59.999',
  'a\0b',
  '🦆',
  '1.7976931348623157e308',
  '4.9e-324',
  '0.1',
  '123456789012345678',
  '-1e15',
  '9.999',
];

let world: Differential;
beforeAll(async () => {
  world = await Differential.open({
    x: ['float64', FLOATS],
    f: ['float32', [...FLOATS.map((value) => (value === null ? null : Math.fround(value)))]],
    s: ['utf8', TEXTS],
    p: ['utf8', TEXTS.map((text, i) => (i % 3 === 0 ? text : `${' '.repeat(i)}${text}`))],
    w: ['utf8', ['inf', '+inf', '-Infinity', 'INF', 'infinit', '-nan', null, '1e39']],
    i: ['int32', [null, 0, 1, -1, 2147483647, -2147483648, 100]],
    n: ['int64', [null, 0, 1, -1, 2147483648, -2147483649, 2 ** 53, -(2 ** 53), 90071992547409]],
    d: ['decimal(2)', [null, 0, 1, -1, 50, 149, 150, 250, -250, -150, 12_345, 214_748_364_750, 2 ** 53]],
    e: ['decimal(0)', [null, 0, 7, -7]],
    b: ['bool', [1, 0, null]],
    t: [
      'timestamp',
      [
        null,
        0,
        -1,
        1,
        1_582_979_696_789,
        1_582_979_696_700,
        -62_135_596_800_001,
        -62_200_000_000_000,
        8.64e15,
        -8.6e15,
        253_402_300_800_000,
      ],
    ],
    a: ['date', [null, 0, -1, 18_321, -719_163, -719_528, 100_000_000, -99_000_000, 2_932_897]],
  });
});
afterAll(() => world.close());

const NUMBERS: ColumnType[] = [
  'int32',
  'int64',
  'float32',
  'float64',
  'bool',
  'decimal(0)',
  'decimal(2)',
  'decimal(4)',
];

/** DuckDB's integers and decimals reach further than ours. */
function sqlCast(sql: string, to: ColumnType): string {
  const cast = `TRY_CAST(${sql} AS ${sqlType(to)})`;
  if (to === 'int64') return `CASE WHEN ${cast} BETWEEN -9007199254740992 AND 9007199254740992 THEN ${cast} END`;
  if (!to.startsWith('decimal')) return cast;
  const unit = `CAST(10 AS HUGEINT) ** ${to.slice(8, -1)}`;
  return `CASE WHEN abs(CAST(${cast} AS DOUBLE)) * ${unit} <= 9007199254740992 THEN ${cast} END`;
}

const casts = (names: readonly string[], types: readonly ColumnType[]): Case[] =>
  names.flatMap((name) => types.map((to): Case => [col(name).tryCast(to), sqlCast(name, to)]));

it('numbers to numbers', () => world.check(casts(['i', 'n', 'd', 'e', 'b'], NUMBERS)));
it('floats to numbers', () => world.check([...casts(['x'], NUMBERS), ...casts(['f'], NUMBERS.slice(0, 5))]));
it('numbers to text', () => world.check(casts(['x', 'f', 'i', 'n', 'd', 'e', 'b'], ['utf8'])));
it('times', () => world.check([...casts(['t', 'a'], ['utf8', 'timestamp', 'date'])]));
it('names of what is not finite', () => world.check(casts(['w'], ['float64', 'float32'])));
it('text', () => world.check(casts(['s', 'p'], [...NUMBERS, 'date', 'timestamp', 'utf8'])));

it.each<[string, Expr, string]>([
  ['text', col('s').cast('int32'), "'' is no int32"],
  ['a float', col('x').cast('int32'), 'is no int32'],
  ['a decimal', col('x').cast('decimal(2)'), 'is no decimal'],
  ['text of several bytes', col('p').slice(-1).append('🦆').cast('date'), "🦆' is no date"],
])('raised, in the same words on both sides: %s', async (_, expr, words) => {
  const messages: string[] = [];
  for (const side of ['shards', 'client'] as const) {
    const run = world.sf.table('t').agg({ n: expr.max() }).collect({ side });
    const error = await run.then(
      () => undefined,
      (reason: unknown) => reason as Error & { code: string; hint: string },
    );
    expect(error).toMatchObject({ code: 'CAST_FAILED', hint: expect.stringContaining('tryCast') });
    messages.push(error?.message ?? '');
  }
  expect(messages[0]).toBe(messages[1]);
  expect(messages[0]).toContain(words);
  expect(messages[0]).toContain('chunk 0, from row 0');
});
