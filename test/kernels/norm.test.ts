import { norm, scaleFor } from '../../src/kernels/norm.js';
import { ENCODINGS, onServers, treeSum, valuesOf } from './oracle.js';

onServers((bench) => {
  it.each(ENCODINGS)('sums squares of %s, scaled or not, to the bit', async (encoding) => {
    const values = valuesOf(encoding, 8200);
    for (const scale of [1, 0.25, 2 ** -600]) {
      const { partial } = await bench().run(norm, [values], { params: { scale } });
      expect(partial).toEqual(treeSum(values.map((value) => value * scale * (value * scale))));
    }
  });
});

describe('the scale', () => {
  it.each([1, 1e80, 1e-80, 0, Number.NaN, Number.POSITIVE_INFINITY])('for %f is 1', (magnitude) => {
    expect(scaleFor(magnitude)).toBe(1);
  });

  it.each([1e200, 1e-200, 5e-324, Number.MAX_VALUE, 2 ** 300, 2 ** -300])(
    'for %f brings squares into reach',
    (magnitude) => {
      const scale = scaleFor(magnitude);
      expect(Math.log2(scale)).toBe(Math.round(Math.log2(scale)));
      const square = (magnitude * scale) ** 2;
      expect(square).toBeGreaterThan(2 ** -200);
      expect(square).toBeLessThan(2 ** 200);
      expect(norm.finish({ sum: square, compensation: 0 }, { scale })).toBe(magnitude);
    },
  );
});
