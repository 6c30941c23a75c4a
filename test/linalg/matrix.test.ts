/** Matrices in and out: what is stored, what is read, and what is refused. */
import { openMatrix } from '../../src/linalg/matrix-open.js';
import { fsck } from '../../src/storage/fsck.js';
import { expectSame, numbers, testShardfold } from './vectors.js';

const sf = testShardfold();
const five = testShardfold(5);

const open = (name: string) => openMatrix(sf().link, name, sf().link.context());

describe('numbers in and out', () => {
  it.each([
    [0, 3],
    [1, 1],
    [1, 7],
    [9, 1],
    [300, 16],
    [70_000, 1],
    [5000, 31],
    [3, 65_024],
    [4, 40_000],
  ])('of shape [%i, %i]', async (rows, cols) => {
    const data = numbers(rows * cols);
    const matrix = await sf().matrix('in').set(data, [rows, cols]);
    expect(await matrix.shape()).toEqual([rows, cols]);
    const found = await matrix.get();
    expect(found.shape).toEqual([rows, cols]);
    expectSame(found.data, data);
    const { table, type } = await open('in');
    expect(type).toBe('float64');
    expect(table.chunks.map((chunk) => chunk.rows % cols)).toEqual(table.chunks.map(() => 0));
    if (rows === 0) return;
    expect(await matrix.at(rows - 1, cols - 1)).toBe(data[rows * cols - 1]);
    expectSame(await matrix.row(rows - 1), data.slice(-cols));
    const [r0, c0] = [Math.floor(rows / 3), Math.floor(cols / 2)];
    const block = await matrix.block(r0, rows, c0);
    expect(block.shape).toEqual([rows - r0, cols - c0]);
    const expected = Array.from({ length: rows - r0 }, (_, i) => data.slice((r0 + i) * cols + c0, (r0 + i + 1) * cols));
    expectSame(block.data, Float64Array.from(expected.flatMap((row) => [...row])));
  });

  it('of rows, arrays with a shape, iterables and integers', async () => {
    const matrix = sf().matrix('forms');
    const same = { data: Float64Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] };
    const rows = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    async function* stream() {
      yield* rows;
    }
    for (const data of [rows, new Set(rows), stream(), rows.map((row) => Int32Array.from(row))]) {
      expect(await (await matrix.set(data)).get()).toEqual(same);
    }
    expect(await (await matrix.set(rows, [2, 3])).get()).toEqual(same);
    expect(await (await matrix.set([1, 2, 3, 4, 5, 6], [2, 3])).get()).toEqual(same);
    expect(await (await matrix.set(Uint8Array.of(1, 2, 3, 4, 5, 6), [2, 3])).get()).toEqual(same);
    expect(await (await matrix.set([], [0, 4])).get()).toEqual({ data: new Float64Array(0), shape: [0, 4] });
    expect(await matrix.block(0, 0)).toEqual({ data: new Float64Array(0), shape: [0, 4] });
    const odd = [Number.NaN, -0, Number.POSITIVE_INFINITY, 5e-324];
    expect((await (await matrix.set([odd])).get()).data).toEqual(Float64Array.from(odd));
    expect((await fsck(sf().link, {}, sf().link.context())).findings).toEqual([]);
  });

  it('of float32, rounded', async () => {
    const data = numbers(20_000);
    const matrix = await sf().matrix('narrow').set(data, [500, 40], { type: 'float32' });
    expectSame((await matrix.get()).data, data.map(Math.fround));
    expect((await open('narrow')).type).toBe('float32');
    await expect(matrix.set([[1, 2, 1e39]], { type: 'float32' })).rejects.toMatchObject({
      code: 'INVALID_VALUE',
      message: 'row 0, column c2: 1e+39 is beyond the range of float32',
    });
    expect(await matrix.shape()).toEqual([500, 40]);
  });

  it('beside another matrix', async () => {
    const data = numbers(200_000);
    await sf().matrix('left').set(data, [20_000, 10]);
    await sf()
      .matrix('right')
      .set(data, [20_000, 10], { alignWith: sf().matrix('left') });
    const slots = async (name: string) => (await open(name)).table.chunks.map(({ slot }) => slot);
    expect(await slots('right')).toEqual(await slots('left'));
    expect((await slots('left')).length).toBe(4);
    await expect(sf().matrix('wide').set(data, [10_000, 20], { alignWith: 'left' })).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      message: 'a matrix of 20 columns cannot lie beside "left" of shape [20000, 10]',
    });
  });
});

describe('blocks of fewer rows than fit', () => {
  const [rows, cols] = [3000, 8];
  const data = numbers(rows * cols);
  const other = numbers(rows * cols, 2);

  it('come from products, and are read as others are', async () => {
    await sf()
      .matrix('wide')
      .set(numbers(4000 * 32, 3), [4000, 32]);
    await sf()
      .matrix('narrowing')
      .set(numbers(32 * 3, 4), [32, 3]);
    const narrow = await sf().matrix('wide').matmul('narrowing', 'narrow');
    const { table, blockRows } = await open('narrow');
    expect([blockRows, table.chunkRows, table.chunks.map((chunk) => chunk.rows)]).toEqual([2032, 6096, [6096, 5904]]);
    const { data: values } = await narrow.get();
    expectSame(await narrow.row(3999), values.slice(-3));
    expect(await narrow.at(2032, 1)).toBe(values[3 * 2032 + 1]);
    expectSame((await narrow.block(2031, 2034)).data, values.slice(3 * 2031, 3 * 2034));
    const beside = await sf().table('wide').zip(sf().table('narrow')).slice(2031, 2).select('c31', 'c1').collect();
    expect(beside.length).toBe(2);
    const whole = await sf().matrix('whole').set(values, [4000, 3]);
    // By other blocks sums are added in another order.
    const sums = async (matrix: typeof whole) =>
      [
        ...(await matrix.gram()).data,
        ...(await matrix.colMeans()),
        ...(await matrix.colStds()),
        ...(await matrix.norms({ axis: 'cols' })),
        ...(await matrix.vecmat(numbers(4000, 5))),
        ...(await matrix.qr()).data,
        ...(await matrix.lstsq(numbers(4000, 6))).coefficients,
      ].map((value) => value.toPrecision(9));
    expect(await sums(narrow)).toEqual(await sums(whole));
    for (const of of [narrow, whole]) {
      expectSame(
        await of.matvec([1, 2, 3]),
        values
          .filter((_, i) => i % 3 === 0)
          .map((x, i) => x + 2 * (values[3 * i + 1] as number) + 3 * (values[3 * i + 2] as number)),
      );
      expect(await of.rowTopK([1, 1, 1], 5)).toEqual(await whole.rowTopK([1, 1, 1], 5));
      expectSame(await of.diag(), Float64Array.of(values[0] as number, values[4] as number, values[8] as number));
      expectSame(
        (await (await of.transpose('turned')).get()).data,
        (await (await whole.transpose('turned whole')).get()).data,
      );
    }
    expect((await fsck(sf().link, {}, sf().link.context())).findings).toEqual([]);
  });

  it('meet others: one of the two travels, and a new matrix beside them does not', async () => {
    await sf().createTable('small blocks', { 'row[8]': data }, { chunkRows: 4064 });
    const small = sf().matrix('small blocks');
    await sf().matrix('large blocks').set(other, [rows, cols]);
    await sf().matrix('beside').set(other, [rows, cols], { alignWith: small });
    const long = await sf()
      .matrix('longer')
      .set(numbers(2000 * 8, 3).fill(1), [2000, cols], { alignWith: 'small blocks' });
    expect((await open('longer')).blockRows).toBe(508);
    expect(await long.norm(1)).toBe(2000);
    expect((await open('beside')).table.chunks.map((chunk) => chunk.rows / cols)).toEqual([
      508, 508, 508, 508, 508, 460,
    ]);
    const moved: unknown[] = [];
    const options = {
      onReceipt: ({ travelled }: { travelled?: { vector: string } }) => void moved.push(travelled?.vector),
    };
    const sum = data.map((x, i) => x + (other[i] as number));
    for (const [a, b] of [
      ['small blocks', 'large blocks'],
      ['large blocks', 'small blocks'],
      ['small blocks', 'beside'],
    ] as const) {
      expectSame((await (await sf().matrix(a).add(b, 'sum', options)).get()).data, sum);
    }
    expect(moved).toEqual(['large blocks', 'small blocks', undefined]);
    await small.standardize('standard');
    expect((await open('standard')).blockRows).toBe(508);
    await small.sub('large blocks');
    await small.hadamard('beside');
    expectSame(
      (await small.get()).data,
      data.map((x, i) => (x - (other[i] as number)) * (other[i] as number)),
    );
    expect((await fsck(sf().link, {}, sf().link.context())).findings).toEqual([]);
  });
});

describe('refusals', () => {
  it('of shapes and data that do not fit', async () => {
    const matrix = sf().matrix('never');
    const refused = async (work: Promise<unknown>, code: string, message: string) =>
      expect(work).rejects.toMatchObject({ code, message });
    await refused(
      matrix.set(numbers(5), [2, 3]),
      'SHAPE_MISMATCH',
      '5 numbers do not make a matrix of shape [2, 3], which has 6',
    );
    await refused(matrix.set([[1, 2], [3]]), 'SHAPE_MISMATCH', 'row 1 has 1 numbers, the rows before it have 2');
    await refused(matrix.set([[1, 2]], [1, 3]), 'SHAPE_MISMATCH', 'row 0 has 2 numbers, the shape [1, 3] wants 3');
    await refused(matrix.set([[1, 2]], [2, 2]), 'SHAPE_MISMATCH', 'there are rows for [1, 2], the shape says [2, 2]');
    await refused(matrix.set(numbers(5)), 'INVALID_ARGUMENT', 'these numbers have no shape');
    await refused(matrix.set([]), 'INVALID_ARGUMENT', 'these numbers have no shape');
    await refused(matrix.set([], [2, 0]), 'INVALID_ARGUMENT', 'the shape is [2, 0]');
    await refused(matrix.set([], [0, 70_000]), 'INVALID_ARGUMENT', 'a matrix of 70000 columns: at most 65024');
    await refused(matrix.set(7 as never, [1, 1]), 'INVALID_ARGUMENT', 'a matrix cannot be made of 7');
    await refused(matrix.set([[1, '2' as never]]), 'INVALID_VALUE', 'row 0, column c1: "2" is not a number');
    await refused(matrix.set([1, null as never], [2, 1]), 'INVALID_VALUE', 'row 1, column c0: null is not a number');
    await refused(matrix.set([[1], 2 as never]), 'INVALID_VALUE', 'row 1 is 2');
    await refused(matrix.set([[1]], { type: 'int8' as never }), 'INVALID_ARGUMENT', 'type is "int8"');
    await expect(matrix.get()).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
  });

  it('of places that there are not', async () => {
    const matrix = await sf().matrix('small').set(numbers(6), [2, 3]);
    const outside = { code: 'OUT_OF_RANGE', message: expect.stringContaining('"small" of shape [2, 3]') };
    for (const work of [matrix.row(2), matrix.row(-1), matrix.at(0, 3), matrix.block(1, 0), matrix.block(0, 3)]) {
      await expect(work).rejects.toMatchObject(outside);
    }
    await expect(matrix.row(0.5)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('of tables that are no matrices', async () => {
    await sf().createTable('flights', [{ origin: 'SEA', delay: 3 }]);
    await sf().createTable('gaps', { 'row[3]': [1.5, null, 2.5] });
    await sf().createTable('ragged', { 'row[3]': [1.5, 2, 2.5, 3] });
    const mismatch = { code: 'SCHEMA_MISMATCH', message: expect.stringContaining('origin (utf8), delay (') };
    await expect(sf().matrix('flights').get()).rejects.toMatchObject(mismatch);
    await expect(
      sf()
        .matrix('flights')
        .set([[1]]),
    ).rejects.toMatchObject(mismatch);
    await expect(sf().matrix('ragged').shape()).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' });
    await expect(sf().matrix('gaps').get()).rejects.toMatchObject({ code: 'INVALID_VALUE' });
    const other = five().matrix('x');
    await expect(
      sf()
        .matrix('y')
        .set([[1]], { alignWith: other }),
    ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
