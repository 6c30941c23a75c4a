import { combine, type Operator } from '../../src/kernels/combine.js';
import { ENCODINGS, onCluster, valuesOf } from './oracle.js';

const RULES: Record<Operator, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

onCluster((bench) => {
  it.each(Object.keys(RULES) as Operator[])(
    'computes a %s b, to the bit, by vector and by number',
    async (operator) => {
      for (const [i, left] of ENCODINGS.entries()) {
        const right = ENCODINGS[(i + 1) % ENCODINGS.length] as (typeof ENCODINGS)[number];
        const [a, b] = [valuesOf(left, 200), valuesOf(right, 200)];
        const target = bench().key();
        for (const sent of [false, true]) {
          const { partial } = await bench().run(combine, [a, b], { params: { operator }, sent, target });
          const expected = a.map((value, j) => RULES[operator](value, b[j] as number));
          expect(await bench().command('GET', target)).toEqual(Buffer.from(expected.buffer));
          expect(combine.finish(partial)).toEqual({ min: Math.min(...expected), max: Math.max(...expected) });
        }
        await bench().run(combine, [a], { params: { operator, number: 0.3 }, target });
        const expected = a.map((value) => RULES[operator](value, 0.3));
        expect(await bench().command('GET', target)).toEqual(Buffer.from(expected.buffer));
      }
    },
  );

  it('divides by zero as IEEE 754 does, with one canonical NaN', async () => {
    const target = bench().key();
    const params = { operator: '/' } as const;
    await bench().run(combine, [Float64Array.of(0, -1, 1), Float64Array.of(0, 0, -0)], { params, target });
    const { NaN: nan, NEGATIVE_INFINITY: least } = Number;
    expect(await bench().command('GET', target)).toEqual(Buffer.from(Float64Array.of(nan, least, least).buffer));
  });
});
