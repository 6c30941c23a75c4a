import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink, NodeInfo } from '../../src/cluster/types.js';
import { announce } from '../../src/functions/announce.js';
import type { BuiltLibrary, BuiltProject } from '../../src/functions/built.js';
import { type Caller, callersOf } from '../../src/functions/callers.js';
import { mapShards } from '../../src/functions/map-shards.js';
import { removeProjects } from '../functions/build/project.js';
import { builtShop, carts, release, shopFolder } from '../functions/release/project.js';
import { listing, listings, onNode, primariesOf } from '../functions/release/servers.js';
import { wipe } from '../functions/release/shop.js';
import { type CliProcess, type CliResult, runCli, startCli } from '../harness/cli.js';
import { testCluster } from '../harness/cluster.js';

const cluster = testCluster({ shards: 3, replicas: 1 });
let link: ClusterLink;
let dir: string;
let built: BuiltProject;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
  dir = shopFolder({ board: 1, carts: 1 });
  built = await builtShop(dir);
});
afterAll(async () => {
  await link.close();
  removeProjects();
});

const options = () => ({ env: { SHARDFOLD_URL: cluster.url }, cwd: dir });
const run = (...args: string[]): Promise<CliResult> => runCli(args, options());
const write = (path: string, text: string) => writeFileSync(join(dir, path), text);
const nameOf = (source: string) => built.libraries.find((library) => library.source === source)?.name as string;
const portOf = ({ address }: NodeInfo) => Number(address.split(':')[1]);
const replicasInStep = async () => {
  for (const node of link.nodes().filter(({ role }) => role === 'replica')) {
    const primary = link.nodes().find(({ id }) => id === node.replicaOf) as NodeInfo;
    while ((await listing(link, node)) !== (await listing(link, primary))) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
};

beforeEach(async () => {
  await wipe(link);
  write('functions/carts/version.lua', carts(1));
});

describe('status of a project', () => {
  it('shows what each node lacks of the current release, and since when it is right again', async () => {
    const nothing = await run('status');
    expect(nothing).toMatchObject({ code: 2, stdout: '', stderr: 'shop has no release here yet: shardfold deploy\n' });
    await release(link, built, 'the first');
    await replicasInStep();
    const fine = await run('status');
    expect(fine).toMatchObject({ code: 0, stderr: '' });
    expect(fine.stdout).toMatch(
      /^release 1 of shop, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, by ann: the first\n\nnode +role +libraries +in step\n/,
    );
    expect(fine.stdout.match(/^127\.0\.0\.1:\d+ +(primary|replica) +3 of 3 +yes$/gm)).toHaveLength(6);

    const [first] = primariesOf(link) as [NodeInfo];
    await onNode(link, first, 'FUNCTION', 'DELETE', nameOf('carts'));
    await onNode(link, first, 'FUNCTION', 'LOAD', 'REPLACE', `${built.alias?.code} `);
    await replicasInStep();
    const drift = await run('status');
    expect(drift).toMatchObject({
      code: 2,
      stderr: '2 of 6 nodes are not in step with release 1 of shop: shardfold deploy\n',
    });
    expect(drift.stdout).toContain(
      `${first.address}  primary  1 of 3     no: carts is missing, shop was changed by hand\n`,
    );
    const json = JSON.parse((await run('status', '--json')).stdout);
    expect(json).toMatchObject({
      project: 'shop',
      inStep: false,
      release: { number: 1, who: 'ann', message: 'the first' },
    });
    expect(json.nodes).toHaveLength(6);
    expect(json.nodes[0]).toMatchObject({
      address: first.address,
      libraries: [{ state: 'in step' }, { state: 'missing' }, { state: 'changed' }],
    });
  });

  it('names the release that a node has stayed at', async () => {
    await release(link, built);
    const [first] = primariesOf(link) as [NodeInfo];
    const old = built.alias?.code as string;
    write('functions/carts/version.lua', carts(2));
    await release(link, await builtShop(dir));
    await onNode(link, first, 'FUNCTION', 'LOAD', 'REPLACE', old);
    expect((await run('status')).stdout).toContain('no: shop is of release 1\n');
  });

  it('ends with 1 where a node cannot be asked, or the place of the record', async () => {
    await release(link, built);
    const replica = link.nodes().find(({ role }) => role === 'replica') as NodeInfo;
    cluster.kill(portOf(replica), 'SIGSTOP');
    try {
      const { code, stdout } = await run('status', '--timeout', '500ms');
      expect(code).toBe(1);
      expect(stdout).toMatch(new RegExp(`^${replica.address} +replica +- +no: no progress for 500 ms`, 'm'));
    } finally {
      cluster.kill(portOf(replica), 'SIGCONT');
    }
    expect(await runCli(['status', '--project', 'other'], { ...options(), cwd: '/' })).toMatchObject({
      code: 2,
      stderr: 'other has no release here yet: shardfold deploy\n',
    });
  });
});

describe('status --watch', () => {
  const lines = (child: CliProcess) => createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = (child: CliProcess) => new Promise((resolve) => child.once('exit', resolve));

  it('prints a line when a shard loses its functions and when it is healed, and ends well by Ctrl-C', async () => {
    await release(link, built);
    await replicasInStep();
    const child = startCli(['status', '--watch', '--interval', '50ms'], options());
    const app = await connectCluster({ url: cluster.url });
    try {
      const seen = lines(child);
      const next = async () => String((await seen.next()).value);
      expect(await next()).toMatch(/^\d\d:\d\d:\d\d {2}release 1 of shop, 6 of 6 nodes in step$/);
      const [, second] = primariesOf(link) as [NodeInfo, NodeInfo];
      await onNode(link, second, 'FUNCTION', 'DELETE', nameOf('carts'));
      expect(await next()).toContain(`${second.address}: carts is missing`);
      // The first call that finds it missing puts it right.
      const { version } = callersOf(app, built.libraries[1] as BuiltLibrary);
      expect(await mapShards(app, version as Caller, {}, {}, app.context())).toMatchObject(Array(3).fill({ value: 1 }));
      let line = '';
      while (!line.includes('6 of 6')) line = await next();
    } finally {
      await app.close();
      child.kill('SIGINT');
    }
    expect(await ended(child)).toBe(0);
  });

  it('prints a line of JSON a change, and shows a cluster that has gone', async () => {
    const child = startCli(['status', '--watch', '--json', '--interval', '50ms'], options());
    try {
      const seen = lines(child);
      const next = async () => JSON.parse(String((await seen.next()).value));
      expect(await next()).toMatchObject({ time: expect.any(String), project: 'shop', release: null });
      await release(link, built);
      let state = await next();
      while (!state.inStep) state = await next();
      expect(state).toMatchObject({ release: { number: 1 }, deploying: null });
    } finally {
      child.kill('SIGINT');
    }
    expect(await ended(child)).toBe(0);
  });
});

describe('diff', () => {
  it('compares the sources with what runs, module by module', async () => {
    const none = await run('diff');
    expect(none).toMatchObject({ code: 2, stderr: 'no release runs yet; shardfold deploy brings the sources\n' });
    expect(none.stdout).toContain('--- /dev/null\n+++ source/functions/carts/version.lua\n');
    await release(link, built);
    const same = await run('diff');
    expect(same).toMatchObject({ code: 0, stderr: 'release 1 runs, just what the sources say\n' });
    expect(same.stdout.match(/^\w+: [0-9a-f]{12}, no difference$/gm)).toHaveLength(3);

    write('functions/carts/version.lua', carts(2));
    const changed = await run('diff', 'carts');
    expect(changed.code).toBe(2);
    expect(changed.stdout).toMatch(
      /^carts: [0-9a-f]{12} → [0-9a-f]{12}, modules: 1 changed\n--- running\/functions\/carts\/version\.lua\n\+\+\+ source\/functions\/carts\/version\.lua\n@@/,
    );
    expect(changed.stdout).toMatch(/^-return function\(\) return 1 end\n\+return function\(\) return 2 end$/m);
    expect(JSON.parse((await run('diff', '--json')).stdout)).toMatchObject({
      project: 'shop',
      release: 1,
      same: false,
    });
    expect(await run('diff', 'cart')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('it has board, carts, shop'),
    });
  });
});

describe('prune', () => {
  const deployThree = async () => {
    await release(link, built);
    for (const version of [2, 3]) {
      write('functions/carts/version.lua', carts(version));
      await release(link, await builtShop(dir));
    }
  };

  it('shows what would go and why the rest stays, and goes on with --yes', async () => {
    await deployThree();
    const asked = await run('prune');
    expect(asked).toMatchObject({ code: 1, stderr: expect.stringMatching(/no terminal to ask on\nhint: --yes/) });
    expect(asked.stdout).toMatch(new RegExp(`^${nameOf('carts')} +3 +remove +of release 1$`, 'm'));
    expect(asked.stdout).toMatch(new RegExp(`^${nameOf('board')} +3 +keep +releases 2, 3$`, 'm'));
    expect(asked.stdout).toContain('releases of shop, kept: 2, 3; to be forgotten: 1\n');
    const named = await run('prune', nameOf('board'));
    expect(named).toMatchObject({ code: 1, stderr: expect.stringContaining('error LIBRARY_IN_USE:') });

    const done = await run('prune', '--yes', '--json');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(done.stdout)).toMatchObject({ removed: [nameOf('carts')], forgotten: [1], kept: [2, 3] });
    for (const held of await listings(link)) expect(held).not.toContain(nameOf('carts'));
    expect(await runCli(['prune'], { ...options(), cwd: '/' })).toMatchObject({
      code: 0,
      stderr: 'nothing to remove\n',
    });
  });

  it('keeps what a connected app calls, says so by its exit code, and removes it by force', async () => {
    await deployThree();
    const app = await connectCluster({ url: cluster.url });
    try {
      announce(app, nameOf('carts'));
      const [first] = primariesOf(link) as [NodeInfo];
      while (!String(await onNode(link, first, 'CLIENT', 'LIST')).includes(nameOf('carts'))) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const kept = await run('prune', '--yes');
      expect(kept).toMatchObject({ code: 2, stderr: expect.stringContaining('connected apps keep 1 library') });
      expect(kept.stdout).toMatch(
        new RegExp(`^${nameOf('carts')} +3 +keep +client 127\\.0\\.0\\.1:\\d+ for \\d+ s and 2 more$`, 'm'),
      );
      expect((await listings(link))[0]).toContain(nameOf('carts'));
      const forced = await run('prune', '--yes', '--force');
      expect(forced).toMatchObject({ code: 0, stderr: 'removed 1 library, on every shard\n' });
      for (const held of await listings(link)) expect(held).not.toContain(nameOf('carts'));
    } finally {
      await app.close();
    }
  });
});

describe('export and restore', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shardfold-export-'));
  const file = join(folder, 'backup.json');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('write all functions to a file, and bring them back', async () => {
    await release(link, built, 'the first');
    const before = await listings(link);
    const exported = await run('export', file);
    expect(exported).toMatchObject({ code: 0, stdout: '' });
    expect(exported.stderr).toMatch(/backup\.json: 3 libraries of 3 shards, 1 release, \d+\.\d kB\n$/);
    expect(await run('restore', file)).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing to do') });

    await wipe(link);
    const asked = await run('restore', file);
    expect(asked).toMatchObject({ code: 1, stderr: expect.stringContaining('--yes') });
    expect(asked.stdout).toMatch(new RegExp(`^${nameOf('carts')} +all 3 shards +- +-$`, 'm'));
    expect(asked.stdout).toContain('1 release record under sf: add\n');
    expect((await listings(link)).join('')).toBe('');
    const piped = await runCli(['restore', '-', '--yes'], { ...options(), input: readFileSync(file) });
    expect(piped).toMatchObject({ code: 0, stderr: expect.stringContaining('read back from every shard') });
    expect(await listings(link)).toEqual(before);
    await replicasInStep();
    expect(await run('status')).toMatchObject({ code: 0 });

    const again = await run('export', '-');
    expect(JSON.parse(again.stdout).libraries).toEqual(JSON.parse(readFileSync(file, 'utf8')).libraries);
  });

  it('say how shards differ, and refuse what they may not replace', async () => {
    await release(link, built);
    const [first] = primariesOf(link) as [NodeInfo];
    await onNode(link, first, 'FUNCTION', 'DELETE', 'shop');
    const exported = await run('export', file, '--json');
    expect(exported).toMatchObject({ code: 0, stderr: expect.stringContaining('note: shop was only on') });
    expect(JSON.parse(exported.stdout)).toEqual({ file, libraries: 3, nodes: 3, releases: 1 });
    await onNode(link, first, 'FUNCTION', 'LOAD', 'REPLACE', `${built.libraries[0]?.code} `);
    const refused = await run('restore', file, '--yes');
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('hint: --replace') });
    expect(await run('restore', file, '--yes', '--replace')).toMatchObject({ code: 0 });
    const [one, ...others] = await listings(link);
    expect(others).toEqual([one, one]);
  });

  it('name a file that cannot be read or written', async () => {
    const nowhere = join(folder, 'no/backup.json');
    for (const command of ['export', 'restore']) {
      expect(await run(command, nowhere)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('error FILE_UNREADABLE'),
      });
    }
  });
});

it.each(['status', 'diff', 'prune', 'call', 'export', 'restore'])('%s says how it is used', async (name) => {
  const { code, stdout } = await run(name, '--help');
  expect(code).toBe(0);
  for (const part of ['Examples:', 'Exit codes:', '--env', '--url', '--json', '--yes']) expect(stdout).toContain(part);
  expect(stdout).toContain(name === 'call' ? '--tls-key <file>' : '--key <file>');
});
