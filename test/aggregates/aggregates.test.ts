// Each aggregate as data: what it takes, what it asks kernels to keep, and what it makes of that.
import fc from 'fast-check';
import { checkedInteger, exactSum, quotient } from '../../src/aggregates/exact.js';
import { AGGREGATES, type AggregateArg, type StateKind, type States } from '../../src/aggregates/index.js';
import { AggregateExpr, col } from '../../src/expr/expr.js';
import type { TypedExpr } from '../../src/expr/typed.js';
import type { ColumnType } from '../../src/storage/types.js';
import { isNearest } from '../harness/oracle/rational.js';

const NAMES = ['count', 'sum', 'mean', 'min', 'max', 'var', 'std', 'varPop', 'stdPop'] as const;
const TYPES: ColumnType[] = ['float64', 'float32', 'int32', 'int64', 'bool', 'utf8', 'timestamp', 'date', 'decimal(2)'];
const X: TypedExpr = { kind: 'column', type: 'float64', index: 0 };
const WHOLE: AggregateArg = { type: 'int32', bounds: [-100, 100], exprs: [X], options: {} };
const WIDE: AggregateArg = { type: 'int64', bounds: [-(2 ** 53), 2 ** 53], exprs: [X], options: {} };
const FLOAT: AggregateArg = {
  type: 'float64',
  bounds: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  exprs: [X],
  options: {},
};

type Kept = Partial<Record<StateKind, readonly (number | string | null)[]>>;
const finish = (name: keyof typeof AGGREGATES, arg: AggregateArg, kept: Kept): unknown => {
  const states: States = (kind) => kept[kind] ?? fail(kind);
  return AGGREGATES[name].finish(states, arg);
};
const fail = (kind: string): never => {
  throw new Error(`${kind} was not asked for`);
};

it('no name is missing, taken twice, or without its method', () => {
  for (const [name, { name: own }] of Object.entries(AGGREGATES)) expect(own).toBe(name);
  const column = col('x');
  for (const name of NAMES) {
    const made = column[name]();
    expect(made).toBeInstanceOf(AggregateExpr);
    expect(made.node.aggregate).toBe(name);
  }
  expect(new Set(Object.values(AGGREGATES)).size).toBe(Object.keys(AGGREGATES).length);
});

it('takes the types that it says, and gives the types of SQL', () => {
  const table = Object.fromEntries(
    NAMES.map((name) => {
      const aggregate = AGGREGATES[name as keyof typeof AGGREGATES];
      return [name, TYPES.map((type) => (aggregate.takes(type) ? aggregate.resultType(type) : '-')).join(' ')];
    }),
  );
  const floats = 'float64 float64 float64 float64 float64 - - - float64';
  expect(table).toEqual({
    count: 'int64 int64 int64 int64 int64 int64 int64 int64 int64',
    sum: 'float64 float64 int64 int64 int64 - - - decimal(2)',
    mean: floats,
    min: 'float64 float32 int32 int64 bool utf8 timestamp date decimal(2)',
    max: 'float64 float32 int32 int64 bool utf8 timestamp date decimal(2)',
    var: floats,
    std: floats,
    varPop: floats,
    stdPop: floats,
  });
});

it.each(NAMES)('%s finishes from the states that it requires and no others', (name) => {
  const aggregate = AGGREGATES[name as keyof typeof AGGREGATES];
  for (const arg of [WHOLE, WIDE, FLOAT]) {
    const kept: Kept = Object.fromEntries(
      aggregate.requires(arg).map((each) => [typeof each === 'string' ? each : each.kind, [2, 0, 0, 0]]),
    );
    expect(() => finish(aggregate.name, arg, kept)).not.toThrow();
  }
});

it('no values: count is 0, everything else null', () => {
  const nothing: Kept = { valid: [0] };
  for (const name of NAMES) {
    expect(finish(name as keyof typeof AGGREGATES, FLOAT, nothing)).toBe(name === 'count' ? 0 : null);
  }
});

it('one value: no sample variance, and a population variance of 0 even of an infinite one, as in DuckDB', () => {
  const one: Kept = { valid: [1], moments: [1, Number.POSITIVE_INFINITY, Number.NaN, Number.NaN] };
  expect(['var', 'std', 'varPop', 'stdPop'].map((name) => finish(name as 'var', FLOAT, one))).toEqual([
    null,
    null,
    0,
    0,
  ]);
});

it('NaN is the greatest number: min gives it only where there is nothing else', () => {
  const some: Kept = { valid: [3], nans: [1], minNumber: [-2], maxNumber: [5] };
  expect(finish('min', FLOAT, some)).toBe(-2);
  expect(finish('max', FLOAT, some)).toBeNaN();
  const only: Kept = { valid: [2], nans: [2], minNumber: [Number.POSITIVE_INFINITY], maxNumber: [5] };
  expect(finish('min', FLOAT, only)).toBeNaN();
});

it('a sum beyond ±2^53 is an error, one at the edge is not', () => {
  const edge = (high: number, low: number) => finish('sum', WIDE, { valid: [2], sumWhole: [high, low] });
  expect(edge(2 ** 21, 0)).toBe(2 ** 53);
  expect(edge(-(2 ** 21), 0)).toBe(-(2 ** 53));
  expect(() => edge(2 ** 21, 1)).toThrow(
    expect.objectContaining({ code: 'NUMERIC_OVERFLOW', message: expect.stringContaining('9007199254740993') }),
  );
  expect(checkedInteger(-5n, 'it')).toBe(-5);
  expect(exactSum(() => [-1, 2 ** 32 - 1], 'sumWhole')).toBe(-1n);
});

it('variances that are infinite or NaN are errors', () => {
  for (const m2 of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const states: Kept = { valid: [3], moments: [3, 0, 0, m2] };
    expect(() => finish('std', FLOAT, states)).toThrow(expect.objectContaining({ code: 'OUT_OF_RANGE' }));
  }
});

it('quotients of whole numbers are the nearest doubles', () => {
  const big = fc.bigInt({ min: -(2n ** 120n), max: 2n ** 120n });
  fc.assert(
    fc.property(big, fc.bigInt({ min: 1n, max: 2n ** 90n }), (numerator, denominator) => {
      expect(isNearest(quotient(numerator, denominator), numerator, denominator)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
