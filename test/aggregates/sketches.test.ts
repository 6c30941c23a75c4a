// Sketches: what they say of their errors holds for values chosen to break it, and they merge in any order.
import fc from 'fast-check';
import { estimate, REGISTERS } from '../../src/aggregates/hyperloglog.js';
import { approxQuantile, bucketValue, stepsFor } from '../../src/aggregates/sketch.js';
import { AGGREGATE_RUNTIME } from '../../src/codegen/aggregate-js.js';
import { type Cells, cellMerge } from '../harness/states.js';

const { bucket, register_number, register_text } = AGGREGATE_RUNTIME;
type Counts = Map<number | string, number>;

describe('buckets', () => {
  const ERRORS = [0.5, 0.3, 0.1, 0.02, 0.01, 0.003, 0.0001];
  const within = (x: number, error: number): boolean => {
    const steps = stepsFor(error);
    return Math.abs(bucketValue(bucket(x, steps), steps) - x) <= error * (1 + 1e-12) * Math.abs(x);
  };
  const next = (x: number, by: number): number => {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, x);
    view.setBigInt64(0, view.getBigInt64(0) + BigInt(by));
    return view.getFloat64(0);
  };

  it.each(ERRORS)('at the edges of octaves and buckets: within %d', (error) => {
    const steps = stepsFor(error);
    for (const exponent of [-1022, -1021, -500, -1, 0, 1, 52, 53, 1000, 1022, 1023]) {
      for (let part = 0; part <= steps; part += Math.max(1, Math.floor(steps / 60))) {
        const edge = 2 ** exponent * ((steps + part) / steps);
        for (const x of [edge, next(edge, 1), next(edge, -1), -edge]) {
          if (Number.isFinite(x) && Math.abs(x) >= 2 ** -1022) expect(within(x, error)).toBe(true);
        }
      }
    }
    for (const x of [Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** -1022, 1, -1]) expect(within(x, error)).toBe(true);
  });

  it('any number', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(number, fc.constantFrom(...ERRORS), (x, error) => Math.abs(x) < 2 ** -1022 || within(x, error)),
      { numRuns: 3000, seed: 4 },
    );
  });

  it('in the order of the values; zero, infinities and NaN have their own', () => {
    for (const error of ERRORS) {
      const steps = stepsFor(error);
      const values = [
        -1 / 0,
        -Number.MAX_VALUE,
        -2,
        -1,
        -1e-300,
        -5e-324,
        0,
        5e-324,
        1e-300,
        1,
        2,
        Number.MAX_VALUE,
        1 / 0,
        Number.NaN,
      ];
      const buckets = values.map((x) => bucket(x, steps));
      expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
      for (const x of [-1 / 0, 0, 1 / 0, Number.NaN]) expect(bucketValue(bucket(x, steps), steps)).toBe(x);
      expect(Math.abs(buckets[1] as number)).toBeLessThan(2 ** 30);
    }
  });

  it('a quantile is within the error of the value at its rank', () => {
    const values = Array.from(
      { length: 5000 },
      (_, i) => (i % 2 === 0 ? 1 : -1) * Math.exp(((i * 7919) % 5000) / 300 - 8),
    );
    const sorted = [...values].sort((a, b) => a - b);
    for (const relativeError of [0.1, 0.01, 0.001]) {
      const counts: Counts = new Map();
      for (const x of values) {
        const key = bucket(x, stepsFor(relativeError));
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      for (const q of [0, 0.01, 0.25, 0.5, 0.75, 0.99, 1]) {
        const options = { q, relativeError };
        const found = approxQuantile.finish(() => [counts], { type: 'float64', bounds: [0, 0], exprs: [], options });
        const exact = sorted[Math.floor(q * 4999)] as number;
        expect(Math.abs((found as number) - exact)).toBeLessThanOrEqual(relativeError * (1 + 1e-12) * Math.abs(exact));
      }
    }
  });
});

describe('registers', () => {
  /** Values with a pattern, in which a weak hash would show. */
  const SETS: readonly (readonly [string, (i: number) => number | string])[] = [
    ['whole numbers', (i) => i],
    ['negative ones', (i) => -i],
    ['multiples of 1,000', (i) => i * 1000],
    ['multiples of 4,096', (i) => i * 4096],
    ['multiples of the first prime', (i) => i * 94_906_247],
    ['multiples of the second', (i) => i * 94_906_169],
    ['large whole numbers', (i) => 2 ** 53 - i],
    ['fractions', (i) => i / 7],
    ['odd halves', (i) => i + 0.5],
    ['tiny', (i) => i * 5e-324],
    ['minutes', (i) => 1e12 + i * 60_000],
    ['bits reversed', (i) => Number.parseInt([...i.toString(2)].reverse().join(''), 2) + i * 2 ** 20],
    ['exponents', (i) => 2 ** ((i % 2000) - 1000) * (1 + Math.floor(i / 2000) / 128)],
    ['words', (i) => `user${i}`],
    ['padded', (i) => String(i).padStart(12, '0')],
    ['binary', (i) => String.fromCharCode(i & 255, (i >> 8) & 255, (i >> 16) & 255)],
    ['of one letter', (i) => 'a'.repeat(i % 100) + Math.floor(i / 100)],
  ];
  const estimated = (count: number, value: (i: number) => number | string): number => {
    const registers = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      const x = value(i);
      if (typeof x === 'string') register_text(registers, x);
      else register_number(registers, x);
    }
    return estimate(registers);
  };

  it('every set is within four standard errors, and all of them together within 1.2', () => {
    const errors: number[] = [];
    const bad: string[] = [];
    for (const [name, value] of SETS) {
      for (const count of [1, 2, 5, 10, 100, 1000, 3000, 10_000, 30_000]) {
        const found = estimated(count, value);
        const error = Math.abs(found - count) / count;
        if (count <= 10) expect(Math.round(found)).toBe(count);
        else errors.push(error);
        if (error > 4 * (1.04 / Math.sqrt(REGISTERS))) bad.push(`${name} ${count}: ${found}`);
      }
    }
    expect(bad).toEqual([]);
    const root = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
    expect(root).toBeLessThan(1.2 * (1.04 / Math.sqrt(REGISTERS)));
  });

  it('zeros of both signs are one, as are all NaN; infinities are two', () => {
    const registers = new Map<number, number>();
    for (const x of [0, -0, Number.NaN, Number.NaN, 1 / 0, -1 / 0]) register_number(registers, x);
    expect(Math.round(estimate(registers))).toBe(4);
    expect(estimate(new Map())).toBe(0);
  });

  it('registers that are all full stand for more values than could be', () => {
    expect(estimate(new Map(Array.from({ length: REGISTERS }, (_, i) => [i, 27])))).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('maps merge in any order', () => {
  const kinds = [
    ['values', fc.dictionary(fc.string({ maxLength: 2 }), fc.integer({ min: 1, max: 60_000 }))],
    ['buckets', fc.dictionary(fc.constantFrom('1', '2', '3'), fc.integer({ min: 1, max: 60_000 }))],
    ['registers', fc.dictionary(fc.constantFrom('1', '2', '3', '4'), fc.integer({ min: 1, max: 27 }))],
  ] as const;
  it.each(kinds)('%s', (kind, dictionary) => {
    const merge = cellMerge({ kind });
    const merged = (...parts: Counts[]): Map<unknown, unknown> => {
      const [first, ...rest] = parts.map((part): Cells => [new Map(part)]) as [Cells, ...Cells[]];
      for (const each of rest) merge(first, each);
      return new Map([...(first[0] as Counts)].sort());
    };
    const counts = dictionary.map((each): Counts => new Map(Object.entries(each)));
    fc.assert(
      fc.property(counts, counts, counts, (a, b, c) => {
        expect(merged(a, b)).toEqual(merged(b, a));
        const left: Cells = [new Map(a)];
        merge(left, [new Map(b)]);
        merge(left, [new Map(c)]);
        const right: Cells = [new Map(b)];
        merge(right, [new Map(c)]);
        const whole: Cells = [new Map(a)];
        merge(whole, right);
        expect(new Map([...(left[0] as Counts)].sort())).toEqual(new Map([...(whole[0] as Counts)].sort()));
      }),
      { numRuns: 200, seed: 7 },
    );
  });
});
