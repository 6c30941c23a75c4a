/**
 * The scripts that the compose file runs, on servers of this machine: six empty nodes become three primaries with a replica
 * each, and every node has a user for programs and one for deployments, each with what it needs and no more.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectCluster } from '../../src/cluster/connect.js';
import { callFunction } from '../../src/functions/call.js';
import { deployLibrary, libraryStatus } from '../../src/functions/deploy.js';
import { deployProject } from '../../src/functions/release/deploy.js';
import { planPrune } from '../../src/functions/release/prune-plan.js';
import { readReleases } from '../../src/functions/release/record.js';
import { rollback } from '../../src/functions/release/rollback.js';
import { freePorts } from '../../src/local/ports.js';
import { RespConnection } from '../../src/local/resp.js';
import { run, which } from '../../src/local/run.js';
import { findServer } from '../../src/local/server-binary.js';
import { Watchdog } from '../../src/local/watchdog.js';
import { dropTable } from '../../src/storage/catalog.js';
import { fsck } from '../../src/storage/fsck.js';
import { shop } from '../functions/release/shop.js';
import { rowsFrom, rowsOf, write } from '../storage/tables.js';

const PASSWORDS = { ADMIN_PASSWORD: 'adm1n', APP_PASSWORD: 'an app’s', DEPLOY_PASSWORD: 'deploy>#~' };
const APP = ['shardfold_app', PASSWORDS.APP_PASSWORD] as const;
const DEPLOY = ['shardfold_deploy', PASSWORDS.DEPLOY_PASSWORD] as const;
const ADMIN = ['default', PASSWORDS.ADMIN_PASSWORD] as const;

const server = await findServer();
const PATH = [dirname(server.path), process.env.PATH].join(delimiter);
const env = { ...process.env, ...server.env, ...PASSWORDS, PATH };
const client = (await which('valkey-cli')) ?? (await which('redis-cli')) ?? (await beside(server.path));
if (client === undefined)
  console.warn('Not tested: scripts/cluster/form.sh, for there is neither valkey-cli nor redis-cli');

async function beside(path: string): Promise<string | undefined> {
  const { code } = await run(join(dirname(path), 'redis-cli'), ['--version'], { env });
  return code === 0 ? join(dirname(path), 'redis-cli') : undefined;
}

(client === undefined ? describe.skip : describe)('form.sh', () => {
  const nodes: { port: number; folder: string; process: ChildProcess }[] = [];
  let watchdog: Watchdog;

  function startNode(port: number, folder: string): ChildProcess {
    const variables = { ...env, PORT: String(port), DATA: folder };
    const child = spawn('sh', ['scripts/cluster/node.sh'], { env: variables, stdio: 'ignore' });
    if (child.pid !== undefined) watchdog.add(child.pid);
    return child;
  }

  const form = (settings: Record<string, string> = {}) => {
    const NODES = nodes.map(({ port }) => `127.0.0.1:${port}`).join(' ');
    return run('sh', ['scripts/cluster/form.sh'], { env: { ...env, NODES, REPLICAS: '1', ...settings } });
  };

  /** One reply from one node as one user; an error is its text. */
  async function ask(port: number, user: readonly [string, string], ...command: string[]): Promise<unknown> {
    const connection = new RespConnection(port);
    try {
      await connection.call('AUTH', ...user);
      return await connection.call(...command);
    } catch (error) {
      return String(error);
    } finally {
      connection.close();
    }
  }

  const askAll = (user: readonly [string, string], ...command: string[]) =>
    Promise.all(nodes.map(({ port }) => ask(port, user, ...command)));

  /** Of each node: id, flags, primary's id, slots. */
  async function slotsAndReplicas(): Promise<string[]> {
    const text = String(await ask(nodes[0]?.port as number, ADMIN, 'CLUSTER', 'NODES'));
    return text
      .split('\n')
      .map((line) => line.split(' '))
      .map((row) => [row[0], row[2], row[3], ...row.slice(8)].join(' '))
      .sort();
  }

  beforeAll(async () => {
    const dir = await mkdtemp(join(tmpdir(), 'shardfold-form-'));
    watchdog = new Watchdog(dir);
    for (const port of await freePorts(6)) {
      const folder = join(dir, String(port));
      await mkdir(folder);
      nodes.push({ port, folder, process: startNode(port, folder) });
    }
    const { code, stdout, stderr } = await form();
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'Cluster of 3 primaries and 3 replicas; users shardfold_app and shardfold_deploy.\n',
      stderr: '',
    });
  });
  afterAll(() => watchdog.close());

  it('makes three primaries with a replica each, and all nodes agree', async () => {
    for (const text of await askAll(ADMIN, 'CLUSTER', 'NODES')) {
      const rows = String(text)
        .trim()
        .split('\n')
        .map((line) => line.split(' '));
      const flags = (row: string[]) => row[2]?.replace('myself,', '');
      const primaries = rows.filter((row) => flags(row) === 'master');
      const replicas = rows.filter((row) => flags(row) === 'slave');
      expect([primaries.length, replicas.length, rows.length]).toEqual([3, 3, 6]);
      expect(new Set(replicas.map((row) => row[3]))).toEqual(new Set(primaries.map((row) => row[0])));
      expect(primaries.map((row) => row[8]).sort()).toEqual(['0-5460', '10922-16383', '5461-10921']);
    }
    expect((await askAll(APP, 'CLUSTER', 'INFO')).every((info) => String(info).includes('cluster_state:ok'))).toBe(
      true,
    );
  });

  it('lets the application read, write and call on its prefix, and nothing else', async () => {
    const replies = await askAll(APP, 'SET', 'sf:{a}:x', '1');
    expect(replies.filter((reply) => reply === 'OK')).toHaveLength(1);
    expect(replies.filter((reply) => String(reply).includes('MOVED'))).toHaveLength(5);
    const owner = nodes[replies.indexOf('OK')]?.port as number;
    const may = [
      ['GET', 'sf:{a}:x'],
      ['EVAL_RO', 'return redis.call("GET", KEYS[1])', '1', 'sf:{a}:x'],
      ['HSET', 'sf:{a}:h', 'f', '1'],
      ['UNLINK', 'sf:{a}:x'],
      ['FUNCTION', 'LIST'],
      ['CLUSTER', 'SHARDS'],
      ['INFO', 'server'],
      ['CLIENT', 'SETNAME', 'x'],
      ['READONLY'],
      ['WAIT', '0', '0'],
    ];
    for (const command of may)
      expect([command, await ask(owner, APP, ...command)]).not.toContainEqual(expect.stringContaining('Error'));
    const mayNot = [
      ['SET', 'other:{a}:x', '1'],
      ['HSET', 'shardfold:{functions}', 'head:shop', '7'],
      ['EVAL_RO', 'return redis.call("GET", "other:x")', '0'],
      ['EVAL', 'return 1', '0'],
      ['FUNCTION', 'LOAD', '#!lua name=x\n'],
      ['FUNCTION', 'DELETE', 'x'],
      ['FUNCTION', 'FLUSH'],
      ['SCRIPT', 'FLUSH'],
      ['FLUSHALL'],
      ['KEYS', '*'],
      ['RANDOMKEY'],
      ['CONFIG', 'GET', '*'],
      ['ACL', 'LIST'],
      ['CLUSTER', 'FORGET', 'x'],
      ['SHUTDOWN'],
    ];
    for (const command of mayNot)
      expect([command, String(await ask(owner, APP, ...command))]).toEqual([
        command,
        expect.stringMatching(/NOPERM|ACL failure|can't access/),
      ]);
  });

  it('lets the deploy user load functions, which then run for the application but read nothing for it', async () => {
    const library =
      "#!lua name=formtest\nredis.register_function{function_name='formtest', callback=function(keys) return redis.call('GET', keys[1]) end, flags={'no-writes'}}";
    const loaded = await askAll(DEPLOY, 'FUNCTION', 'LOAD', 'REPLACE', library);
    expect(loaded.filter((reply) => reply === 'formtest')).toHaveLength(3);
    const port = nodes[loaded.indexOf('formtest')]?.port as number;
    expect(String(await ask(port, APP, 'FCALL_RO', 'formtest', '1', 'sf:{x}:x'))).toMatch(/^null$|MOVED/);
    for (const command of [
      ['FCALL_RO', 'formtest', '1', 'sf:x'],
      ['GET', 'sf:x'],
      ['SET', 'sf:x', '1'],
      ['SCAN', '0'],
      ['FUNCTION', 'FLUSH'],
      ['CONFIG', 'GET', '*'],
      ['FLUSHALL'],
    ])
      expect([command, String(await ask(port, DEPLOY, ...command))]).toEqual([
        command,
        expect.stringContaining('NOPERM'),
      ]);
    expect(await ask(port, DEPLOY, 'FUNCTION', 'DELETE', 'formtest')).toBe('OK');
  });

  it('is a cluster to deploy to as one user, and to work on as the other', async () => {
    const linkOf = ([username, password]: readonly [string, string]) =>
      connectCluster({ url: `redis://127.0.0.1:${nodes[4]?.port}`, username, password });
    const deploy = await linkOf(DEPLOY);
    const app = await linkOf(APP);
    try {
      await expect(deployLibrary(app, app.context())).rejects.toMatchObject({ code: 'DEPLOY_FAILED' });
      expect(await deployLibrary(deploy, deploy.context())).toHaveLength(3);
      // Three shards, and as many names to reach them by as the compose file publishes.
      expect(app.nodes().map(({ address }) => address.split(':')[0])).toEqual(Array(6).fill('localhost'));
      const { inStep } = (await libraryStatus(app, app.context()))[0] ?? {};
      expect(inStep).toBe(true);
      for (const key of ['sf:{a}', 'sf:{b}', 'sf:{c}']) {
        const call = { name: 'warm', key, keys: [], args: [], readOnly: true, idempotent: true };
        await expect(callFunction(app, call, app.context())).resolves.toBeDefined();
      }
      await write(app, 'trips', rowsFrom(0, 30));
      await write(app, 'trips', rowsFrom(30, 45), { mode: 'append' });
      expect(await rowsOf(app, 'trips')).toEqual(rowsFrom(0, 45));
      expect((await fsck(app, { repair: true }, app.context())).findings).toEqual([]);
      await dropTable(app, 'trips', app.context());
    } finally {
      await app.close();
      await deploy.close();
    }
  });

  it('lets the deploy user deploy a project, list its releases and roll it back', async () => {
    const url = `redis://127.0.0.1:${nodes[0]?.port}`;
    const link = await connectCluster({ url, username: DEPLOY[0], password: DEPLOY[1] });
    try {
      const now = () => link.context();
      for (const version of ['one', 'two']) await deployProject(link, shop(version), { who: 'ann' }, now());
      await rollback(link, 'shop', undefined, { who: 'ann' }, now());
      expect((await readReleases(link, 'shop', now())).map(({ number }) => number)).toEqual([1, 2, 3]);
      await planPrune(link, { project: 'shop', keep: 2 }, now());
    } finally {
      await link.close();
    }
  });

  it('may run again, and sets passwords anew', async () => {
    const before = await slotsAndReplicas();
    const again = await form({ APP_PASSWORD: 'another' });
    expect(again.code).toBe(0);
    expect(await slotsAndReplicas()).toEqual(before);
    expect(await askAll(APP, 'PING')).toEqual(Array(6).fill(expect.stringContaining('WRONGPASS')));
    expect(await askAll(['shardfold_app', 'another'], 'PING')).toEqual(Array(6).fill('PONG'));
    expect((await form()).code).toBe(0);
  });

  it('makes users that outlive a restart', async () => {
    const node = nodes[5];
    if (node === undefined) throw new Error('six nodes were started');
    const ended = new Promise((resolve) => node.process.once('exit', resolve));
    node.process.kill();
    await ended;
    node.process = startNode(node.port, node.folder);
    let reply: unknown;
    for (let tries = 0; tries < 200 && reply !== 'PONG'; tries++) {
      reply = await ask(node.port, APP, 'PING');
      await sleep(50);
    }
    expect(reply).toBe('PONG');
  });

  it('refuses a number of nodes that leaves some over', async () => {
    const five = nodes.slice(1).map(({ port }) => `127.0.0.1:${port}`);
    const { code, stderr } = await form({ NODES: five.join(' ') });
    expect([code, stderr]).toEqual([1, 'form.sh: 5 nodes are no multiple of 2\n']);
  });

  it('says which server does not answer', async () => {
    const [free] = await freePorts(1);
    const { code, stderr } = await form({ NODES: `127.0.0.1:${free}`, REPLICAS: '0', TIMEOUT: '1' });
    expect([code, stderr]).toEqual([1, `form.sh: gave up after 1 s: 127.0.0.1:${free} does not answer\n`]);
  });
});
