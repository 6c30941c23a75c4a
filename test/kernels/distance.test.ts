import { distance, distanceMost, distanceSum } from '../../src/kernels/distance.js';
import { ENCODINGS, onCluster, treeSum, valuesOf } from './oracle.js';

onCluster((bench) => {
  it.each(ENCODINGS)('sums differences from %s, to the bit, lying there or sent along', async (right) => {
    const [a, b] = [valuesOf('f64', 8300), valuesOf(right, 8300)];
    const differences = a.map((value, i) => value - (b[i] as number));
    for (const sent of [false, true]) {
      const run = (kernel: typeof distance, scale: number) => bench().run(kernel, [a, b], { params: { scale }, sent });
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
