/** What is computed of matrices, against ml-matrix and exact sums, with the same bits on 1, 3 and 5 shards. */
import { createRequire } from 'node:module';
import type { Matrix } from '../../src/index.js';
import type { Shardfold } from '../../src/shardfold.js';
import { bits, numbers, testShardfold } from './vectors.js';

// Its module for imports reads a class before it is there, where modules are loaded by a test runner.
const { Matrix: Dense } = createRequire(import.meta.url)('ml-matrix') as typeof import('ml-matrix');

const connections = [testShardfold(1), testShardfold(), testShardfold(5)];
const sf = connections[1] as () => Shardfold;

const SHAPES = [
  [1, 1],
  [1, 9],
  [9, 1],
  [40, 40],
  [9000, 1],
  [4500, 17],
  [15, 5000],
  [66, 1020],
] as const;

/** The same on all clusters. */
async function onAll(data: Float64Array, shape: readonly [number, number], work: (m: Matrix) => Promise<Float64Array>) {
  const results = await Promise.all(
    connections.map(async (connection) => work(await connection().matrix('m').set(data, shape))),
  );
  const [first, ...others] = results.map((result) => bits(result).toString('hex'));
  for (const other of others) expect(other === first).toBe(true);
  return results[0] as Float64Array;
}

function expectClose(found: Float64Array, expected: ArrayLike<number>, tolerance = 1e-13) {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of found.entries()) {
    const wanted = expected[i] as number;
    if (!(Math.abs(value - wanted) <= tolerance * Math.max(1e-3, Math.abs(wanted))))
      expect([i, value]).toEqual([i, wanted]);
  }
}

describe.each(SHAPES)('a matrix of shape [%i, %i]', (rows, cols) => {
  const data = numbers(rows * cols, rows + cols).map((value, i) => value * (1 + (i % 7)) + 10);
  const dense = Dense.from1DArray(rows, cols, Array.from(data));

  it('has means, deviations, norms and a diagonal', async () => {
    const all = async (m: Matrix) => {
      const parts = [
        await m.colMeans(),
        await m.colStds(),
        await m.diag(),
        await m.norms({ axis: 'rows', p: 1 }),
        await m.norms({ axis: 'cols' }),
        Float64Array.of(await m.norm(), await m.norm(1), await m.norm(Number.POSITIVE_INFINITY)),
      ];
      return Float64Array.from(parts.flatMap((part) => [...part]));
    };
    const found = await onAll(data, [rows, cols], all);
    const by = (line: number[], p: number) =>
      p === 1 ? line.reduce((sum, x) => sum + Math.abs(x), 0) : Math.sqrt(line.reduce((sum, x) => sum + x * x, 0));
    const rowNorms = dense.to2DArray().map((row) => by(row, 1));
    const columns = dense.transpose().to2DArray();
    const stds = rows === 1 ? columns.map(() => Number.NaN) : dense.standardDeviation('column', { unbiased: true });
    const expected = [
      ...dense.mean('column'),
      ...stds.map((value) => (Number.isNaN(value) ? 0 : value)),
      ...dense.diagonal(),
      ...rowNorms,
      ...columns.map((column) => by(column, 2)),
      dense.norm('frobenius'),
      Math.max(...columns.map((column) => by(column, 1))),
      Math.max(...rowNorms),
    ];
    if (rows === 1) {
      expect([...found.slice(cols, 2 * cols)].every(Number.isNaN)).toBe(true);
      found.fill(0, cols, 2 * cols);
    }
    expectClose(found, expected, 1e-11);
  });
});

it('has the greatest magnitudes of rows and columns', async () => {
  const matrix = await sf()
    .matrix('max')
    .set([
      [1, -5, 2],
      [Number.NaN, 3, -1],
    ]);
  expect(await matrix.norms({ axis: 'rows', p: Number.POSITIVE_INFINITY })).toEqual(Float64Array.of(5, Number.NaN));
  expect(await matrix.norms({ axis: 'cols', p: Number.POSITIVE_INFINITY })).toEqual(Float64Array.of(Number.NaN, 5, 2));
  expect(await matrix.colMeans()).toEqual(Float64Array.of(Number.NaN, -1, 0.5));
  expect(await matrix.norm()).toBe(Number.NaN);
  expect(await matrix.norm(1)).toBe(Number.NaN);
  expect(await matrix.diag()).toEqual(Float64Array.of(1, 3));
});

it('neither overflows nor loses small values beside great ones', async () => {
  const rows = 9000;
  const data = Float64Array.from(
    { length: rows * 3 },
    (_, i) => [1e200, 1e-200, i < 3 * 100 ? 1e-250 : 1][i % 3] as number,
  );
  const matrix = await sf().matrix('far').set(data, [rows, 3]);
  const root = Math.sqrt(rows);
  expectClose(
    (await matrix.norms({ axis: 'cols', p: 2 })).map((norm, j) => norm * ([1e-200, 1e200, 1][j] as number)),
    [root, root, Math.sqrt(rows - 100)],
  );
  const row = await matrix.norms({ axis: 'rows', p: 2 });
  expect(row[5]).toBe(1e200);
  expect(
    await (
      await sf()
        .matrix('small')
        .set([[3e-200, 4e-200]])
    ).norms({ axis: 'rows', p: 2 }),
  ).toEqual(Float64Array.of(5e-200));
});

it('is exact where deviations are small beside the mean', async () => {
  const rows = 30_000;
  const data = Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? 1e9 + ((i / 2) % 2) : 0.1));
  const matrix = await sf().matrix('offset').set(data, [rows, 2]);
  expectClose(await matrix.colStds(), [Math.sqrt((0.25 * rows) / (rows - 1)), 0], 1e-15);
  expect((await matrix.colStds())[1]).toBe(0);
  expect(await matrix.colMeans()).toEqual(Float64Array.of(1e9 + 0.5, 0.1));
});

it('has a trace where it is square', async () => {
  const square = await sf()
    .matrix('square')
    .set(numbers(300 * 300), [300, 300]);
  const dense = Dense.from1DArray(300, 300, Array.from(numbers(300 * 300)));
  expectClose(Float64Array.of(await square.trace()), [dense.trace()]);
  await expect(
    (
      await sf()
        .matrix('oblong')
        .set([[1, 2]])
    ).trace(),
  ).rejects.toMatchObject({
    code: 'SHAPE_MISMATCH',
    message: 'matrix "oblong" of shape [1, 2] is not square: it has no trace',
  });
  let calls = 0;
  await square.diag({
    onReceipt: (receipt) => {
      calls = receipt.computedOn.shards;
    },
  });
  expect(calls).toBe(2);
});

it('may have no rows', async () => {
  const matrix = await sf().matrix('empty').set([], [0, 2]);
  const none = new Float64Array(0);
  expect(await matrix.colMeans()).toEqual(Float64Array.of(Number.NaN, Number.NaN));
  expect(await matrix.colStds()).toEqual(Float64Array.of(Number.NaN, Number.NaN));
  expect(await matrix.norms({ axis: 'rows' })).toEqual(none);
  expect(await matrix.norms({ axis: 'cols' })).toEqual(Float64Array.of(0, 0));
  expect([await matrix.norm(), await matrix.norm(1), await matrix.norm(Number.POSITIVE_INFINITY)]).toEqual([0, 0, 0]);
  expect(await matrix.diag()).toEqual(none);
});

it('refuses norms that there are not', async () => {
  const matrix = sf().matrix('empty');
  for (const none of [undefined, null, 'rows']) {
    await expect(matrix.norms(none as never)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: `norms of ${none === 'rows' ? '"rows"' : none}`,
      hint: expect.stringContaining("{ axis: 'rows' }"),
    });
  }
  await expect(matrix.norms({ axis: 'columns' as never })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(matrix.norms({ axis: 'rows', p: 3 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: 'p is 3',
  });
  await expect(matrix.norm(2)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: 'the norm is 2' });
});
