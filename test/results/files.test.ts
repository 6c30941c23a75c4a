// Files: what is written comes back bit for bit, and DuckDB reads the same.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { col, Shardfold } from '../../src/index.js';
import { linkWith } from '../harness/oracle/links.js';
import { fixture, ROWS, type Row, SCHEMA } from './fixture.js';

const t = fixture();
const folder = mkdtempSync(join(tmpdir(), 'shardfold-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string) => join(folder, name);
const types = { id: 'int32', ...SCHEMA } as const;

async function duckdb(sql: string): Promise<Row[]> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    return (await connection.runAndReadAll(sql)).getRowObjectsJS() as Row[];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function importAgain(sf: Shardfold, file: string, options: object = {}) {
  await sf.createTable(file, path(file), { mode: 'replace', ...options });
  return sf.table(file);
}

it.each(['all.parquet', 'all.arrow', 'all.arrows'])('%s: the same rows and types', async (file) => {
  const written = await t.sf.table('all').writeTo(path(file));
  expect(written).toMatchObject({ rows: ROWS, format: file.slice(4), receipt: { table: 'all' } });
  expect(written.bytes).toBe(readFileSync(path(file)).length);
  expect(written.columns.find(({ name }) => name === 'none')).toEqual({ name: 'none', type: 'float64', nulls: ROWS });
  const again = await importAgain(t.sf, file);
  expect((await again.describe()).columns).toEqual((await t.sf.table('all').describe()).columns);
  expect([...(await again.collect())]).toEqual(t.rows);
});

it.each([
  ['all.csv', { emptyText: true }],
  ['all.csv.gz', { emptyText: true }],
  ['all.ndjson', {}],
])('%s: the same rows, where the types are named', async (file, options) => {
  // In a text, ±2^53 cannot be told from its neighbours, and an import refuses it.
  const safe = col('i64')
    .gt(-(2 ** 53))
    .and(col('i64').lt(2 ** 53));
  await t.sf
    .table('all')
    .filter(safe.or(col('i64').isNull()))
    .writeTo(path(file));
  const again = await importAgain(t.sf, file, { types, ...options });
  expect([...(await again.collect())]).toEqual(t.rows.filter(({ i64 }) => Math.abs(i64 as number) !== 2 ** 53));
});

/** As DuckDB's values come, but for what it has otherwise. */
const known = (rows: Row[], columns: string[]) => rows.map((row) => columns.map((name) => row[name]));

describe('DuckDB reads', () => {
  const columns = ['id', 'f64', 'f32', 'i32', 'flag', 'text', 'at', 'day'];
  it.each(['parquet', 'csv', 'ndjson'])('%s', async (format) => {
    const file = path(`duck.${format}`);
    await t.sf.table('all').writeTo(file);
    const declared =
      "{id: 'INT', f64: 'DOUBLE', f32: 'FLOAT', i32: 'INT', i64: 'BIGINT', flag: 'BOOLEAN', text: 'VARCHAR', \"at\": 'TIMESTAMPTZ', day: 'DATE', price: 'DECIMAL(18, 2)', whole: 'DECIMAL(18, 0)', none: 'DOUBLE'}";
    const from = {
      parquet: `read_parquet('${file}')`,
      csv: `read_csv('${file}', auto_detect = false, delim = ',', quote = '"', escape = '"', header = true, allow_quoted_nulls = false, columns = ${declared})`,
      ndjson: `read_json('${file}', format = 'newline_delimited', columns = ${declared})`,
    }[format];
    const read = await duckdb(
      `SELECT * REPLACE (CAST(i64 AS VARCHAR) AS i64, CAST(price AS VARCHAR) AS price, CAST(whole AS VARCHAR) AS whole) FROM ${from}`,
    );
    const exact = ['i64', 'price', 'whole'];
    expect(known(read, columns)).toEqual(known(t.rows, columns));
    expect(known(read, exact)).toEqual(
      known(t.rows, exact).map((row) => row.map((value) => (value === null ? null : String(value)))),
    );
    expect(read.every(({ none }) => none === null)).toBe(true);
    if (format !== 'parquet') return;
    const described = await duckdb(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${from})`);
    expect(described.map(({ column_type }) => column_type)).toEqual([
      'INTEGER',
      'DOUBLE',
      'FLOAT',
      'INTEGER',
      'BIGINT',
      'BOOLEAN',
      'VARCHAR',
      'TIMESTAMP WITH TIME ZONE',
      'DATE',
      'DECIMAL(18,2)',
      'DECIMAL(18,0)',
      'DOUBLE',
    ]);
    expect(await duckdb(`SELECT count(*)::INT AS n FROM ${from} WHERE i32 = 1 AND text >= 'a'`)).toEqual([
      {
        n: t.rows.filter(
          ({ i32, text }) =>
            i32 === 1 && text !== null && Buffer.compare(Buffer.from(text as string), Buffer.from('a')) >= 0,
        ).length,
      },
    ]);
  });
});

it('CSV and NDJSON look as they should', async () => {
  const some = t.sf
    .table('all')
    .filter(col('id').lt(3))
    .select('id', 'f64', 'flag', 'text', 'at', 'day', 'price', 'none');
  await some.writeTo(path('some.csv'));
  expect(readFileSync(path('some.csv'), 'utf8')).toBe(
    'id,f64,flag,text,at,day,price,none\n' +
      '0,0,true,"",1970-01-01T00:00:00.000Z,1970-01-01,0.00,\n' +
      '1,-0.0,false,a,1969-12-31T23:59:59.999Z,1969-12-31,12.34,\n' +
      '2,0.1,," b ",1970-01-01T00:00:00.001Z,2001-02-03,-0.05,\n',
  );
  await some.writeTo(path('some.ndjson'));
  const [first, second] = readFileSync(path('some.ndjson'), 'utf8').split('\n');
  expect(first).toBe(
    '{"id":0,"f64":0,"flag":true,"text":"","at":"1970-01-01T00:00:00.000Z","day":"1970-01-01","price":"0.00","none":null}',
  );
  expect(JSON.parse(second as string)).toEqual({
    id: 1,
    f64: -0,
    flag: false,
    text: 'a',
    at: '1969-12-31T23:59:59.999Z',
    day: '1969-12-31',
    price: '12.34',
    none: null,
  });
  await some.writeTo(path('some.csv.gz'));
  expect(gunzipSync(readFileSync(path('some.csv.gz')))).toEqual(readFileSync(path('some.csv')));
});

it.each(['csv', 'ndjson', 'parquet', 'arrow', 'arrows'] as const)('nothing at all as %s', async (format) => {
  const none = await t.sf
    .table('all')
    .filter(col('id').lt(0))
    .writeTo(path(`none.${format}`));
  expect(none).toMatchObject({ rows: 0 });
  if (format === 'ndjson' || format === 'csv') return;
  const again = await importAgain(t.sf, `none.${format}`);
  expect(await again.describe()).toMatchObject({ rows: 0, columns: (await t.sf.table('all').describe()).columns });
});

it('a single column keeps its nulls', async () => {
  for (const name of ['single.csv', 'single.ndjson', 'single.parquet']) {
    await t.sf.table('all').select('i32').writeTo(path(name));
    const again = await importAgain(t.sf, name, { types: { i32: 'int32' } });
    expect([...(await again.collect())]).toEqual(t.rows.map(({ i32 }) => ({ i32 })));
  }
});

it('a stream of the caller takes the bytes, and is not ended', async () => {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
  const written = await t.sf.table('all').select('id').writeTo(stream, { format: 'csv' });
  expect(stream.writableEnded).toBe(false);
  expect(Buffer.concat(chunks).length).toBe(written.bytes);
  expect(Buffer.concat(chunks).toString().split('\n')).toHaveLength(ROWS + 2);
  await expect(t.sf.table('all').writeTo(stream)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});

it('a stream that is slow is waited for', async () => {
  const stream = new PassThrough({ highWaterMark: 100 });
  let at = 0;
  const writing = t.sf
    .table('all')
    .select('text')
    .writeTo(stream, { format: 'csv', onWritten: ({ rows }) => (at = rows) });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(at).toBeLessThan(300);
  stream.resume();
  await writing;
  expect(at).toBe(ROWS);
});

it.each([
  ['csv', 8 * 2000],
  ['ndjson', 8 * 2000],
  ['parquet', 65_024 + 8 * 2000],
  ['arrows', 65_024 + 8 * 2000],
] as const)('%s: rows in flight are bounded, however many there are', async (format, most) => {
  if (!(await t.sf.tables()).some(({ name }) => name === 'long')) {
    const x = Float64Array.from({ length: 200_000 }, (_, i) => i / 3);
    await t.sf.createTable('long', { x }, { chunkRows: 2000 });
  }
  let [pulled, written, worst] = [0, 0, 0];
  const link = linkWith(t.sf.link, (call, next) => {
    if (call.command[0] === 'MGET') {
      pulled += 2000;
      worst = Math.max(worst, pulled - written);
    }
    return next();
  });
  const slow = new Writable({
    highWaterMark: 16_384,
    write: (_, __, done) => void setTimeout(done, 1),
  });
  const onWritten = ({ rows }: { rows: number }) => {
    written = rows;
  };
  const result = await new Shardfold(link).table('long').writeTo(slow, { format, onWritten });
  expect(result.rows).toBe(200_000);
  expect(pulled).toBe(200_000);
  expect(worst).toBeLessThanOrEqual(most);
});

describe('a file is there only when it is whole', () => {
  const left = () => readdirSync(folder).filter((name) => name.startsWith('half'));
  afterEach(() => {
    for (const name of left()) rmSync(path(name));
  });

  it('not after a failure', async () => {
    const overflow = t.sf.table('all').select(
      col('id')
        .add(2 ** 31 - 300)
        .as('n'),
    );
    for (const name of ['half.csv', 'half.csv.gz', 'half.parquet', 'half.arrow']) {
      await expect(overflow.writeTo(path(name))).rejects.toMatchObject({ code: 'NUMERIC_OVERFLOW' });
    }
    expect(left()).toEqual([]);
  });

  it('not after an abort, and what was there stays', async () => {
    writeFileSync(path('half.csv'), 'before');
    const controller = new AbortController();
    const options = { signal: controller.signal, onWritten: () => controller.abort() };
    await expect(t.sf.table('all').writeTo(path('half.csv'), options)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(left()).toEqual(['half.csv']);
    expect(readFileSync(path('half.csv'), 'utf8')).toBe('before');
  });

  it('where it cannot be written, that is said', async () => {
    await expect(t.sf.table('all').writeTo(path('no/such/half.csv'))).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: `${path('no/such/half.csv')} cannot be written: there is no such folder`,
      hint: expect.stringContaining('make the folder first'),
    });
    await expect(t.sf.table('all').writeTo(folder, { format: 'csv' })).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
    });
    const bad = [path('half.xls'), path('half.parquet.gz'), path('half')];
    for (const file of bad) {
      await expect(t.sf.table('all').writeTo(file)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    await expect(t.sf.table('all').writeTo(path('half.csv'), { format: 'xml' as 'csv' })).rejects.toThrow('"xml"');
    expect(left()).toEqual([]);
  });
});
