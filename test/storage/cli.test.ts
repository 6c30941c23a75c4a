// tables, drop and fsck as users run them.
import { Shardfold } from '../../src/shardfold.js';
import { chunkKeys } from '../../src/storage/keys.js';
import { runCli } from '../harness/cli.js';
import { sharedUrl } from '../harness/cluster.js';
import { rowsFrom, testLink, write } from './tables.js';

const t = testLink();
const cli = (...args: string[]) => runCli([...args, '--url', sharedUrl(3), '--prefix', t.link.prefix]);

it('tables: none, then a line each, aligned; and as JSON', async () => {
  expect(await cli('tables')).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('no tables') });
  await write(t.link, 'flights', rowsFrom(0, 1234), { chunkRows: 100 });
  await write(t.link, 'a🦆', []);
  const { code, stdout } = await cli('tables');
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^name +rows +chunks +columns +stored +bytes\/row +version$/);
  expect(lines[2]).toMatch(/^a🦆 +0 +0 +3 +0 B +1$/);
  expect(lines[3]).toMatch(/^flights +1,234 +13 +3 +\d+\.\d kB +\d+\.\d +1$/);
  expect(lines[3]?.length).toBe(lines[0]?.length);
  await new Shardfold(t.link).matrix('m').set(new Float64Array(5000 * 64), [5000, 64]);
  const json = JSON.parse((await cli('tables', '--json')).stdout);
  expect(json[1]).toMatchObject({ name: 'flights', rows: 1234, chunks: 13, columns: 3, version: 1 });
  expect(json[1]).not.toHaveProperty('matrix');
  const matrix = { shape: [5000, 64], type: 'float64' };
  expect(json[2]).toMatchObject({ name: 'm', rows: 320_000, columns: 1, matrix });
  expect(await new Shardfold(t.link).table('m').describe()).toMatchObject({ rows: 320_000, matrix });
  const shown = (await cli('tables')).stdout.split('\n');
  expect(shown[0]).toMatch(/ version +kind$/);
  expect(shown[4]).toMatch(/^m +5,000 +5 +64 .* 1 +matrix \[5,000, 64\] float64$/);
  const described = await cli('sql', '\\d m');
  expect(described.stdout).toMatch(/^column +type +nulls\n.*\nc0 … c63 +float64 +0\n$/);
  expect(described.stderr).toBe('(matrix [5,000, 64] float64, 5 chunks, version 1)\n');
});

it('drop: wants --yes where nobody can be asked, and a table that is there', async () => {
  await write(t.link, 'goner', rowsFrom(0, 5));
  expect(await cli('drop', 'goner')).toMatchObject({ code: 1, stderr: expect.stringContaining('--yes') });
  expect(await cli('drop', 'goner', '--yes')).toMatchObject({ code: 0, stderr: 'dropped goner\n' });
  // Nobody is asked about a table that is not there.
  expect(await cli('drop', 'gonar')).toMatchObject({ code: 1, stderr: expect.stringContaining('TABLE_NOT_FOUND') });
  const again = await cli('drop', 'gonar', '--yes');
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('TABLE_NOT_FOUND') });
});

it('fsck: 0 where clean, 2 where something is lost, with the whole report as JSON', async () => {
  const made = await write(t.link, 'checked', rowsFrom(0, 50));
  const clean = await cli('fsck');
  expect(clean).toMatchObject({ code: 0, stdout: expect.stringMatching(/^clean: \d+ tables, \d+ chunks, \d+ keys/) });
  const chunk = made.chunks[3];
  if (!chunk) throw new Error('no chunk');
  const { data: key } = chunkKeys(made, chunk, 0);
  await t.link.call({ key, command: ['DEL', key], readOnly: false, idempotent: true }, t.context());
  const broken = await cli('fsck', '--repair');
  expect(broken.code).toBe(2);
  expect(broken.stdout).toMatch(
    new RegExp(`^DATA_LOSS  table "checked", chunk 3, column "id".*slot ${chunk.slot}`, 'm'),
  );
  const report = JSON.parse((await cli('fsck', '--json')).stdout);
  expect(report.findings).toMatchObject([{ code: 'DATA_LOSS', table: 'checked', chunk: 3, key }]);
});
