/** Matrices from files of NumPy, Arrow tables, tables and queries, and into files. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromArrays } from 'apache-arrow';
import { coalesce, col } from '../../src/index.js';
import { makeHeader } from '../../src/linalg/npy-header.js';
import { bits, expectSame, numbers, testShardfold } from './vectors.js';

const sf = testShardfold();

/** Written by NumPy 2.4.6, in base64: [[1, 2, 3], [4, 5, 100]] in all types that are read and some that are not, and odd shapes. */
const arrays = JSON.parse(readFileSync('test/linalg/npy-arrays.json', 'utf8')) as Record<
  'read' | 'refused' | 'other',
  Record<string, string>
>;
const bytes = (base64: string | undefined): Buffer => Buffer.from(base64 as string, 'base64');

describe('files of NumPy', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'npy-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(Object.entries(arrays.read))('%s', async (name, base64) => {
    const matrix = await sf()
      .matrix('npy')
      .set({ npy: bytes(base64) });
    const data = name === '|b1' ? [0, 0, 1, 1, 1, 1] : [1, 2, 3, 4, 5, 100];
    expect(await matrix.get()).toEqual({ data: Float64Array.from(data), shape: [2, 3] });
  });

  it.each(Object.entries(arrays.refused))('of type %s are refused by name', async (dtype, base64) => {
    await expect(
      sf()
        .matrix('npy')
        .set({ npy: bytes(base64) }),
    ).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
      message: `the buffer holds ${dtype.startsWith('[') ? dtype : `'${dtype}'`}, which a matrix does not`,
    });
  });

  it('of other shapes, numbers and sizes', async () => {
    const set = (name: string, shape?: [number, number]) =>
      sf()
        .matrix('npy')
        .set({ npy: bytes(arrays.other[name]) }, shape);
    expect(await (await set('one', [2, 3])).get()).toEqual({ data: Float64Array.of(0, 1, 2, 3, 4, 5), shape: [2, 3] });
    expect(await (await set('empty')).shape()).toEqual([0, 4]);
    expect((await (await set('nan', [1, 3])).get()).data).toEqual(
      Float64Array.of(Number.NaN, -0, Number.POSITIVE_INFINITY),
    );
    const shapes = { code: 'SHAPE_MISMATCH', message: 'the buffer holds an array of shape (6,), not a matrix' };
    await expect(set('one')).rejects.toMatchObject(shapes);
    await expect(set('one', [2, 2])).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    await expect(set('three')).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    await expect(set('scalar')).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    await expect(set('nan', [3, 1])).rejects.toMatchObject({
      message: 'the buffer holds an array of shape (1, 3), not [3, 1]',
    });
    await expect(set('none')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: 'the shape is [4, 0]' });
    const beyond = { code: 'INVALID_VALUE', message: expect.stringContaining('row 0, column "c1": 9007199254740993') };
    await expect(set('big')).rejects.toMatchObject(beyond);
    await expect(set('bigu')).rejects.toMatchObject({
      message: expect.stringContaining('row 1, column "c0": 18446744'),
    });
  });

  it('that are none, or cut off', async () => {
    const whole = bytes(arrays.read['<f8']);
    const set = (npy: string | Uint8Array) => sf().matrix('never').set({ npy });
    const unreadable = async (npy: string | Uint8Array, message: string) =>
      expect(set(npy)).rejects.toMatchObject({ code: 'FILE_UNREADABLE', message: expect.stringContaining(message) });
    await unreadable(whole.subarray(0, 4), 'it is no .npy file');
    await unreadable(whole.subarray(0, 40), 'its header is cut off');
    await unreadable(whole.subarray(0, -1), `its data is cut off: 175 bytes, 176 for an array (2, 3) of '<f8'`);
    await unreadable(Buffer.from(whole).fill(9, 6, 7), 'its format is 9.0');
    await unreadable(Buffer.from(whole.toString('latin1').replace('fortran', 'cobolan'), 'latin1'), 'not understood');
    await unreadable(join(folder, 'nowhere.npy'), 'there is no such file');
    await unreadable(folder, 'it is not a file');
    await expect(set(7 as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: 'npy is 7' });
  });

  it('and back: as bytes and as a file, in pieces', async () => {
    const data = numbers(70_000 * 3);
    const matrix = await sf().matrix('out').set(data, [70_000, 3]);
    const file = join(folder, 'out.npy');
    await matrix.toNpy(file);
    const made = await matrix.toNpy();
    expect(readFileSync(file).equals(made)).toBe(true);
    expect(made.subarray(0, 128).toString('latin1')).toContain(
      "{'descr': '<f8', 'fortran_order': False, 'shape': (70000, 3), }",
    );
    expect(made.subarray(128).equals(bits(data))).toBe(true);
    expectSame((await (await sf().matrix('back').set({ npy: file })).get()).data, data);
    const columns = Buffer.concat([
      Buffer.from(makeHeader('<f8', [70_000, 3]).toString('latin1').replace('False', 'True '), 'latin1'),
      bits(data),
    ]);
    writeFileSync(file, columns);
    const turned = await (await sf().matrix('back').set({ npy: file })).get();
    expectSame(
      turned.data,
      Float64Array.from(data, (_, i) => data[(i % 3) * 70_000 + Math.floor(i / 3)] as number),
    );
    await sf()
      .matrix('narrow')
      .set([[1.5, 2]], { type: 'float32' });
    expect((await sf().matrix('narrow').toNpy()).subarray(-8)).toEqual(Buffer.from(Float32Array.of(1.5, 2).buffer));
    await expect(matrix.toNpy(join(folder, 'no', 'out.npy'))).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    expect(readdirSync(folder)).toEqual(['out.npy']);
  });
});

describe('columns', () => {
  const rows = 9000;
  const data = { a: numbers(rows, 1), b: Int32Array.from({ length: rows }, (_, i) => i), c: numbers(rows, 2) };
  const expected = Float64Array.from({ length: 2 * rows }, (_, i) => {
    const row = Math.floor(i / 2);
    return (i % 2 === 0 ? data.b[row] : data.a[row]) as number;
  });

  it('of a table and of a query', async () => {
    await sf().createTable('t', data, { chunkRows: 1000 });
    const matrix = await sf().matrix('of t').set(sf().table('t').select('b', 'a'));
    expect(await matrix.shape()).toEqual([rows, 2]);
    expectSame((await matrix.get()).data, expected);
    await matrix.set(sf().table('t'), { type: 'float32' });
    expect(await matrix.shape()).toEqual([rows, 3]);
    const query = sf()
      .table('t')
      .filter(col('b').lt(3))
      .select({ twice: col('b').mul(2), odd: col('b').eq(1) });
    expect(await (await matrix.set(query, [3, 2])).get()).toEqual({
      data: Float64Array.of(0, 0, 2, 1, 4, 0),
      shape: [3, 2],
    });
    expect(await (await matrix.set(query.limit(0))).shape()).toEqual([0, 2]);
    await expect(matrix.set(query, [3, 3])).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      message: 'the data has 2 columns, the shape says [3, 3]',
    });
    await expect(matrix.set(query, [4, 2])).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    expect(await matrix.shape()).toEqual([0, 2]);
  });

  it('with nulls, text or none are refused', async () => {
    await sf().createTable(
      'holes',
      [
        { x: 1, price: '1.25', name: 'a' },
        { x: null, price: '-0.5', name: 'b' },
      ],
      { types: { price: 'decimal(2)' } },
    );
    const matrix = sf().matrix('of holes');
    const table = sf().table('holes');
    await expect(matrix.set(table.select('price', 'x'))).rejects.toMatchObject({
      code: 'INVALID_VALUE',
      message: 'row 1, column "x" is null',
    });
    await expect(matrix.set(table)).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
      message: 'column "name" is utf8, and a matrix holds numbers alone',
    });
    await expect(matrix.set(sf().table('nowhere'))).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
    await expect(matrix.shape()).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
    await matrix.set(table.select('price', { x: coalesce(col('x'), 0) }));
    expect((await matrix.get()).data).toEqual(Float64Array.of(1.25, 1, -0.5, 0));
  });

  it('of Arrow', async () => {
    const arrow = tableFromArrays({ b: data.b, a: data.a });
    const matrix = await sf().matrix('of arrow').set(arrow);
    expectSame((await matrix.get()).data, expected);
    const [batch] = arrow.batches;
    expectSame((await (await matrix.set(batch as NonNullable<typeof batch>, [rows, 2])).get()).data, expected);
    await expect(matrix.set(tableFromArrays({ s: ['x'] }))).rejects.toMatchObject({ code: 'TYPE_MISMATCH' });
  });
});

describe('transposed', () => {
  it.each([
    [1, 1],
    [1, 7000],
    [7000, 1],
    [300, 131],
    [6, 20_000],
  ])('of shape [%i, %i]', async (rows, cols) => {
    const data = numbers(rows * cols);
    const matrix = await sf()
      .matrix('A')
      .set(data, [rows, cols], { type: rows === 300 ? 'float32' : 'float64' });
    const turned = await matrix.transpose('At');
    const found = await turned.get();
    expect(found.shape).toEqual([cols, rows]);
    expectSame((await matrix.transpose(matrix)).name === 'A' ? (await matrix.get()).data : data, found.data);
    const stored = rows === 300 ? data.map(Math.fround) : data;
    expectSame(
      found.data,
      stored.map((_, i) => stored[(i % rows) * cols + Math.floor(i / rows)] as number),
    );
  });

  it('some columns at a time, where there are many numbers', async () => {
    const [rows, cols] = [2100, 505];
    const data = Float64Array.from({ length: rows * cols }, (_, i) => i % 251);
    const matrix = await sf().matrix('large').set(data, [rows, cols]);
    const turned = (await (await matrix.transpose('large t')).get()).data;
    expectSame(
      turned,
      data.map((_, i) => data[(i % rows) * cols + Math.floor(i / rows)] as number),
    );
    const { data: part } = await matrix.block(10, 2000, 7, 9);
    expectSame(
      part,
      Float64Array.from({ length: 1990 * 2 }, (_, i) => data[(10 + (i >> 1)) * cols + 7 + (i % 2)] as number),
    );
  });

  it('not of no rows', async () => {
    const empty = await sf().matrix('none').set([], [0, 5]);
    await expect(empty.transpose('x')).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      message: 'matrix "none" of shape [0, 5] has no transposed one, whose shape would be [5, 0]',
    });
  });
});
