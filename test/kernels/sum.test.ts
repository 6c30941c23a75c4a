import { sum } from '../../src/kernels/sum.js';
import { ENCODINGS, LENGTHS, onServers, treeSum, valuesOf } from './oracle.js';

onServers((bench) => {
  it.each(ENCODINGS.flatMap((encoding) => LENGTHS.map((length) => [encoding, length] as const)))(
    'sums %s over %i rows, to the bit',
    async (encoding, length) => {
      const values = valuesOf(encoding, length);
      const { partial, encodings } = await bench().run(sum, [values], { params: undefined });
      if (length >= 64) expect(encodings).toEqual([encoding]);
      expect(partial).toEqual(treeSum(values));
    },
  );

  it('sums a slice as a part of the tree', async () => {
    const values = valuesOf('f64', 40_000);
    const parts = [];
    for (const [firstUnit, units] of [
      [0, 4],
      [4, 1],
    ] as const) {
      const slice = { firstRow: 8128 * firstUnit, rows: Math.min(8128 * units, values.length - 8128 * firstUnit) };
      parts.push((await bench().run(sum, [values], { params: undefined, slice })).partial);
    }
    const [left, right] = parts as [(typeof parts)[0], (typeof parts)[0]];
    expect(sum.merge(left, right)).toEqual(treeSum(values));
  });

  it('says what is missing or cut short', async () => {
    const key = bench().key();
    const encode = (bytes: number) =>
      sum.encode({ firstRow: 0, rows: 2 }, [{ encoding: 'f64', base: 0, step: 0, bytes }]);
    const { callFunction } = await import('../../src/functions/call.js');
    const call = () => {
      const work = { name: 'sum', key, keys: [key], args: encode(16), readOnly: true, idempotent: true };
      return callFunction(bench().link, work, bench().context());
    };
    await expect(call()).rejects.toMatchObject({ code: 'DATA_LOSS', message: expect.stringContaining('0 bytes') });
    await bench().command('SET', key, 'eight of');
    await expect(call()).rejects.toMatchObject({ code: 'DATA_LOSS', message: expect.stringContaining('8 bytes') });
  });
});

describe('the binding', () => {
  it('keeps the rounding error of a merge', () => {
    const merged = sum.merge({ sum: 1e16, compensation: 0.25 }, { sum: 1, compensation: 0.5 });
    expect(merged).toEqual({ sum: 1e16, compensation: 1.75 });
    expect(sum.finish(merged)).toBe(1e16 + 2);
  });

  it('finishes nothing as 0, infinities as they are', () => {
    expect(sum.finish(undefined)).toBe(0);
    expect(sum.finish({ sum: Number.POSITIVE_INFINITY, compensation: Number.NaN })).toBe(Number.POSITIVE_INFINITY);
  });

  it('refuses a reply of another shape', () => {
    expect(() => sum.decode(Buffer.alloc(15))).toThrow(RangeError);
  });
});
