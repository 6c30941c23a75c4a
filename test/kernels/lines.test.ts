import { type LineParams, lines } from '../../src/kernels/lines.js';
import { ENCODINGS, onServers, valuesOf } from './oracle.js';

const BIG = Number.POSITIVE_INFINITY;

onServers((bench) => {
  const norms = async (values: number[] | Float64Array, params: LineParams, firstRow = 0) => {
    const slice = { firstRow, rows: values.length / params.cols - firstRow };
    const { partial } = await bench().run(lines, [Float64Array.from(values)], { params, slice });
    return [...lines.finish(partial, params)];
  };

  it.each(ENCODINGS)('are of rows and columns of %s, in a stripe', async (encoding) => {
    const values = valuesOf(encoding, 1000);
    const stripe = { cols: 10, first: 2, width: 5 };
    const part = [...values].filter((_, i) => i >= 100 && i % 10 >= 2 && i % 10 < 7);
    const rows = Array.from({ length: 90 }, (_, i) => part.slice(5 * i, 5 * i + 5));
    const cols = [0, 1, 2, 3, 4].map((j) => rows.map((row) => row[j] as number));
    for (const [axis, all] of [['rows', rows] as const, ['cols', cols] as const]) {
      for (const p of [1, 2, BIG]) {
        const found = await norms(values, { ...stripe, axis, p }, 10);
        for (const [i, line] of all.entries()) {
          const sizes = line.map(Math.abs);
          const expected =
            p === BIG ? Math.max(...sizes) : p === 1 ? sizes.reduce((s, x) => s + x) : Math.hypot(...line);
          expect(Math.abs((found[i] as number) / expected - 1)).toBeLessThan(1e-14);
        }
      }
    }
  });

  it('of odd numbers are as IEEE 754 has them', async () => {
    const params = { cols: 2, first: 0, width: 2, axis: 'rows' } as const;
    const [low, high] = [2 ** -700, 2 ** 700];
    const values = [3 * low, 4 * low, 3 * high, 4 * high, 0, -0, Number.NaN, 1, -BIG, 1, 5e-324, 0];
    expect(await norms(values, { ...params, p: 2 })).toEqual([5 * low, 5 * high, 0, Number.NaN, BIG, 5e-324]);
    expect(await norms(values, { ...params, p: 1 })).toEqual([7 * low, 7 * high, 0, Number.NaN, BIG, 5e-324]);
    expect(await norms(values, { ...params, p: BIG })).toEqual([4 * low, 4 * high, 0, Number.NaN, BIG, 5e-324]);
  });
});

it('merge whatever their exponents', () => {
  const line = (...numbers: number[]) => Float64Array.from(numbers);
  const params = { cols: 1, first: 0, width: 1, axis: 'cols', p: 2 } as const;
  const merged = (left: Float64Array, right: Float64Array) => lines.finish(lines.merge(left, right), params)[0];
  expect(merged(line(0, 9, 0), line(1, 4, 0))).toBe(5);
  expect(merged(line(1, 4, 0), line(0, 9, 0))).toBe(5);
  expect(merged(line(0, 0, 0), line(-700, 4, 0))).toBe(2 * 2 ** -700);
  expect(merged(line(-700, 4, 0), line(0, 0, 0))).toBe(2 * 2 ** -700);
  expect(merged(line(1000, 4, 0), line(-1000, 4, 0))).toBe(2 * 2 ** 1000);
  expect(merged(line(0, BIG, 0), line(0, 1, 0))).toBe(BIG);
  expect(lines.finish(undefined, params)).toEqual(line(0));
});
