/** QR, SVD, principal components and least squares against ml-matrix and exact solutions; the same bits on 1, 3 and 5 shards. */

import { Matrix as DenseMatrix, SingularValueDecomposition } from 'ml-matrix';
import { factorOf } from '../../src/kernels/householder.js';
import { squareOf } from '../../src/linalg/dense.js';
import type { Matrix } from '../../src/linalg/matrix.js';
import type { Shape } from '../../src/linalg/matrix-open.js';
import { rankOf } from '../../src/linalg/rank.js';
import { bits, numbers, testShardfold } from './vectors.js';

const sf = testShardfold();
const one = testShardfold(1);
const five = testShardfold(5);

const dense = ({ data, shape: [rows, cols] }: { data: Float64Array; shape: Shape }): DenseMatrix =>
  new DenseMatrix(Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols))));
const random = (rows: number, cols: number, seed = 1) => ({
  data: numbers(rows * cols, seed),
  shape: [rows, cols] as const,
});
const identity = (p: number) => DenseMatrix.eye(p, p);
const largest = (matrix: DenseMatrix): number => Math.max(0, ...matrix.to1DArray().map(Math.abs));

/** Columns that are nearly combinations of one another: cond about 10^digits. */
function conditioned(rows: number, cols: number, digits: number) {
  const { data, shape } = random(rows, cols, 11);
  for (let i = 0; i < rows; i++) {
    for (let j = 1; j < cols; j++) {
      const at = i * cols + j;
      data[at] = (data[i * cols] as number) + 10 ** ((-digits * j) / (cols - 1)) * (data[at] as number);
    }
  }
  return { data, shape };
}

async function onAll(work: (matrix: (name: string) => Matrix) => Promise<Float64Array>): Promise<Float64Array> {
  const found: Float64Array[] = [];
  for (const connection of [sf(), one(), five()]) found.push(await work((name) => connection.matrix(name)));
  for (const other of found) expect(bits(other).equals(bits(found[0] as Float64Array))).toBe(true);
  return found[0] as Float64Array;
}

describe('qr', () => {
  it.each<[number, number]>([
    [1, 1],
    [5, 5],
    [3000, 1],
    [8200, 8],
    [300, 30],
    [150, 45],
    [140, 95],
  ])('of [%i, %i]: Q·R is A, Q orthogonal', async (rows, cols) => {
    const a = random(rows, cols);
    const both = await onAll(async (matrix) => {
      const stored = await matrix('a').set(a.data, a.shape);
      const { data, shape } = await stored.qr({ q: 'q' });
      expect(shape).toEqual([cols, cols]);
      const q = await matrix('q').get();
      expect(q.shape).toEqual([rows, cols]);
      return Float64Array.of(...data, ...q.data);
    });
    const r = dense({ data: both.subarray(0, cols * cols), shape: [cols, cols] });
    const q = dense({ data: both.subarray(cols * cols), shape: [rows, cols] });
    expect(largest(DenseMatrix.sub(q.mmul(r), dense(a)))).toBeLessThan(1e-13);
    expect(largest(DenseMatrix.sub(q.transpose().mmul(q), identity(cols)))).toBeLessThan(1e-14);
    for (let i = 0; i < cols; i++) {
      expect(r.get(i, i)).toBeGreaterThanOrEqual(0);
      for (let j = 0; j < i; j++) expect(r.get(i, j)).toBe(0);
    }
  });

  it.each([4, 8, 12])('stays orthogonal at a condition number of 10^%i', async (digits) => {
    const a = conditioned(2000, 6, digits);
    await (await sf().matrix('ill').set(a.data, a.shape)).qr({ q: 'ill q' });
    const q = dense(await sf().matrix('ill q').get());
    expect(largest(DenseMatrix.sub(q.transpose().mmul(q), identity(6)))).toBeLessThan(1e-14);
  });

  it('of values that are huge or tiny', async () => {
    for (const size of [1e200, 1e-200]) {
      const r = await (
        await sf()
          .matrix('sized')
          .set([3 * size, 0, 4 * size, size], [2, 2])
      ).qr();
      expect((r.data[0] as number) / size).toBeCloseTo(5, 12);
      expect((r.data[3] as number) / size).toBeCloseTo(0.6, 12);
    }
  });

  it('of NaN is NaN; of columns that depend on others it tells which', async () => {
    expect((await (await sf().matrix('odd').set([1, Number.NaN], [2, 1])).qr()).data).toEqual(
      Float64Array.of(Number.NaN),
    );
    const twice = await sf().matrix('twice').set([1, 2, 3, 2, 4, 5, 3, 6, 8, 1, 2, 4], [4, 3]);
    await expect(twice.qr({ q: 'never' })).rejects.toMatchObject({
      code: 'SINGULAR',
      message: 'matrix "twice" of shape [4, 3] has rank 2: c1 is a combination of columns before',
    });
    expect(Math.abs((await twice.qr()).data[4] as number)).toBeLessThan(1e-14);
    await expect((await sf().matrix('flat').set([1, 2], [1, 2])).qr()).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      message: 'the QR decomposition of "flat", shape [1, 2]: it has fewer rows than columns',
    });
  });
});

describe('svd', () => {
  it.each<[number, number]>([
    [6, 6],
    [1500, 5],
    [130, 50],
  ])('of [%i, %i] is that of ml-matrix', async (rows, cols) => {
    const a = random(rows, cols, 5);
    const oracle = new SingularValueDecomposition(dense(a)).diagonal;
    const values = await onAll(async (matrix) => {
      const stored = await matrix('svd').set(a.data, a.shape);
      const { singularValues, v } = await stored.svd(undefined, { u: 'u' });
      return Float64Array.of(...singularValues, ...v.data, ...(await matrix('u').get()).data);
    });
    const s = Array.from(values.subarray(0, cols));
    for (const [i, value] of s.entries()) expect(Math.abs(value / (oracle[i] as number) - 1)).toBeLessThan(1e-12);
    const v = dense({ data: values.subarray(cols, cols + cols * cols), shape: [cols, cols] });
    const u = dense({ data: values.subarray(cols + cols * cols), shape: [rows, cols] });
    expect(largest(DenseMatrix.sub(u.mmul(DenseMatrix.diag(s)).mmul(v.transpose()), dense(a)))).toBeLessThan(1e-12);
    expect(largest(DenseMatrix.sub(u.transpose().mmul(u), identity(cols)))).toBeLessThan(1e-13);
  });

  it('gives the first k', async () => {
    const a = random(400, 7);
    const stored = await sf().matrix('part').set(a.data, a.shape);
    const [all, part] = [await stored.svd(), await stored.svd(3, { u: 'part u' })];
    for (let i = 0; i < 3; i++) expect(part.singularValues[i]).toBeCloseTo(all.singularValues[i] as number, 10);
    expect(part.v.shape).toEqual([7, 3]);
    expect(await sf().matrix('part u').shape()).toEqual([400, 3]);
    await expect(stored.svd(8)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: 'k is 8' });
    await stored.set([1, Number.NaN], [2, 1]);
    await expect(stored.svd()).rejects.toMatchObject({ code: 'INVALID_VALUE' });
  });
});

describe('pca', () => {
  it('is the eigenvectors of the covariance, whatever the means', async () => {
    const [rows, cols] = [2500, 4];
    const a = random(rows, cols, 9);
    a.data.forEach((value, at) => {
      a.data[at] = 1e6 * ((at % cols) + 1) + value * (at % cols === 2 ? 10 : (at % cols) + 1);
    });
    const found = await onAll(async (matrix) => {
      const stored = await matrix('pca').set(a.data, a.shape);
      const { components, explainedVariance, explainedVarianceRatio, means } = await stored.pca(2, {
        scores: 'scores',
      });
      expect([components.shape, means.length]).toEqual([[2, cols], cols]);
      const { data } = await matrix('scores').get();
      return Float64Array.of(...components.data, ...explainedVariance, ...explainedVarianceRatio, ...data);
    });
    const x = dense(a);
    const centred = x.clone().subRowVector(x.mean('column'));
    const svd = new SingularValueDecomposition(centred);
    const variances = svd.diagonal.map((value) => value ** 2 / (rows - 1));
    const total = variances.reduce((sum, value) => sum + value);
    for (let k = 0; k < 2; k++) {
      const component = Array.from(found.subarray(k * cols, (k + 1) * cols));
      const other = svd.rightSingularVectors.getColumn(k);
      const cosine = component.reduce((sum, value, j) => sum + value * (other[j] as number), 0);
      expect(Math.abs(cosine)).toBeCloseTo(1, 9);
      expect(Math.max(...component)).toBe(Math.max(...component.map(Math.abs)));
      expect((found[2 * cols + k] as number) / (variances[k] as number)).toBeCloseTo(1, 8);
      expect(found[2 * cols + 2 + k]).toBeCloseTo((variances[k] as number) / total, 8);
      const scores = centred.mmul(DenseMatrix.columnVector(component)).to1DArray();
      for (let i = 0; i < rows; i += 97) expect(found[2 * cols + 4 + 2 * i + k]).toBeCloseTo(scores[i] as number, 6);
    }
    const single = await sf().matrix('single').set([1, 2], [1, 2]);
    await expect(single.pca(1)).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
  });
});

describe('solve', () => {
  it.each([1, 2, 7, 60])('solves a system of %i', async (n) => {
    const a = random(n, n, 3);
    const x = numbers(n, 8);
    const b = Float64Array.from(
      dense(a)
        .mmul(DenseMatrix.columnVector(Array.from(x)))
        .to1DArray(),
    );
    const found = await onAll(async (matrix) => (await matrix('system').set(a.data, a.shape)).solve(b));
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(x[i] as number, 9);
  });

  it('solves what is badly conditioned as well as its condition number allows', async () => {
    // A Hilbert matrix times the least common multiple of its denominators, so that it and its products are exact.
    const [n, scale] = [8, 360_360];
    const hilbert = Float64Array.from({ length: n * n }, (_, at) => scale / (Math.floor(at / n) + (at % n) + 1));
    const b = Float64Array.from({ length: n }, (_, i) => hilbert.subarray(i * n, (i + 1) * n).reduce((x, y) => x + y));
    const stored = await sf().matrix('hilbert').set(hilbert, [n, n]);
    const { conditionNumber } = await stored.lstsq(b);
    expect(conditionNumber / 1.525_757_538e10).toBeCloseTo(1, 4);
    for (const x of [await stored.solve(b), (await stored.lstsq(b)).coefficients]) {
      for (const value of x) expect(Math.abs(value - 1)).toBeLessThan(conditionNumber * 2 ** -52);
    }
  });

  it('refuses what is singular or not square', async () => {
    const singular = await sf().matrix('singular').set([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3]);
    await expect(singular.solve([1, 2, 3])).rejects.toMatchObject({
      code: 'SINGULAR',
      message: 'matrix "singular" of shape [3, 3] has rank 2: c2 is a combination of columns before',
    });
    await expect(singular.solve([1, 2])).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      message: 'the right side has shape [2], the matrix "singular" [3, 3]',
    });
    const tall = await sf().matrix('tall').set([1, 2], [2, 1]);
    await expect(tall.solve([1, 2])).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      message: 'matrix "tall" of shape [2, 1] is not square',
    });
    await expect((await sf().matrix('zero').set([0], [1, 1])).solve([1])).rejects.toMatchObject({ code: 'SINGULAR' });
    await expect(singular.solve(new Map() as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('rank', () => {
  it('of many columns is found without their SVD', () => {
    const p = 150;
    const a = random(p, p, 12);
    const columns = () =>
      Array.from({ length: p }, (_, j) => Float64Array.from({ length: p }, (_, i) => a.data[i * p + j] as number));
    const { rank, conditionNumber } = rankOf(squareOf(factorOf(columns())));
    expect(rank).toBe(p);
    const values = new SingularValueDecomposition(dense(a)).diagonal;
    const ratio = conditionNumber / ((values[0] as number) / (values[p - 1] as number));
    expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
    const twice = columns();
    twice[77] = (twice[3] as Float64Array).map((value, i) => 2 * value - (twice[5]?.[i] as number));
    expect(rankOf(squareOf(factorOf(twice)))).toMatchObject({ rank: p - 1, dependent: [77] });
  });
});

describe('lstsq', () => {
  it.each<[number, number]>([
    [4, 4],
    [6000, 3],
    [500, 39],
    [300, 64],
  ])('of [%i, %i]: normal to the residual', async (rows, cols) => {
    const a = random(rows, cols, 2);
    const b = numbers(rows, 6);
    const found = await onAll(async (matrix) => {
      const stored = await matrix('tall').set(a.data, a.shape);
      const { coefficients, residualNorm, rank, conditionNumber } = await stored.lstsq(b);
      expect(rank).toBe(cols);
      return Float64Array.of(...coefficients, residualNorm, conditionNumber);
    });
    const x = dense(a);
    const fitted = x.mmul(DenseMatrix.columnVector(Array.from(found.subarray(0, cols)))).to1DArray();
    const residual = b.map((value, i) => value - (fitted[i] as number));
    expect(largest(DenseMatrix.rowVector(Array.from(residual)).mmul(x))).toBeLessThan(1e-10);
    expect(found[cols]).toBeCloseTo(Math.hypot(...residual), 10);
    const singular = new SingularValueDecomposition(x).diagonal;
    expect((found[cols + 1] as number) / ((singular[0] as number) / (singular[cols - 1] as number))).toBeCloseTo(1, 8);
  });

  it('keeps the digits that normal equations lose, and takes a vector by name', async () => {
    // The second column differs from the first by 1e-8: squares know nothing of that.
    const rows = 1000;
    const x = Float64Array.from({ length: 2 * rows }, (_, at) => 1 + (at % 2) * 1e-8 * Math.floor(at / 2));
    const b = Float64Array.from({ length: rows }, (_, i) => 3 * (x[2 * i] as number) - 2 * (x[2 * i + 1] as number));
    const stored = await sf().matrix('close').set(x, [rows, 2]);
    await sf().vector('right').set(b);
    const { coefficients, conditionNumber } = await stored.lstsq('right');
    expect(Math.abs((coefficients[0] as number) - 3)).toBeLessThan(1e-8);
    expect(conditionNumber).toBeGreaterThan(1e5);
  });

  it('refuses columns that depend on others, too few rows, NaN and too many columns', async () => {
    const twice = await sf().matrix('same').set([1, 0, 1, 2, 0, 2, 3, 0, 4], [3, 3]);
    await expect(twice.lstsq([1, 2, 3])).rejects.toMatchObject({
      code: 'SINGULAR',
      message: 'matrix "same" of shape [3, 3] has rank 2: c1 is a combination of columns before',
    });
    const flat = await sf().matrix('flat').set([1, 2], [1, 2]);
    await expect(flat.lstsq([1])).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    await expect(twice.lstsq([1, Number.NaN, 3])).rejects.toMatchObject({ code: 'INVALID_VALUE' });
    const wide = await sf().matrix('wide').set(new Float64Array(513), [1, 513]);
    await expect(wide.lstsq([1])).rejects.toMatchObject({ code: 'PLAN_TOO_LARGE' });
  });
});
