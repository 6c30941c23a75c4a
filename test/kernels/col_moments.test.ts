import { col_moments } from '../../src/kernels/col_moments.js';
import { ENCODINGS, onServers, valuesOf } from './oracle.js';

const params = { cols: 10, first: 2, width: 5 };

onServers((bench) => {
  it.each(ENCODINGS)('are of the columns of %s in a stripe', async (encoding) => {
    const values = valuesOf(encoding, 1000);
    const [head, tail] = [
      { firstRow: 10, rows: 33 },
      { firstRow: 43, rows: 57 },
    ] as const;
    const parts = [];
    for (const slice of [head, tail]) parts.push((await bench().run(col_moments, [values], { params, slice })).partial);
    const [left, right] = parts as [(typeof parts)[0], (typeof parts)[0]];
    const { means, deviations } = col_moments.finish(col_moments.merge(left, right), params);
    for (let j = 0; j < 5; j++) {
      const column = [...values].filter((_, i) => i >= 100 && i % 10 === j + 2);
      const mean = column.reduce((sum, x) => sum + x, 0) / 90;
      const deviation = Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 89);
      expect(Math.abs((means[j] as number) - mean)).toBeLessThanOrEqual(1e-13 * Math.max(...column.map(Math.abs)));
      expect(Math.abs((deviations[j] as number) / deviation - 1)).toBeLessThan(1e-12);
    }
  });
});

it('know equal values from almost equal ones, and what is too few', () => {
  const of = (rows: number, ...numbers: number[]) => ({ rows, numbers: Float64Array.from(numbers) });
  const narrow = { cols: 1, first: 0, width: 1 };
  const nearly = col_moments.merge(of(3, 0.30000000000000004, 0, 0, 0.1, 0.1), of(1, 0.1, 0, 0, 0.1, 0.1));
  expect(col_moments.finish(nearly, narrow)).toEqual({ means: Float64Array.of(0.1), deviations: Float64Array.of(0) });
  expect(col_moments.finish(of(1, 5, 0, 0, 5, 5), narrow).deviations).toEqual(Float64Array.of(Number.NaN));
  expect(col_moments.finish(undefined, narrow).means).toEqual(Float64Array.of(Number.NaN));
  expect(col_moments.finish(of(2, Infinity, 0, NaN, 1e308, 1e308), narrow).means).toEqual(Float64Array.of(1e308));
  expect(col_moments.finish(of(2, Infinity, 0, NaN, Infinity, Infinity), narrow).deviations).toEqual(
    Float64Array.of(NaN),
  );
  const infinite = col_moments.merge(of(1, Infinity, 0, NaN, Infinity, Infinity), of(1, 1, 0, 0, 1, 1));
  expect(col_moments.finish(infinite, narrow).means).toEqual(Float64Array.of(Infinity));
});
