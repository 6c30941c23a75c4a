// Functions of times over edge values, as DuckDB computes them: leap days, both sides of 1970, the years before 1.

import { coalesce, col, count, type Expr, greatest, least, lit, type TimeUnit, when } from '../../src/index.js';
import { type Case, Differential } from './differential.js';

const at = (text: string): number => new Date(text).getTime();
const TIMES = [
  null,
  0,
  -1,
  1,
  86_399_999,
  86_400_000,
  -86_400_000,
  -86_400_001,
  999,
  1000,
  -999,
  -1000,
  -1001,
  ...[
    '2000-02-29T23:59:59.999Z',
    '1900-02-28T12:00:00Z',
    '1900-03-01T00:00:00Z',
    '2100-02-28T23:00:00Z',
    '2020-02-29T12:34:56.789Z',
    '2019-12-31T23:59:59.500Z',
    '2020-12-31T00:00:00Z',
    '1969-12-28T00:00:00Z',
    '1969-12-29T00:00:00Z',
    '2024-01-31T05:00:00Z',
    '2024-08-31T05:00:00Z',
    '1600-12-31T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '0000-12-31T23:00:00Z',
    '0000-02-29T01:00:00Z',
    '-000044-03-15T12:00:00Z',
    '-010000-06-30T06:30:30.030Z',
    '+012345-06-07T08:09:10.011Z',
    '+200000-01-01T00:00:00Z',
  ].map(at),
  8.64e15,
  -8.6e15,
  1_234_567_890_123,
  -1_234_567_890_123,
];
const DAYS = TIMES.map((ms) => (ms === null ? null : Math.floor(ms / 86_400_000)));

let world: Differential;
beforeAll(async () => {
  world = await Differential.open({
    t: ['timestamp', TIMES],
    u: ['timestamp', [...TIMES.slice(5), ...TIMES.slice(0, 5)].reverse()],
    // Few values near each other, so that they are packed in one byte.
    v: ['timestamp', [0, 60_000, null, 180_000, 15_000_000]],
    d: ['date', DAYS],
    g: ['date', [...DAYS].reverse()],
    k: ['int32', [0, 1, -1, 11, 12, -13, 25, null, 1200]],
  });
});
afterAll(() => world.close());

const t = col('t');
const u = col('u');
const d = col('d');
const g = col('g');
const k = col('k');
const FIELDS = ['year', 'month', 'day', 'hour', 'minute', 'second', 'dayOfWeek'] as const;
const UNITS: TimeUnit[] = ['millisecond', 'second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'];

it('fields', () =>
  world.check(
    FIELDS.flatMap((field): Case[] =>
      (['t', 'v', 'd'] as const).map((name): Case => [col(name)[field](), `${field}(${name})`]),
    ),
  ));

it('cut to a unit', () =>
  world.check(
    UNITS.slice(1).flatMap((unit): Case[] => [
      [t.truncate(unit), `date_trunc('${unit}', t)`],
      [d.truncate(unit), `date_trunc('${unit}', d)`],
    ]),
  ));

it('differences', () =>
  world.check([
    ...UNITS.filter((unit) => unit !== 'quarter').flatMap((unit): Case[] => [
      [t.dateDiff(unit, u), `date_diff('${unit}', t, u)`],
      [d.dateDiff(unit, g), `date_diff('${unit}', d, g)`],
      [d.dateDiff(unit, u), `date_diff('${unit}', d, u)`],
    ]),
    [d.sub(g), 'd - g'],
    [t.sub('2020-01-01'), "epoch_ms(t) - epoch_ms(TIMESTAMP '2020-01-01')"],
    [col('v').sub(new Date(5)), 'epoch_ms(v) - 5'],
  ]));

// DuckDB's quarters before the year 0 are rounded the other way.
it('quarters from the year 0 on', () => {
  const late = when(t.year().gtEq(0)).then(t);
  const sql = 'CASE WHEN year(t) >= 0 THEN t END';
  return world.check([
    [late.dateDiff('quarter', '2001-08-09'), `date_diff('quarter', ${sql}, TIMESTAMP '2001-08-09')`],
  ]);
});

const INTERVALS: Record<TimeUnit, string> = {
  millisecond: 'to_milliseconds',
  second: 'to_seconds',
  minute: 'to_minutes',
  hour: 'to_hours',
  day: 'to_days',
  week: 'to_weeks',
  month: 'to_months',
  quarter: 'to_quarters',
  year: 'to_years',
};

it('moved', () => {
  // Within what a timestamp may be, wherever it is moved to.
  const [inside, sql] = [
    (x: Expr) => when(x.year().between(-100_000, 100_000)).then(x),
    (x: string) => `CASE WHEN year(${x}) BETWEEN -100000 AND 100000 THEN ${x} END`,
  ];
  return world.check([
    ...UNITS.flatMap((unit): Case[] => [
      [inside(t).addTime(k, unit), `${sql('t')} + ${INTERVALS[unit]}(k)`],
      [inside(d).addTime(k, unit), `${sql('d')} + ${INTERVALS[unit]}(k)`],
      [col('v').addTime(-7, unit), `v + ${INTERVALS[unit]}(-7)`],
    ]),
    [inside(d).add(k), `${sql('d')} + k`],
    [inside(d).sub(k), `${sql('d')} - k`],
    [lit(5).add(inside(d)), `5 + ${sql('d')}`],
  ]);
});

it('in conditions and as keys', async () => {
  await world.check([
    [t.truncate('day').eq(d), "date_trunc('day', t) = d"],
    [t.year().isIn([2020, 1969]), 'year(t) IN (2020, 1969)'],
    [least(t, u), 'least(t, u)'],
    [greatest(d, t), 'greatest(d, t)'],
    [coalesce(d, '2020-01-01'), "coalesce(d, DATE '2020-01-01')"],
  ]);
  const query = world.sf.table('t').groupBy(t.year().as('year')).agg({ n: count() }).sort('year');
  expect([...(await query.collect({ side: 'shards' }))]).toEqual([...(await query.collect({ side: 'client' }))]);
});
