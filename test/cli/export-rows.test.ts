// shardfold export --table, as users run it, and import as its way back.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Shardfold } from '../../src/index.js';
import { runCli, startCli } from '../harness/cli.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

const folder = mkdtempSync(join(tmpdir(), 'shardfold-export-'));
const prefix = uniquePrefix();
const url = () => sharedUrl(3);
const run = (...args: string[]) => runCli([...args, '--url', url(), '--prefix', prefix], { cwd: folder });
let sf: Shardfold;
const trips = [
  { id: 1, origin: 'JFK', delay: 1.5 },
  { id: 2, origin: '', delay: null },
  { id: 3, origin: null, delay: -0 },
];

beforeAll(async () => {
  sf = await connect({ url: url(), prefix });
  await sf.createTable('trips', trips, { schema: { id: 'int32', origin: 'utf8', delay: 'float64' } });
});
afterAll(async () => {
  await sf.close();
  rmSync(folder, { recursive: true, force: true });
});

it.each(['parquet', 'arrow', 'arrows', 'csv', 'ndjson'])('%s: export and import again', async (format) => {
  const exported = await run('export', `trips.${format}`, '--table', 'trips');
  expect(exported).toMatchObject({ code: 0, stdout: '' });
  expect(exported.stderr).toMatch(/^column +type +nulls\n─+ .*\nid +int32 +0\norigin +utf8 +1\ndelay +float64 +1\n/);
  expect(exported.stderr).toMatch(
    /\ntrips\.\w+ {2}3 rows, 3 columns, [\d,.]+ k?B\nexported in \S+ m?s, [\d.]+ rows\/s\n$/,
  );
  const types = format === 'csv' || format === 'ndjson' ? ['--type', 'id=int32', '--type', 'delay=float64'] : [];
  const empty = format === 'csv' ? ['--empty-text'] : [];
  const imported = await run('import', `trips.${format}`, '--table', format, ...types, ...empty);
  expect(imported).toMatchObject({ code: 0, stderr: '' });
  expect([...(await sf.table(format).collect())]).toEqual(trips);
});

it('some columns to stdout, and what it was as JSON', async () => {
  const csv = await run('export', '-', '--table', 'trips', '--columns', 'delay, id', '--format', 'csv');
  expect(csv).toMatchObject({ code: 0, stdout: 'delay,id\n1.5,1\n,2\n-0.0,3\n' });
  expect(csv.stderr).toContain('\nstdout  3 rows, 2 columns, 25 B\n');
  const json = await run('export', 'some.pq', '--table', 'trips', '--columns', 'id', '--columns', 'origin', '--json');
  expect(json).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(json.stdout)).toEqual({
    file: 'some.pq',
    format: 'parquet',
    table: 'trips',
    version: 1,
    rows: 3,
    bytes: readFileSync(join(folder, 'some.pq')).length,
    seconds: expect.any(Number),
    rowsPerSecond: expect.any(Number),
    columns: [
      { name: 'id', type: 'int32', nulls: 0 },
      { name: 'origin', type: 'utf8', nulls: 1 },
    ],
  });
});

it('the rows of a query', async () => {
  const sql = "SELECT upper(origin) AS origin, id FROM trips WHERE origin <> '' OR origin IS NULL ORDER BY id DESC";
  const csv = await run('export', '-', '--sql', sql, '--format', 'csv');
  expect(csv).toMatchObject({ code: 0, stdout: 'origin,id\n,3\nJFK,1\n' });
  const json = await run('export', 'query.parquet', '--sql', sql, '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ file: 'query.parquet', table: 'trips', rows: 2 });
});

it('refuses what it is told wrong, and leaves nothing', async () => {
  const refused = [
    [['x.csv', '--sql', 'SELECT nope FROM trips'], 'error UNKNOWN_COLUMN'],
    [['x.csv', '--sql', 'SELECT 1', '--table', 'trips'], "cannot be used with option '--table"],
    [['x.csv', '--table', 'nope'], 'error TABLE_NOT_FOUND'],
    [['x.csv', '--table', 'trips', '--columns', 'id,dely'], 'delay'],
    [['x.csv', '--table', 'trips', '--columns', 'id,,delay'], 'Names with commas between'],
    [['x.xls', '--table', 'trips'], 'does not tell the format'],
    [['-', '--table', 'trips'], '--format'],
    [['x.csv', '--format', 'csv'], '--table'],
    [['x.csv', '--table', 'trips', '--format', 'xml'], 'Allowed choices'],
    [
      ['no/such/x.csv', '--table', 'trips'],
      'error FILE_UNWRITABLE: no/such/x.csv cannot be written: there is no such folder\nhint: make the folder first',
    ],
  ] as const;
  const results = await Promise.all(refused.map(([args]) => run('export', ...args)));
  for (const [i, [args, part]] of refused.entries()) {
    const result = { args, ...results[i] };
    expect(result).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(part) });
  }
  expect(readdirSync(folder).filter((name) => name.startsWith('x.'))).toEqual([]);
});

it('interrupted, leaves no file', async () => {
  async function* rows() {
    for (let from = 0; from < 1_500_000; from += 65_024) {
      yield { x: Float64Array.from({ length: 65_024 }, (_, i) => (from + i) / 3), s: Array(65_024).fill('a string') };
    }
  }
  await sf.createTable('large', rows());
  const child = startCli(['export', 'large.csv', '--table', 'large', '--url', url(), '--prefix', prefix], {
    cwd: folder,
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const half = () => readdirSync(folder).some((name) => name.startsWith('large.csv'));
  while (!half()) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGINT');
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, stderr }).toMatchObject({
    code: 130,
    stderr: expect.stringContaining('error ABORTED: interrupted: nothing was written\n'),
  });
  expect(half()).toBe(false);
  expect(existsSync(join(folder, 'large.csv'))).toBe(false);
});
