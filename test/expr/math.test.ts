// Functions of numbers over edge values, as DuckDB computes them.
import { coalesce, col, greatest, least, lit, when } from '../../src/index.js';
import { type Case, Differential } from './differential.js';

const FLOATS = [
  null,
  0,
  -0,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  0.49999999999999994,
  -0.49999999999999994,
  1,
  -1,
  2,
  10,
  1.005,
  2.675,
  0.15,
  1234.5,
  -1250,
  1e15 + 0.5,
  4503599627370495.5,
  2 ** 52,
  2 ** 53,
  1e16,
  1e300,
  -1e300,
  Number.MAX_VALUE,
  5e-324,
  -5e-324,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Math.PI,
  1 / 3,
  -7.25,
  99.995,
];
const INTS = [null, 0, 1, -1, 2, -2, 7, -7, 14, 15, -15, 149, 150, -150, 2 ** 30, -(2 ** 30), 99_999];
const LONGS = [null, 0, 1, -1, 3, -3, 2 ** 40, -(2 ** 40), 2 ** 52 - 1, -(2 ** 52) + 1, 12345678901];
const DECIMALS = [null, 0, 1, -1, 5, -5, 49, 50, -50, 150, -150, 149, 12345, -12345, 900_719_925_474];

let world: Differential;
beforeAll(async () => {
  world = await Differential.open({
    x: ['float64', FLOATS],
    y: ['float64', [...FLOATS.slice(7), ...FLOATS.slice(0, 7)].reverse()],
    f: ['float32', [null, 0, -0, 0.5, 1.5, -2.5, 3.25, Number.NaN, Number.POSITIVE_INFINITY]],
    i: ['int32', INTS],
    j: ['int32', [...INTS].reverse()],
    n: ['int64', LONGS],
    d: ['decimal(2)', DECIMALS],
    e: ['decimal(4)', [null, 12_345, -1, 99_999]],
    b: ['bool', [1, 0, null]],
  });
});
afterAll(() => world.close());

const x = col('x');
const y = col('y');
const f = col('f');
const i = col('i');
const j = col('j');
const n = col('n');
const d = col('d');
const e = col('e');
const b = col('b');

const check = (cases: readonly Case[], ulps = 0) => world.check(cases, { ulps });

it('abs, floor, ceil, sign', () =>
  check([
    [x.abs(), 'abs(x)'],
    [f.abs(), 'abs(f)'],
    [i.abs(), 'abs(i)'],
    [n.abs(), 'abs(n)'],
    [d.abs(), 'abs(d)'],
    [x.floor(), 'floor(x)'],
    [f.floor(), 'floor(f)'],
    [i.floor(), 'floor(i)'],
    [d.floor(), 'floor(d)'],
    [x.ceil(), 'ceil(x)'],
    [f.ceil(), 'ceil(f)'],
    [n.ceil(), 'ceil(n)'],
    [d.ceil(), 'ceil(d)'],
    [x.sign(), 'sign(x)'],
    [i.sign(), 'sign(i)'],
    [d.sign(), 'sign(d)'],
    [f.sign(), 'sign(f)'],
    [d.neg(), '(-d)'],
    [x.isNaN(), 'isnan(x)'],
    [i.isNaN(), 'isnan(i)'],
    [d.isNaN(), 'isnan(d)'],
  ]));

it('round', () =>
  check([
    [x.round(), 'round(x)'],
    [f.round(), 'round(f)'],
    [d.round(), 'round(d)'],
    [i.round(), 'round(i)'],
    ...[1, 2, 3, 15, 20, 300, 323, 400, -1, -2, -3, -15, -22, -308, -400].map(
      (k): Case => [x.round(k), `round(x, ${k})`],
    ),
    ...[1, 2, 5, -1, -2, -9].flatMap((k): Case[] => [
      [d.round(k), `round(d, ${k})`],
      [n.round(k), `round(n, ${k})`],
    ]),
    [i.round(-1), 'round(i, -1)'],
    [i.round(-2), 'round(i, -2)'],
    [i.round(-12), 'round(i, -12)'],
  ]));

it('integer division and remainder', () =>
  check([
    [i.intDiv(j), 'i // j'],
    [i.intDiv(0), 'i // 0'],
    [i.intDiv(2), 'i // 2'],
    [n.intDiv(i), 'n // i'],
    [n.intDiv(-7), 'n // -7'],
    [i.mod(j), 'i % j'],
    [n.mod(i), 'n % i'],
    [x.mod(y), 'x % y'],
    [lit(17).intDiv(i), '17 // i'],
  ]));

it('functions of the C library, within four units in the last place', () => {
  const safe = (expr: typeof x) => when(expr.gt(0)).then(expr);
  const sql = (name: string) => `CASE WHEN ${name} > 0 THEN ${name} END`;
  const finite = when(x.lt(1e6).and(x.gt(-1e6))).then(x);
  const sqlFinite = 'CASE WHEN x < 1e6 AND x > -1e6 THEN x END';
  return check(
    [
      [x.exp(), 'exp(x)'],
      [safe(x).ln(), `ln(${sql('x')})`],
      [safe(x).log(), `ln(${sql('x')})`],
      [safe(x).log2(), `log2(${sql('x')})`],
      [safe(x).log10(), `log10(${sql('x')})`],
      [finite.sin(), `sin(${sqlFinite})`],
      [finite.cos(), `cos(${sqlFinite})`],
      [finite.tan(), `tan(${sqlFinite})`],
      [x.atan2(y), 'atan2(x, y)'],
      [x.pow(y), 'pow(x, y)'],
      [i.pow(2), 'pow(i, 2)'],
      [d.pow(0.5), 'pow(d, 0.5)'],
      [lit(1).pow(x), 'pow(1, x)'],
      [lit(-1).pow(x), 'pow(-1, x)'],
    ],
    4,
  );
});

it('sqrt', () =>
  check([
    [when(x.gtEq(0)).then(x.sqrt()), 'CASE WHEN x >= 0 THEN sqrt(x) END'],
    [i.abs().sqrt(), 'sqrt(abs(i))'],
    [d.abs().sqrt(), 'sqrt(abs(d))'],
  ]));

it('least, greatest, coalesce: null takes no part, the first of equal ones stays', () =>
  check([
    [least(x, y), 'least(x, y)'],
    [greatest(x, y), 'greatest(x, y)'],
    [least(i, j, 3), 'least(i, j, 3)'],
    [greatest(i, n), 'greatest(i, n)'],
    [greatest(i, x), 'greatest(i, x)'],
    [least(null, i), 'least(NULL, i)'],
    [greatest(d, d.neg()), 'greatest(d, -d)'],
    [least(d, e), 'least(d, CAST(e AS DECIMAL(18, 4)))'],
    [greatest(b, b.not()), 'greatest(b, NOT b)'],
    [greatest(d, 3), 'greatest(d, 3)'],
    [coalesce(x, y), 'coalesce(x, y)'],
    [coalesce(i, n, 5), 'coalesce(i, n, 5)'],
    [coalesce(null, b), 'coalesce(NULL, b)'],
    [coalesce(i, x), 'coalesce(i, x)'],
    [coalesce(x.add(null), y, 1), 'coalesce(x + NULL, y, 1::DOUBLE)'],
    [coalesce(d, 7), 'coalesce(d, 7)'],
  ]));

it('case', () =>
  check([
    [when(x.gt(0)).then(1).when(x.lt(0)).then(-1).otherwise(0), 'CASE WHEN x > 0 THEN 1 WHEN x < 0 THEN -1 ELSE 0 END'],
    [when(b).then(i), 'CASE WHEN b THEN i END'],
    [when(b.not()).then(i).otherwise(n), 'CASE WHEN NOT b THEN i ELSE n END'],
    [when(b).then(b.not()).otherwise(null), 'CASE WHEN b THEN NOT b ELSE NULL END'],
    [
      when(when(b).then(false).otherwise(true)).then(x).otherwise(y),
      'CASE WHEN (CASE WHEN b THEN false ELSE true END) THEN x ELSE y END',
    ],
    [
      when(i.isNull()).then('none').when(i.gt(1)).then('many').otherwise('few'),
      "CASE WHEN i IS NULL THEN 'none' WHEN i > 1 THEN 'many' ELSE 'few' END",
    ],
    [when(x.isNaN().or(x.abs().gt(10))).then(x.round(1)), 'CASE WHEN isnan(x) OR abs(x) > 10 THEN round(x, 1) END'],
    [when(true).then(i).otherwise(x), 'CASE WHEN true THEN i ELSE x END'],
    [when(null).then(i), 'CASE WHEN NULL THEN i END'],
    [when(b).then(null), 'CASE WHEN b THEN CAST(NULL AS INTEGER) END'],
  ]));

it('conditions made of heavy parts: three-valued logic', () => {
  const p = x.round().gt(1);
  const q = i.abs().mod(2).eq(0);
  const [sp, sq] = ['(round(x) > 1)', '(abs(i) % 2 = 0)'];
  return check([
    [p.and(q), `${sp} AND ${sq}`],
    [p.or(q), `${sp} OR ${sq}`],
    [p.and(q).not(), `NOT (${sp} AND ${sq})`],
    [p.or(q).isNull(), `(${sp} OR ${sq}) IS NULL`],
    [p.or(q).eq(b), `(${sp} OR ${sq}) = b`],
    [p.and(q.or(b)).or(q.not()), `(${sp} AND (${sq} OR b)) OR NOT ${sq}`],
  ]);
});
