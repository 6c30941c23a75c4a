import { mul } from '../../src/kernels/mul.js';
import { ENCODINGS, onServers, valuesOf } from './oracle.js';

onServers((bench) => {
  it.each(ENCODINGS)('multiplies %s by float64, to the bit, as float64 or float32', async (encoding) => {
    const [x, y] = [valuesOf(encoding, 1000), valuesOf('f64', 1000)];
    const products = x.map((value, i) => value * (y[i] as number));
    for (const [narrow, expected] of [
      [false, products],
      [true, Float32Array.from(products)],
    ] as const) {
      const target = bench().key();
      const { partial } = await bench().run(mul, [x, y], { params: { factor: 1, narrow }, target });
      expect(await bench().command('GET', target)).toEqual(Buffer.from(expected.buffer));
      expect(mul.finish(partial)).toEqual({ min: Math.min(...products), max: Math.max(...products) });
    }
  });
});
