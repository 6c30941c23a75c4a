import { readFileSync, writeFileSync } from 'node:fs';
import * as arrow from 'apache-arrow';
import { arrowSource, fileSource, toSource } from '../../src/storage/sources/index';
import { decodeLz4Frame } from '../../src/storage/sources/lz4';
import { collect, failure, typesOf, workFolder } from './helpers';

const at = workFolder();
const flights = 'node_modules/vega-datasets/data/flights-200k.arrow';

const one = (type: arrow.DataType, values: readonly unknown[]) =>
  new arrow.Table({ v: arrow.vectorFromArray(values, type) });

/** A column made of raw values, for types that the builders of apache-arrow take only roundly. */
const raw = (
  type: arrow.DataType,
  data: BigInt64Array | Uint32Array | Int32Array,
  length: number,
  nullBitmap?: Uint8Array,
) =>
  new arrow.Table({
    v: arrow.makeVector(arrow.makeData({ type, data, length, nullBitmap, nullCount: nullBitmap ? -1 : 0 } as never)),
  });

test.each([
  ['int8', one(new arrow.Int8(), [-128, null]), 'int32', [-128, null]],
  ['uint16', one(new arrow.Uint16(), [65535, null]), 'int32', [65535, null]],
  ['int32', one(new arrow.Int32(), [-(2 ** 31), null]), 'int32', [-(2 ** 31), null]],
  ['uint32', one(new arrow.Uint32(), [2 ** 32 - 1, null]), 'int64', [2 ** 32 - 1, null]],
  ['int64', one(new arrow.Int64(), [-(2n ** 53n), null]), 'int64', [-(2 ** 53), null]],
  ['uint64', one(new arrow.Uint64(), [2n ** 53n, null]), 'int64', [2 ** 53, null]],
  [
    'float16',
    one(new arrow.Float16(), [1.5, null, -0, 6.103515625e-5, Number.NEGATIVE_INFINITY]),
    'float32',
    [1.5, null, -0, 6.103515625e-5, Number.NEGATIVE_INFINITY],
  ],
  ['float32', one(new arrow.Float32(), [0.1, null]), 'float32', [Math.fround(0.1), null]],
  ['float64', one(new arrow.Float64(), [-0, null, Number.NaN]), 'float64', [-0, null, Number.NaN]],
  ['bool', one(new arrow.Bool(), [true, null, false]), 'bool', [1, null, 0]],
  ['utf8', one(new arrow.Utf8(), ['é', null, '', '\ufeffx']), 'utf8', ['é', null, '', '\ufeffx']],
  ['large utf8', one(new arrow.LargeUtf8(), ['é', null, '']), 'utf8', ['é', null, '']],
  [
    'utf8 view',
    one(new arrow.Utf8View(), ['é', null, 'longer than twelve bytes']),
    'utf8',
    ['é', null, 'longer than twelve bytes'],
  ],
  [
    'dictionary',
    one(new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8()), ['y', null, 'x', 'y']),
    'utf8',
    ['y', null, 'x', 'y'],
  ],
  ['date32', raw(new arrow.DateDay(), Int32Array.of(-1, 20_000), 2), 'date', [-1, 20_000]],
  ['date64', raw(new arrow.DateMillisecond(), BigInt64Array.of(-86_400_000n, 0n), 2), 'date', [-1, 0]],
  [
    'seconds',
    raw(new arrow.TimestampSecond(), BigInt64Array.of(-1n, 2n ** 40n), 2),
    'timestamp',
    [-1000, 2 ** 40 * 1000],
  ],
  ['milliseconds', raw(new arrow.TimestampMillisecond('UTC'), BigInt64Array.of(-1n, 1n), 2), 'timestamp', [-1, 1]],
  [
    'microseconds',
    raw(new arrow.TimestampMicrosecond(), BigInt64Array.of(-1000n, (2n ** 53n * 1000n) / 2n), 2),
    'timestamp',
    [-1, 2 ** 52],
  ],
  [
    'nanoseconds',
    raw(new arrow.TimestampNanosecond(), BigInt64Array.of(-1_000_000n, 9_000_000_000_000_000_000n), 2),
    'timestamp',
    [-1, 9e12],
  ],
  [
    'decimal',
    raw(
      new arrow.Decimal(2, 20, 128),
      Uint32Array.of(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 1234, 0, 0, 0),
      2,
    ),
    'decimal(2)',
    [-1, 1234],
  ],
])('%s', async (_, table, type, values) => {
  const source = await arrowSource(table);
  expect(typesOf(source)).toEqual({ v: type });
  expect(source.rows).toBe(values.length);
  expect((await collect(source)).rows).toEqual(values.map((value) => [value]));
  // A slice begins inside the bitmaps.
  const sliced = await toSource(table.slice(1));
  expect((await collect(sliced)).rows).toEqual(values.slice(1).map((value) => [value]));
});

test.each([
  ['an int64', raw(new arrow.Int64(), BigInt64Array.of(0n, 2n ** 53n + 1n), 2), '9007199254740993', /beyond its range/],
  [
    'microseconds',
    raw(new arrow.TimestampMicrosecond(), BigInt64Array.of(0n, 1n), 2),
    '1970-01-01T00:00:00.000001Z',
    /finer than a millisecond/,
  ],
  [
    'a decimal',
    raw(new arrow.Decimal(1, 38, 128), Uint32Array.of(0, 0, 0, 0, 0, 0, 1, 0), 2),
    '1844674407370955161.6',
    /beyond its range/,
  ],
  [
    'a date with a time',
    raw(new arrow.DateMillisecond(), BigInt64Array.of(0n, 5n), 2),
    '1970-01-01T00:00:00.005Z',
    /range/,
  ],
])('%s that does not fit: row, column, and its text', async (_, table, text, reason) => {
  const error = await failure(arrowSource(table).then(collect));
  expect(error.code).toBe('INVALID_VALUE');
  expect(error.message).toContain(`row 1, column "v": ${text}`);
  expect(error.message).toMatch(reason);
  const source = await arrowSource(table, { types: { v: 'utf8' } });
  expect((await collect(source)).rows[1]).toEqual([text]);
});

test('garbage under nulls is no error; truncate cuts', async () => {
  const bits = Uint8Array.of(1);
  const table = raw(new arrow.Int64(), BigInt64Array.of(1n, 2n ** 60n), 2, bits);
  expect((await collect(await arrowSource(table))).rows).toEqual([[1], [null]]);
  const fine = raw(new arrow.TimestampMicrosecond(), BigInt64Array.of(-1n), 1);
  expect((await collect(await arrowSource(fine, { truncate: true }))).rows).toEqual([[-1]]);
});

test('types that no column has are refused by name; nulls alone need one', async () => {
  const list = one(new arrow.List(new arrow.Field('x', new arrow.Int32())), [[1]]);
  const error = await failure(arrowSource(list));
  expect(error.code).toBe('TYPE_MISMATCH');
  expect(error.message).toMatch(/List<Int32>/);
  const nulls = one(new arrow.Null(), [null, null]);
  expect((await failure(arrowSource(nulls))).code).toBe('TYPE_MISMATCH');
  expect((await collect(await arrowSource(nulls, { types: { v: 'float64' } }))).rows).toEqual([[null], [null]]);
});

test('other types by their texts', async () => {
  const table = new arrow.Table({
    a: arrow.vectorFromArray([1, null], new arrow.Int32()),
    b: arrow.vectorFromArray(['1.50', '2'], new arrow.Utf8()),
  });
  const source = await arrowSource(table, { types: { a: 'float64', b: 'decimal(2)' }, rename: { b: 'price' } });
  expect(typesOf(source)).toEqual({ a: 'float64', price: 'decimal(2)' });
  expect((await collect(source)).rows).toEqual([
    [1, 150],
    [null, 200],
  ]);
});

test('wider types, and narrower ones where the values fit', async () => {
  const table = new arrow.Table({
    i: arrow.vectorFromArray([1, null], new arrow.Int16()),
    g: arrow.vectorFromArray([5n, null], new arrow.Int64()),
    f: arrow.vectorFromArray([0.1, null], new arrow.Float32()),
    n: arrow.vectorFromArray([7n, -7n], new arrow.Int64()),
  });
  const types = { i: 'int64', g: 'float64', f: 'float64', n: 'int32' } as const;
  const source = await arrowSource(table, { types });
  expect(typesOf(source)).toEqual(types);
  expect((await collect(source)).rows).toEqual([
    [1, 5, Math.fround(0.1), 7],
    [null, null, null, -7],
  ]);
});

describe('files', () => {
  const table = arrow.tableFromArrays({
    x: Float64Array.from({ length: 1000 }, (_, i) => i / 4),
    s: Array.from({ length: 1000 }, (_, i) => `s${i % 7}`),
  });
  const expected = Array.from({ length: 1000 }, (_, i) => [i / 4, `s${i % 7}`]);

  test.each([
    ['t.arrow', 'file'],
    ['t.arrows', 'stream'],
    ['t.feather', 'file'],
  ] as const)('%s', async (name, kind) => {
    writeFileSync(at(name), arrow.tableToIPC(table, kind));
    const source = await fileSource(at(name), { types: { x: 'float64' } });
    expect(typesOf(source)).toEqual({ x: 'float64', s: 'utf8' });
    expect((await collect(source)).rows).toEqual(expected);
    expect((await collect(source)).rows).toEqual(expected);
  });

  test.each(['file', 'stream'] as const)('a truncated %s', async (kind) => {
    const bytes = arrow.tableToIPC(table, kind);
    writeFileSync(at('cut.arrow'), bytes.subarray(0, bytes.length / 2));
    const error = await failure(fileSource(at('cut.arrow')).then(collect));
    expect(error).toMatchObject({ code: 'FILE_UNREADABLE', message: 'cut.arrow: it is cut short, or damaged' });
  });

  test('200,000 flights against apache-arrow itself', async () => {
    const whole = arrow.tableFromIPC(readFileSync(flights));
    const { rows, sizes } = await collect(await fileSource(flights));
    expect(Math.max(...sizes)).toBe(65_024);
    const columns = whole.schema.fields.map((_, k) => whole.getChildAt(k)?.toArray() as ArrayLike<number>);
    expect(rows.length).toBe(whole.numRows);
    expect(rows.findIndex((row, i) => !row.every((value, k) => value === columns[k]?.[i]))).toBe(-1);
  });

  test('record batches of several schemas', async () => {
    const other = arrow.tableFromArrays({ y: Float64Array.of(1) });
    const error = await failure(toSource([...table.batches, ...other.batches]).then(collect));
    expect(error).toMatchObject({ code: 'SCHEMA_MISMATCH' });
    expect(error.message).toContain('row 1000');
  });

  // Written by pyarrow 25 (write_feather with compression='lz4'): 60 rows in batches of 25, one value in eleven null.
  test('a Feather file with LZ4, as pandas writes it', async () => {
    const source = await fileSource('test/sources/files/pyarrow-lz4.feather');
    expect(typesOf(source)).toEqual({
      id: 'int64',
      f: 'float64',
      f32: 'float32',
      b: 'bool',
      s: 'utf8',
      ls: 'utf8',
      dict: 'utf8',
      ts: 'timestamp',
      tsus: 'timestamp',
      day: 'date',
      dec: 'decimal(2)',
      u8: 'int32',
      h: 'float32',
      sv: 'utf8',
    });
    const unless = <T>(i: number, k: number, value: T) => (i % 11 === k ? null : value);
    const { rows, sizes } = await collect(source);
    expect(sizes).toEqual([25, 25, 10]);
    const row = (i: number) => [
      i,
      unless(i, 0, expect.any(Number)),
      unless(i, 1, i / 4),
      unless(i, 2, Number(i % 3 === 0)),
      unless(i, 3, `value é ${i % 50}`),
      unless(i, 4, 'x'.repeat(i % 40)),
      unless(i, 5, `cat${i % 5}`),
      unless(i, 6, Date.UTC(2020, 0, 1) + i * 1234567),
      unless(i, 7, Date.UTC(1900, 0, 1) + i * 1234567),
      unless(i, 8, Date.UTC(1960, 0, 1) / 86_400_000 + i),
      unless(i, 9, i * 37 - 1000),
      unless(i, 10, i % 256),
      i % 100,
      `view ${i}`,
    ];
    expect(rows).toEqual(rows.map((_, i) => row(i)));
  });
});

describe('LZ4 frames', () => {
  const frame = (flags: number, ...blocks: number[][]) =>
    Uint8Array.from([4, 34, 77, 24, flags, 0x40, 0, ...blocks.flatMap((b) => [b.length, 0, 0, 0, ...b]), 0, 0, 0, 0]);
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

  test('literals, matches that overlap themselves, and blocks that lean on the one before', () => {
    const abcabcabcX = [0x32, 0x61, 0x62, 0x63, 3, 0, 0x10, 0x58];
    expect(text(decodeLz4Frame(frame(0x60, abcabcabcX)))).toBe('abcabcabcX');
    expect(text(decodeLz4Frame(frame(0x40, abcabcabcX, [0x02, 10, 0, 0x10, 0x59])))).toBe('abcabcabcXabcabcY');
  });

  test.each([
    ['another file', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)],
    ['a block cut short', frame(0x60, [0xf0])],
    ['a match outside', frame(0x60, [0x10, 0x61, 9, 0, 0x00])],
    ['no end', frame(0x60, [0x10, 0x61]).subarray(0, 10)],
  ])('%s is an error', (_, bytes) => {
    expect(() => decodeLz4Frame(bytes)).toThrow();
  });
});
