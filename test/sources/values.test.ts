import { batchesSource, columnsSource, rowsSource, toSource } from '../../src/storage/sources/index';
import { collect, failure, typesOf } from './helpers';

async function* asynchronously<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

describe('rows', () => {
  test('types are inferred: whole numbers int64, −0 and fractions float64, Dates timestamps', async () => {
    const rows = [
      { i: 1, f: 1, z: 0, b: true, s: 'x', d: new Date(5), g: 1n, m: 1 },
      { i: null, f: 0.5, z: -0, b: undefined, s: '', d: null, g: -(2n ** 53n), m: 2n },
    ];
    const source = await rowsSource(rows);
    expect(typesOf(source)).toEqual({
      i: 'int64',
      f: 'float64',
      z: 'float64',
      b: 'bool',
      s: 'utf8',
      d: 'timestamp',
      g: 'int64',
      m: 'int64',
    });
    expect(source.rows).toBe(2);
    expect((await collect(source)).rows).toEqual([
      [1, 1, 0, 1, 'x', 5, 1, 1],
      [null, 0.5, -0, null, '', null, -(2 ** 53), 2],
    ]);
  });

  test('a declared schema settles names, types and order; missing keys are null', async () => {
    const schema = { day: 'date', price: 'decimal(2)', n: 'int32' } as const;
    const source = await rowsSource(
      [
        { n: 1, price: '12.34' },
        { day: new Date(86_400_000), price: 5 },
      ],
      { schema },
    );
    expect(source.fields).toEqual([
      { name: 'day', type: 'date' },
      { name: 'price', type: 'decimal(2)' },
      { name: 'n', type: 'int32' },
    ]);
    expect((await collect(source)).rows).toEqual([
      [null, 1234, 1],
      [1, 500, null],
    ]);
    expect((await collect(await rowsSource([], { schema }))).rows).toEqual([]);
  });

  test.each([
    [
      'a key that is no column',
      [{ a: 1 }, { a: 1, b: 2 }],
      { schema: { a: 'int64' } },
      'SCHEMA_MISMATCH',
      /row 1 has a key "b"/,
    ],
    ['no object', [{ a: 1 }, 7], {}, 'SCHEMA_MISMATCH', /row 1 is no object/],
    [
      'kinds that do not mix',
      [{ a: 1 }, { a: 'x' }],
      {},
      'SCHEMA_MISMATCH',
      /row 1, column "a": a string, after numbers/,
    ],
    ['a bigint among fractions', [{ a: 0.5 }, { a: 1n }], {}, 'SCHEMA_MISMATCH', /row 1, column "a": a bigint/],
    ['an object as a value', [{ a: {} }], {}, 'SCHEMA_MISMATCH', /row 0, column "a": an object/],
    ['only nulls', [{ a: null }, {}], {}, 'SCHEMA_MISMATCH', /column "a" holds only nulls/],
    ['no rows', [], {}, 'SCHEMA_MISMATCH', /no rows/],
    [
      'a value that does not fit',
      [{ a: 1 }, { a: 1.5 }],
      { types: { a: 'int32' } },
      'INVALID_VALUE',
      /row 1, column "a"/,
    ],
    ['half a surrogate pair', [{ a: 'x' }, { a: '\ud800' }], {}, 'INVALID_VALUE', /row 1, column "a"/],
    ['a bigint beyond 2^53', [{ a: 1n }, { a: 2n ** 53n + 1n }], {}, 'INVALID_VALUE', /row 1, column "a"/],
  ])('%s is an error', async (_, rows, options, code, message) => {
    const error = await failure(rowsSource(rows as [], options as object).then(collect));
    expect(error).toMatchObject({ code, hint: expect.any(String) });
    expect(error.message).toMatch(message);
  });

  test('a misfit after the rows that settled the types says so', async () => {
    const rows = Array.from({ length: 70_000 }, (_, i) => ({ n: i === 69_999 ? 0.5 : i }));
    const error = await failure(rowsSource(rows).then(collect));
    expect(error.message).toContain('row 69999, column "n"');
    expect(error.hint).toContain(`types: { n: 'float64' }`);
    expect((await collect(await rowsSource(rows, { types: { n: 'float64' } }))).rows[69_999]).toEqual([0.5]);
  });

  test('an iterator is asked for one batch ahead and no more, and told to stop', async () => {
    let asked = 0;
    let stopped = false;
    function* endless() {
      try {
        for (;;) yield { n: asked++ };
      } finally {
        stopped = true;
      }
    }
    const source = await rowsSource(endless());
    for await (const batch of source.batches) {
      expect(batch.rows).toBe(65_024);
      expect(asked).toBe(65_024);
      break;
    }
    expect(stopped).toBe(true);
    await expect(collect(source)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  test('an array can be read again', async () => {
    const source = await rowsSource([{ a: 1 }, { a: 2 }]);
    expect(await collect(source)).toEqual(await collect(source));
  });

  test('long strings end a batch early', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({ s: `${i}`.padEnd(2 ** 20, 'x') }));
    const { rows: found, sizes } = await collect(await rowsSource(asynchronously(rows)));
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThan(20);
    expect(found).toEqual(rows.map(({ s }) => [s]));
  });
});

describe('columns', () => {
  test('typed arrays have types of their own', async () => {
    const source = columnsSource({
      f64: Float64Array.of(0.1, -0),
      f32: Float32Array.of(0.1, 2),
      i32: Int32Array.of(-1, 1),
      i16: Int16Array.of(-1, 1),
      i8: Int8Array.of(-1, 1),
      u8: Uint8Array.of(255, 0),
      c8: Uint8ClampedArray.of(300, 0),
      u16: Uint16Array.of(65535, 0),
      u32: Uint32Array.of(4294967295, 0),
      i64: BigInt64Array.of(-(2n ** 53n), 1n),
      u64: BigUint64Array.of(2n ** 53n, 1n),
      any: ['x', null],
    });
    expect(typesOf(source)).toEqual({
      f64: 'float64',
      f32: 'float32',
      i32: 'int32',
      i16: 'int32',
      i8: 'int32',
      u8: 'int32',
      c8: 'int32',
      u16: 'int32',
      u32: 'int64',
      i64: 'int64',
      u64: 'int64',
      any: 'utf8',
    });
    expect((await collect(source)).rows).toEqual([
      [0.1, Math.fround(0.1), -1, -1, -1, 255, 255, 65535, 4294967295, -(2 ** 53), 2 ** 53, 'x'],
      [-0, 2, 1, 1, 1, 0, 0, 0, 0, 1, 1, null],
    ]);
  });

  test('cut into batches without a copy, and with types asked for', async () => {
    const x = Float64Array.from({ length: 150_000 }, (_, i) => i);
    const source = columnsSource({ x, y: Array.from(x, String) }, { types: { x: 'int32' } });
    expect((await collect(source)).sizes).toEqual([65_024, 65_024, 19_952]);
    const views = columnsSource({ x });
    for await (const batch of views.batches)
      expect((batch.columns[0] as { values: Float64Array }).values.buffer).toBe(x.buffer);
  });

  test.each([
    [
      'unequal lengths',
      () => columnsSource({ a: [1], b: [1, 2] }),
      'SCHEMA_MISMATCH',
      /column "b" has 2 values, column "a" 1/,
    ],
    [
      'a column that is not declared',
      () => columnsSource({ a: [1], b: [1] }, { schema: { a: 'int64' } }),
      'SCHEMA_MISMATCH',
      /"b"/,
    ],
    [
      'a declared column that is missing',
      () => columnsSource({ a: [1] }, { schema: { a: 'int64', b: 'bool' } }),
      'SCHEMA_MISMATCH',
      /"b"/,
    ],
    ['no columns', () => columnsSource({}), 'SCHEMA_MISMATCH', /no columns/],
    [
      'a bigint beyond 2^53',
      () => columnsSource({ a: BigInt64Array.of(0n, 2n ** 53n + 1n) }),
      'INVALID_VALUE',
      /row 1, column "a": 9007199254740993/,
    ],
    [
      'a fraction in an int32',
      () => columnsSource({ a: Float64Array.of(1, 0.5) }, { types: { a: 'int32' } }),
      'INVALID_VALUE',
      /row 1, column "a"/,
    ],
  ])('%s: an error', async (_, make, code, message) => {
    const error = await failure(Promise.resolve().then(make).then(collect));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});

describe('batches and anything', () => {
  const rows = [
    { a: 1, s: 'x' },
    { a: 2, s: null },
    { a: 3, s: 'y' },
  ];
  const expected = [
    [1, 'x'],
    [2, null],
    [3, 'y'],
  ];

  test.each([
    ['rows', () => rows],
    ['a generator of rows', () => rows.values()],
    ['an async generator of rows', () => asynchronously(rows)],
    ['arrays of rows', () => [rows.slice(0, 2), [], rows.slice(2)]],
    ['an async generator of arrays of rows', () => asynchronously([rows.slice(0, 1), rows.slice(1)])],
    ['columns', () => ({ a: Float64Array.of(1, 2, 3), s: ['x', null, 'y'] })],
    [
      'an async generator of columns',
      () =>
        asynchronously([
          { a: [1, 2], s: ['x', null] },
          { a: [3], s: ['y'] },
        ]),
    ],
  ])('%s', async (_, make) => {
    expect((await collect(await toSource(make()))).rows).toEqual(expected);
  });

  test.each([
    ['arrays', [{ tags: ['a'] }, { tags: ['b', 'c'] }]],
    ['typed arrays', [{ v: Float64Array.of(1, 2) }]],
  ])('objects in an array are rows, though they hold only %s, which no column does', async (_, input) => {
    const error = await failure(toSource(input));
    expect(error).toMatchObject({ code: 'SCHEMA_MISMATCH', hint: expect.stringContaining('JSON.stringify') });
    expect(error.message).toContain('row 0, column');
  });

  test('a source is itself', async () => {
    const source = columnsSource({ a: [1] });
    expect(await toSource(source)).toBe(source);
  });

  test('later columns keep the types of the first', async () => {
    const batches = [{ a: [0.5] }, { a: [1] }, { a: Int32Array.of(2) }];
    const source = await batchesSource(asynchronously(batches));
    expect(typesOf(source)).toEqual({ a: 'float64' });
    expect((await collect(source)).rows).toEqual([[0.5], [1], [2]]);
    const misfit = await failure(batchesSource(asynchronously([{ a: [1, 2] }, { a: [3, 'x'] }])).then(collect));
    expect(misfit.message).toContain('row 3, column "a"');
    await expect(batchesSource([{ a: [1] }, { b: [1] }]).then(collect)).rejects.toMatchObject({
      code: 'SCHEMA_MISMATCH',
    });
    await expect(batchesSource([[{ a: 1 }], 7]).then(collect)).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' });
  });

  test.each([null, 7, undefined, Float64Array.of(1), new Map(), {}])('%p is no source', async (input) => {
    await expect(toSource(input)).rejects.toMatchObject({
      code: expect.stringMatching(/INVALID_ARGUMENT|SCHEMA_MISMATCH/),
    });
  });
});
