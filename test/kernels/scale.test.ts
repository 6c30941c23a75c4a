import type { Extremes } from '../../src/kernels/extremes.js';
import { scale } from '../../src/kernels/scale.js';
import { ENCODINGS, onServers, valuesOf } from './oracle.js';

onServers((bench) => {
  const run = async (values: number[] | Float64Array, factor: number) => {
    const target = bench().key();
    const { partial } = await bench().run(scale, [Float64Array.from(values)], { params: { factor }, target });
    return { zone: scale.finish(partial), bytes: (await bench().command('GET', target)) as Buffer };
  };

  it.each(ENCODINGS)('multiplies %s, to the bit', async (encoding) => {
    const values = valuesOf(encoding, 1000);
    const expected = values.map((value) => value * 1.1);
    const { zone, bytes } = await run(values, 1.1);
    expect(bytes).toEqual(Buffer.from(expected.buffer));
    expect(zone).toEqual({ min: Math.min(...expected), max: Math.max(...expected) });
  });

  it.each([63, 64, 65])('tells zeros, NaN and infinities among %i values', async (count) => {
    const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
    const padded = (fill: number, ...values: number[]) => [...new Array(count - values.length).fill(fill), ...values];
    expect((await run(padded(1, -0), 1)).zone).toEqual({ min: -0, max: 1 });
    expect((await run(padded(-1, -0), 1)).zone).toEqual({ min: -1, max: -0 });
    expect((await run(padded(-1, -0, 0), 1)).zone).toEqual({ min: -1, max: 0 });
    expect((await run(padded(-0), 1)).zone).toEqual({ min: -0, max: -0 });
    expect((await run(padded(0), 1)).zone).toEqual({ min: 0, max: 0 });
    expect((await run(padded(2, nan), -1)).zone).toEqual({ min: -2, max: nan });
    expect((await run(padded(nan), 1)).zone).toEqual({ min: nan, max: nan });
    expect((await run(padded(infinity), 1)).zone).toEqual({ min: infinity, max: infinity });
    expect((await run(padded(infinity, -infinity), 1)).zone).toEqual({ min: -infinity, max: infinity });
    const { bytes } = await run(padded(infinity), 0);
    expect(bytes).toEqual(Buffer.concat(new Array(count).fill(Buffer.from('000000000000f87f', 'hex'))));
  });
});

it('merges extremes whatever side they come from', () => {
  const of = (min: number, max: number, zero = false, negativeZero = false): Extremes => {
    return { min, max, nan: false, zero, negativeZero };
  };
  const nothing = { ...of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY), nan: true };
  expect(scale.finish(scale.merge(of(0, 0, true), of(-0, -0, false, true)))).toEqual({ min: -0, max: 0 });
  expect(scale.finish(scale.merge(of(-0, -0, false, true), of(-3, -1)))).toEqual({ min: -3, max: -0 });
  expect(scale.finish(scale.merge(nothing, of(1, 2)))).toEqual({ min: 1, max: Number.NaN });
  expect(scale.finish(undefined)).toBeUndefined();
});
