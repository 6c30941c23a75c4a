import { formatNumber, formatTable, interleave, median, quantile, row } from '../../scripts/bench/lib.mjs';

describe('the benchmarks’ frame', () => {
  it('takes medians and quantiles by value, not by text', () => {
    expect(median([10, 9, 2])).toBe(9);
    expect(median([10, 9, 2, 1])).toBe(5.5);
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect([0, 0.5, 0.99, 1].map((q) => quantile(hundred, q))).toEqual([1, 51, 100, 100]);
  });

  it('interleaves the cases, drops a first round, and takes each median', async () => {
    const order: string[] = [];
    const numbers = [1000, 3, 1, 2];
    const [a, b] = await interleave<number | Record<string, number>>(
      [
        () => {
          order.push('a');
          return numbers.shift() as number;
        },
        () => {
          order.push('b');
          return { p50: order.length, max: -order.length };
        },
      ],
      3,
    );
    expect(order.join('')).toBe('abababab');
    expect([a, b]).toEqual([2, { p50: 6, max: -6 }]);
  });

  it('times a case that hands nothing back', async () => {
    const [ms] = await interleave(
      [() => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 20))],
      1,
    );
    expect(ms).toBeGreaterThan(15);
  });

  it('says whether a target holds', () => {
    expect(row('x', 8, '×', { atMost: 8 })).toEqual({ name: 'x', value: 8, unit: '×', target: '≤ 8', holds: true });
    expect(row('x', 19.9, '×', { atLeast: 20 })).toMatchObject({ target: '≥ 20', holds: false });
    expect(row('x', Number.NaN, '×', { atMost: 8 })).toMatchObject({ holds: false });
    expect(row('x', 1, 'ms')).toEqual({ name: 'x', value: 1, unit: 'ms' });
  });

  it('prints three significant digits in aligned columns', () => {
    expect([0, 0.01234, 1.5, 25.55, 123456.7, -3].map(formatNumber)).toEqual([
      '0',
      '0.0123',
      '1.50',
      '25.6',
      '123,457',
      '-3.00',
    ]);
    expect(
      formatTable(
        [
          ['a', '1', 'ms'],
          ['long', '10', ''],
        ],
        [1],
      ),
    ).toBe('a      1  ms\nlong  10');
  });
});
