// The oracle itself: that it knows exact values, and that it can say no.
import fc from 'fast-check';
import { col, lit } from '../../src/expr/expr.js';
import { disagreement, type Outcome, sameBits } from '../harness/oracle/check.js';
import { Duck } from '../harness/oracle/duckdb.js';
import type { OraclePlan } from '../harness/oracle/plan.js';
import {
  exactOf,
  isNearest,
  nearSum,
  nearVariance,
  nextTo,
  scaled,
  toNumber,
  varianceOf,
} from '../harness/oracle/rational.js';

it('doubles are whole numbers of 2^-1074', () => {
  expect(scaled(5e-324)).toBe(1n);
  expect(scaled(-1)).toBe(-(2n ** 1074n));
  expect(scaled(-0)).toBe(0n);
  expect(() => scaled(Number.NaN)).toThrow(RangeError);
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      (a, b) => {
        expect(toNumber(scaled(a), 2n ** 1074n)).toBe(a + 0);
        expect(scaled(a) < scaled(b)).toBe(a < b);
        // The sum of two doubles is the double nearest to their exact sum.
        if (Number.isFinite(a + b)) expect(isNearest(a + b, scaled(a) + scaled(b), 2n ** 1074n)).toBe(true);
      },
    ),
  );
});

it('neighbours are not the nearest', () => {
  for (const x of [1, -1, 1 / 3, 1e300, 5e-324, -0.1]) {
    expect(isNearest(x, scaled(x), 2n ** 1074n)).toBe(true);
    expect(isNearest(nextTo(x, 1), scaled(x), 2n ** 1074n)).toBe(false);
    expect(isNearest(nextTo(x, -1), scaled(x), 2n ** 1074n)).toBe(false);
  }
});

it('sums are near up to 1e-12, and no further', () => {
  const exact = exactOf([0.1, 0.2, 0.3, 1e6, -5]);
  const sum = toNumber(exact.sum, 1n << 1074n);
  expect(nearSum(sum, exact)).toBe(true);
  expect(nearSum(sum * (1 + 5e-13), exact)).toBe(true);
  expect(nearSum(sum * (1 + 3e-12), exact)).toBe(false);
});

it('the textbook variance of values far from 0 is not near enough', () => {
  const x = [10000000.2, ...Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 10000000.1 : 10000000.3))];
  const exact = exactOf(x);
  const [sum, squares] = [x.reduce((a, b) => a + b, 0), x.reduce((a, b) => a + b * b, 0)];
  expect(nearVariance((squares - (sum * sum) / 1001) / 1000, exact, 1n)).toBe(false);
  expect(nearVariance(varianceOf(exact, 1n), exact, 1n)).toBe(true);
  expect(varianceOf(exactOf([1, 2, 3, 4]), 1n)).toBe(5 / 3);
});

it('bits: -0 is not 0, NaN is NaN, an error is no result', () => {
  const rows = (...values: (number | null)[]): Outcome => ({ code: undefined, rows: [values] });
  const failed: Outcome = { code: 'DATA_LOSS', message: 'gone' };
  expect(sameBits(rows(Number.NaN, null), rows(Number.NaN, null))).toBe(true);
  expect(sameBits(rows(0), rows(-0))).toBe(false);
  expect(sameBits(rows(1), rows(1, 1))).toBe(false);
  expect(sameBits(rows(1), failed)).toBe(false);
  expect(sameBits(failed, { code: 'TIMEOUT', message: 'gone' })).toBe(false);
});

describe('a wrong answer is seen', () => {
  let duck: Duck;
  beforeAll(async () => {
    duck = await Duck.open();
    const values = [1, 2, 4, null];
    await duck.load({ rows: 4, chunkRows: 4, columns: [{ name: 'x', type: 'float64', values, samples: [] }] });
  });
  afterAll(() => duck.close());

  const x = { expr: col('x'), sql: '"x"', type: 'float64' as const, wide: [], samples: [] };
  const over1 = { ...x, expr: col('x').gt(1), sql: '("x" > 1)', type: 'bool' as const };
  const plan: OraclePlan = {
    steps: [{ kind: 'filter', predicate: lit(true) }],
    where: [],
    wide: [],
    end: {
      kind: 'aggregate',
      keys: [{ ...over1, name: 'k' }],
      aggregates: [
        { name: 'n', aggregate: 'count', arg: undefined },
        { name: 'sum', aggregate: 'sum', arg: x },
        { name: 'var', aggregate: 'var', arg: x },
      ],
    },
  };
  const right = [
    [0, 1, 1, null],
    [1, 2, 6, 2],
    [null, 1, null, null],
  ];
  const asked = (rows: (number | null)[][]) => disagreement(duck, plan, { code: undefined, rows });

  it('the right one is not', async () => expect(await asked(right)).toBeUndefined());

  it.each<[string, (rows: (number | null)[][]) => (number | null)[][]]>([
    ['a group less', (rows) => rows.slice(1)],
    ['a group twice in place of another', (rows) => [rows[1] as number[], ...rows.slice(1)]],
    ['a key of no row', (rows) => [[7, 1, 1, null], ...rows.slice(1)]],
    ['a count', (rows) => [[0, 2, 1, null], ...rows.slice(1)]],
    ['a sum', (rows) => [[0, 1, 1.0001, null], ...rows.slice(1)]],
    ['a variance', (rows) => [rows[0] as number[], [1, 2, 6, 2.001], rows[2] as null[]]],
    ['0 for null', (rows) => [...rows.slice(0, 2), [null, 1, 0, null]]],
  ])('%s', async (_, spoil) => expect(await asked(spoil(right))).toEqual(expect.any(String)));

  it('an error without a reason', async () => {
    for (const code of ['NUMERIC_OVERFLOW', 'OUT_OF_RANGE', 'DATA_LOSS']) {
      expect(await disagreement(duck, plan, { code, message: 'column "sum": beyond' })).toContain(code);
    }
  });
});
