/** What axpy and scale compute, to the bit, and what the manifest says of it. */
import fc from 'fast-check';
import type { VectorReceipt } from '../../src/index.js';
import { axpyOf, bits, expectSame, expectSound, finite, numbers, SIZES, testShardfold } from './vectors.js';

const sf = testShardfold();
const one = testShardfold(1);
const five = testShardfold(5);

describe('the values', () => {
  it.each(SIZES)('of axpy and scale over %i values, on 1, 3 and 5 shards', async (size) => {
    const [x, y] = [numbers(size, 7), numbers(size, 9)];
    for (const connection of [sf(), one(), five()]) {
      const vy = await connection.vector('y').set(y);
      const vx = await connection.vector('x').set(x, { alignWith: vy });
      expect(await vy.axpy(-1.7, vx)).toEqual(vy);
      expectSame(await vy.get(), axpyOf(-1.7, x, y));
      await vx.scale(0.1);
      expectSame(
        await vx.get(),
        x.map((value) => value * 0.1),
      );
    }
    await expectSound(sf().link, 'y');
  });

  it('of any numbers, packed in any way, aligned or not', async () => {
    const odd = fc.oneof(
      finite,
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0),
    );
    const pairs = fc.array(fc.tuple(odd, odd), { minLength: 1, maxLength: 150 });
    await fc.assert(
      fc.asyncProperty(pairs, odd, fc.boolean(), async (data, a, aligned) => {
        const [x, y] = [0, 1].map((side) => Float64Array.from(data, (pair) => pair[side] as number)) as [
          Float64Array,
          Float64Array,
        ];
        const vy = await sf().vector('any y').set(y, { chunkRows: 70 });
        const vx = sf().vector(aligned ? 'any x' : 'any z');
        await vx.set(x, aligned ? { alignWith: vy } : { chunkRows: 11 });
        await vy.axpy(a, vx);
        expect(await vy.get()).toEqual(axpyOf(a, x, y));
        await vx.scale(a);
        expect(await vx.get()).toEqual(x.map((value) => value * a));
        await expectSound(sf().link, 'any y');
        await expectSound(sf().link, vx.name);
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  it('are stored as one canonical NaN', async () => {
    const vector = await sf().vector('nan').set([0, 1, 2]);
    await vector.scale(Number.POSITIVE_INFINITY);
    const values = await vector.get();
    expect(bits(values).subarray(0, 8).toString('hex')).toBe('000000000000f87f');
    expect(values).toEqual(Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY));
  });

  it('go into another vector where asked, beside the first', async () => {
    const y = await sf().vector('from').set(numbers(20_000));
    const x = await sf().vector('by').set(numbers(20_000, 3));
    const receipts: VectorReceipt[] = [];
    const z = await y.axpy(2, x, 'made', { onReceipt: (receipt) => void receipts.push(receipt) });
    expect(z.name).toBe('made');
    expect(await z.get()).toEqual(axpyOf(2, await x.get(), await y.get()));
    expect(await y.get()).toEqual(numbers(20_000));
    expect(receipts[0]).toMatchObject({
      table: 'from',
      chunks: { computed: 1 },
      travelled: { vector: 'by', bytes: 160_000 },
    });
    await z.dot(y, { onReceipt: (receipt) => void receipts.push(receipt) });
    expect(receipts[1]).not.toHaveProperty('travelled');
    await z.axpy(-1, y, z);
    await y.scale(3, z);
    expect(await z.get()).toEqual(numbers(20_000).map((value) => value * 3));
    await z.axpy(1, z);
    expect(await z.get()).toEqual(numbers(20_000).map((value) => value * 3 + value * 3));
  });
});
