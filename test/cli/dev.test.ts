import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RespConnection } from '../../src/local/resp.js';
import { type CliProcess, firstLine, runCli, startCli } from '../harness/cli.js';
import { gone, isRunning, removed } from '../harness/processes.js';

interface Started {
  url: string;
  nodes: { id: string; host: string; port: number; pid: number; role: string }[];
}

const running = new Set<CliProcess>();

async function dev(...args: string[]): Promise<{ child: CliProcess; cluster: Started; pids: number[] }> {
  const child = startCli(['dev', '--json', ...args]);
  running.add(child);
  const cluster = JSON.parse(await firstLine(child)) as Started;
  return { child, cluster, pids: cluster.nodes.map((node) => node.pid) };
}

async function end(child: CliProcess, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal);
  const [code] = await once(child, 'exit');
  running.delete(child);
  return code;
}

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

it('prints one line of JSON with the URL and the nodes, and ends all of them on SIGINT', async () => {
  const { child, cluster, pids } = await dev('--port', '0', '--shards', '2', '--replicas', '1');
  expect(Object.keys(cluster)).toEqual(['url', 'nodes']);
  expect(cluster.url).toBe(`redis://127.0.0.1:${cluster.nodes[0]?.port}`);
  expect(cluster.nodes.map(({ role }) => role)).toEqual(['primary', 'primary', 'replica', 'replica']);
  for (const node of cluster.nodes) {
    expect(Object.keys(node)).toEqual(['id', 'host', 'port', 'pid', 'role']);
    expect(node.id).toMatch(/^[0-9a-f]{40}$/);
    expect(isRunning(node.pid)).toBe(true);
  }
  expect(await end(child, 'SIGINT')).toBe(0);
  await gone(pids);
});

it.each(['SIGTERM', 'SIGHUP'] as const)('ends all servers on %s', async (signal) => {
  const { child, pids } = await dev('--port', '0', '--shards', '1');
  expect(await end(child, signal)).toBe(0);
  await gone(pids);
});

it('leaves no server behind when it is killed, and no folder', async () => {
  const { child, cluster, pids } = await dev('--port', '0', '--shards', '2');
  const connection = new RespConnection(cluster.nodes[0]?.port ?? 0);
  const folder = ((await connection.call('CONFIG', 'GET', 'dir')) as string[])[1] ?? '';
  connection.close();
  await end(child, 'SIGKILL');
  await gone(pids);
  expect(folder).toMatch(/shardfold-/);
  await removed(dirname(folder));
});

it('names a port that is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  // The highest ports leave no room for the cluster bus and would be refused for that.
  const first = port <= 55_535 ? port : port - 10_000;
  const { code, stdout, stderr } = await runCli(['dev', '--port', String(first), '--shards', '1']);
  server.close();
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(new RegExp(`^error PORT_TAKEN: port ${port}\\b.* is taken on 127\\.0\\.0\\.1\nhint: `, 'm'));
});

it('names a folder that cannot be used', async () => {
  const { code, stderr } = await runCli(['dev', '--port', '0', '--dir', '/dev/null/data']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error LOCAL_CLUSTER_FAILED: .*\/dev\/null\/data.*\nhint: choose another --dir/m);
});

describe('with --dir', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'shardfold-test-dir-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('finds the data again, and refuses another number of shards', async () => {
    const first = await dev('--port', '0', '--shards', '2', '--dir', dir);
    const [node] = first.cluster.nodes;
    const writing = new RespConnection(node?.port ?? 0);
    expect(await writing.call('SET', 'b', 'kept')).toBe('OK');
    writing.close();

    const second = await runCli(['dev', '--port', '0', '--dir', dir]);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain('error LOCAL_CLUSTER_FAILED: servers run on');
    expect(await end(first.child, 'SIGTERM')).toBe(0);

    const other = await runCli(['dev', '--shards', '3', '--dir', dir]);
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(
      /error INVALID_ARGUMENT: .* holds a cluster of 2 shards .*, not a cluster of 3 shards/,
    );
    expect(other.stderr).toContain('hint: start it with --shards 2');

    const again = await dev('--port', '0', '--dir', dir);
    expect(again.cluster.nodes.map(({ id }) => id)).toEqual(first.cluster.nodes.map(({ id }) => id));
    const reading = new RespConnection(again.cluster.nodes[0]?.port ?? 0);
    expect(await reading.call('GET', 'b')).toBe('kept');
    await reading.call('SET', 'b', 'kept after a crash');
    reading.close();
    // Even so the servers write what they hold before they end.
    await end(again.child, 'SIGKILL');
    await gone(again.pids);

    const third = await dev('--port', '0', '--dir', dir);
    const last = new RespConnection(third.cluster.nodes[0]?.port ?? 0);
    expect(await last.call('GET', 'b')).toBe('kept after a crash');
    last.close();
    await end(third.child, 'SIGTERM');
  });
});

it('says how it is used', async () => {
  const help = await runCli(['dev', '--help']);
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('Examples:');
  const wrong = await runCli(['dev', '--shards', 'many']);
  expect(wrong).toMatchObject({ code: 1, stdout: '' });
  expect(wrong.stderr).toContain("argument 'many' is invalid");
  expect(await runCli(['dev', '--maxmemory', 'plenty'])).toMatchObject({ code: 1, stdout: '' });
});
