import { mergeCompensated } from '../../src/kernels/compensated.js';
import { cumsum } from '../../src/kernels/cumsum.js';
import { ENCODINGS, onCluster, valuesOf } from './oracle.js';

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
