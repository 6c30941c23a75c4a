/** `shardfold sql` and `shardfold explain`, as processes of their own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../src/index.js';
import { type CliOptions, runCli } from '../harness/cli.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

const prefix = uniquePrefix();
const MANY = 200_000;
const folder = mkdtempSync(join(tmpdir(), 'shardfold-sql-'));
beforeAll(async () => {
  const sf = await connect({ url: sharedUrl(3), prefix });
  await sf.createTable(
    'trips',
    {
      id: [1, 2, 3, 4],
      price: [1.5, null, -0, Number.NaN],
      city: ['Zürich', 'NULL', null, ''],
      at: [new Date('2001-02-03T04:05:06Z'), new Date('2001-02-03T04:05:06.789Z'), null, new Date(0)],
      big: [9_007_199_254_740_991n, 1n, 2n, null],
    },
    { schema: { id: 'int32', price: 'float64', city: 'utf8', at: 'timestamp', big: 'int64' } },
  );
  const ids = Int32Array.from({ length: MANY }, (_, i) => i);
  await sf.createTable('many', { id: ids, country: Array(MANY).fill('NL') });
  await sf.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (args: readonly string[], options: CliOptions = {}) =>
  runCli([...args, '--url', sharedUrl(3), '--prefix', prefix], options);

it('prints an aligned table, and what it cost on stderr', async () => {
  const { code, stdout, stderr } = await run(['sql', 'SELECT * FROM trips ORDER BY id']);
  expect(stdout).toBe(
    [
      'id  price  city    at                                    big',
      '──  ─────  ──────  ───────────────────────  ────────────────',
      ' 1    1.5  Zürich  2001-02-03 04:05:06.000  9007199254740991',
      " 2   NULL  'NULL'  2001-02-03 04:05:06.789                 1",
      ' 3   -0.0  NULL    NULL                                    2',
      ' 4    NaN          1970-01-01 00:00:00.000              NULL',
      '',
    ].join('\n'),
  );
  expect(stderr).toMatch(/^\(4 rows, 1 chunk, [\d.]+ k?B received, [\d.]+ ms\)\n$/);
  expect(code).toBe(0);
});

it('shows no milliseconds where there are none, and titles where there are no rows', async () => {
  expect((await run(['sql', 'SELECT at FROM trips WHERE id IN (1, 4) ORDER BY id'])).stdout).toBe(
    'at\n───────────────────\n2001-02-03 04:05:06\n1970-01-01 00:00:00\n',
  );
  const none = await run(['sql', 'SELECT id, city FROM trips WHERE id > 9']);
  expect(none.stdout).toBe('id  city\n');
  expect(none.stderr).toMatch(/^\(0 rows, /);
});

it('prints JSON with names, types and a receipt', async () => {
  const { code, stdout, stderr } = await run([
    'sql',
    '--json',
    'SELECT id, price, city, at, big FROM trips ORDER BY id',
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('"big":9007199254740991}');
  const { columns, rows, receipt } = JSON.parse(stdout);
  expect(columns).toEqual([
    { name: 'id', type: 'int32' },
    { name: 'price', type: 'float64' },
    { name: 'city', type: 'utf8' },
    { name: 'at', type: 'timestamp' },
    { name: 'big', type: 'int64' },
  ]);
  expect(rows).toEqual([
    { id: 1, price: 1.5, city: 'Zürich', at: '2001-02-03T04:05:06.000Z', big: 9_007_199_254_740_991 },
    { id: 2, price: null, city: 'NULL', at: '2001-02-03T04:05:06.789Z', big: 1 },
    { id: 3, price: -0, city: null, at: null, big: 2 },
    { id: 4, price: 'NaN', city: '', at: '1970-01-01T00:00:00.000Z', big: null },
  ]);
  expect(receipt).toMatchObject({ table: 'trips', chunks: { expected: 1 } });
  expect(String(receipt.wallMs)).toMatch(/^\d+(\.\d{1,3})?$/);
  const none = JSON.parse((await run(['sql', '--json', 'SELECT id FROM trips WHERE id > 9'])).stdout);
  expect(none).toMatchObject({ columns: [{ name: 'id', type: 'int32' }], rows: [], receipt: {} });
});

it('prints CSV', async () => {
  const { stdout, stderr } = await run(['sql', '--csv', 'SELECT id, city, at, big FROM trips ORDER BY id']);
  expect(stdout).toBe(
    'id,city,at,big\n1,Zürich,2001-02-03T04:05:06.000Z,9007199254740991\n2,NULL,2001-02-03T04:05:06.789Z,1\n3,,,2\n4,"",1970-01-01T00:00:00.000Z,\n',
  );
  expect(stderr).toBe('');
});

it('prints a result of any length, and its own time', async () => {
  const { code, stdout, stderr } = await run(['sql', 'SELECT id, country FROM many ORDER BY id']);
  expect({ code, lines: stdout.split('\n').length }).toEqual({ code: 0, lines: MANY + 3 });
  expect(stdout.slice(0, 60)).toMatch(/^ {4}id {2}country\n─{6} {2}─{7}\n {5}0 {2}NL\n {5}1 {2}NL\n/);
  expect(stdout.slice(-11)).toBe('199999  NL\n');
  expect(stderr).toMatch(/^\(200,000 rows, /);
  const some = await run(['sql', '--max-rows', '20000', 'SELECT id FROM many ORDER BY id']);
  expect(some.stdout.split('\n')).toHaveLength(20_003);
  expect(some.stderr).toMatch(/^the first 20,000 rows; --max-rows shows more/);
});

it('shows a line a value where asked to', async () => {
  const { stdout } = await run(['sql', '-x', 'SELECT id, city FROM trips WHERE id < 3 ORDER BY id']);
  expect(stdout).toMatch(/^── row 1 ─+\nid {4}1\ncity {2}Zürich\n── row 2 ─+\nid {4}2\ncity {2}'NULL'\n$/);
});

it('takes parameters by their looks', async () => {
  const text =
    'SELECT count(*) AS n FROM trips WHERE (id = $1 OR price > $2 OR city = $3 OR at = $4 OR big = ANY($5)) AND $6';
  const values = ['1', '1e3', "'NULL'", '1970-01-01', '[2, 3]', 'true'];
  const { stdout } = await run(['sql', '--json', text, ...values.flatMap((value) => ['-p', value])]);
  expect(JSON.parse(stdout).rows).toEqual([{ n: 4 }]);
  const nothing = await run(['sql', '--csv', 'SELECT count(*) FROM trips WHERE id = $1', '--param', 'null']);
  expect(nothing.stdout).toBe('count\n0\n');
  expect(await run(['sql', 'SELECT 1 FROM trips WHERE id = ANY($1)', '-p', '[1'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^error INVALID_ARGUMENT: --param \[1 is no JSON\nhint: a list is written/),
  });
});

it('reads the statement from stdin or a file', async () => {
  const text = '-- how many\nSELECT count(*) FROM trips;\n';
  const file = join(folder, 'query.sql');
  writeFileSync(file, text);
  for (const [args, options] of [
    [['--csv', '-'], { input: text }],
    [['--csv'], { input: text }],
    [['--csv', '--file', file], {}],
  ] as const) {
    expect(await run(['sql', ...args], options)).toMatchObject({ code: 0, stdout: 'count\n4\n', stderr: '' });
  }
  expect(await run(['sql', '--file', join(folder, 'absent.sql')])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error FILE_UNREADABLE: .*absent\.sql cannot be read/),
  });
  expect(await run(['sql', 'SELECT 1', '--file', file])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error INVALID_ARGUMENT: the statement is given twice/),
  });
});

it('shows where a mistake lies, and prints nothing on stdout', async () => {
  for (const form of [[], ['--json'], ['--csv']]) {
    expect(await run(['sql', 'SELECT id\nFROM trips\nWHERE ctiy = 3', ...form])).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'error UNKNOWN_COLUMN: there is no column "ctiy", line 3, column 7\n  WHERE ctiy = 3\n        ^\nhint: did you mean "city"?\n',
    });
  }
  expect(await run(['sql', 'SELECT sqrt(price - 9) FROM trips', '--json'])).toMatchObject({ code: 1, stdout: '' });
});

it('shows tables without a prompt', async () => {
  const { code, stdout } = await run(['sql', '\\d']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^table +rows +columns +stored\n.*\nmany +200,000 +2 /);
  expect(await run(['sql', '\\d trips'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/id +int32 +0\nprice +float64 +1\n/),
    stderr: '(4 rows, 1 chunk, version 1)\n',
  });
  expect(await run(['sql', '\\x on'])).toMatchObject({ code: 1, stdout: '' });
});

it('gives hints in SQL when it fails late, and nulls for what TRY_CAST cannot read', async () => {
  expect(await run(['sql', 'SELECT CAST(city AS integer) FROM trips'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^error CAST_FAILED: .*\nhint: TRY_CAST\(x AS …\) gives null for what does not fit\n$/,
    ),
  });
  const lenient = await run(['sql', '--csv', "SELECT TRY_CAST(city AS integer) AS n FROM trips WHERE city <> ''"]);
  expect(lenient).toMatchObject({ code: 0, stdout: 'n\n\n\n' });
});

it('explains without running', async () => {
  const { code, stdout, stderr } = await run([
    'explain',
    'SELECT city, count(*) FROM trips WHERE id > $1 GROUP BY 1',
    '-p',
    '2',
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    /^scan trips\n {2}└ filter id > 2\n {4}└ aggregate count\(\*\) as count by city\n[\s\S]*chunks {4}1 read/,
  );
  expect(stdout).not.toContain('local function');
  const kernels = await run(['explain', '--kernels', 'SELECT sum(id) FROM trips WHERE id > 1']);
  expect(kernels.stdout).toContain('-- kernel');
  const json = await run(['explain', '--json', 'SELECT id FROM trips']);
  expect(JSON.parse(json.stdout)).toEqual({ plan: expect.stringContaining('scan trips') });
  expect((await run(['sql', 'explain select id from trips'])).stdout).toBe(
    (await run(['explain', 'select id from trips'])).stdout,
  );
  expect(await run(['explain', 'SELECT nothing FROM trips'])).toMatchObject({ code: 1, stdout: '' });
});

it('says how it is used', async () => {
  for (const name of ['sql', 'explain']) {
    const { code, stdout } = await runCli([name, '--help']);
    expect(code).toBe(0);
    for (const part of ['Examples:', 'Exit codes:', '--param', '--file', '--url']) expect(stdout).toContain(part);
  }
  expect(await run(['sql', '--csv', '--json', 'SELECT 1'])).toMatchObject({ code: 1, stdout: '' });
});
