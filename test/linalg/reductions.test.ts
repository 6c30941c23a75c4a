/** Sums, means, norms and dot products against exact arithmetic, against queries, and on 1, 3 and 5 shards. */
import fc from 'fast-check';
import { col, type Progress, type VectorReceipt } from '../../src/index.js';
import { Vector } from '../../src/linalg/vector.js';
import { fsck } from '../../src/storage/fsck.js';
import { watchedLink } from '../storage/tables.js';
import { abs, exact, finite, numbers, SIZES, testShardfold } from './vectors.js';

const sf = testShardfold();
const one = testShardfold(1);
const five = testShardfold(5);

describe('sum', () => {
  it.each(SIZES)('of %i values: the bits of the query, on 1, 3 and 5 shards', async (size) => {
    const data = numbers(size).map((value, i) => value * 10 ** (i % 17));
    const sums: number[] = [];
    for (const connection of [sf(), one(), five()]) {
      const vector = await connection.vector('sized').set(data);
      sums.push(await vector.sum());
      const [row] = await connection
        .table('sized')
        .agg({ sum: col('value').sum(), mean: col('value').mean() })
        .collect({ side: 'client' });
      expect(row?.sum ?? 0).toBe(sums[0]);
      expect(await vector.mean()).toBe(row?.mean ?? Number.NaN);
    }
    expect(new Set(sums).size).toBe(1);
    for (const sliceUnits of [1, 2, 4, 8] as const) {
      expect(await sf().vector('sized').sum({ sliceUnits })).toBe(sums[0]);
    }
  });

  it('is the exact sum within 2^-50 of the magnitudes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(finite, { maxLength: 300 }),
        fc.constantFrom(7, 64, 65_024),
        async (data, chunkRows) => {
          const sum = await (await sf().vector('random').set(data, { chunkRows })).sum();
          const truth = data.reduce((all, value) => all + exact(value), 0n);
          const size = data.reduce((all, value) => all + abs(exact(value)), 0n);
          expect(abs(exact(sum) - truth) <= (size >> 50n) + 1n).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each([
    ['float64', (i: number) => Math.sin(i)],
    ['float32', (i: number) => Math.fround(Math.sin(i)) * 2 ** 60],
    ['uint8', (i: number) => 1000 + (i % 250)],
    ['uint16', (i: number) => -5 + 25 * (i % 60_000)],
  ])('reads %s chunks with the bits of the query', async (_encoding, value) => {
    const data = Float64Array.from({ length: 70_001 }, (_, i) => value(i));
    const vector = await sf().vector('packed').set(data);
    const [row] = await sf()
      .table('packed')
      .agg({ sum: col('value').sum() })
      .collect({ side: 'shards' });
    expect(await vector.sum()).toBe(row?.sum);
    expect(await vector.get()).toEqual(data);
  });

  it('takes NaN and infinities as IEEE does', async () => {
    const sumOf = async (...data: number[]) => (await sf().vector('odd').set(data)).sum();
    expect(await sumOf(1, Number.NaN, 2)).toBeNaN();
    expect(await sumOf(1, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(await sumOf(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)).toBeNaN();
    expect(await sumOf(-0, -0)).toBe(0);
  });

  it('loses nothing between blocks of 64', async () => {
    const data = new Float64Array(200);
    data.set([1e16], 0);
    data.set([1], 64);
    data.set([-1e16], 128);
    expect(await (await sf().vector('cancelling').set(data)).sum()).toBe(1);
  });

  it('of nothing is 0, and the mean of nothing NaN', async () => {
    const vector = await sf().vector('nothing').set([]);
    expect([await vector.sum(), await vector.norm(), await vector.dot(vector)]).toEqual([0, 0, 0]);
    expect(await vector.mean()).toBeNaN();
    expect(await vector.get()).toEqual(new Float64Array(0));
  });
});

describe('a receipt', () => {
  it('accounts for every chunk; progress ends where the work does', async () => {
    const vector = await sf().vector('told').set(numbers(130_100));
    const receipts: VectorReceipt[] = [];
    const progress: number[] = [];
    const options = {
      onReceipt: (receipt: VectorReceipt) => void receipts.push(receipt),
      onProgress: ({ unitsDone, unitsTotal }: Progress) => void progress.push(unitsDone / unitsTotal),
      sliceUnits: 4,
    } as const;
    await vector.sum(options);
    await vector.mean(options);
    await vector.scale(2, vector, options);
    await vector.get(options);
    expect(receipts.map(({ version }) => version)).toEqual([1, 1, 1, 2]);
    for (const receipt of receipts) {
      expect(receipt).toMatchObject({ table: 'told', chunks: { expected: 3, computed: 3 }, bytesStored: 8 * 130_100 });
      expect(receipt.bytesReceived).toBeGreaterThan(0);
    }
    expect(receipts.map(({ computedOn }) => computedOn.shards)).toEqual([3, 3, 3, 0]);
    const calls = receipts.map(({ shards }) => Object.values(shards).reduce((sum, share) => sum + share.calls, 0));
    expect(calls).toEqual([5, 5, 33, 0]);
    expect(receipts[0]?.bytesReceived).toBeLessThan(10_000);
    expect(progress.filter((share) => share === 1)).toHaveLength(4);
  });

  it('is that of the version that was read, which may be a later one', async () => {
    const vector = await sf().vector('collected').set(numbers(100));
    let met = false;
    const link = watchedLink(sf().link, async (call) => {
      if (!met && String(call.command[1]).startsWith('sum_')) {
        met = true;
        await vector.set([1, 2], { graceMs: 0 });
        await fsck(sf().link, { repair: true, graceMs: 0 }, sf().link.context());
      }
      return call;
    });
    const receipts: VectorReceipt[] = [];
    const onReceipt = (receipt: VectorReceipt) => void receipts.push(receipt);
    expect(await new Vector(link, 'collected').sum({ onReceipt })).toBe(3);
    expect(receipts).toMatchObject([{ version: 2, retries: { VERSION_COLLECTED: 1 } }]);
  });
});

describe('norm', () => {
  it.each([1, 1e200, 1e-200, 5e-324, 3e307, 1e-308, 3e-90, 3e90])('of values around %f', async (size) => {
    const vector = await sf()
      .vector('norm')
      .set([3 * size, -4 * size]);
    const truth = Math.hypot(3 * size, -4 * size);
    expect(Math.abs((await vector.norm()) / truth - 1)).toBeLessThan(1e-15);
  });

  it('of many values, the same on 1, 3 and 5 shards', async () => {
    const data = numbers(70_000).map((value, i) => value * 10 ** ((i % 40) - 160));
    const norms = await Promise.all(
      [sf(), one(), five()].map(async (connection) => (await connection.vector('norms').set(data)).norm()),
    );
    expect(new Set(norms).size).toBe(1);
    const truth = 1e-130 * Math.sqrt(data.reduce((sum, value) => sum + (value * 1e130) ** 2, 0));
    expect(Math.abs((norms[0] as number) / truth - 1)).toBeLessThan(1e-12);
  });

  it('of NaN is NaN, of infinities infinite, of what exceeds all doubles infinite', async () => {
    const normOf = async (...data: number[]) => (await sf().vector('odd norm').set(data)).norm();
    expect(await normOf(1, Number.NaN)).toBeNaN();
    expect(await normOf(1, Number.NEGATIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(await normOf(1.7e308, 1.7e308)).toBe(Number.POSITIVE_INFINITY);
    expect(await normOf(0, -0)).toBe(0);
  });
});

describe('dot', () => {
  const UNIT = 1074n;
  /** Vectors of equal bytes in chunks of other lengths: whose chunks the sum goes by must not depend on who is asked. */
  const EQUAL_BYTES: [number, number][] = [
    [0, 0],
    [1, -1e16],
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
    [-1e16, 2001],
    [-1e16, -1e16],
  ];

  it('is the exact product sum within its bound, aligned or not', async () => {
    const pairs = fc.array(fc.tuple(finite, finite), { minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(pairs, fc.boolean(), fc.constantFrom(7, 64, 100), async (data, aligned, chunkRows) => {
        const a = await sf()
          .vector('dot a')
          .set(
            data.map(([x]) => x),
            { chunkRows: 64 },
          );
        const b = sf().vector(aligned ? 'dot b' : 'dot c');
        await b.set(
          data.map(([, y]) => y),
          aligned ? { alignWith: a } : { chunkRows },
        );
        const dot = await a.dot(b);
        expect(await b.dot(a)).toBe(dot);
        const products = data.map(([x, y]) => exact(x) * exact(y));
        const truth = products.reduce((all, product) => all + product, 0n);
        const size = products.reduce((all, product) => all + abs(product), 0n);
        const error = abs((exact(dot) << UNIT) - truth);
        const underflow = BigInt(data.length) << UNIT;
        expect(error <= (size >> 49n) + underflow).toBe(true);
      }),
      { numRuns: 40, examples: [[EQUAL_BYTES, false, 7]] },
    );
  });

  it('has the same bits on 1, 3 and 5 shards, with operands of any packing', async () => {
    const a = numbers(70_003);
    const b = Float64Array.from(a, (_, i) => i % 200);
    const c = Float64Array.from(a, (_, i) => 3 * (i % 50_000));
    const dots: number[][] = [];
    for (const connection of [sf(), one(), five()]) {
      const va = await connection.vector('bits a').set(a);
      const vb = await connection.vector('bits b').set(b, { alignWith: va });
      const vc = await connection.vector('bits c').set(c, { alignWith: 'bits a' });
      dots.push([await va.dot(vb), await vb.dot(vc), await vc.dot('bits a'), await va.dot(va)]);
    }
    expect(dots[1]).toEqual(dots[0]);
    expect(dots[2]).toEqual(dots[0]);
    const twice = await sf().vector('bits a').dot('bits b', { sliceUnits: 1 });
    expect(twice).toBe(dots[0]?.[0]);
  });

  it('says which operand travelled: the one that takes fewer bytes', async () => {
    const wide = await sf().vector('wide').set(numbers(20_000));
    const narrow = await sf()
      .vector('narrow')
      .set(Float64Array.from({ length: 20_000 }, (_, i) => i % 100));
    const beside = await sf()
      .vector('beside')
      .set(await narrow.get(), { alignWith: wide });
    const receipts: VectorReceipt[] = [];
    const onReceipt = (receipt: VectorReceipt) => void receipts.push(receipt);
    const dots = [
      await wide.dot(narrow, { onReceipt }),
      await narrow.dot(wide, { onReceipt }),
      await wide.dot(beside, { onReceipt }),
    ];
    expect(new Set(dots).size).toBe(1);
    const travelled = { vector: 'narrow', version: 1, bytes: 20_000 };
    expect(receipts[0]).toMatchObject({ table: 'wide', chunks: { expected: 1, computed: 1 }, travelled });
    expect(receipts[1]).toMatchObject({ table: 'wide', travelled, bytesStored: 180_000 });
    expect(receipts[2]).not.toHaveProperty('travelled');
  });

  it('refuses operands of different lengths', async () => {
    await sf().vector('three').set([1, 2, 3]);
    await sf().vector('four').set([1, 2, 3, 4]);
    await expect(sf().vector('three').dot('four')).rejects.toMatchObject({
      code: 'NOT_ALIGNED',
      message: 'vector "three" has 3 values and "four" 4',
    });
  });

  it('takes NaN and infinities as IEEE does', async () => {
    const dotOf = async (a: number[], b: number[]) =>
      (await sf().vector('odd a').set(a)).dot(await sf().vector('odd b').set(b));
    expect(await dotOf([0, 1], [Number.POSITIVE_INFINITY, 1])).toBeNaN();
    expect(await dotOf([2, 1], [Number.POSITIVE_INFINITY, 1])).toBe(Number.POSITIVE_INFINITY);
    expect(await dotOf([1, 1], [Number.NaN, 1])).toBeNaN();
    expect(await dotOf([1e200], [1e200])).toBe(Number.POSITIVE_INFINITY);
  });
});
