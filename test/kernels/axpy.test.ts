import { axpy } from '../../src/kernels/axpy.js';
import { ENCODINGS, onServers, valuesOf } from './oracle.js';

const PAIRS = ENCODINGS.flatMap((a) => ENCODINGS.map((b) => [a, b] as const));

onServers((bench) => {
  it.each(PAIRS)('adds a multiple of %s to %s, to the bit, lying there or sent along', async (other, own) => {
    const [x, y] = [valuesOf(other, 1000), valuesOf(own, 1000)];
    const expected = y.map((value, i) => value + -0.7 * (x[i] as number));
    for (const sent of [false, true]) {
      const target = bench().key();
      const { partial } = await bench().run(axpy, [y, x], { params: { factor: -0.7 }, sent, target });
      expect(await bench().command('GET', target)).toEqual(Buffer.from(expected.buffer));
      expect(axpy.finish(partial)).toEqual({ min: Math.min(...expected), max: Math.max(...expected) });
    }
  });

  it('leaves no hole where a part before it is gone, and may be run again', async () => {
    const [x, y] = [valuesOf('f64', 300), valuesOf('f32', 300)];
    const target = bench().key();
    const part = (firstRow: number) =>
      bench().run(axpy, [y, x], { params: { factor: 2 }, target, slice: { firstRow, rows: 100 } });
    await expect(part(100)).rejects.toMatchObject({
      code: 'CLUSTER_DOWN',
      message: expect.stringContaining('0 bytes where 800'),
    });
    for (const firstRow of [0, 0, 100, 0, 200, 100]) await part(firstRow);
    const expected = y.map((value, i) => value + 2 * (x[i] as number));
    expect(await bench().command('GET', target)).toEqual(Buffer.from(expected.buffer));
  });
});
