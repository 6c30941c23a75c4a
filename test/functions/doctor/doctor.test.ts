import { setTimeout as sleep } from 'node:timers/promises';
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink, NodeInfo } from '../../../src/cluster/types.js';
import { deployLibrary } from '../../../src/functions/deploy.js';
import { examine } from '../../../src/functions/doctor/examine.js';
import type { CheckResult, Diagnosis } from '../../../src/functions/doctor/types.js';
import { library } from '../../../src/functions/library.js';
import { deployProject } from '../../../src/functions/release/deploy.js';
import { startLocalCluster } from '../../../src/local/cluster.js';
import { runCli } from '../../harness/cli.js';
import { testCluster } from '../../harness/cluster.js';
import { listings } from '../release/servers.js';
import { shop } from '../release/shop.js';
import { connectAs, onAll, PASSWORD, setUser } from './nodes.js';

const cluster = testCluster({ shards: 2, replicas: 1, nodeTimeoutMs: 6000 });
let admin: ClusterLink;
beforeAll(async () => {
  admin = await connectCluster({ url: cluster.url });
  await deployLibrary(admin, admin.context());
  // Whose replica is whose shows a little later than that all agree.
  const bare = async () => found(await doctor(admin), 'cluster').some(({ verdict }) => verdict !== 'ok');
  for (const end = Date.now() + 15_000; (await bare()) && Date.now() < end; ) await sleep(200);
});
afterAll(() => admin.close());

const onNode = (node: NodeInfo | undefined, ...command: string[]) =>
  admin.callNode(node?.id ?? '', command, admin.context(), true);
const doctor = (link: ClusterLink, user = 'default', timeoutMs = 1000) =>
  examine(link, { user }, link.context({ timeoutMs }));
const found = ({ checks }: Diagnosis, name: string) => checks.filter(({ check }) => check === name);
const notOk = ({ checks }: Diagnosis): CheckResult[] => checks.filter(({ verdict }) => verdict !== 'ok');

async function asUser(name: string): Promise<Diagnosis> {
  const link = await connectAs(cluster.url, name);
  try {
    return await doctor(link, name);
  } finally {
    await link.close();
  }
}

it('finds nothing to mend where everything is allowed and in step, and changes nothing', async () => {
  const state = () => Promise.all([listings(admin), onAll(admin, 'DBSIZE')]);
  const writes = async () =>
    (await onAll(admin, 'INFO', 'persistence')).map((text) => /changes_since_last_save:(\d+)/.exec(String(text))?.[1]);
  const before = [await state(), await writes()];
  const diagnosis = await doctor(admin);
  expect([await state(), await writes()]).toEqual(before);
  expect(diagnosis).toMatchObject({ user: 'default', ok: true, cluster: true, role: null, prefix: 'sf' });
  expect(notOk(diagnosis)).toEqual([]);
  expect(found(diagnosis, 'cluster')).toMatchObject([{ value: 'yes: shards 2, replicas 2' }]);
  expect(found(diagnosis, 'functions of Shardfold')).toMatchObject([
    { value: `${library.name} in step`, everywhere: true },
  ]);
  expect(found(diagnosis, 'replicas readable')[0]?.nodes).toHaveLength(2);
});

/** Runs the lines that the doctor prints, until it has none more to print. */
async function mend(user: string, check: (result: CheckResult) => boolean): Promise<Diagnosis> {
  for (let round = 0; ; round++) {
    const diagnosis = await asUser(user);
    const lines = new Set(
      notOk(diagnosis)
        .filter(check)
        .map(({ check: name, acl }) => acl ?? `no line for ${name}`),
    );
    if (lines.size === 0) return diagnosis;
    // A server speaks of the keys only to those who may run the command, and of replicas to those who may say READONLY.
    expect(round).toBeLessThan(3);
    for (const line of lines) await onAll(admin, ...line.split(' '));
  }
}

it('names for each thing that is forbidden or hidden a line that mends it', async () => {
  await setUser(admin, 'poor', '-@all', '+cluster|shards');
  const before = await asUser('poor');
  expect(before.ok).toBe(false);
  const failed = before.checks.filter(({ verdict }) => verdict === 'failed').map(({ check }) => check);
  expect(failed).toEqual([
    ...['FUNCTION LIST', 'FUNCTION LOAD', 'FUNCTION DELETE', 'EVAL', 'FCALL', 'FCALL_RO', 'EVAL_RO', 'EVALSHA_RO'],
    ...['WAIT', 'read sf:{*}:*', 'read parts of sf:{*}:*', 'write sf:{*}:*', 'allow-cross-slot-keys', 'GETKEYSINSLOT'],
    'replicas readable',
  ]);
  const unknown = before.checks.filter(({ verdict }) => verdict === 'unknown').map(({ check }) => check);
  expect(unknown).toEqual([
    'busy-reply-threshold',
    'cluster-node-timeout',
    'maxmemory-policy',
    'memory',
    'functions of Shardfold',
  ]);
  expect(notOk(await mend('poor', () => true))).toEqual([]);
});

it('mends one thing by the lines of that thing alone', async () => {
  for (const name of ['EVAL', 'GETKEYSINSLOT', 'allow-cross-slot-keys', 'read sf:{*}:*', 'write sf:{*}:*', 'memory']) {
    await setUser(admin, 'poor', '-@all', '+cluster|shards', '+readonly');
    const after = await mend('poor', ({ check }) => check === name);
    expect(found(after, name)).toMatchObject([{ verdict: 'ok', everywhere: true }]);
  }
});

it('tells the nodes apart, for each has an ACL of its own', async () => {
  await setUser(admin, 'mixed', '+@all', '~*');
  const replica = admin.nodes().find(({ role }) => role === 'replica');
  await onNode(replica, 'ACL', 'SETUSER', 'mixed', '-evalsha_ro');
  const diagnosis = await asUser('mixed');
  expect(found(diagnosis, 'EVALSHA_RO')).toMatchObject([
    { verdict: 'ok', everywhere: false, nodes: expect.not.arrayContaining([replica?.address]) },
    { verdict: 'failed', everywhere: false, nodes: [replica?.address], acl: 'ACL SETUSER mixed +evalsha_ro' },
  ]);
});

describe('what endangers tables and shards', () => {
  const DEFAULTS = { 'maxmemory-policy': 'noeviction', maxmemory: '0', 'busy-reply-threshold': '5000' };
  const set = async (node: NodeInfo | undefined, values: Record<string, string>) => {
    for (const [name, value] of Object.entries(values)) await onNode(node, 'CONFIG', 'SET', name, value);
  };
  afterEach(async () => {
    for (const node of admin.nodes()) await set(node, { ...DEFAULTS, 'cluster-node-timeout': '6000' });
  });

  it.each([
    ['maxmemory-policy', { 'maxmemory-policy': 'allkeys-lru' }, 'warning', /^allkeys-lru$/, /noeviction/],
    ['maxmemory-policy', { 'maxmemory-policy': 'volatile-lru' }, 'ok', /^volatile-lru$/, undefined],
    ['memory', { maxmemory: '1' }, 'failed', /^\d+ MiB of 0 MiB used/, /add shards/],
    ['memory', { maxmemory: '8gb' }, 'ok', /^\d+ MiB of 8192 MiB used \(0 %\)$/, undefined],
    ['busy-reply-threshold', { 'busy-reply-threshold': '20' }, 'warning', /^20 ms$/, /BUSY/],
    ['busy-reply-threshold', { 'busy-reply-threshold': '7000' }, 'warning', /^7000 ms$/, /fail over/],
    ['cluster-node-timeout', { 'cluster-node-timeout': '500' }, 'warning', /^500 ms$/, /fail over/],
  ])('%s of %j: %s', async (check, values, verdict, value, hint) => {
    const node = admin.nodes()[1];
    await set(node, values);
    const result = found(await doctor(admin), check).find(({ nodes }) => node && nodes.includes(node.address));
    expect(result).toMatchObject({ verdict });
    expect(result?.value).toMatch(check === 'memory' && verdict === 'ok' ? /used/ : value);
    expect(result?.hint ?? '').toMatch(hint ?? /^$/);
  });
});

it('warns of functions that are missing where this user may load them, and fails where not', async () => {
  const [first] = admin.nodes();
  await onNode(first, 'FUNCTION', 'FLUSH');
  const mine = found(await doctor(admin), 'functions of Shardfold');
  expect(mine).toContainEqual(expect.objectContaining({ verdict: 'warning', hint: 'shardfold deploy' }));
  await setUser(admin, 'looker', '+@all', '~*', '-function|load');
  const theirs = await asUser('looker');
  expect(found(theirs, 'functions of Shardfold')).toContainEqual(expect.objectContaining({ verdict: 'failed' }));
  await deployLibrary(admin, admin.context());
});

it('compares the nodes with the current release of every project', async () => {
  await deployProject(admin, shop('one'), { who: 'ann' }, admin.context());
  await deployProject(admin, shop('two'), { who: 'ann' }, admin.context());
  const check = 'functions of shop';
  expect(found(await doctor(admin), check)).toMatchObject([{ verdict: 'ok', value: 'release 2 in step' }]);
  const [first] = admin.nodes();
  await onNode(first, 'FUNCTION', 'DELETE', 'shop');
  expect(found(await doctor(admin), check)).toContainEqual(
    expect.objectContaining({ verdict: 'warning', value: 'shop: missing', hint: 'shardfold deploy' }),
  );
  // Whoever only reads is not told of it: the record is a deployer's.
  expect(found(await examine(admin, { role: 'reader' }, admin.context()), check)).toEqual([]);
});

it('does not miss Shardfold’s own functions where others are deployed and these are nowhere', async () => {
  const primaries = admin.nodes().filter(({ role }) => role === 'primary');
  for (const node of primaries) await onNode(node, 'FUNCTION', 'DELETE', library.name);
  await Promise.all(primaries.map((node) => onNode(node, 'WAIT', '1', '5000')));
  expect(found(await doctor(admin), 'functions of Shardfold')).toMatchObject([
    { verdict: 'ok', value: expect.stringMatching(/^none/) },
  ]);
  await deployLibrary(admin, admin.context());
});

it('goes on where a node does not answer, and says which', async () => {
  const replica = admin.nodes().find(({ role }) => role === 'replica') as NodeInfo;
  const port = Number(replica.address.split(':')[1]);
  cluster.kill(port, 'SIGSTOP');
  try {
    const diagnosis = await doctor(admin, 'default', 800);
    expect(diagnosis.ok).toBe(false);
    expect(found(diagnosis, 'server')).toContainEqual(
      expect.objectContaining({ verdict: 'failed', nodes: [replica.address] }),
    );
    expect(found(diagnosis, 'FCALL')).toMatchObject([{ verdict: 'ok' }]);
  } finally {
    cluster.kill(port, 'SIGCONT');
  }
});

it('knows a single server, and a command that its owner took away', async () => {
  const one = await startLocalCluster({
    shards: 1,
    clusterMode: false,
    config: { 'rename-command': ['WAIT ""', 'CONFIG ""'] },
  });
  const link = await connectCluster({ url: one.url });
  try {
    const diagnosis = await doctor(link);
    expect(diagnosis.cluster).toBe(false);
    expect(found(diagnosis, 'cluster')).toMatchObject([{ verdict: 'ok', value: 'no: one server, one shard' }]);
    expect(found(diagnosis, 'GETKEYSINSLOT')).toEqual([]);
    const [wait] = found(diagnosis, 'WAIT');
    expect(wait).toMatchObject({ verdict: 'failed', value: 'this server does not have it' });
    expect(wait).not.toHaveProperty('acl');
    const [busy] = found(diagnosis, 'busy-reply-threshold');
    expect(busy).toMatchObject({ verdict: 'unknown', value: 'this server does not tell' });
    expect(busy).not.toHaveProperty('acl');
    expect(found(diagnosis, 'maxmemory-policy')).toMatchObject([{ verdict: 'ok', value: 'noeviction' }]);
  } finally {
    await link.close();
    await one.stop();
  }
});

describe('shardfold doctor', () => {
  const run = (user: string | undefined, ...args: string[]) =>
    runCli(['doctor', '--url', cluster.url, ...(user ? ['--user', user] : []), ...args], {
      env: { SHARDFOLD_PASSWORD: user ? PASSWORD : undefined },
    });

  it('prints a table with a sign a check, and ends with 0', async () => {
    const { code, stdout, stderr } = await run(undefined);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✓ {2}GETKEYSINSLOT +allowed$/m);
    expect(stderr).toContain('these servers can be used');
  });

  it('prints the lines that mend, and ends with 1; a role narrows it down', async () => {
    await setUser(admin, 'half', '+@all', '~*', '-wait', '-config', '-eval_ro');
    const all = await run('half');
    expect(all.code).toBe(1);
    expect(all.stdout).toMatch(/^✗ {2}WAIT +not allowed$/m);
    expect(all.stdout).toMatch(/^✗ WAIT: ACL SETUSER half \+wait$/m);
    expect(all.stdout).toMatch(/^\? busy-reply-threshold, cluster-node-timeout: ACL SETUSER half \+config\|get$/m);
    await onAll(admin, 'ACL', 'SETUSER', 'half', '+eval_ro');
    const reader = await run('half', '--role', 'reader');
    expect(reader).toMatchObject({ code: 0, stdout: expect.not.stringContaining('WAIT') });
  });

  it('speaks JSON', async () => {
    const { code, stdout } = await run(undefined, '--json');
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ user: 'default', ok: true, cluster: true });
    expect(report.checks).toContainEqual(expect.objectContaining({ check: 'WAIT', verdict: 'ok', value: 'allowed' }));
  });

  it('says what a user needs who cannot even see the cluster', async () => {
    await setUser(admin, 'blind', '-@all');
    const { code, stdout, stderr } = await run('blind');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('ACL SETUSER blind +cluster|shards');
  });

  it('refuses a role that there is not, and says where it cannot connect', async () => {
    expect((await run(undefined, '--role', 'king')).code).toBe(1);
    expect(await runCli(['doctor', '--url', 'redis://127.0.0.1:1'])).toMatchObject({ code: 1, stdout: '' });
  });
});
