// One thing is not some things.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatCounted } from '../../src/cli/units.js';
import { words } from '../../src/local/data-folder.js';
import { runCli } from '../harness/cli.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

it('counts', () => {
  expect([0, 1, 2, 3e6].map((count) => formatCounted(count, 'row'))).toEqual([
    '0 rows',
    '1 row',
    '2 rows',
    '3,000,000 rows',
  ]);
});

it('spells', () => {
  expect(['library', 'key', 'primary'].map((thing) => formatCounted(2, thing))).toEqual([
    '2 libraries',
    '2 keys',
    '2 primaries',
  ]);
});

it('shapes of clusters', () => {
  const shape = (shards: number, replicas: number) => words({ shards, replicas, clusterMode: true });
  expect(shape(1, 1)).toBe('a cluster of 1 shard with 1 replica');
  expect(shape(1, 2)).toBe('a cluster of 1 shard with 2 replicas');
  expect(shape(3, 1)).toBe('a cluster of 3 shards with 1 replica each');
});

it('an import of one row, and its size in the list of tables', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'shardfold-test-'));
  const file = join(dir, 'one.csv');
  await writeFile(file, 'a\n1\n');
  const where = ['--url', sharedUrl(1), '--prefix', uniquePrefix()];
  expect((await runCli(['import', file, '--table', 'one', ...where])).stdout).toMatch(
    /^one {2}1 row in 1 chunk, 1 B$/m,
  );
  expect((await runCli(['tables', ...where])).stdout).toMatch(/^one +1 +1 +1 +1 B +1\.0 +1$/m);
  await rm(dir, { recursive: true });
});
