import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectCluster } from '../../src/cluster/connect.js';
import { slotOf } from '../../src/cluster/slots.js';
import type { NodeInfo } from '../../src/cluster/types.js';
import { RespConnection } from '../../src/local/resp.js';
import { runCli, startCli } from '../harness/cli.js';
import { testCluster } from '../harness/cluster.js';

const cluster = testCluster({ shards: 3 });
let dir: string;
let elsewhere: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shardfold-shop-'));
  elsewhere = await mkdtemp(join(tmpdir(), 'shardfold-none-'));
  const environments = { test: { url: cluster.url } };
  const config = { project: 'shop', libraries: { board: '.' }, environments };
  await writeFile(join(dir, 'shardfold.config.json'), JSON.stringify(config));
  await writeSource(1);
});
afterAll(async () => {
  await rm(dir, { recursive: true });
  await rm(elsewhere, { recursive: true });
});

const writeSource = (version: number, name = 'version') =>
  writeFile(
    join(dir, 'board.lua'),
    `---@function ${name}\n---@flags no-writes\n---@return integer\nreturn function() return ${version} end\n`,
  );
const env = { USER: 'ann', GITHUB_ACTOR: undefined, GITLAB_USER_LOGIN: undefined, BUILDKITE_BUILD_CREATOR: undefined };
const run = (...args: string[]) => runCli(args, { cwd: dir, env });

async function version(): Promise<number[]> {
  const answers = cluster.nodes.map(async ({ port }) => {
    const connection = new RespConnection(port);
    const answer = await connection.call('FCALL_RO', 'version', '0');
    connection.close();
    return Number(answer);
  });
  return Promise.all(answers);
}

it('plans, deploys, shows releases and rolls back, in the words that its help gives', async () => {
  const first = await run('plan', '--env', 'test');
  expect(first.code).toBe(2);
  expect(first.stdout).toMatch(/^shard +library +holds +will hold +plan$/m);
  expect(first.stdout.match(/^127\.0\.0\.1:\d+ +board +- +[0-9a-f]{12} +add$/gm)).toHaveLength(3);
  expect(first.stdout.match(/^127\.0\.0\.1:\d+ +shop \(stable names\) +- +[0-9a-f]{12} +add$/gm)).toHaveLength(3);
  expect(first.stderr).toBe('new stable names: version\nno release → release 1: 3 shards to change\n');
  expect(await run('releases')).toMatchObject({ code: 0, stdout: '', stderr: 'no releases of shop\n' });

  const deployed = await run('deploy', '--env', 'test', '--message', 'the first');
  expect(deployed).toMatchObject({ code: 0, stderr: 'shop: release 1 is on all shards, verified and warmed up\n' });
  expect(deployed.stdout).toMatch(/^shard +library +hash +functions +done$/m);
  expect(deployed.stdout.match(/^127\.0\.0\.1:\d+ +board +[0-9a-f]{12} +1 +loaded$/gm)).toHaveLength(3);
  expect(await version()).toEqual([1, 1, 1]);
  expect(await run('plan')).toMatchObject({ code: 0, stderr: 'nothing to do: every shard holds release 1\n' });
  expect((await run('deploy')).stderr).toContain('nothing to do: every shard holds release 1');

  await writeSource(2);
  await run('deploy', '--who', 'bob');
  expect(await version()).toEqual([2, 2, 2]);

  // Without sources, from another folder.
  const back = await runCli(['rollback', '--url', cluster.url, '--message', 'oh'], { cwd: elsewhere, env });
  expect(back).toMatchObject({ code: 0, stderr: 'shop: release 3 is on all shards, verified and warmed up\n' });
  expect(await version()).toEqual([1, 1, 1]);

  const { code, stdout } = await runCli(['releases', '--url', cluster.url], { cwd: elsewhere, env });
  expect(code).toBe(0);
  const [titles, , ...rows] = stdout.trimEnd().split('\n') as [string, string, ...string[]];
  expect(titles).toMatch(/^release +time +who +hash +message$/);
  const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ';
  const ann = `ann@${hostname()}`;
  expect(rows).toEqual([
    expect.stringMatching(new RegExp(`^ +3 +current +${time} +${ann} +[0-9a-f]{12} +back to 1: oh$`)),
    expect.stringMatching(new RegExp(`^ +2 +${time} +bob +[0-9a-f]{12}$`)),
    expect.stringMatching(new RegExp(`^ +1 +${time} +${ann} +[0-9a-f]{12} +the first$`)),
  ]);
  expect((await run('rollback', '2')).code).toBe(0);
  expect(await version()).toEqual([2, 2, 2]);
});

it('shows whose names are taken before a deploy, which then loads nothing', async () => {
  const other = await mkdtemp(join(tmpdir(), 'shardfold-other-'));
  const files = { project: 'store', libraries: { goods: '.' }, environments: { test: { url: cluster.url } } };
  await writeFile(join(other, 'shardfold.config.json'), JSON.stringify(files));
  await writeFile(join(other, 'm.lua'), '---@function Version\n---@return integer\nreturn function() return 9 end\n');
  const plan = await runCli(['plan'], { cwd: other, env });
  expect(plan.code).toBe(2);
  const taken = 'function Version is taken by library shop, of project shop \\(on 127.0.0.1:\\d+, .*\\)';
  const hint = 'hint: rename them, or retire the other project: shardfold prune --project shop --all';
  expect(plan.stderr).toMatch(new RegExp(`^a deploy refuses this: ${taken}\n${hint}\n`));
  expect(JSON.parse((await runCli(['plan', '--json'], { cwd: other, env })).stdout)).toMatchObject({
    taken: [{ library: 'shop', project: 'shop', functions: ['Version'] }],
  });
  const deploy = await runCli(['deploy'], { cwd: other, env });
  expect(deploy).toMatchObject({ code: 1, stdout: '' });
  expect(deploy.stderr).toMatch(
    new RegExp(`^error DEPLOY_FAILED: store was not deployed \\(nothing was touched\\)\n  ${taken}\n${hint}\n$`),
  );
  await rm(other, { recursive: true });
});

it('speaks JSON', async () => {
  await writeSource(3, 'number');
  const plan = await run('plan', '--json');
  expect(plan).toMatchObject({ code: 2, stderr: '' });
  const planned = JSON.parse(plan.stdout);
  expect(planned).toMatchObject({ project: 'shop', changes: true, isNew: true });
  expect(planned).toMatchObject({ names: { added: ['number'], removed: ['version'] } });
  expect(planned.rows[0]).toMatchObject({ source: 'board', kind: 'library', action: 'change' });
  const deployed = JSON.parse((await run('deploy', '--json')).stdout);
  expect(deployed).toMatchObject({ project: 'shop', isNew: true, found: [], release: { hash: planned.hash } });
  expect(deployed.rows).toHaveLength(6);
  const releases = JSON.parse((await run('releases', '--json')).stdout);
  expect(releases[0]).toEqual(deployed.release);
  expect(releases[0].time).toMatch(/^\d{4}-.*Z$/);
  const back = JSON.parse((await run('rollback', '--json')).stdout);
  expect(back.release).toMatchObject({ number: deployed.release.number + 1, rollbackOf: deployed.release.number - 1 });
});

it('names what is wrong, and ends with 1', async () => {
  const unknown = await run('rollback', '99');
  expect(unknown).toMatchObject({ code: 1, stdout: '' });
  expect(unknown.stderr).toMatch(
    /^error RELEASE_NOT_FOUND: the record does not know release 99 of shop\nhint: it knows 1, 2/,
  );
  expect((await run('rollback', 'x')).code).toBe(1);
  const connection = new RespConnection(cluster.nodes[1]?.port as number);
  await connection.call('FUNCTION', 'FLUSH');
  await connection.call(
    'FUNCTION',
    'LOAD',
    '#!lua name=mine\nredis.register_function("number", function() return 7 end)',
  );
  await writeSource(4, 'number');
  const refused = await run('deploy');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(
    /^error DEPLOY_FAILED: shop was not deployed \(nothing was touched\)\n {2}function number is taken by library mine, .* \(on 127\.0\.0\.1:\d+\)/,
  );
  await connection.call('FUNCTION', 'FLUSH');
  connection.close();
  const mended = await run('deploy');
  expect(mended).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^found: 127\.0\.0\.1:\d+ held no stable names instead/),
  });
});

it('says what it found where the deploy before was killed half-way', async () => {
  await writeSource(5);
  const key = 'shardfold:{functions}';
  const link = await connectCluster({ url: cluster.url });
  const owner = link.ownerOf(slotOf(key)).id;
  const [halted, ...others] = link.nodes().filter(({ id }) => id !== owner) as [NodeInfo, ...NodeInfo[]];
  const onNode = ({ id }: NodeInfo, ...command: string[]) => link.callNode(id, command, link.context(), true);
  const count = async (node: NodeInfo) => ((await onNode(node, 'FUNCTION', 'LIST')) as unknown[]).length;
  const before = await Promise.all(others.map(count));
  await onNode(halted, 'CLIENT', 'PAUSE', '600000', 'WRITE');
  const child = startCli(['deploy', '--who', 'dead'], { cwd: dir, env });
  const ended = once(child, 'close');
  try {
    const isLoaded = async () => (await Promise.all(others.map(count))).every((now, i) => now > (before[i] as number));
    while (!(await isLoaded())) await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    child.kill('SIGKILL');
    await ended;
    await onNode(halted, 'CLIENT', 'UNPAUSE');
  }
  const refused = await run('deploy');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(
    /^error DEPLOY_IN_PROGRESS: dead, since .*Z, deploys shop\nhint: deploy again when it is done \(if it died, in \d+ s\)\n$/,
  );
  // As if the time of the lease had passed.
  const script = `redis.call('HSET', KEYS[1], 'lease:shop',
    (redis.call('HGET', KEYS[1], 'lease:shop'):gsub('"expires":%d+', '"expires":1')))`;
  await link.call({ key, command: ['EVAL', script, '1', key], readOnly: false, idempotent: true }, link.context());
  await link.close();
  const deployed = await run('deploy');
  expect(deployed.code).toBe(0);
  expect(deployed.stderr).toMatch(
    /^found: the deploy of dead, since .*Z, never ended: .*\nshop: release \d+ is on all shards/,
  );
  expect(await version()).toEqual([5, 5, 5]);
});

it('is about Shardfold’s own functions where there is no project', async () => {
  const own = (...args: string[]) => runCli([...args, '--url', cluster.url], { cwd: elsewhere, env });
  const plan = await own('plan');
  expect(plan).toMatchObject({ code: 2, stderr: expect.stringContaining('shardfold deploy') });
  expect(plan.stdout.match(/^127\.0\.0\.1:\d+ +shardfold +- +[0-9a-f]{12} +add$/gm)).toHaveLength(3);
  const message = await own('deploy', '--message', 'hello');
  expect(message).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error CONFIG_INVALID: .*no releases/) });
  expect((await own('deploy')).code).toBe(0);
  expect(await own('plan')).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing to do') });
  expect(JSON.parse((await own('plan', '--json')).stdout)).toMatchObject({ changes: false });
});

it('all say how they are used', async () => {
  const names = ['plan', 'deploy', 'releases', 'rollback'];
  for (const { code, stdout } of await Promise.all(names.map((name) => runCli([name, '--help'])))) {
    expect(code).toBe(0);
    for (const part of ['Examples:', 'Exit codes:', '--url', '--env', '--config', '--json'])
      expect(stdout).toContain(part);
  }
});

it('says that bindings are of another build', async () => {
  await run('build');
  await writeSource(7);
  const deployed = await run('deploy', '--env', 'test');
  expect(deployed).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/generated\/board\.mjs is of another build/),
  });
  await run('build');
  expect((await run('deploy', '--env', 'test')).stderr).not.toContain('another build');
});
