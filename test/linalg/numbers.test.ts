/** Extremes, their places, quantiles and the like against DuckDB; norms and distances against exact arithmetic. */
import fc from 'fast-check';
import type { VectorReceipt } from '../../src/index.js';
import { Duck } from '../harness/oracle/duckdb.js';
import { abs, exact, finite, numbers, testShardfold } from './vectors.js';

const sf = testShardfold();
const one = testShardfold(1);
const five = testShardfold(5);
const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

const any = fc.oneof(
  { weight: 4, arbitrary: finite },
  { weight: 1, arbitrary: fc.constantFrom(nan, infinity, -infinity, 0, -0) },
);

/** Zeros are equal, of either sign. */
const plain = (value: unknown): number => (value === 0 ? 0 : (value as number));

describe('of the values of a vector', () => {
  const QS = [0, 0.1, 0.5, 0.99, 1];
  let duck: Duck;
  beforeAll(async () => {
    duck = await Duck.open();
  });
  afterAll(() => duck.close());

  it('extremes, their places, quantiles and the greatest are those of DuckDB', async () => {
    const lists = fc.array(any, { minLength: 1, maxLength: 150 });
    await fc.assert(
      fc.asyncProperty(lists, fc.constantFrom(7, 64, 65_024), async (values, chunkRows) => {
        const column = { name: 'x', type: 'float64', values, samples: [] } as const;
        await duck.load({ columns: [column], rows: values.length, chunkRows });
        const k = Math.ceil(values.length / 3);
        const quantiles = QS.map((q) => `quantile_cont(x, ${q})`).join(', ');
        const places = 'arg_min("#", x ORDER BY "#"), arg_max("#", x ORDER BY "#")';
        const [row] = await duck.lists(`SELECT min(x), max(x), ${places}, ${quantiles}, max(x, ${k}) FROM t`);
        const vector = await sf().vector('stats').set(values, { chunkRows });
        const single = [await vector.min(), await vector.max(), await vector.argMin(), await vector.argMax()];
        const found = [...single, ...(await vector.quantile(QS))].map(plain);
        expect(found).toEqual(row?.slice(0, found.length).map(plain));
        expect([...(await vector.topK(k))].map(plain)).toEqual((row as number[][]).at(-1)?.map(plain));
      }),
      { numRuns: 20 },
    );
  });

  it('all have the same bits on 1, 3 and 5 shards, over any chunks', async () => {
    const data = numbers(70_003).map((x, i) => x * 10 ** (i % 5));
    const other = numbers(70_003, 5);
    const sorted = data.toSorted();
    const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
    const truth = data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (data.length - 1);
    const answers = await Promise.all(
      [sf(), one(), five()].map(async (connection) => {
        const a = await connection.vector('all a').set(data);
        const b = await connection.vector('all b').set(other, { chunkRows: 10_000 });
        expect(await a.argMax()).toBe(data.indexOf(sorted.at(-1) as number));
        expect([await a.min(), await a.max(), await a.quantile(0.5)]).toEqual([
          sorted[0],
          sorted.at(-1),
          sorted[35_001],
        ]);
        const spread = [await a.var(), await a.std(), await a.varPop(), await a.stdPop()];
        const norms = [await a.norm(1), await a.norm(2), await a.norm(infinity), await a.cosine(b)];
        return [...spread, ...norms, await a.distance(b, 1), await a.distance(b), await b.distance(a, infinity)];
      }),
    );
    const [first, ...rest] = answers as [number[], ...number[][]];
    for (const each of rest) expect(each).toEqual(first);
    expect(Math.abs((first[0] as number) / truth - 1)).toBeLessThan(1e-10);
    expect(first[1]).toBe(Math.sqrt(first[0] as number));
    expect(first[3]).toBe(Math.sqrt(first[2] as number));
  });

  it('histograms count what lies between edges, or in equal bins of what is finite', async () => {
    const data = Float64Array.from({ length: 1000 }, (_, i) => i / 10);
    const vector = await sf().vector('bins').set(data, { chunkRows: 300 });
    expect(await vector.histogram({ edges: [-1, 0, 50, 1000] })).toEqual([
      { low: -1, high: 0, count: 1 },
      { low: 0, high: 50, count: 500 },
      { low: 50, high: 1000, count: 499 },
    ]);
    const receipts: VectorReceipt[] = [];
    const onReceipt = (receipt: VectorReceipt) => void receipts.push(receipt);
    const bins = await vector.histogram({ bins: 3, onReceipt });
    // 33.3 is an edge as it stands in the data, and belongs to the bin below.
    expect(bins.map(({ count }) => count)).toEqual([334, 333, 333]);
    expect(receipts).toMatchObject([{ table: 'bins', chunks: { computed: 4 }, computedOn: { client: 0 } }]);
    await sf()
      .vector('odd bins')
      .set([...data, nan, infinity]);
    expect(await sf().vector('odd bins').histogram({ bins: 3 })).toEqual(bins);
    const narrow = await sf()
      .vector('narrow bins')
      .set([1, 1 + 2 ** -52, 1]);
    expect((await narrow.histogram({ bins: 4 })).reduce((sum, { count }) => sum + count, 0)).toBe(3);
    const single = await sf().vector('single bin').set([7]);
    expect(await single.histogram({ bins: 1 })).toEqual([{ low: 6.5, high: 7.5, count: 1 }]);
    const none = await sf().vector('no bins').set([nan]);
    expect(await none.histogram({ bins: 2 })).toEqual([
      { low: 0, high: 0.5, count: 0 },
      { low: 0.5, high: 1, count: 0 },
    ]);
  });

  it('extremes come from the manifest, and their places from one chunk', async () => {
    const data = numbers(1000).with(777, 5).with(778, nan).with(2, nan);
    const vector = await sf().vector('told').set(data, { chunkRows: 100 });
    const receipts: VectorReceipt[] = [];
    const onReceipt = (receipt: VectorReceipt) => void receipts.push(receipt);
    expect([await vector.max({ onReceipt }), await vector.argMax({ onReceipt })]).toEqual([nan, 2]);
    expect(receipts[0]).toMatchObject({ chunks: { expected: 10, computed: 0, fromManifest: 10 }, bytesStored: 0 });
    expect(receipts[1]).toMatchObject({ chunks: { computed: 1, fromManifest: 9 }, computedOn: { shards: 1 } });
    expect(await sf().vector('told').argMin()).toBe(data.indexOf(Math.min(...data.filter((x) => !Number.isNaN(x)))));
  });
});

describe('norms, cosines and distances', () => {
  it('are within their bounds, aligned or not', async () => {
    const pairs = fc.array(fc.tuple(finite, finite), { minLength: 1, maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(pairs, fc.boolean(), async (data, aligned) => {
        const a = await sf()
          .vector('near a')
          .set(
            data.map(([x]) => x),
            { chunkRows: 50 },
          );
        const b = sf().vector(aligned ? 'near b' : 'near c');
        await b.set(
          data.map(([, y]) => y),
          aligned ? { alignWith: a } : { chunkRows: 7 },
        );
        const differences = data.map(([x, y]) => abs(exact(x) - exact(y)));
        const sum = differences.reduce((all, each) => all + each, 0n);
        const most = differences.reduce((all, each) => (each > all ? each : all), 0n);
        expect(abs(exact(await a.distance(b, 1)) - sum) <= (sum >> 49n) + 1n).toBe(true);
        expect(abs(exact(await b.distance(a, infinity)) - most) <= most >> 53n).toBe(true);
        const total = differences.reduce((all, each) => all + each * each, 0n);
        const square = exact(await a.distance(b)) ** 2n;
        expect(abs(square - total) <= (total >> 48n) + (square >> 100n) + 2n * exact(await a.distance(b)) + 1n).toBe(
          true,
        );
        const magnitudes = data.reduce((all, [x]) => all + abs(exact(x)), 0n);
        expect(abs(exact(await a.norm(1)) - magnitudes) <= (magnitudes >> 50n) + 1n).toBe(true);
        expect(await a.norm(infinity)).toBe(Math.max(...data.map(([x]) => Math.abs(x))));
      }),
      { numRuns: 25 },
    );
  });

  it.each([1, 1e200, 1e-200, 1e300, 5e-324])('neither overflow nor vanish around %f', async (size) => {
    const a = await sf()
      .vector('scaled a')
      .set([3 * size, 4 * size, 0]);
    const b = await sf().vector('scaled b').set([0, 0, 0]);
    const c = await sf().vector('scaled c').set([4, 3, 0]);
    expect((await a.distance(b)) / size).toBeCloseTo(5, 12);
    expect((await c.cosine(a)) * 25).toBeCloseTo(24, 12);
    expect(await a.cosine(a)).toBeCloseTo(1, 15);
    expect(
      await a.cosine(
        await sf()
          .vector('scaled d')
          .set([-3 * size, -4 * size, 0]),
      ),
    ).toBeCloseTo(-1, 15);
  });

  it('see a small difference between great values', async () => {
    const a = await sf().vector('great a').set([1e200, 1e-200]);
    const b = await sf().vector('great b').set([1e200, 0]);
    const receipts: VectorReceipt[] = [];
    expect(await a.distance(b, 2, { onReceipt: (receipt) => void receipts.push(receipt) })).toBeCloseTo(1e-200, 212);
    expect(receipts[0]?.chunks.computed).toBe(3);
  });

  it('of NaN, infinities, zeros and nothing', async () => {
    const of = async (...values: number[]) => sf().vector(`of ${values}`).set(values);
    const [zeros, odd, endless, none] = [await of(0, 0), await of(1, nan), await of(infinity, 1), await of()];
    for (const order of [1, 2, infinity]) {
      expect(await odd.norm(order)).toBeNaN();
      expect(await endless.norm(order)).toBe(infinity);
      expect([await none.norm(order), await none.distance(none, order)]).toEqual([0, 0]);
      expect(await zeros.distance(odd, order)).toBeNaN();
      expect([await zeros.distance(endless, order), await zeros.distance(zeros, order)]).toEqual([infinity, 0]);
      expect(await endless.distance(endless, order)).toBeNaN();
    }
    for (const vector of [zeros, odd, endless, none]) expect(await vector.cosine(vector)).toBeNaN();
  });
});

describe('what has no answer', () => {
  it('of an empty vector is NaN where numpy says so, else an error', async () => {
    const none = await sf().vector('empty').set([]);
    expect([await none.var(), await none.std(), await none.varPop(), await none.stdPop()]).toEqual([
      nan,
      nan,
      nan,
      nan,
    ]);
    expect(await (await sf().vector('lonely').set([3])).std()).toBeNaN();
    expect(await none.histogram({ edges: [0, 1] })).toEqual([{ low: 0, high: 1, count: 0 }]);
    expect(await none.histogram({ bins: 1 })).toEqual([{ low: 0, high: 1, count: 0 }]);
    const lacking = { code: 'OUT_OF_RANGE', message: expect.stringContaining('vector "empty"') };
    const asked = [none.min(), none.max(), none.argMin(), none.argMax(), none.quantile(0.5), none.topK(1)];
    for (const work of asked) await expect(work).rejects.toMatchObject(lacking);
  });

  it('is refused before anything is read', async () => {
    const vector = await sf().vector('three').set([1, 2, 3]);
    const message = 'the 4 greatest values of vector "three" are asked for, which has 3';
    await expect(vector.topK(4)).rejects.toMatchObject({ code: 'OUT_OF_RANGE', message });
    const lengths = { code: 'NOT_ALIGNED', message: 'vector "three" has 3 values and "two" 2' };
    const two = await sf().vector('two').set([1, 2]);
    await expect(vector.cosine(two)).rejects.toMatchObject(lengths);
    await expect(vector.distance(two)).rejects.toMatchObject(lengths);
    await expect((await sf().vector('odd').set([1, infinity])).std()).rejects.toMatchObject({ code: 'OUT_OF_RANGE' });
    const wrong: (() => Promise<unknown>)[] = [
      () => vector.topK(0),
      () => vector.topK('2' as never),
      () => vector.norm(3),
      () => vector.norm({} as never),
      () => vector.distance(vector, {} as never),
      () => vector.distance(''),
      () => vector.cosine(7 as never),
      () => vector.quantile(1.5),
      () => vector.quantile([]),
      () => vector.histogram({ bins: 0 }),
      () => vector.histogram({ edges: [1, 0] }),
      () => vector.histogram({} as never),
      () => vector.histogram(undefined as never),
    ];
    const hint = expect.stringContaining('{ bins: 3 }');
    for (const bare of wrong.slice(-2)) await expect(bare()).rejects.toMatchObject({ hint });
    for (const work of wrong) await expect(work()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
