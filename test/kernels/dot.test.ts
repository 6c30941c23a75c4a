import { dot } from '../../src/kernels/dot.js';
import { ENCODINGS, onServers, treeSum, valuesOf } from './oracle.js';

const PAIRS = ENCODINGS.flatMap((a) => ENCODINGS.map((b) => [a, b] as const));
const productsOf = (a: Float64Array, b: Float64Array) => a.map((value, i) => value * (b[i] as number));

onServers((bench) => {
  it.each(PAIRS)('multiplies %s by %s, to the bit, lying there or sent along', async (left, right) => {
    const [a, b] = [valuesOf(left, 8300), valuesOf(right, 8300)];
    for (const sent of [false, true]) {
      const { partial, encodings } = await bench().run(dot, [a, b], { params: undefined, sent });
      expect(encodings).toEqual([left, right]);
      expect(partial).toEqual(treeSum(productsOf(a, b)));
    }
  });

  it('scales both sides first where it is told to', async () => {
    const [a, b] = [valuesOf('f64', 300), valuesOf('u8', 300)];
    const { partial } = await bench().run(dot, [a, b], { params: { scale: 2 ** -500 } });
    expect(partial).toEqual(
      treeSum(
        productsOf(
          a.map((x) => x * 2 ** -500),
          b.map((x) => x * 2 ** -500),
        ),
      ),
    );
  });

  it('takes the rows of its slice', async () => {
    const [a, b] = [valuesOf('f64', 30_000), valuesOf('u16', 30_000)];
    const slice = { firstRow: 8128, rows: 16_256 };
    const expected = treeSum(productsOf(a, b).subarray(8128, 24_384));
    for (const sent of [false, true]) {
      const { partial } = await bench().run(dot, [a, b], { params: undefined, slice, sent });
      expect(partial).toEqual(expected);
    }
  });
});
