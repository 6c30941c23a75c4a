import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalCluster, startLocalCluster } from '../../src/local/cluster.js';
import { RespConnection, type RespReply } from '../../src/local/resp.js';
import { sharedUrl, testCluster, uniquePrefix } from '../harness/cluster.js';
import { gone, isRunning } from '../harness/processes.js';

async function ask(port: number | undefined, ...command: (string | number)[]): Promise<RespReply> {
  const connection = new RespConnection(port ?? 0);
  try {
    return await connection.call(...command);
  } finally {
    connection.close();
  }
}

const setting = async (port: number | undefined, name: string) =>
  ((await ask(port, 'CONFIG', 'GET', name)) as string[])[1];

describe('a cluster with replicas', () => {
  const cluster = testCluster({ shards: 3, replicas: 1, nodeTimeoutMs: 1000, maxmemory: '64mb' });

  it('is one that all nodes agree on', async () => {
    expect(cluster.nodes.map((node) => node.role)).toEqual([...Array(3).fill('primary'), ...Array(3).fill('replica')]);
    expect(cluster.url).toBe(`redis://127.0.0.1:${cluster.nodes[0]?.port}`);
    for (const { port, id } of cluster.nodes) {
      expect(await ask(port, 'CLUSTER', 'MYID')).toBe(id);
      const info = String(await ask(port, 'CLUSTER', 'INFO'));
      expect(info).toMatch(/cluster_state:ok\r[\s\S]*cluster_slots_ok:16384\r[\s\S]*cluster_known_nodes:6\r/);
    }
    // Each primary has a replica of its own.
    const primaries = new Set<string>();
    for (const line of String(await ask(cluster.nodes[0]?.port, 'CLUSTER', 'NODES')).split('\n')) {
      const [, , flags, primary] = line.split(' ');
      if (flags?.includes('slave')) primaries.add(String(primary));
    }
    expect(primaries).toEqual(new Set(cluster.nodes.slice(0, 3).map(({ id }) => id)));
  });

  it('gives the servers their settings, and listens on this machine only', async () => {
    const port = cluster.nodes[0]?.port;
    expect(await setting(port, 'maxmemory')).toBe(String(64 * 1024 * 1024));
    expect(await setting(port, 'maxmemory-policy')).toBe('noeviction');
    expect(await setting(port, 'bind')).toBe('127.0.0.1');
    expect(await setting(port, 'save')).toBe('');
    expect(await setting(port, 'cluster-node-timeout')).toBe('1000');
  });

  it('settles after a failover, and takes the old primary back', async () => {
    const [first] = cluster.nodes;
    const oldPid = first?.pid ?? 0;
    cluster.kill(first?.port ?? 0);
    await gone([oldPid]);
    await cluster.settled();
    expect(String(await ask(cluster.nodes[3]?.port, 'ROLE'))).toMatch(/^master/);
    await cluster.restart(first?.port ?? 0);
    await cluster.settled();
    expect(first?.pid).not.toBe(oldPid);
    expect(isRunning(first?.pid ?? 0)).toBe(true);
    expect(await ask(first?.port, 'CLUSTER', 'MYID')).toBe(first?.id);
    expect(() => cluster.kill(1)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

it('starts one standalone server, with settings of its own', async () => {
  const exits: string[] = [];
  const server = await startLocalCluster({
    clusterMode: false,
    appendonly: true,
    config: { 'rename-command': ['FUNCTION ""', 'EVAL ""'], databases: '3', requirepass: 'open-sesame' },
    env: (index) => ({ LC_ALL: index === 0 ? 'C' : 'C.UTF-8' }),
    onServerExit: (address, how) => exits.push(`${address} ${how}`),
  });
  try {
    const [node] = server.nodes;
    expect(server.nodes).toHaveLength(1);
    expect(node).toMatchObject({ id: `127.0.0.1:${node?.port}`, role: 'primary' });
    const connection = new RespConnection(node?.port ?? 0);
    await expect(connection.call('PING')).rejects.toThrow('NOAUTH');
    expect(await connection.call('AUTH', 'open-sesame')).toBe('OK');
    expect(await connection.call('CONFIG', 'GET', 'databases')).toEqual(['databases', '3']);
    expect(await connection.call('CONFIG', 'GET', 'appendonly')).toEqual(['appendonly', 'yes']);
    await expect(connection.call('FUNCTION', 'LIST')).rejects.toThrow('unknown command');
    await expect(connection.call('EVAL', 'return 1', 0)).rejects.toThrow('unknown command');
    connection.close();
    expect(exits).toEqual([]);
    process.kill(node?.pid ?? 0, 'SIGKILL');
    await gone([node?.pid ?? 0]);
    while (exits.length === 0) await sleep(10);
    expect(exits).toEqual([`127.0.0.1:${node?.port} SIGKILL`]);
  } finally {
    await server.stop();
    await server.stop();
  }
});

it('starts several at once on free ports, and leaves nothing of them', async () => {
  const clusters = await Promise.all([1, 2, 3].map((shards) => startLocalCluster({ shards })));
  const ports = clusters.flatMap(({ nodes }) => nodes.map(({ port }) => port));
  expect(new Set(ports).size).toBe(6);
  const folders = await Promise.all(ports.map((port) => setting(port, 'dir')));
  await Promise.all(clusters.map((cluster) => cluster.stop()));
  await gone(clusters.flatMap(({ nodes }) => nodes.map(({ pid }) => pid)));
  for (const folder of folders) expect(existsSync(String(folder))).toBe(false);
});

describe('what cannot be started', () => {
  const blockers: Server[] = [];
  const block = async (port: number) => {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    blockers.push(server);
  };
  afterEach(() => {
    for (const server of blockers.splice(0)) server.close();
  });
  /** A port that is free with the one after it, and so are the bus ports of both. */
  const freePair = async (): Promise<number> => {
    const probe = await startLocalCluster({ shards: 1 });
    const port = probe.nodes[0]?.port ?? 0;
    await probe.stop();
    return port;
  };

  it('names a taken port, and a taken bus port', async () => {
    const port = await freePair();
    await block(port + 10_000);
    await expect(startLocalCluster({ shards: 1, port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: `port ${port + 10_000}, the cluster bus port of ${port}, is taken on 127.0.0.1`,
    });
    await block(port);
    await expect(startLocalCluster({ shards: 1, port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: `port ${port} is taken on 127.0.0.1`,
      hint: expect.stringContaining('--port'),
    });
  });

  it.each([
    [{ shards: 0 }, /^a cluster of 0 shards with 0 replicas each cannot/],
    [{ shards: 2.5 }, /^a cluster of 2\.5 shards/],
    [{ shards: 1, replicas: -1 }, /^a cluster of 1 shard with -1 replicas cannot/],
    [{ shards: 101, replicas: 1 }, /^a cluster of 101 shards with 1 replica each cannot/],
    [{ shards: 1, port: 60_000 }, /^port 60000 is not between 1 and 55535/],
    [{ shards: 1, port: -1 }, /^port -1/],
  ])('refuses %j', async (options, message) => {
    await expect(startLocalCluster(options)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message),
      hint: expect.any(String),
    });
  });

  it('shows the log of a server that did not start', async () => {
    await expect(startLocalCluster({ shards: 1, config: { maxmemory: 'plenty' } })).rejects.toMatchObject({
      code: 'LOCAL_CLUSTER_FAILED',
      message: expect.stringMatching(/did not start \(exit code 1\); its log ends:[\s\S]*maxmemory/),
    });
  });
});

describe('a folder that lasts', () => {
  let dir: string;
  let cluster: LocalCluster | undefined;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'shardfold test '));
  });
  afterEach(async () => {
    await cluster?.stop();
    cluster = undefined;
    await rm(dir, { recursive: true, force: true });
  });

  it('is found again on other ports, after a failover too', async () => {
    cluster = await startLocalCluster({ dir, shards: 1, replicas: 1, nodeTimeoutMs: 1000 });
    expect(cluster.resumed).toBe(false);
    const before = cluster.nodes.map(({ id, port }) => ({ id, port }));
    await ask(before[0]?.port, 'SET', 'kept', 'yes');
    await ask(before[0]?.port, 'WAIT', 1, 5000);
    await cluster.stop();

    // The old ports are taken meanwhile, so the nodes move.
    const blocker = createServer().listen(before[0]?.port, '127.0.0.1');
    await once(blocker, 'listening');
    try {
      cluster = await startLocalCluster({ dir });
    } finally {
      blocker.close();
    }
    expect(cluster.resumed).toBe(true);
    expect(cluster.nodes.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(cluster.nodes.map(({ port }) => port)).not.toEqual(before.map(({ port }) => port));
    expect(await ask(cluster.nodes[0]?.port, 'GET', 'kept')).toBe('yes');

    // The replica takes over, and is the primary still at the next start.
    expect(await ask(cluster.nodes[1]?.port, 'CLUSTER', 'FAILOVER')).toBe('OK');
    while (!String(await ask(cluster.nodes[1]?.port, 'ROLE')).startsWith('master')) await sleep(50);
    await cluster.stop();
    cluster = await startLocalCluster({ dir, shards: 1, replicas: 1 });
    expect(cluster.nodes.map(({ role }) => role)).toEqual(['replica', 'primary']);
    expect(await ask(cluster.nodes[1]?.port, 'GET', 'kept')).toBe('yes');
  });

  it('that was left half-formed is begun anew', async () => {
    await mkdir(join(dir, 'node-1'), { recursive: true });
    await writeFile(join(dir, 'node-1', 'nodes.conf'), 'rubbish\n');
    await writeFile(
      join(dir, 'shardfold-dev.json'),
      JSON.stringify({ shards: 2, replicas: 0, clusterMode: true, ports: [1, 2], formed: false }),
    );
    cluster = await startLocalCluster({ dir, shards: 1 });
    expect(cluster.resumed).toBe(false);
    expect(cluster.nodes).toHaveLength(1);
  });

  it('with other content where ours should be is left alone', async () => {
    await writeFile(join(dir, 'shardfold-dev.json'), '{"name": "something else"}');
    await expect(startLocalCluster({ dir })).rejects.toMatchObject({
      code: 'LOCAL_CLUSTER_FAILED',
      message: expect.stringContaining('is not a file that shardfold dev wrote'),
    });
  });

  it('where no folder can be made is an error at once', async () => {
    await expect(startLocalCluster({ dir: '/proc/shardfold/data' })).rejects.toMatchObject({
      code: 'LOCAL_CLUSTER_FAILED',
      message: expect.stringContaining('/proc/shardfold/data'),
    });
  });

  it('keeps its data when the append-only file is switched on and off', async () => {
    const round = async (appendonly: boolean, key: string, before: string[]) => {
      cluster = await startLocalCluster({ dir, clusterMode: false, appendonly, config: { appendfsync: 'always' } });
      const [node] = cluster.nodes;
      expect(await setting(node?.port, 'appendonly')).toBe(appendonly ? 'yes' : 'no');
      for (const old of before) expect(await ask(node?.port, 'GET', old)).toBe('kept');
      await ask(node?.port, 'SET', key, 'kept');
      // A crash right after the write: a snapshot is lost then, the file is not.
      if (appendonly) {
        while (!String(await ask(node?.port, 'INFO', 'persistence')).includes('aof_rewrite_in_progress:0'))
          await sleep(20);
        cluster.kill(node?.port ?? 0, 'SIGKILL');
      }
      await cluster.stop();
    };
    await round(false, 'a', []);
    await round(true, 'b', ['a']);
    await round(true, 'c', ['a', 'b']);
    await round(false, 'd', ['a', 'b', 'c']);
    await round(true, 'e', ['a', 'b', 'c', 'd']);
  });

  it('keeps what a standalone server holds', async () => {
    cluster = await startLocalCluster({ dir, clusterMode: false });
    await ask(cluster.nodes[0]?.port, 'SET', 'kept', 'yes');
    await cluster.stop();
    cluster = await startLocalCluster({ dir });
    expect(await ask(cluster.nodes[0]?.port, 'GET', 'kept')).toBe('yes');
    await cluster.stop();
    await expect(startLocalCluster({ dir, clusterMode: true })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('holds one standalone server'),
    });
  });
});

it('shares clusters between test files', () => {
  const url = sharedUrl(3);
  expect(url).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/);
  expect(sharedUrl(3)).toBe(url);
  expect(uniquePrefix()).toMatch(/^[a-z0-9]+$/);
});
