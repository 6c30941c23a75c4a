// k-means and principal components: published results, ml-matrix as an oracle, and the same bits on any number of shards and on either side.
import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import {
  col,
  connect,
  count,
  type KMeansModel,
  lit,
  KMeansModel as Model,
  NotConverged,
  type PcaModel,
  type Shardfold,
  trainTestSplit,
} from '../../src/index.js';
import { Fitting } from '../../src/models/common/fitting.js';
import { lloyd } from '../../src/models/kmeans/lloyd.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

const IRIS = ['sepalLength', 'sepalWidth', 'petalLength', 'petalWidth'];
const ROWS = 9000;
const connected: Shardfold[] = [];

function* chance(): Generator<number> {
  for (let state = 12345; ; ) {
    state = (state * 16807) % 2147483647;
    yield state / 2147483647 - 0.5;
  }
}

beforeAll(async () => {
  const random = chance();
  const next = (): number => random.next().value as number;
  const blobs = Array.from({ length: ROWS }, (_, i) => ({
    a: (i % 3) * 10 + next(),
    b: i % 100 === 99 ? null : (i % 3) * -20 + next(),
    c: Math.round(next() * 10),
    word: 'x',
    flag: i % 2 === 0,
  }));
  for (const shards of [1, 3, 5] as const) {
    const sf = await connect({ url: sharedUrl(shards), prefix: uniquePrefix() });
    connected.push(sf);
    const schema = { a: 'float64', b: 'float64', c: 'int32', word: 'utf8', flag: 'bool' } as const;
    await sf.createTable('blobs', blobs, { schema, chunkRows: 2000 });
  }
  const [sf] = connected as [Shardfold];
  await sf.createTable('iris', 'test/models/data/iris.csv');
});
afterAll(async () => {
  for (const sf of connected) await sf.close();
});

const first = (): Shardfold => connected[0] as Shardfold;
const bits = ({ receipt: _, ...model }: object & { receipt?: unknown }): string => JSON.stringify(model);

it('k-means: clusters that lie apart are found, the same bits on 1, 3 and 5 shards and here', async () => {
  const seen = new Set<string>();
  let model: KMeansModel | undefined;
  for (const sf of connected) {
    for (const side of ['shards', 'client'] as const) {
      model = await sf.kMeans('blobs', { x: ['a', 'b'], k: 3, seed: 7, side });
      expect(model.receipt.computedOn[side === 'shards' ? 'client' : 'shards']).toBe(0);
      seen.add(bits(model.toJSON()));
    }
  }
  expect(seen.size).toBe(1);
  const found = model as KMeansModel;
  expect([found.n, found.dropped, found.converged, found.k]).toEqual([8910, 90, true, 3]);
  expect([...found.sizes].sort()).toEqual([2970, 2970, 2970]);
  const centers = found.centers.map((centre) => centre.map(Math.round)).sort(([a = 0], [b = 0]) => a - b);
  expect(centers).toEqual(
    [
      [0, 0],
      [10, -20],
      [20, -40],
    ].map((centre) => centre.map((each) => each + 0)),
  );
  // Uniform noise of width 1: a variance of 1/12 a column.
  expect(found.inertia / found.n).toBeCloseTo(2 / 12, 2);
});

it('k-means: predicts the cluster of each row, null where a column is', async () => {
  const sf = first();
  const model = await sf.kMeans(sf.table('blobs'), { x: ['a', 'b'], k: 3 });
  const predicted = model.predict(sf.table('blobs'));
  const groups = await predicted
    .groupBy('cluster')
    .agg({ n: col('a').count(), a: col('a').mean() })
    .collect();
  expect(groups.filter(({ cluster }) => cluster !== null).map(({ n }) => n)).toEqual([...model.sizes]);
  for (const { cluster, a } of groups.filter((group) => group.cluster !== null)) {
    expect(a).toBeCloseTo(model.centers[cluster as number]?.[0] as number, 9);
  }
  expect(groups.find(({ cluster }) => cluster === null)?.n).toBe(90);
});

it('k-means: predicts with many centers in the shards, the lower of two as near', async () => {
  const sf = first();
  const fitted = await sf.kMeans('blobs', { x: ['a', 'b'], k: 1 });
  const centers = Array.from({ length: 512 }, (_, j) => [(j * 7919) % 25, -((j * 104_729) % 45)]);
  const model = Model.fromJSON({ ...fitted.toJSON(), centers, k: centers.length });
  const clusters = new Set<string>();
  for (const side of ['shards', 'client'] as const) {
    const rows = await model
      .predict(sf.table('blobs').filter(col('c').eq(2)))
      .select('a', 'b', 'cluster')
      .collect<{ a: number; b: number | null; cluster: number | null }>({ side });
    expect(rows.receipt.computedOn[side === 'shards' ? 'client' : 'shards']).toBe(0);
    const expected = [...rows].map(({ a, b }) => {
      if (b === null) return null;
      const squares = centers.map(([x = 0, y = 0]) => (a - x) * (a - x) + (b - y) * (b - y));
      return squares.indexOf(Math.min(...squares));
    });
    const found = [...rows].map(({ cluster }) => cluster);
    expect(found).toEqual(expected);
    clusters.add(JSON.stringify(found));
  }
  expect(clusters.size).toBe(1);
  const odd = sf.table('iris').select(col('petalLength').as('b'), lit(Number.NaN).as('a')).limit(1);
  expect((await model.predict(odd).collect())[0]?.cluster).toBeNull();
});

it('k-means: iris as R clusters it', async () => {
  // kmeans(iris[, 1:4], 3, nstart = 20)
  const runs = await Promise.all([1, 2, 3, 4, 5].map((seed) => first().kMeans('iris', { x: IRIS, k: 3, seed })));
  const best = runs.reduce((a, b) => (a.inertia <= b.inertia ? a : b));
  expect(best.inertia).toBeCloseTo(78.85144, 5);
  expect([...best.sizes].sort((a, b) => a - b)).toEqual([38, 50, 62]);
  expect([...best.inertias].sort((a, b) => a - b).map((each) => each.toFixed(5))).toEqual([
    '15.15100',
    '23.87947',
    '39.82097',
  ]);
  expect(best.totalSumOfSquares).toBeCloseTo(681.3706, 4);
  const text = String(best);
  expect(text).toContain('k-means: 3 clusters of 150 rows');
  expect(text).toContain('Between clusters: 88.4 % of 681.3706');
  expect(text).toMatch(/0?\s*cluster +size +sepalLength/);
});

it('takes a matrix, whose columns are c0, c1, …', async () => {
  const sf = connected[2] as Shardfold;
  const matrix = sf.matrix('m');
  await matrix.set(
    Float64Array.from({ length: 60_000 }, (_, i) => (i % 3) + (Math.floor(i / 3) % 2) * 100),
    [20_000, 3],
  );
  const model = await sf.kMeans(matrix, { x: ['c0', 'c2'], k: 2 });
  expect([[...model.sizes], model.inertia]).toEqual([[10_000, 10_000], 0]);
  expect((await sf.pca(matrix, { x: ['c0', 'c1', 'c2'] })).explainedVarianceRatio[0]).toBeCloseTo(1, 12);
  const { train, test } = trainTestSplit(sf.table('m'), { test: 0.3 });
  const counts = await Promise.all([train, test].map((rows) => rows.agg({ n: count() }).collect<{ n: number }>()));
  const [a, b] = counts.map((rows) => rows[0]?.n as number) as [number, number];
  expect(a + b).toBe(20_000);
  expect(Math.abs(b - 6000)).toBeLessThan(300);
});

it('k-means: as many clusters as rows that differ, and empty clusters take the farthest row', async () => {
  const sf = first();
  await sf.createTable('few', { x: [0, 0, 1, 5, 5, 5], y: [0, 0, 0, 2, 2, 2] });
  const model = await sf.kMeans('few', { x: ['x', 'y'], k: 3, seed: 3 });
  expect(model.inertia).toBe(0);
  expect([...model.sizes].sort()).toEqual([1, 2, 3]);
  const one = await sf.kMeans('few', { x: ['x'], k: 1, tolerance: 0 });
  expect(one.centers[0]?.[0]).toBeCloseTo(16 / 6, 14);
  await expect(sf.kMeans('few', { x: ['x', 'y'], k: 4 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: 'k is 4, and only 3 of the 6 rows differ',
  });
  await sf.createTable('tiny', { x: [1e-200, 2e-200, 3e-200] });
  await expect(sf.kMeans('tiny', { x: ['x'], k: 2 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: 'k is 2, and only 1 of the 3 rows differ by more than 1.6e-162, below which squares are 0',
  });
  await expect(sf.kMeans(sf.table('few').limit(2), { x: ['x'], k: 2 })).rejects.toMatchObject({
    message: 'k is 2, and only 1 of the 2 rows differ',
    hint: 'at most 1 cluster of these rows',
  });
});

it('k-means: a column of large numbers does not hide how centers move in the others', async () => {
  const random = chance();
  const b = Array.from({ length: 400 }, () => (random.next().value + 0.5) / 100);
  await first().createTable('offset', { t: b.map(() => 1.7e12), b });
  const { centers, converged } = await first().kMeans('offset', { x: ['t', 'b'], k: 8, tolerance: 0 });
  expect(converged).toBe(true);
  // No row would change its cluster: each centre is the mean of the rows that are nearest to it.
  const rows = centers.map((): number[] => []);
  for (const value of b) {
    const distances = centers.map((centre) => Math.abs(value - (centre[1] as number)));
    rows[distances.indexOf(Math.min(...distances))]?.push(value);
  }
  for (const [j, own] of rows.entries()) {
    expect(centers[j]?.[1]).toBeCloseTo(own.reduce((sum, value) => sum + value, 0) / own.length, 14);
  }
});

it('k-means: says that the centers still move, and how far they came', async () => {
  const failed = await first()
    .kMeans('iris', { x: IRIS, k: 3, maxIterations: 1 })
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(NotConverged);
  const { code, message, reason, last } = failed as NotConverged<KMeansModel>;
  expect(code).toBe('NOT_CONVERGED');
  expect(reason).toMatch(
    /^the centers still move after the most iterations, 1: the squares of their moves add up to \d/,
  );
  expect(message).toContain('; the sum of squares within clusters is ');
  expect([last.converged, last.iterations, last.n]).toEqual([false, 1, 150]);
  expect(last.sizes.reduce((sum, size) => sum + size)).toBe(150);
  expect(String(last)).toContain('Not converged after 1 iteration,');
  // The iterate is the first of those that settle in the end: as many centers, and farther from the rows.
  const settled = await first().kMeans('iris', { x: IRIS, k: 3 });
  expect(settled.converged).toBe(true);
  expect(last.inertia).toBeGreaterThan(settled.inertia);
});

it('principal components: iris as R has them', async () => {
  // prcomp(iris[, 1:4])
  const model = await first().pca('iris', { x: IRIS });
  expect(model.explainedVariance.map((each) => Math.sqrt(each).toFixed(4))).toEqual([
    '2.0563',
    '0.4926',
    '0.2797',
    '0.1544',
  ]);
  expect(model.explainedVarianceRatio.map((each) => each.toFixed(4))).toEqual(['0.9246', '0.0531', '0.0171', '0.0052']);
  const rounded = model.components.map((component) => component.map((each) => each.toFixed(6)));
  expect(rounded[0]).toEqual(['0.361387', '-0.084523', '0.856671', '0.358289']);
  expect(rounded[1]).toEqual(['0.656589', '0.730161', '-0.173373', '-0.075481']);
  const scaled = await first().pca('iris', { x: IRIS, scale: true, k: 2 });
  expect(scaled.explainedVariance.map((each) => Math.sqrt(each).toFixed(4))).toEqual(['1.7084', '0.9560']);
  expect(scaled.totalVariance).toBeCloseTo(4, 12);
  expect(String(scaled)).toMatch(/Proportion of variance 0\.7296 +0\.2285/);
});

it('principal components: the same bits everywhere, as right as ml-matrix, and rows along them', async () => {
  const seen = new Set<string>();
  let model: PcaModel | undefined;
  for (const sf of connected) {
    for (const side of ['shards', 'client'] as const) {
      model = await sf.pca('blobs', { x: ['a', 'b', 'c', 'flag'], side });
      seen.add(bits(model.toJSON()));
    }
  }
  expect(seen.size).toBe(1);
  const found = model as PcaModel;
  const sf = first();
  const moved = found.transform(sf.table('blobs'));
  const { columns, nulls } = await moved.collectColumns<{
    a: number;
    b: number;
    c: number;
    flag: boolean;
    pc1: number;
    pc4: number;
  }>();
  const kept = [...columns.a.keys()].filter((i) => nulls.b?.[i] !== 1);
  const rows = kept.map((i) => [columns.a[i], columns.b[i], columns.c[i], columns.flag[i]] as number[]);
  const matrix = new Matrix(rows).center('column');
  const { diagonal, rightSingularVectors: vectors } = new SingularValueDecomposition(matrix);
  found.explainedVariance.forEach((variance, c) => {
    expect(Math.abs((diagonal[c] as number) ** 2 / (rows.length - 1) / variance - 1)).toBeLessThan(1e-12);
    const sign = Math.sign(vectors.get(0, c) * (found.components[c]?.[0] as number));
    found.components[c]?.forEach((loading, i) => {
      expect(Math.abs(loading - sign * vectors.get(i, c))).toBeLessThan(1e-10);
    });
  });
  const [spread] = await moved
    .agg({ pc1: col('pc1').var(), pc4: col('pc4').var(), mean: col('pc1').mean() })
    .collect<{ pc1: number; pc4: number; mean: number }>();
  expect(spread?.pc1).toBeCloseTo(found.explainedVariance[0] as number, 8);
  expect(spread?.pc4).toBeCloseTo(found.explainedVariance[3] as number, 12);
  expect(spread?.mean).toBeCloseTo(0, 10);
});

it('k-means: a centre without rows moves to the farthest row, one a step', async () => {
  const sf = first();
  await sf.createTable('line', { x: [0, 1, 10, 11] });
  const fitting = new Fitting(sf.table('line'), {});
  const task = { fitting, columns: [col('x')], names: ['x'], n: 4, deviations: [5] };
  const step = await lloyd(task, [0.5, 100, 9.5, -100]);
  expect([step.sizes, step.next]).toEqual([
    [2, 0, 2, 0],
    [0.5, 11, 10.5, -100],
  ]);
  expect([step.inertias, step.moved]).toEqual([[0.5, 0, 2.5, 0], 89 ** 2 + 1]);
  const still = await lloyd(task, [0, 1, 10, 11, 99]);
  expect([still.next, still.moved]).toEqual([[0, 1, 10, 11, 99], 0]);
});

it.each([
  [{ x: ['a', 'b'], k: 0 }, 'INVALID_ARGUMENT', 'k is 0'],
  [{ x: ['a'], k: 9001 }, 'INVALID_ARGUMENT', 'k is 9001'],
  [{ x: ['a', 'b'] }, 'INVALID_ARGUMENT', 'k is missing'],
  [{ x: ['a', 'b'], k: 513 }, 'PLAN_TOO_LARGE', '513 centers of 2 columns are 1026 numbers: at most 1024'],
  [{ x: [], k: 2 }, 'INVALID_ARGUMENT', 'x is an array'],
  [{ x: ['a', 'a'], k: 2 }, 'INVALID_ARGUMENT', 'x names column "a" twice'],
  [{ x: ['a', 'word'], k: 2 }, 'TYPE_MISMATCH', 'column "word" is utf8, and kMeans needs numbers'],
  [{ x: ['a', 'bb'], k: 2 }, 'UNKNOWN_COLUMN', 'there is no column "bb"'],
  [{ x: ['a', 'b'], k: 2, nulls: 'error' }, 'INVALID_VALUE', '90 rows of "blobs" have a null in b'],
  [{ x: ['a', 'b'], k: 2, nulls: 'keep' }, 'INVALID_ARGUMENT', 'nulls is "keep"'],
  [{ x: ['a', 'b'], k: 2, tolerance: -1 }, 'INVALID_ARGUMENT', 'tolerance is -1'],
  [{ x: ['a', 'b'], k: 2, sead: 1 }, 'INVALID_ARGUMENT', 'there is no option sead; did you mean seed?'],
] as const)('k-means refuses %j', async (options, code, message) => {
  await expect(first().kMeans('blobs', options as never)).rejects.toMatchObject({ code, message });
});

it('refuses what no model can be of', async () => {
  const sf = first();
  const odd = sf.table('blobs').withColumns({
    zero: col('a').mul(0),
    nan: col('a')
      .sub(col('a'))
      .div(col('a').sub(col('a'))),
  });
  const refused = (work: Promise<unknown>, code: string, message: RegExp) =>
    expect(work).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  await refused(sf.kMeans(odd, { x: ['a', 'nan'], k: 2 }), 'OUT_OF_RANGE', /^nan: there are NaN or infinite/);
  await refused(sf.kMeans(odd.limit(2), { x: ['a'], k: 3 }), 'INVALID_ARGUMENT', /k is 3, and there are 2 rows/);
  await refused(
    sf.kMeans(odd.filter(col('a').gt(99)), { x: ['a'], k: 3 }),
    'INVALID_ARGUMENT',
    /the filter holds for no row of "blobs"$/,
  );
  await refused(sf.pca(odd, { x: ['a', 'zero'], scale: true }), 'INVALID_ARGUMENT', /column "zero" is constant/);
  await refused(sf.pca(odd.limit(1), { x: ['a'] }), 'TOO_FEW_ROWS', /there is one row of "blobs" without/);
  await refused(sf.pca(odd, { x: ['a'], k: 2 }), 'INVALID_ARGUMENT', /k is 2/);
  await refused(sf.pca('nowhere', { x: ['a'] }), 'TABLE_NOT_FOUND', /nowhere/);
  await refused(
    Promise.resolve().then(() => sf.pca(3 as never, { x: ['a'] })),
    'INVALID_ARGUMENT',
    /3 is no query/,
  );
  const constant = await sf.pca(odd, { x: ['zero'] });
  expect([constant.explainedVariance, constant.explainedVarianceRatio, constant.components]).toEqual([[0], [0], [[1]]]);
});
