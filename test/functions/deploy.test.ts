import { connectCluster } from '../../src/cluster/connect.js';
import { tagForSlot } from '../../src/cluster/slots.js';
import type { ClusterLink, NodeInfo } from '../../src/cluster/types.js';
import type { Bundle } from '../../src/functions/bundle.js';
import { callFunction } from '../../src/functions/call.js';
import { deployLibrary, libraryStatus } from '../../src/functions/deploy.js';
import { startLocalCluster } from '../../src/local/cluster.js';
import { testCluster } from '../harness/cluster.js';
import { sampleLibrary } from './sample.js';

const cluster = testCluster({ shards: 3, replicas: 1 });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());

const sample = sampleLibrary();
const newer = sampleLibrary({}, '-- a newer version');
const onNode = (node: NodeInfo, ...command: string[]) => link.callNode(node.id, command, link.context(), true);
const primaries = () => link.nodes().filter(({ role }) => role === 'primary');
const deploy = (library: Bundle = sample) => deployLibrary(link, link.context(), library);
const status = (library: Bundle = sample) => libraryStatus(link, link.context(), library);
const libraries = async (node: NodeInfo): Promise<string> => JSON.stringify(await onNode(node, 'FUNCTION', 'LIST'));

beforeEach(async () => {
  for (const node of primaries()) await onNode(node, 'FUNCTION', 'FLUSH');
});

describe('deployLibrary', () => {
  it('loads every primary, and again changes nothing', async () => {
    const reports = await deploy();
    expect(reports.map(({ address }) => address)).toEqual(primaries().map(({ address }) => address));
    for (const report of reports) {
      expect(report).toMatchObject({
        role: 'primary',
        library: sample.name,
        hash: sample.hash,
        functions: sample.functions.length,
        inStep: true,
        action: 'loaded',
      });
    }
    expect((await deploy()).map(({ action }) => action)).toEqual(['present', 'present', 'present']);
  });

  it('leaves other versions where they are, so that both can be called', async () => {
    await deploy();
    await deploy(newer);
    for (const report of (await status()).filter(({ role }) => role === 'primary')) {
      expect(report).toMatchObject({ inStep: true, library: sample.name, others: [newer.name] });
    }
    const key = `{${tagForSlot(7)}}`;
    for (const library of [sample, newer]) {
      const context = link.context();
      const call = { name: 'echo', key, keys: [], args: ['x'], readOnly: true, idempotent: true };
      expect(String(await callFunction(link, call, context, library))).toBe('x');
      expect(context.tally.retries).toEqual({});
    }
  });

  it('mends a library that was changed by hand', async () => {
    const [node] = primaries() as [NodeInfo];
    const forged = sample.code.replace('"APPEND"', '"SET"');
    await onNode(node, 'FUNCTION', 'LOAD', forged);
    expect((await status()).find(({ id }) => id === node.id)).toMatchObject({
      inStep: false,
      library: sample.name,
      problem: expect.stringContaining('by hand'),
    });
    await deploy();
    expect((await status()).filter(({ role }) => role === 'primary').every(({ inStep }) => inStep)).toBe(true);
  });

  it('undoes itself where one shard refuses, and names it', async () => {
    const [, second, third] = primaries() as [NodeInfo, NodeInfo, NodeInfo];
    // Somebody else's library has one of our function names; and one shard holds a forged version of ours.
    await onNode(
      second,
      'FUNCTION',
      'LOAD',
      `#!lua name=theirs\nredis.register_function("echo_${sample.hash}", function() return 1 end)`,
    );
    await onNode(third, 'FUNCTION', 'LOAD', sample.code.replace('"APPEND"', '"SET"'));
    const before = await Promise.all(primaries().map(libraries));
    await expect(deploy()).rejects.toMatchObject({
      code: 'DEPLOY_FAILED',
      shard: second.address,
      message: expect.stringMatching(
        new RegExp(
          `every shard holds what it held before\\)\\n  ${second.address}: .*echo_${sample.hash} already exists`,
        ),
      ),
    });
    expect(await Promise.all(primaries().map(libraries))).toEqual(before);
  });

  it('undoes itself where a module fails when it is first run, with file and line', async () => {
    const broken = sampleLibrary({ 'sample.late': '\nlocal x = nothing.at.all\nreturn function() return x end' });
    await expect(deploy(broken)).rejects.toMatchObject({
      code: 'DEPLOY_FAILED',
      message: expect.stringContaining('lua/sample/late.lua:2'),
    });
    const notCallable = sampleLibrary({ 'sample.table': 'return {}' });
    await expect(deploy(notCallable)).rejects.toMatchObject({
      code: 'DEPLOY_FAILED',
      message: expect.stringContaining('module sample.table is registered as a function but is none'),
    });
    for (const report of await status(broken)) expect(report).toMatchObject({ library: null, problem: 'no functions' });
  });

  it('refuses code that does not compile, with file and line', async () => {
    const broken = sampleLibrary({ 'sample.typo': 'return function()\n  return 1 +\nend' });
    await expect(deploy(broken)).rejects.toMatchObject({
      code: 'DEPLOY_FAILED',
      message: expect.stringMatching(/refuses the library: .*lua\/sample\/typo\.lua:3/),
    });
  });

  it('tells a user who may not load', async () => {
    const [node] = primaries() as [NodeInfo];
    for (const one of primaries()) {
      const rules = ['on', '>pw', '~*', '+@all', ...(one === node ? ['-function|load'] : [])];
      await onNode(one, 'ACL', 'SETUSER', 'half', 'reset', ...rules);
    }
    const half = await connectCluster({ url: cluster.url, username: 'half', password: 'pw' });
    try {
      await expect(deployLibrary(half, half.context(), sample)).rejects.toMatchObject({
        code: 'DEPLOY_FAILED',
        message: expect.stringMatching(new RegExp(`${node.address}: NOPERM`)),
        hint: expect.stringContaining('ACL'),
      });
    } finally {
      await half.close();
    }
    for (const one of primaries()) expect(await libraries(one)).toBe('[]');
  });

  it('undoes itself when it is aborted', async () => {
    const port = Number(primaries()[2]?.address.split(':')[1]);
    const controller = new AbortController();
    cluster.kill(port, 'SIGSTOP');
    try {
      const deploying = deployLibrary(link, link.context({ signal: controller.signal }), sample).catch(
        (error) => error,
      );
      const [first] = primaries() as [NodeInfo];
      while ((await libraries(first)) === '[]') await new Promise((resolve) => setTimeout(resolve, 5));
      controller.abort();
      cluster.kill(port, 'SIGCONT');
      expect(await deploying).toMatchObject({ code: 'ABORTED' });
    } finally {
      cluster.kill(port, 'SIGCONT');
    }
    for (const one of primaries()) expect(await libraries(one)).toBe('[]');
  });
});

describe('libraryStatus', () => {
  it('tells of every node, replicas too', async () => {
    await deploy();
    const reports = await status();
    expect(reports.map(({ role }) => role)).toEqual([...Array(3).fill('primary'), ...Array(3).fill('replica')]);
    expect(reports.every(({ inStep }) => inStep)).toBe(true);
    const drifted = await status(newer);
    expect(drifted.map(({ inStep, library, problem }) => [inStep, library, problem])).toEqual(
      Array(6).fill([false, sample.name, 'another version']),
    );
  });

  it('goes on where a node cannot be asked', async () => {
    const [node] = primaries() as [NodeInfo];
    await onNode(node, 'ACL', 'SETUSER', 'blind', 'reset', 'on', '>pw', '+@all', '-function|list');
    for (const one of primaries().slice(1)) await onNode(one, 'ACL', 'SETUSER', 'blind', 'reset', 'on', '>pw', '+@all');
    const blind = await connectCluster({
      url: `redis://${primaries()[1]?.address}`,
      username: 'blind',
      password: 'pw',
    });
    try {
      const reports = await libraryStatus(blind, blind.context({ timeoutMs: 2000 }), sample);
      expect(reports.find(({ id }) => id === node.id)).toMatchObject({ problem: expect.stringMatching(/^NOPERM/) });
      expect(reports.find(({ id }) => id === primaries()[1]?.id)).toMatchObject({ problem: 'no functions' });
    } finally {
      await blind.close();
    }
  });
});

describe('a node that joined by CLUSTER MEET', () => {
  it('has no functions, and gets them from the first call or from a deploy', async () => {
    await deploy();
    const joined = await startLocalCluster({ shards: 1 });
    const own = await connectCluster({ url: joined.url });
    try {
      const [host, port] = (primaries()[0] as NodeInfo).address.split(':') as [string, string];
      const onJoined = (...command: string[]) => own.callNode(own.ownerOf(0).id, command, own.context(), true);
      await onJoined('CLUSTER', 'RESET', 'HARD');
      const id = String(await onJoined('CLUSTER', 'MYID'));
      await onJoined('CLUSTER', 'MEET', host, port);
      const knownTo = async (node: NodeInfo) => String(await onNode(node, 'CLUSTER', 'NODES')).includes(`${id} `);
      const knownToAll = async () => (await Promise.all(link.nodes().map(knownTo))).every(Boolean);
      while (!link.nodes().some((node) => node.id === id) || !(await knownToAll())) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect((await status()).find((report) => report.id === id)).toMatchObject({ problem: 'no functions' });

      const slot = 9;
      await onJoined('CLUSTER', 'SETSLOT', `${slot}`, 'NODE', id);
      for (const node of primaries()) await onNode(node, 'CLUSTER', 'SETSLOT', `${slot}`, 'NODE', id);
      const key = `{${tagForSlot(slot)}}:joined`;
      const context = link.context();
      const call = { name: 'append', key, keys: [key], args: ['x'], readOnly: false, idempotent: false };
      expect(await callFunction(link, call, context, sample)).toBe(1);
      expect(context.tally.retries.FUNCTION_MISSING).toBe(1);
      expect((await status()).find((report) => report.id === id)).toMatchObject({ inStep: true });

      expect((await deploy(newer)).find((report) => report.id === id)).toMatchObject({
        inStep: true,
        action: 'loaded',
      });
    } finally {
      await own.close();
      await joined.stop();
    }
  });
});
