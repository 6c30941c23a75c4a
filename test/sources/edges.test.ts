import { writeFileSync } from 'node:fs';
import { fileSource } from '../../src/storage/sources/file';
import { collect, duck, failure, typesOf, workFolder } from './helpers';

const at = workFolder();

function file(name: string, content: string | Buffer): string {
  writeFileSync(at(name), content);
  return at(name);
}

async function parquet(name: string, query: string): Promise<string> {
  await duck(`COPY (${query}) TO '${at(name)}' (FORMAT PARQUET)`);
  return at(name);
}

describe('types of Parquet', () => {
  test('every type that has a column type', async () => {
    const path = await parquet(
      'types.parquet',
      `SELECT (-128)::TINYINT AS i8, (-32768)::SMALLINT AS i16, (-2147483648)::INTEGER AS i32, 255::UTINYINT AS u8,
        65535::USMALLINT AS u16, 4294967295::UINTEGER AS u32, -9007199254740992::BIGINT AS i64,
        9007199254740992::UBIGINT AS u64, 0.1::FLOAT AS f32, -0.0::DOUBLE AS f64, true AS b,
        -12.34::DECIMAL(4,2) AS d4, 1234567.89::DECIMAL(9,2) AS d9, -90071992547409.92::DECIMAL(18,2) AS d18,
        9007199254740.992::DECIMAL(38,3) AS d38, 'x'::ENUM('y', 'x') AS e, 'f47ac10b-58cc-4372-a567-0e02b2c3d479'::UUID AS u,
        DATE '0001-01-01' AS day, TIMESTAMP_S '2038-01-19 03:14:08' AS ts, TIMESTAMP_MS '1969-12-31 23:59:59.999' AS tms,
        TIMESTAMP '9999-12-31 23:59:59.999' AS tus, TIMESTAMP_NS '1677-10-01 00:00:00.001' AS tns,
        TIMESTAMPTZ '2020-06-01 12:00:00+02:00' AS tz`,
    );
    const source = await fileSource(path);
    expect(typesOf(source)).toEqual({
      i8: 'int32',
      i16: 'int32',
      i32: 'int32',
      u8: 'int32',
      u16: 'int32',
      u32: 'int64',
      i64: 'int64',
      u64: 'int64',
      f32: 'float32',
      f64: 'float64',
      b: 'bool',
      d4: 'decimal(2)',
      d9: 'decimal(2)',
      d18: 'decimal(2)',
      d38: 'decimal(3)',
      e: 'utf8',
      u: 'utf8',
      day: 'date',
      ts: 'timestamp',
      tms: 'timestamp',
      tus: 'timestamp',
      tns: 'timestamp',
      tz: 'timestamp',
    });
    expect((await collect(source)).rows[0]).toEqual([
      -128,
      -32768,
      -2147483648,
      255,
      65535,
      4294967295,
      -(2 ** 53),
      2 ** 53,
      Math.fround(0.1),
      -0,
      1,
      -1234,
      123456789,
      -9007199254740992,
      9007199254740992,
      'x',
      'f47ac10b-58cc-4372-a567-0e02b2c3d479',
      -719162,
      Date.UTC(2038, 0, 19, 3, 14, 8),
      -1,
      Date.UTC(9999, 11, 31, 23, 59, 59, 999),
      Date.UTC(1677, 9, 1) + 1,
      Date.UTC(2020, 5, 1, 10),
    ]);
  });

  test.each([
    ["TIME '12:00:00'", 'TIME', '12:00:00'],
    ["INTERVAL '3' DAY", 'INTERVAL', '3 days'],
    ["{'a': [1, NULL]}", 'STRUCT', '{"a":[1,null]}'],
    ['[1, 2]', 'INTEGER[]', '[1,2]'],
    ["encode('é')", 'BLOB', 'é'],
    ['1.5::DECIMAL(38,20)', 'DECIMAL(38,20)', '1.50000000000000000000'],
  ])('%s has none, but a text', async (value, type, text) => {
    const path = await parquet('odd.parquet', `SELECT 1 AS id, ${value} AS odd`);
    const error = await failure(fileSource(path));
    expect(error).toMatchObject({ code: 'TYPE_MISMATCH', hint: expect.stringContaining('--type odd=utf8') });
    expect(error.message).toContain(type);
    expect((await collect(await fileSource(path, { types: { odd: 'utf8' } }))).rows).toEqual([[1, text]]);
  });

  test.each([
    ['9007199254740993::BIGINT', '9007199254740993', 'beyond its range'],
    ['-9007199254740993::BIGINT', '-9007199254740993', 'beyond its range'],
    ['18446744073709551615::UBIGINT', '18446744073709551615', 'beyond its range'],
    ['170141183460469231731687303715884105727::HUGEINT::VARCHAR', '170141183460469231731687303715884105727', undefined],
    ["TIMESTAMP '2020-01-01 00:00:00.000001'", '2020-01-01 00:00:00.000001', 'finer than a millisecond'],
    ["TIMESTAMP_NS '2020-01-01 00:00:00.000000001'", '2020-01-01 00:00:00.000000001', 'finer than a millisecond'],
    ["'infinity'::TIMESTAMP", 'infinity', 'infinite'],
    ["'-infinity'::DATE", '-infinity', 'infinite'],
  ])('%s: an error with row and column, and a hint that works', async (value, text, reason) => {
    const path = await parquet(
      'far.parquet',
      `SELECT i, CASE WHEN i = 70001 THEN ${value} END AS v FROM range(70005) r(i)`,
    );
    if (reason !== undefined) {
      const error = await failure(collect(await fileSource(path)));
      expect(error.code).toBe('INVALID_VALUE');
      expect(error.message).toContain('row 70001, column "v"');
      expect(error.message).toContain(reason);
      expect(error.hint).toMatch(/--type v=utf8|--truncate/);
    }
    const { rows } = await collect(await fileSource(path, { types: { v: 'utf8' } }));
    expect(rows[70001]).toEqual([70001, text]);
    expect(rows[70002]).toEqual([70002, null]);
  });

  test('truncate cuts towards the past', async () => {
    const path = await parquet(
      'fine.parquet',
      `SELECT TIMESTAMP '1969-12-31 23:59:59.999999' AS us, TIMESTAMP_NS '1969-12-31 23:59:59.999999999' AS ns`,
    );
    expect((await collect(await fileSource(path, { truncate: true }))).rows).toEqual([[-1, -1]]);
  });
});

describe('types asked for', () => {
  test('each by its texts, exactly', async () => {
    const path = file(
      'asked.csv',
      'id,n,d,b,day,t,f\n007,12.50,-0.05,T,2020-02-29,2020-02-29T12:00:00.5+02:00,0.1\n012,3,7,0,,2020-03-01,nan\n',
    );
    const source = await fileSource(path, {
      types: {
        id: 'utf8',
        n: 'decimal(2)',
        d: 'decimal(3)',
        b: 'bool',
        day: 'timestamp',
        t: 'timestamp',
        f: 'float32',
      },
      rename: { id: 'zip' },
    });
    expect(source.fields[0]).toEqual({ name: 'zip', type: 'utf8' });
    expect((await collect(source)).rows).toEqual([
      ['007', 1250, -50, 1, Date.UTC(2020, 1, 29), Date.UTC(2020, 1, 29, 10, 0, 0, 500), Math.fround(0.1)],
      ['012', 300, 7000, 0, null, Date.UTC(2020, 2, 1), Number.NaN],
    ]);
  });

  test.each([
    ['n=int32', '2147483648', 'beyond its range'],
    ['n=int32', '1.5', 'not an integer'],
    ['n=int64', '9007199254740993', 'beyond its range'],
    ['n=int64', '9007199254740992', 'integers end just before'],
    ['n=decimal(1)', '1.25', 'more than 1 decimal places'],
    ['n=int64', 'oops', '"oops" is no int64 value'],
    ['n=float64', 'oops', '"oops" is no float64 value'],
    ['n=bool', '2', 'neither true nor false'],
    ['n=date', '2020-13-01', 'date'],
    ['n=timestamp', '2020-01-01 10:00 Mars', 'timestamp'],
    ['n=timestamp', '2020-01-01 10:00:00.0001', 'finer than a millisecond'],
  ])('%s refuses %s by row and column', async (wish, text, reason) => {
    const [name = '', type = ''] = wish.split('=');
    const path = file('misfit.csv', `id,n\n1,\n2,${text}\n`);
    const error = await failure(collect(await fileSource(path, { types: { [name]: type as 'int32' } })));
    expect(error).toMatchObject({ code: 'INVALID_VALUE', hint: expect.any(String) });
    expect(error.message).toContain('row 1, column "n"');
    expect(error.message).toContain(text);
    expect(error.message).toContain(reason);
  });

  test('wishes about columns that are not there, names taken twice, types that are none', async () => {
    const path = file('wishes.csv', 'a,b\n1,2\n');
    await expect(fileSource(path, { types: { A: 'int32' } })).rejects.toMatchObject({
      code: 'UNKNOWN_COLUMN',
      hint: 'did you mean "a"? its columns are a, b',
    });
    await expect(fileSource(path, { rename: { c: 'd' } })).rejects.toMatchObject({ code: 'UNKNOWN_COLUMN' });
    await expect(fileSource(path, { rename: { a: 'b' } })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(fileSource(path, { types: { a: 'int' as 'int32' } })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    const renamed = await fileSource(path, { rename: { a: 'x' }, types: { x: 'int32' } });
    expect(typesOf(renamed)).toEqual({ x: 'int32', b: 'int64' });
  });
});

describe('text files', () => {
  test('two columns of one name: one of them has to be given another', async () => {
    const path = file('twice.csv', 'a,b,a\n1,2,3\n');
    const error = await failure(fileSource(path));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: 'two columns are called "a"' });
    expect(error.hint).toBe("rename: { a_1: 'other' }, or --rename a_1=other");
    const spaced = await failure(fileSource(file('spaced.csv', 'a b,c,a b\n1,2,3\n')));
    expect(spaced.hint).toBe(`rename: { "a b_1": 'other' }, or --rename 'a b_1=other'`);
    const { fields } = await fileSource(path, { rename: { a_1: 'c' } });
    expect(fields.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  test('guesses are not taken where they might be wrong', async () => {
    const path = file(
      'guess.csv',
      'day,at,big,time,mixed\n01/02/2020,01/02/2020 10:00:00,1,12:00:00,1\n03/04/2020,03/04/2020 10:00:00,2,13:00:00,x\n',
    );
    expect(typesOf(await fileSource(path))).toEqual({
      day: 'utf8',
      at: 'utf8',
      big: 'int64',
      time: 'utf8',
      mixed: 'utf8',
    });
  });

  test('bools: what is taken for one is read as one', async () => {
    const [yes, no] = [
      ['yes', 'YES', 't', 'T', 'true', 'tRuE'],
      ['no', 'No', 'f', 'F', 'false', 'FALSE'],
    ] as const;
    for (const [k, text] of yes.entries()) {
      const path = file('bools.csv', `a,b\n1,${text}\n2,${no[k]}\n3,\n`);
      const rows = [
        [1, 1],
        [2, 0],
        [3, null],
      ];
      expect(typesOf(await fileSource(path))).toEqual({ a: 'int64', b: 'bool' });
      expect((await collect(await fileSource(path))).rows).toEqual(rows);
      expect((await collect(await fileSource(path, { types: { b: 'bool' } }))).rows).toEqual(rows);
    }
    const others = file('others.csv', 'a,b,c,d\ny,1,on,ja\nn,0,off,nein\n');
    expect(typesOf(await fileSource(others))).toEqual({ a: 'utf8', b: 'int64', c: 'utf8', d: 'utf8' });
    const asked = await fileSource(others, { types: { a: 'bool', b: 'bool' } });
    expect((await collect(asked)).rows.map((row) => row.slice(0, 2))).toEqual([
      [1, 1],
      [0, 0],
    ]);
    const json = file('bools.ndjson', '{"a": true, "b": "true"}\n{"a": false, "b": "yes"}\n');
    expect(typesOf(await fileSource(json))).toEqual({ a: 'bool', b: 'utf8' });
  });

  test.each(['id\n1\n123456789012345678901234567890\n', 'id\n9007199254740993\n1\n'])(
    'integers beyond 2^53 are no floats: %j',
    async (text) => {
      const path = file('big.csv', text);
      const source = await fileSource(path);
      expect(typesOf(source)).toEqual({ id: 'int64' });
      const error = await failure(collect(source));
      expect(error).toMatchObject({ code: 'INVALID_VALUE', hint: expect.stringContaining('--type id=utf8') });
      const lines = text.trim().split('\n').slice(1);
      const { rows } = await collect(await fileSource(path, { types: { id: 'utf8' } }));
      expect(rows).toEqual(lines.map((line) => [line]));
    },
  );

  test.each([
    ['1.5', 'not an integer', '--type n=float64'],
    ['9007199254740993', 'beyond its range', '--type n=utf8'],
  ])('a late %s among integers is not rounded', async (text, reason, hint) => {
    const lines = Array.from({ length: 100_000 }, (_, i) => (i === 90_000 ? text : `${i}`));
    const error = await failure(collect(await fileSource(file('late.csv', `n\n${lines.join('\n')}\n`))));
    expect(error.message).toMatch(new RegExp(`row 90000, column "n": "?${text}"? is no int64`));
    expect(error.message).toContain(reason);
    expect(error.hint).toContain(hint);
  });

  test('JSON: keys and kinds that first come up at the end', async () => {
    const records = Array.from({ length: 50_000 }, (_, i) =>
      JSON.stringify(i < 49_999 ? { n: i } : { n: 0.5, last: 'é' }),
    );
    const source = await fileSource(file('late.ndjson', records.join('\n')));
    expect(typesOf(source)).toEqual({ n: 'float64', last: 'utf8' });
    const { rows } = await collect(source);
    expect(rows[49_998]).toEqual([49_998, null]);
    expect(rows[49_999]).toEqual([0.5, 'é']);
  });

  test('JSON: nested and mixed values only as text, nulls alone too', async () => {
    const path = file('nested.json', '[{"a": 1, "o": {"k": [1, "é"]}, "m": 1, "z": null}, {"o": null, "m": "x"}]');
    await expect(fileSource(path)).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
      hint: expect.stringContaining('=utf8'),
    });
    const source = await fileSource(path, { types: { o: 'utf8', m: 'utf8' } });
    expect(typesOf(source)).toEqual({ a: 'int64', o: 'utf8', m: 'utf8', z: 'utf8' });
    expect((await collect(source)).rows).toEqual([
      [1, '{"k":[1,"é"]}', '1', null],
      [null, null, 'x', null],
    ]);
  });

  test('strings: a byte order mark, NUL, and the two lengths around 12 bytes', async () => {
    const texts = [
      '\ufeffshort',
      '\ufeffa string longer than twelve bytes',
      'x\0y',
      'a'.repeat(12),
      'a'.repeat(13),
      '😀😀😀',
      '😀😀😀é',
    ];
    const path = file('strings.ndjson', texts.map((s) => JSON.stringify({ s })).join('\n'));
    expect((await collect(await fileSource(path))).rows).toEqual(texts.map((s) => [s]));
  });

  test('names of files and columns are never code', async () => {
    const path = file(`it's a "odd" [1] *?.csv`, `"se""lect","x'); --",year=2020\n1,2,3\n`);
    file(`it's a "odd" 1 ab.csv`, 'other\n1\n');
    const source = await fileSource(path, { types: { "x'); --": 'utf8' } });
    expect(typesOf(source)).toEqual({ 'se"lect': 'int64', "x'); --": 'utf8', 'year=2020': 'int64' });
    expect((await collect(source)).rows).toEqual([[1, '2', 3]]);
  });

  test('blank lines before the names, comments that are none, a file of names alone', async () => {
    expect((await collect(await fileSource(file('blank.csv', '\n\na,b\n#3,4\n')))).rows).toEqual([['#3', 4]]);
    const empty = await fileSource(file('names.csv', 'a,b\n'));
    expect(typesOf(empty)).toEqual({ a: 'utf8', b: 'utf8' });
    expect((await collect(empty)).rows).toEqual([]);
  });
});

describe('files that cannot be read', () => {
  const csv = (rows: string[]) => `a,b\n${rows.join('\n')}\n`;
  const late = (bad: string) => csv(Array.from({ length: 60_000 }, (_, i) => (i === 50_000 ? bad : `${i},${i}`)));

  test.each([
    [
      'short.csv',
      csv(['1,2', '3', '4,5']),
      'FILE_UNREADABLE',
      /short\.csv, line 3: Expected Number of Columns: 2 Found: 1/,
    ],
    ['long.csv', csv(['1,2', '3,4,5']), 'FILE_UNREADABLE', /long\.csv, line 3: .*Found: 3/],
    ['quote.csv', csv(['1,"x', '3,4']), 'FILE_UNREADABLE', /line 2: .*quote/i],
    ['late-short.csv', late('1,2,3'), 'FILE_UNREADABLE', /line 50002: .*Found: 3/],
    ['late-type.csv', late('1,abc'), 'INVALID_VALUE', /line 50002, column "b": "abc" is no int64 value$/],
    ['latin.csv', Buffer.from('a,b\n1,\xe9\n', 'latin1'), 'FILE_UNREADABLE', /line 2: .*unicode/i],
    ['utf16.csv', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), 'FILE_UNREADABLE', /UTF-16/],
    ['empty.csv', '', 'FILE_UNREADABLE', /empty/],
    ['blank.csv', '\n\n', 'FILE_UNREADABLE', /empty/],
    ['cut.json', '[{"a": 1}, {"a"', 'FILE_UNREADABLE', /Malformed JSON/],
    ['scalars.json', '[1, 2]', 'FILE_UNREADABLE', /non-record/],
    ['twice.ndjson', '{"a": 1, "a": 2}\n', 'FILE_UNREADABLE', /line 1.*duplicate key/],
    ['junk.parquet', 'PAR1 junk junk PAR1', 'FILE_UNREADABLE', /junk\.parquet/],
    ['junk.arrow', 'this is no arrow file at all', 'FILE_UNREADABLE', /junk\.arrow/],
    ['what.xyz', 'a,b\n', 'FILE_UNREADABLE', /format/],
  ])('%s', async (name, content, code, message) => {
    const path = file(name, content);
    const error = await failure(fileSource(path).then(collect));
    expect(error).toMatchObject({ code, hint: expect.any(String) });
    expect(error.message).toMatch(message);
    expect(error.message.length).toBeLessThan(400);
  });

  test('a damaged page of a Parquet file is no end of the rows', async () => {
    await duck(
      `COPY (SELECT i AS id, 'text number ' || i AS t FROM range(500000) r(i)) TO '${at('whole.parquet')}' (FORMAT PARQUET)`,
    );
    const { readFileSync } = await import('node:fs');
    const bytes = readFileSync(at('whole.parquet'));
    bytes.fill(7, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 50_000);
    const error = await failure(fileSource(file('damaged.parquet', bytes)).then(collect));
    expect(error.code).toBe('FILE_UNREADABLE');
    expect(error.message).toContain('damaged.parquet');
  });

  test('no file, a folder', async () => {
    await expect(fileSource(at('none.csv'))).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      hint: expect.stringContaining('none.csv'),
    });
    await expect(fileSource(at('.'), { format: 'csv' })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});

test('a signal stops looking through a file, and reading it', async () => {
  const path = await parquet('stop.parquet', 'SELECT i AS id FROM range(500000) r(i)');
  const stop = new AbortController();
  const source = await fileSource(path, { signal: stop.signal });
  let rows = 0;
  const reading = (async () => {
    for await (const batch of source.batches) {
      rows += batch.rows;
      stop.abort();
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'ABORTED' });
  expect(rows).toBe(65_024);
  await expect(fileSource(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
});

test('a wide table comes in shorter batches', async () => {
  const columns = Array.from({ length: 1000 }, (_, k) => `i + ${k} AS c${k}`);
  const path = await parquet('wide.parquet', `SELECT ${columns.join(', ')} FROM range(9000) r(i)`);
  const { rows, sizes } = await collect(await fileSource(path));
  expect(sizes).toEqual([8388, 612]);
  expect(rows[8999]?.[999]).toBe(9998);
});

test('no rows at all', async () => {
  const source = await fileSource(await parquet('none.parquet', "SELECT 1 AS id, 'x' AS s WHERE false"));
  expect([source.rows, typesOf(source)]).toEqual([0, { id: 'int32', s: 'utf8' }]);
  expect((await collect(source)).rows).toEqual([]);
  const nulls = file('nulls.csv', 'a,b\n,\n,\n');
  expect((await collect(await fileSource(nulls, { types: { a: 'int32' } }))).rows).toEqual([
    [null, null],
    [null, null],
  ]);
});
