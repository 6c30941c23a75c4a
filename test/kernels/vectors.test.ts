/** The kernels on vectors that ask servers for nothing that others do not ask for, against plain JavaScript: to the bit, in every encoding. */

import { combine, type Operator } from '../../src/kernels/combine.js';
import { mergeCompensated } from '../../src/kernels/compensated.js';
import { cumsum } from '../../src/kernels/cumsum.js';
import { cut } from '../../src/kernels/cut.js';
import { distance, distanceMost, distanceSum } from '../../src/kernels/distance.js';
import { find } from '../../src/kernels/find.js';
import { gather } from '../../src/kernels/gather.js';
import { running } from '../../src/kernels/running.js';
import { ENCODINGS, onCluster, treeSum, valuesOf } from './oracle.js';

describe('combine', () => {
  const RULES: Record<Operator, (a: number, b: number) => number> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
  };

  onCluster((bench) => {
    it.each(Object.keys(RULES) as Operator[])(
      'computes a %s b, to the bit, by vector and by number',
      async (operator) => {
        for (const [i, left] of ENCODINGS.entries()) {
          const right = ENCODINGS[(i + 1) % ENCODINGS.length] as (typeof ENCODINGS)[number];
          const [a, b] = [valuesOf(left, 200), valuesOf(right, 200)];
          const target = bench().key();
          for (const sent of [false, true]) {
            const { partial } = await bench().run(combine, [a, b], { params: { operator }, sent, target });
            const expected = a.map((value, j) => RULES[operator](value, b[j] as number));
            expect(await bench().command('GET', target)).toEqual(Buffer.from(expected.buffer));
            expect(combine.finish(partial)).toEqual({ min: Math.min(...expected), max: Math.max(...expected) });
          }
          await bench().run(combine, [a], { params: { operator, number: 0.3 }, target });
          const expected = a.map((value) => RULES[operator](value, 0.3));
          expect(await bench().command('GET', target)).toEqual(Buffer.from(expected.buffer));
        }
      },
    );

    it('divides by zero as IEEE 754 does, with one canonical NaN', async () => {
      const target = bench().key();
      const params = { operator: '/' } as const;
      await bench().run(combine, [Float64Array.of(0, -1, 1), Float64Array.of(0, 0, -0)], { params, target });
      const { NaN: nan, NEGATIVE_INFINITY: least } = Number;
      expect(await bench().command('GET', target)).toEqual(Buffer.from(Float64Array.of(nan, least, least).buffer));
    });
  });
});

describe('cumsum', () => {
  const START = { sum: 5, compensation: 2 ** -60 };

  function prefixes(values: Float64Array): { sums: Float64Array; after: typeof START } {
    let after = START;
    const sums = values.map((value) => {
      after = mergeCompensated(after, { sum: value, compensation: 0 });
      return Number.isFinite(after.sum) ? after.sum + after.compensation : after.sum;
    });
    return { sums, after };
  }

  onCluster((bench) => {
    it.each(ENCODINGS)('writes prefix sums of %s, to the bit, and where they end', async (encoding) => {
      for (const count of [1, 64, 200]) {
        const values = valuesOf(encoding, count);
        const { sums, after } = prefixes(values);
        const target = bench().key();
        const { partial } = await bench().run(cumsum, [values], { params: START, target });
        expect(await bench().command('GET', target)).toEqual(Buffer.from(sums.buffer));
        expect(partial.after).toEqual(after);
        expect(cumsum.finish(partial)).toEqual({ min: Math.min(...sums), max: Math.max(...sums) });
      }
    });

    it('stays infinite beyond the range, and NaN behind one', async () => {
      const values = Float64Array.of(1e308, 1e308, -1e308, Number.NEGATIVE_INFINITY, 1);
      const target = bench().key();
      const { partial } = await bench().run(cumsum, [values], { params: { sum: 0, compensation: 0 }, target });
      const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
      const expected = Float64Array.of(1e308, infinity, infinity, nan, nan);
      expect(await bench().command('GET', target)).toEqual(Buffer.from(expected.buffer));
      expect(cumsum.finish(partial)).toEqual({ min: 1e308, max: nan });
    });
  });
});

describe('cut', () => {
  onCluster((bench) => {
    it.each(ENCODINGS)('writes %s from any row on, to the bit, again as well', async (encoding) => {
      const values = valuesOf(encoding, 300);
      const target = bench().key();
      for (const slice of [
        { firstRow: 37, rows: 64 },
        { firstRow: 101, rows: 99 },
        { firstRow: 101, rows: 99 },
      ]) {
        const { partial } = await bench().run(cut, [values], { params: { start: 37 }, target, slice });
        const part = values.subarray(slice.firstRow, slice.firstRow + slice.rows);
        expect(cut.finish(partial)).toEqual({ min: Math.min(...part), max: Math.max(...part) });
      }
      expect(await bench().command('GET', target)).toEqual(Buffer.from(values.slice(37, 200).buffer));
    });

    it('keeps -0, NaN, infinities and the least of numbers, and leaves no hole', async () => {
      const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
      const values = Float64Array.of(7, -0, 5e-324, nan, infinity, -infinity, 0);
      const target = bench().key();
      const run = (firstRow: number, rows: number) =>
        bench().run(cut, [values], { params: { start: 1 }, target, slice: { firstRow, rows } });
      await expect(run(3, 4)).rejects.toMatchObject({ code: 'CLUSTER_DOWN' });
      expect(cut.finish((await run(1, 2)).partial)).toEqual({ min: -0, max: 5e-324 });
      expect(cut.finish((await run(3, 4)).partial)).toEqual({ min: -infinity, max: nan });
      expect(await bench().command('GET', target)).toEqual(Buffer.from(values.slice(1).buffer));
    });
  });
});

describe('distance', () => {
  onCluster((bench) => {
    it.each(ENCODINGS)('sums differences from %s, to the bit, lying there or sent along', async (right) => {
      const [a, b] = [valuesOf('f64', 8300), valuesOf(right, 8300)];
      const differences = a.map((value, i) => value - (b[i] as number));
      for (const sent of [false, true]) {
        const run = (kernel: typeof distance, scale: number) =>
          bench().run(kernel, [a, b], { params: { scale }, sent });
        expect((await run(distance, 0.5)).partial).toEqual(treeSum(differences.map((value) => (value / 2) ** 2)));
        expect((await run(distanceSum, 1)).partial).toEqual(treeSum(differences.map(Math.abs)));
        const most = Math.max(...differences.map(Math.abs));
        expect((await run(distanceMost, 1)).partial).toEqual({ sum: most, compensation: 0 });
      }
    });

    it.each([1, 64, 65])('carries NaN among %i values on, and infinities', async (count) => {
      const zeros = new Float64Array(count);
      for (const odd of [Number.NaN, Number.NEGATIVE_INFINITY]) {
        const other = zeros.with(count - 1, odd);
        for (const kernel of [distance, distanceSum, distanceMost]) {
          const { partial } = await bench().run(kernel, [zeros, other], { params: { scale: 1 } });
          expect(kernel.finish(kernel.merge(partial, { sum: 1, compensation: 0 }), { scale: 1 })).toBe(Math.abs(odd));
        }
      }
    });
  });
});

describe('find', () => {
  onCluster((bench) => {
    it.each(ENCODINGS)('finds the first of %s, wherever it stands', async (encoding) => {
      const values = valuesOf(encoding, 200);
      for (const row of [0, 63, 64, 127, 128, 199]) {
        const value = values[row] as number;
        const { partial } = await bench().run(find, [values], { params: { value } });
        expect(partial).toBe(values.indexOf(value));
      }
      expect((await bench().run(find, [values], { params: { value: 0.123 } })).partial).toBe(-1);
    });

    it('finds NaN, and either zero by the other; counts from the start of the chunk', async () => {
      const values = valuesOf('f64', 300).with(100, Number.NaN).with(200, Number.NaN).with(250, -0);
      const at = async (value: number, firstRow: number) =>
        (await bench().run(find, [values], { params: { value }, slice: { firstRow, rows: 300 - firstRow } })).partial;
      expect(await at(Number.NaN, 64)).toBe(100);
      expect(await at(Number.NaN, 101)).toBe(200);
      expect(await at(0, 1)).toBe(250);
    });
  });

  it('takes the lower row of two', () => {
    expect([find.merge(-1, 7), find.merge(3, 7), find.merge(3, -1), find.finish(undefined)]).toEqual([7, 3, 3, -1]);
  });
});

describe('gather', () => {
  onCluster((bench) => {
    it.each(ENCODINGS)('picks from %s, in any order and more than once', async (encoding) => {
      const values = valuesOf(encoding, 500);
      const rows = Array.from({ length: 131 }, (_, i) => 100 + ((i * 37) % 300));
      const { partial } = await bench().run(gather, [values], {
        params: { rows },
        slice: { firstRow: 100, rows: 300 },
      });
      expect(partial).toEqual(Float64Array.from(rows, (row) => values[row] as number));
    });
  });

  it('puts partials in their order', () => {
    expect(gather.merge(Float64Array.of(1, 2), Float64Array.of(3))).toEqual(Float64Array.of(1, 2, 3));
    expect(gather.finish(undefined)).toEqual(new Float64Array(0));
  });
});

describe('running', () => {
  onCluster((bench) => {
    it.each(ENCODINGS)('adds %s row by row, from where it was left', async (encoding) => {
      const values = valuesOf(encoding, 200);
      let expected = { sum: 0, compensation: 0 };
      let found = expected;
      for (const [firstRow, rows] of [
        [0, 63],
        [63, 65],
        [128, 72],
      ] as const) {
        for (const value of values.subarray(firstRow, firstRow + rows))
          expected = mergeCompensated(expected, { sum: value, compensation: 0 });
        found = (await bench().run(running, [values], { params: found, slice: { firstRow, rows } })).partial;
        expect(found).toEqual(expected);
      }
      expect(running.finish(found)).toBe(found);
    });
  });

  it('starts with nothing', () => {
    expect(running.finish(undefined)).toEqual({ sum: 0, compensation: 0 });
  });
});
