import { writeFileSync } from 'node:fs';
import { connectCluster } from '../../src/cluster/connect';
import { openTable } from '../../src/storage/catalog';
import { readBatch } from '../../src/storage/write';
import { runCli } from '../harness/cli';
import { sharedUrl, uniquePrefix } from '../harness/cluster';
import { duck, type Physical, rowOf, workFolder } from './helpers';

const at = workFolder();
const prefix = uniquePrefix();
const url = () => sharedUrl(3);
const run = (...args: string[]) => runCli([...args, '--url', url(), '--prefix', prefix]);

function file(name: string, content: string): string {
  writeFileSync(at(name), content);
  return at(name);
}

async function rowsOf(table: string): Promise<Physical[][]> {
  const link = await connectCluster({ url: url(), prefix });
  try {
    const context = link.context();
    const snapshot = await openTable(link, table, context);
    const rows: Physical[][] = [];
    for (const { index } of snapshot.chunks) {
      const batch = await readBatch(link, snapshot, index, context);
      for (let i = 0; i < batch.rows; i++) rows.push(rowOf(batch, i));
    }
    return rows;
  } finally {
    await link.close();
  }
}

test('a file becomes a table, bit for bit, and the summary says how', async () => {
  const query = `SELECT i AS id, CASE WHEN i % 10 > 0 THEN i / 7 END AS f, 'w' || i % 300 AS word FROM range(140000) r(i)`;
  await duck(`COPY (${query}) TO '${at('t.parquet')}' (FORMAT PARQUET)`);
  const { code, stdout, stderr } = await run('import', at('t.parquet'), '--table', 't', '--json');
  expect([code, stderr]).toEqual([0, '']);
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ table: 't', rows: 140_000, rowsImported: 140_000, chunks: 3, duplicate: false });
  expect(result.bytes).toBe(result.bytesWritten);
  expect(result.columns).toMatchObject([
    { name: 'id', type: 'int64', nulls: 0 },
    { name: 'f', type: 'float64', nulls: 14_000 },
    { name: 'word', type: 'utf8', nulls: 0 },
  ]);
  expect(await rowsOf('t')).toEqual(await duck(query.replace('SELECT i AS id', 'SELECT i::DOUBLE AS id')));
});

test('append, replace, renaming, types and append ids', async () => {
  const first = file('a.csv', 'e-mail,n\na@x,1\nb@x,\n');
  const options = ['--table', 'users', '--rename', 'e-mail=email', '--type', 'n=decimal(2)'];
  const made = await run('import', first, ...options, '--chunk-rows', '2');
  expect(made.code).toBe(0);
  expect(made.stdout).toMatch(/^email\s+utf8\s+0\s/m);
  expect(made.stdout).toMatch(/^n\s+decimal\(2\)\s+1\s/m);
  expect(made.stdout).toMatch(/users {2}2 rows in 1 chunk,/);
  // The number of the table is a decimal, so that of the appended file is one too.
  const second = file('b.ndjson', '{"n": 2.5, "email": "c@x"}\n');
  for (const added of [1, 0]) {
    const { stdout } = await run('import', second, '--table', 'users', '--append', '--append-id', 'day 1', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ rows: 3, rowsImported: added, chunks: 2, duplicate: added === 0 });
  }
  expect(await rowsOf('users')).toEqual([
    ['a@x', 100],
    ['b@x', null],
    ['c@x', 250],
  ]);
  expect((await run('import', first, '--table', 'users', '--replace')).code).toBe(0);
  expect(await rowsOf('users')).toEqual([
    ['a@x', 1],
    ['b@x', null],
  ]);
});

test('a file of names alone makes a table without rows', async () => {
  const { code, stdout } = await run('import', file('names.csv', 'a,b\n'), '--table', 'empty', '--type', 'b=date');
  expect(code).toBe(0);
  expect(stdout).toMatch(/empty {2}0 rows in 0 chunks, 0 B/);
  expect(await rowsOf('empty')).toEqual([]);
});

test('what goes wrong changes nothing and exits with 1', async () => {
  await run('import', file('ok.csv', 'n\n1\n'), '--table', 'kept');
  const rows = Array.from({ length: 80_000 }, (_, i) => (i === 79_999 ? 'x' : `${i}`));
  const attempts: [string[], RegExp][] = [
    [[file('late.csv', `n\n${rows.join('\n')}\n`), '--replace'], /INVALID_VALUE.*line 80001[\s\S]*--type n=utf8/],
    [
      [file('bad.csv', 'n\nx\n'), '--append'],
      /"x" is no int64 value[\s\S]*mend the row:.*; for another, replace it \(--replace\)/,
    ],
    [[at('late.csv'), '--append'], /line 80001, column "n": "x" is no int64[\s\S]*mend the row: an append keeps/],
    [[file('ragged.csv', 'n\n1,2\n'), '--append'], /FILE_UNREADABLE.*line 2/],
    [[file('other.csv', 'm\n1\n'), '--append'], /UNKNOWN_COLUMN[\s\S]*hint/],
    [[file('ok.csv', 'n\n1\n'), '--replace', '--type', 'N=int32'], /UNKNOWN_COLUMN[\s\S]*did you mean "n"\?/],
    [[file('ok.csv', 'n\n1\n'), '--append', '--table', 'kapt'], /TABLE_NOT_FOUND[\s\S]*leave out --append/],
    [[file('days.csv', 'd\n2026-02-30\n'), '--replace', '--type', 'd=date'], /there is no day 2026-02-30/],
    [[file('ok.csv', 'n\n1\n')], /TABLE_EXISTS[\s\S]*--append[\s\S]*--replace/],
    [[at('none.csv'), '--replace'], /FILE_UNREADABLE/],
  ];
  for (const [args, message] of attempts) {
    const { code, stdout, stderr } = await run('import', '--table', 'kept', ...args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
  }
  expect(await rowsOf('kept')).toEqual([[1]]);
});

test.each([
  [['f.csv'], /--table/],
  [['f.csv', '--table', 't', '--append', '--replace'], /cannot be used with/],
  [['f.csv', '--table', 't', '--append-id', 'x'], /--append/],
  [['f.csv', '--table', 't', '--type', 'id'], /column=type/],
  [['f.csv', '--table', 't', '--type', 'id=int'], /no column type; one of float64/],
  [['f.csv', '--table', 't', '--rename', 'id'], /old=new/],
  [['f.csv', '--table', 't', '--chunk-rows', '70000'], /1 to 65024/],
])('wrong usage %p exits with 1', async (args, message) => {
  const { code, stderr } = await run('import', ...args);
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
});

test('help shows examples', async () => {
  const { code, stdout } = await runCli(['import', '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('$ shardfold import trips.parquet --table trips');
});
