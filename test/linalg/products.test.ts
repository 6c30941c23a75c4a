/** Products of matrices against ml-matrix, to the bit on 1, 3 and 5 shards, and what does not fit. */

import { Matrix as DenseMatrix } from 'ml-matrix';
import { runOptions } from '../../src/engine/options.js';
import { packStrips } from '../../src/kernels/matmul.js';
import type { Matrix } from '../../src/linalg/matrix.js';
import { matmulInto, tilingOf } from '../../src/linalg/matrix-matmul.js';
import { openMatrix, type Shape } from '../../src/linalg/matrix-open.js';
import { writeOf } from '../../src/linalg/matrix-set.js';
import { transformInto } from '../../src/linalg/transform.js';
import { bits, numbers, testShardfold } from './vectors.js';

const sf = testShardfold();
const one = testShardfold(1);
const five = testShardfold(5);

const dense = (data: Float64Array, [rows, cols]: Shape): DenseMatrix =>
  new DenseMatrix(Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols))));
const flat = (matrix: DenseMatrix): Float64Array => Float64Array.from(matrix.to1DArray());

/** Each within so many eps of the sum of its terms' magnitudes. */
function expectNear(found: Float64Array, expected: Float64Array, magnitudes: Float64Array): void {
  expect(found.length).toBe(expected.length);
  const far = found.findIndex(
    (value, i) => !(Math.abs(value - (expected[i] as number)) <= 1e-12 * (magnitudes[i] as number)),
  );
  expect(far).toBe(-1);
}

const magnitude = (data: Float64Array): Float64Array => data.map(Math.abs);

/** What a call gives on 3, 1 and 5 shards: the same bits. */
async function onAll(work: (name: (suffix: string) => Matrix) => Promise<Float64Array>): Promise<Float64Array> {
  const found: Float64Array[] = [];
  for (const connection of [sf(), one(), five()]) found.push(await work((suffix) => connection.matrix(suffix)));
  for (const other of found) expect(bits(other).equals(bits(found[0] as Float64Array))).toBe(true);
  return found[0] as Float64Array;
}

describe('gram', () => {
  it.each<[number, number]>([
    [0, 3],
    [1, 1],
    [1, 40],
    [5000, 1],
    [4500, 16],
    [2100, 33],
    [90, 130],
  ])('of [%i, %i]', async (rows, cols) => {
    const data = numbers(rows * cols);
    const found = await onAll(async (matrix) => {
      const { data: squares, shape } = await (await matrix('gram').set(data, [rows, cols])).gram();
      expect(shape).toEqual([cols, cols]);
      return squares;
    });
    if (rows === 0) return expect(found).toEqual(new Float64Array(cols * cols));
    const squareOf = (x: DenseMatrix) => flat(x.transpose().mmul(x));
    expectNear(found, squareOf(dense(data, [rows, cols])), squareOf(dense(magnitude(data), [rows, cols])));
  });

  it('takes NaN and infinities as IEEE does', async () => {
    const matrix = await sf().matrix('odd').set([1, Number.NaN, 2, 3, Number.POSITIVE_INFINITY, 4], [3, 2]);
    expect((await matrix.gram()).data).toEqual(
      Float64Array.of(Number.POSITIVE_INFINITY, Number.NaN, Number.NaN, Number.NaN),
    );
    expect(await matrix.matvec([1, 0])).toEqual(Float64Array.of(Number.NaN, 2, Number.POSITIVE_INFINITY));
    expect(await matrix.vecmat([0, 1, 1])).toEqual(Float64Array.of(Number.POSITIVE_INFINITY, Number.NaN));
    await sf().matrix('odd right').set([0, 1, Number.NEGATIVE_INFINITY, 1], [2, 2]);
    const { data } = await (await matrix.matmul('odd right', 'odd product')).get();
    expect(data).toEqual(
      Float64Array.of(Number.NaN, Number.NaN, Number.NEGATIVE_INFINITY, 5, Number.NaN, Number.POSITIVE_INFINITY),
    );
  });
});

describe('matmul', () => {
  it.each<[number, number, number]>([
    [0, 2, 3],
    [1, 1, 1],
    [7, 3, 5],
    [4100, 16, 16],
    [33, 200, 70],
    [1, 300, 1],
    [40, 1, 50],
    [16, 5000, 1],
    [3, 400, 129],
  ])('of [%i, %i] and %i columns', async (m, k, n) => {
    const [a, b] = [numbers(m * k), numbers(k * n, 7)];
    const found = await onAll(async (matrix) => {
      await matrix('left').set(a, [m, k]);
      await matrix('right').set(b, [k, n]);
      const made = await matrix('left').matmul('right', matrix('made'));
      const { data, shape } = await made.get();
      expect(shape).toEqual([m, n]);
      return data;
    });
    if (m === 0) return;
    const product = (x: Float64Array, y: Float64Array) => flat(dense(x, [m, k]).mmul(dense(y, [k, n])));
    expectNear(found, product(a, b), product(magnitude(a), magnitude(b)));
  });

  it('reads narrow and float32 matrices, and may replace an operand', async () => {
    const whole = Float64Array.from({ length: 60 }, (_, i) => i % 7);
    await sf().matrix('whole').set(whole, [20, 3]);
    await sf().matrix('square').set(numbers(9).map(Math.fround), [3, 3], { type: 'float32' });
    const expected = flat(dense(whole, [20, 3]).mmul(dense(numbers(9).map(Math.fround), [3, 3])));
    await sf().matrix('whole').matmul('square', 'whole');
    const { data } = await sf().matrix('whole').get();
    expectNear(
      data,
      expected,
      expected.map(() => 10),
    );
  });

  it('has the same bits however little is held at once', async () => {
    const [m, k, n] = [300, 300, 60];
    await sf()
      .matrix('held a')
      .set(numbers(m * k), [m, k]);
    await sf()
      .matrix('held b')
      .set(numbers(k * n, 7), [k, n]);
    const context = sf().link.context();
    const work = { link: sf().link, run: runOptions({}), context };
    const [a, b] = [await openMatrix(work.link, 'held a', context), await openMatrix(work.link, 'held b', context)];
    const write = writeOf({});
    const found: Buffer[] = [];
    for (const held of [2 ** 22, 8000, 60]) {
      const receipt = await matmulInto(work, { a, b, into: 'held c', held }, write);
      expect(receipt).toMatchObject({ chunks: { expected: 2, computed: 2 } });
      found.push(bits((await sf().matrix('held c').get()).data));
      const factors = [{ data: numbers(k * n, 7).subarray(0, 3 * k), shape: [k, 3] as const }];
      await transformInto(work, a, { change: { factors }, into: 'held d', write, held: 10 * held });
      found.push(bits((await sf().matrix('held d').get()).data));
    }
    for (const [i, other] of found.entries()) expect(other.equals(found[i % 2] as Buffer)).toBe(true);
  });

  it('cuts products by their shapes alone', () => {
    for (const [k, n] of [
      [1, 1],
      [1, 65_024],
      [65_024, 1],
      [65_024, 65_024],
      [128, 64],
      [4096, 2],
      [5000, 1],
    ] as const) {
      const { inner, width, rowsOfCall } = tilingOf({ cols: k, blockRows: Math.floor(65_024 / k) }, n);
      expect(inner).toBeLessThanOrEqual(4096);
      expect(inner * width * rowsOfCall).toBeLessThan(300_000);
      expect(Math.min(inner, width, rowsOfCall)).toBeGreaterThanOrEqual(1);
    }
    expect(packStrips(Float64Array.of(1, 2, 3, 4, 5, 6), 3, { from: 0, count: 2 }, { from: 0, width: 3 })).toEqual(
      bits(Float64Array.of(3, 1, 2, 4, 5, 3, 6)),
    );
  });
});

describe('matvec and vecmat', () => {
  it.each<[number, number]>([
    [0, 3],
    [1, 1],
    [4000, 5],
    [70, 1300],
    [2, 5000],
  ])('of [%i, %i]', async (rows, cols) => {
    const data = numbers(rows * cols);
    const [v, w] = [numbers(cols, 3), numbers(rows, 4)];
    const found = await onAll(async (matrix) => {
      const made = await matrix('sums').set(data, [rows, cols]);
      const [across, down] = [await made.matvec(v), await made.vecmat(w)];
      expect([across.length, down.length]).toEqual([rows, cols]);
      return Float64Array.of(...across, ...down);
    });
    if (rows === 0) return expect(found).toEqual(new Float64Array(cols));
    const expected = (x: Float64Array, y: Float64Array, z: Float64Array) => {
      const whole = dense(x, [rows, cols]);
      return Float64Array.of(...flat(whole.mmul(dense(y, [cols, 1]))), ...flat(dense(z, [1, rows]).mmul(whole)));
    };
    expectNear(found, expected(data, v, w), expected(magnitude(data), magnitude(v), magnitude(w)));
  });

  it('take a vector by name, and any array', async () => {
    const matrix = await sf().matrix('named').set([1, 2, 3, 4, 5, 6], [2, 3]);
    const v = await sf().vector('weights').set([1, 0, -1]);
    expect(await matrix.matvec(v)).toEqual(Float64Array.of(-2, -2));
    expect(await matrix.matvec('weights')).toEqual(Float64Array.of(-2, -2));
    expect(await matrix.vecmat([1, -1])).toEqual(Float64Array.of(-3, -3, -3));
    await expect(matrix.vecmat(['1', 2] as never)).rejects.toMatchObject({ code: 'INVALID_VALUE' });
    await expect(matrix.vecmat(7 as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('rowTopK', () => {
  it.each(['dot', 'cosine', 'euclidean'] as const)('by %s, on any shards', async (metric) => {
    const [rows, cols] = [1500, 50];
    const data = numbers(rows * cols).map((value) => Math.round(3 * value));
    data.fill(0, 40 * cols, 41 * cols);
    data[0] = Number.NaN;
    const query = numbers(cols, 5).map((value) => Math.round(2 * value));
    const scores = Array.from({ length: rows }, (_, row) => {
      const values = data.subarray(row * cols, (row + 1) * cols);
      const sum = (term: (value: number, j: number) => number) =>
        values.reduce((total, value, j) => total + term(value, j), 0);
      if (metric === 'euclidean') return Math.sqrt(sum((value, j) => (value - (query[j] as number)) ** 2));
      const dot = sum((value, j) => value * (query[j] as number));
      return metric === 'dot' ? dot : dot / (Math.sqrt(sum((value) => value * value)) * Math.hypot(...query));
    });
    const sign = metric === 'euclidean' ? 1 : -1;
    const best = scores
      .map((score, row) => ({ row, score }))
      .sort(
        (a, b) =>
          sign * (a.score - b.score) || Number(Number.isNaN(a.score)) - Number(Number.isNaN(b.score)) || a.row - b.row,
      );
    const found = await onAll(async (matrix) => {
      const made = await matrix('scored').set(data, [rows, cols]);
      const top = await made.rowTopK(query, 20, { metric });
      return Float64Array.from(top.flatMap(({ row, score }) => [row, score]));
    });
    const lists = best.slice(0, 20).flatMap(({ row, score }) => [row, score]);
    for (const [i, value] of lists.entries()) expect(found[i]).toBeCloseTo(value, 12);
  });

  it('of fewer rows than are asked for is all of them, NaN last', async () => {
    const matrix = await sf().matrix('few').set([Number.NaN, 1, 2, 2], [4, 1]);
    expect(await matrix.rowTopK([1], 10)).toEqual([
      { row: 2, score: 2 },
      { row: 3, score: 2 },
      { row: 1, score: 1 },
      { row: 0, score: Number.NaN },
    ]);
    expect(await (await sf().matrix('none').set([], [0, 2])).rowTopK([1, 2], 3)).toEqual([]);
    await expect(matrix.rowTopK([1], 0)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: 'k is 0' });
    await expect(matrix.rowTopK([1], 1, { metric: 'cos' as never })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});

describe('what does not fit', () => {
  it('is SHAPE_MISMATCH with both shapes, and nothing is written', async () => {
    const a = await sf().matrix('a').set(numbers(6), [2, 3]);
    const mismatch = (message: string) => ({ code: 'SHAPE_MISMATCH', message });
    await expect(a.matmul(a, 'never')).rejects.toMatchObject(mismatch('"a" of shape [2, 3] times "a" of shape [2, 3]'));
    await expect(sf().matrix('never').shape()).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
    await expect(a.matvec([1])).rejects.toMatchObject(mismatch('the vector has shape [1], the matrix "a" [2, 3]'));
    await expect(a.vecmat([1])).rejects.toMatchObject(mismatch('the vector has shape [1], the matrix "a" [2, 3]'));
    await expect(a.rowTopK([1], 1)).rejects.toMatchObject(mismatch('the query has shape [1], the matrix "a" [2, 3]'));
    await expect(a.matmul(one().matrix('a'), 'never')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(a.matmul('a', undefined as never)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'the matrix to write is undefined',
      hint: expect.stringContaining("matmul(B, 'product', options)"),
    });
    const wide = await sf().matrix('wide').set(new Float64Array(2049), [1, 2049]);
    await expect(wide.gram()).rejects.toMatchObject({ code: 'PLAN_TOO_LARGE' });
  });

  it('receipts account for every block', async () => {
    const a = await sf().matrix('told').set(numbers(200_000), [20_000, 10]);
    await sf().matrix('small').set(numbers(20), [10, 2]);
    const receipts: unknown[] = [];
    const shares: number[] = [];
    const options = {
      onReceipt: (receipt: unknown) => void receipts.push(receipt),
      onProgress: ({ rowsDone, rowsTotal }: { rowsDone: number; rowsTotal: number }) =>
        void shares.push(rowsDone / rowsTotal),
    };
    await a.gram(options);
    await a.matvec(numbers(10), options);
    await a.matmul('small', 'product', options);
    await a.rowTopK(numbers(10), 3, options);
    for (const receipt of receipts) {
      expect(receipt).toMatchObject({ table: 'told', chunks: { expected: 4, computed: 4 }, computedOn: { shards: 4 } });
    }
    expect(receipts).toHaveLength(4);
    expect(shares.filter((share) => share === 1)).toHaveLength(4);
  });
});
