/** Matrices that are computed and written in the shards: their bits, and what the manifest says of them. */
import type { VectorReceipt } from '../../src/index.js';
import { Matrix } from '../../src/linalg/matrix.js';
import { openMatrix } from '../../src/linalg/matrix-open.js';
import { chunkKeys } from '../../src/storage/keys.js';
import { watchedLink } from '../storage/tables.js';
import { bits, expectSame, expectSoundMatrix, numbers, testShardfold } from './vectors.js';

const one = testShardfold(1);
const sf = testShardfold();
const five = testShardfold(5);

const at = (values: Float64Array, i: number): number => values[i] as number;

const expectSound = (name: string) => expectSoundMatrix(sf().link, name);

describe.each([
  [0, 5],
  [1, 1],
  [130, 63],
  [70_000, 1],
  [3, 30_000],
])('of shape [%i, %i]', (rows, cols) => {
  const shape = [rows, cols] as const;
  const [a, b] = [numbers(rows * cols, 3), numbers(rows * cols, 4)];

  it('sums, differences, products and multiples, to the bit', async () => {
    for (const connection of [sf(), five()]) {
      const left = await connection.matrix('a').set(a, shape);
      const right = await connection.matrix('b').set(b, shape, { alignWith: left });
      const result = connection.matrix('into');
      expect(await left.add(right, result)).toEqual(result);
      expectSame(
        (await result.get()).data,
        a.map((x, i) => x + at(b, i)),
      );
      await left.sub('b', 'into');
      expectSame(
        (await result.get()).data,
        a.map((x, i) => x - at(b, i)),
      );
      await left.hadamard('b', 'into');
      expectSame(
        (await result.get()).data,
        a.map((x, i) => x * at(b, i)),
      );
      await left.scale(0.1, 'into');
      expectSame(
        (await result.get()).data,
        a.map((x) => x * 0.1),
      );
      await left.add(left);
      expectSame(
        (await left.get()).data,
        a.map((x) => x + x),
      );
      expect(await left.shape()).toEqual(shape);
    }
    await expectSound('a');
    await expectSound('into');
  });

  it('columns of mean 0 and deviation 1', async () => {
    const results: string[] = [];
    for (const connection of [one(), sf(), five()]) {
      const matrix = await connection.matrix('raw').set(a, shape);
      const work = matrix.standardize('std');
      if (rows === 1) {
        await expect(work).rejects.toMatchObject({ code: 'SINGULAR' });
        continue;
      }
      const standard = await work;
      const [means, stds] = [await matrix.colMeans(), await matrix.colStds()];
      const { data } = await standard.get();
      expectSame(
        data,
        a.map((x, i) => (x - at(means, i % cols)) / at(stds, i % cols)),
      );
      results.push(bits(data).toString('base64'));
      if (rows > 0) expect(Math.max(...(await standard.colMeans()).map(Math.abs))).toBeLessThan(1e-12);
    }
    expect(new Set(results).size).toBe(rows === 1 ? 0 : 1);
  });
});

it('odd numbers, packed in any way, unaligned ones sent along', async () => {
  const odd = [Number.NaN, -0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 1e308, -7];
  const a = Float64Array.from({ length: 9000 }, (_, i) => odd[i % odd.length] as number);
  const b = Float64Array.from({ length: 9000 }, (_, i) => i % 200);
  const left = await sf().matrix('odd').set(a, [900, 10]);
  await sf().matrix('even').set(b, [900, 10]);
  let receipt: VectorReceipt | undefined;
  const onReceipt = (value: VectorReceipt) => {
    receipt = value;
  };
  await left.hadamard('even', 'product', { onReceipt });
  expectSame(
    (await sf().matrix('product').get()).data,
    a.map((x, i) => x * at(b, i)).map((x) => (Number.isNaN(x) ? Number.NaN : x)),
  );
  expect(receipt?.travelled).toEqual({ vector: 'even', version: 1, bytes: 9000 });
  await expectSound('product');
});

it('float32 in, float32 out, unless asked otherwise', async () => {
  const [a, b] = [numbers(6000, 1).map(Math.fround), numbers(6000, 2).map(Math.fround)];
  a.set([1e-38, -1e-38, 3e38, 0, -0].map(Math.fround));
  const left = await sf().matrix('f').set(a, [600, 10], { type: 'float32' });
  await sf().matrix('g').set(b, [600, 10], { type: 'float32' });
  const type = async (name: string) => (await openMatrix(sf().link, name, sf().link.context())).type;
  await left.add('g', 'h');
  expect(await type('h')).toBe('float32');
  expectSame(
    (await sf().matrix('h').get()).data,
    a.map((x, i) => Math.fround(x + at(b, i))),
  );
  await expectSound('h');
  await left.scale(1e-10, 'tiny');
  expectSame(
    (await sf().matrix('tiny').get()).data,
    a.map((x) => Math.fround(x * 1e-10)),
  );
  await expectSound('tiny');
  await left.standardize('h', { type: 'float64' });
  expect(await type('h')).toBe('float64');
  await left.scale(0.5, left, { type: 'float64' });
  expect(await type('f')).toBe('float64');
  expectSame(
    (await left.get()).data,
    a.map((x) => x * 0.5),
  );
});

it('constant columns are named, or become zeros', async () => {
  const rows = [
    [0.1, 1, 5, 7],
    [0.1, 2, 5, Number.NaN],
    [0.1, 3, 5, 8],
  ];
  const matrix = await sf().matrix('constant').set(rows);
  await expect(matrix.standardize()).rejects.toMatchObject({
    code: 'SINGULAR',
    message: 'columns c0, c2 of matrix "constant" of shape [3, 4] hold one value alone: their deviation is 0',
  });
  const one = await sf()
    .matrix('one constant')
    .set([
      [1, 5],
      [2, 5],
    ]);
  await expect(one.standardize()).rejects.toMatchObject({
    message: 'column c1 of matrix "one constant" of shape [2, 2] holds one value alone: its deviation is 0',
  });
  expect((await matrix.get()).data).toEqual(Float64Array.from(rows.flat()));
  await matrix.standardize(matrix, { constant: 'zero' });
  const [nan] = [Number.NaN];
  expect((await matrix.get()).data).toEqual(Float64Array.of(0, -1, 0, nan, 0, 0, 0, nan, 0, 1, 0, nan));
  await (
    await sf()
      .matrix('single')
      .set([[3, 4]])
  ).standardize('single', { constant: 'zero' });
  expect((await sf().matrix('single').get()).data).toEqual(Float64Array.of(0, 0));
});

it('what does not fit is refused before anything is written', async () => {
  const a = await sf()
    .matrix('two')
    .set([[1, 2]]);
  await sf()
    .matrix('three')
    .set([[1, 2, 3]]);
  await sf().createTable('flights', [{ origin: 'SEA' }]);
  await expect(a.add('three')).rejects.toMatchObject({
    code: 'SHAPE_MISMATCH',
    message: 'matrix "two" has the shape [1, 2] and "three" [1, 3]',
  });
  await expect(a.scale(2, 'flights')).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' });
  await expect(a.scale('2' as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(a.add('two', {} as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(a.add(five().matrix('a'))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(a.standardize('x', { constant: 'drop' as never })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(a.add('nowhere')).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
  expect((await a.get()).data).toEqual(Float64Array.of(1, 2));
});

describe('others that write or lose the same matrix', () => {
  it('of writers that race one wins, the others say WRITE_CONFLICT', async () => {
    const matrix = await sf().matrix('raced').set(numbers(40_000), [4000, 10]);
    const ends = await Promise.allSettled([matrix.scale(2), matrix.standardize(), matrix.transpose(matrix)]);
    const lost = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    expect(lost.length).toBeLessThan(3);
    for (const reason of lost) expect(reason).toMatchObject({ code: 'WRITE_CONFLICT', retryable: true });
    expect((await matrix.get()).data.length).toBe(40_000);
    await expectSound('raced');
  });

  it('a matrix that was replaced as its transposed one was begun is not lost', async () => {
    const matrix = await sf()
      .matrix('turned')
      .set([[1, 2]]);
    let met = false;
    const link = watchedLink(sf().link, async (call) => {
      if (!met && String(call.command[1]).startsWith('table_stage')) {
        met = true;
        await matrix.set([[7, 8, 9]]);
      }
      return call;
    });
    await expect(new Matrix(link, 'turned').transpose('turned')).rejects.toMatchObject({ code: 'WRITE_CONFLICT' });
    expect(await matrix.get()).toEqual({ data: Float64Array.of(7, 8, 9), shape: [1, 3] });
  });

  it('blocks that are gone are DATA_LOSS, naming the matrix', async () => {
    const { link } = sf();
    const matrix = await sf().matrix('holed').set(numbers(200_000), [20_000, 10]);
    const { table } = await openMatrix(link, 'holed', link.context());
    const key = chunkKeys(table, table.chunks[1] as (typeof table.chunks)[0], 0).data;
    await link.call({ key, command: ['UNLINK', key], readOnly: false, idempotent: true }, link.context());
    const loss = { code: 'DATA_LOSS', message: expect.stringContaining('table "holed", chunk 1, column "row[10]"') };
    const works = [
      matrix.get(),
      matrix.row(10_000),
      matrix.block(0, 20_000, 1, 2),
      matrix.colMeans(),
      matrix.norms({ axis: 'rows' }),
      matrix.scale(2),
      matrix.transpose('turned'),
      matrix.toNpy(),
    ];
    for (const work of works) await expect(work).rejects.toMatchObject(loss);
    await sf().drop('holed');
  });
});

it('float32: a result beyond its range is refused, and an infinity that was there stays', async () => {
  const a = await sf()
    .matrix('a')
    .set([[3e38, 1]], { type: 'float32' });
  for (const made of [() => a.add('a', 'sum'), () => a.hadamard('a', 'product'), () => a.scale(-10, 'scaled')]) {
    await expect(made()).rejects.toMatchObject({ code: 'INVALID_VALUE', hint: "{ type: 'float64' }" });
  }
  expect((await (await a.add('a', 'wide', { type: 'float64' })).get()).data[0]).toBeGreaterThan(6e38);
  const infinite = await sf()
    .matrix('infinite')
    .set([[Number.POSITIVE_INFINITY, 1]], { type: 'float32' });
  expect([...(await (await infinite.scale(2, 'twice')).get()).data]).toEqual([Number.POSITIVE_INFINITY, 2]);
});
