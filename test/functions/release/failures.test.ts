import { connectCluster } from '../../../src/cluster/connect.js';
import { slotOf } from '../../../src/cluster/slots.js';
import type { ClusterLink, NodeInfo } from '../../../src/cluster/types.js';
import { readAllLibraries } from '../../../src/functions/inspect.js';
import { deployProject } from '../../../src/functions/release/deploy.js';
import { readLease, readReleases, recordKey } from '../../../src/functions/release/record.js';
import { testCluster } from '../../harness/cluster.js';
import { type Gate, through } from './gate.js';
import { agreement, holdings, onNode, primariesOf, shop, sleep, wipe } from './shop.js';

// A paused node is to stay a primary, however slow the machine is.
const cluster = testCluster({ shards: 3, replicas: 1, nodeTimeoutMs: 300_000 });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());
beforeEach(async () => {
  await wipe(link);
  await deployProject(link, one, { who: 'ann' }, link.context());
});

const one = shop('one');
const two = shop('two');
const ONE_ALIAS = one.alias?.code as string;
/** The code behind the stable names of a shard. */
const served = async (node: NodeInfo) => String((await readAllLibraries(link, node, link.context(), 'shop'))[0]?.code);
const recordOwner = () => link.ownerOf(slotOf(recordKey)).address;
const others = (record: boolean) => primariesOf(link).filter(({ address }) => (address === recordOwner()) === record);
const portOf = ({ address }: NodeInfo) => Number(address.split(':')[1]);

/** The error of deploying `two` through the gate. */
async function failure(gate: Gate = () => undefined, options: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  const gated = through(link, gate);
  const done = deployProject(gated, two, { who: 'bob' }, link.context({ timeoutMs: 1500, ...options }));
  return done.then(
    () => Promise.reject(new Error('it was deployed')),
    (error) => error,
  );
}

/** Waits until all shards hold what the record says; a paused node has a line of commands to work off when it wakes. */
async function agreed(number: number): Promise<void> {
  for (let tries = 0; tries < 100 && (await agreement(link)) !== number; tries++) await sleep(50);
  expect(await agreement(link)).toBe(number);
}

describe('a node that is paused', () => {
  it.each([
    ['another node', false],
    ['the node with the record', true],
  ])('is not waited for longer than the timeout, and named: %s', async (_, record) => {
    const [node] = others(record) as [NodeInfo];
    const before = await holdings(link);
    cluster.kill(portOf(node), 'SIGSTOP');
    let error: Error;
    try {
      error = await failure();
    } finally {
      cluster.kill(portOf(node), 'SIGCONT');
    }
    expect(error).toMatchObject({
      code: record ? 'TIMEOUT' : 'DEPLOY_FAILED',
      message: expect.stringContaining(node.address),
    });
    const aftermath = record ? 'nothing was touched' : 'every shard holds what it held before';
    expect(error.message).toContain(`shop was not deployed (${aftermath})`);
    await agreed(1);
    expect(await holdings(link)).toEqual(before);
  });

  it('does not keep anybody from connecting, and deploying then ends in time, too', async () => {
    const [node] = others(false) as [NodeInfo];
    const [seed] = primariesOf(link).filter(({ id }) => id !== node.id) as [NodeInfo];
    cluster.kill(portOf(node), 'SIGSTOP');
    try {
      const fresh = await connectCluster({ url: `redis://${seed.address}`, timeout: 1000 });
      try {
        await expect(deployProject(fresh, two, { who: 'bob' }, fresh.context())).rejects.toMatchObject({
          code: 'DEPLOY_FAILED',
          message: expect.stringContaining(`every shard holds what it held before)\n  ${node.address}: `),
        });
      } finally {
        await fresh.close();
      }
    } finally {
      cluster.kill(portOf(node), 'SIGCONT');
    }
    await agreed(1);
  });

  it.each([
    ['another node', false],
    ['the node with the record', true],
  ])(
    'just when its stable names are replaced: the others get theirs back, and it does when it wakes: %s',
    async (_, record) => {
      const [node] = others(record) as [NodeInfo];
      const before = await holdings(link);
      const replaced = new Set<string | undefined>();
      let error: Error;
      try {
        error = await failure(async ({ what, address }) => {
          if (what !== 'LOAD shop') return undefined;
          // The one that is paused comes last, and gets its command all the same.
          while (address === node.address && replaced.size < 2) await sleep(5);
          if (address === node.address) cluster.kill(portOf(node), 'SIGSTOP');
          replaced.add(address);
          return undefined;
        });
        const rest = primariesOf(link).filter(({ id }) => id !== node.id);
        for (const one of rest) expect(await served(one)).toBe(ONE_ALIAS);
      } finally {
        cluster.kill(portOf(node), 'SIGCONT');
      }
      expect(replaced.size).toBe(3);
      expect(error).toMatchObject({
        code: 'DEPLOY_FAILED',
        message: expect.stringContaining(`${node.address} could not be returned to what it held before`),
      });
      await agreed(1);
      // Without the record nobody knows who else may use the libraries that are called by nobody here: they stay.
      const beside = record ? [two.libraries[0]?.name as string] : [];
      const left = Object.entries(before).map(([address, names]) => [address, [...names, ...beside].sort()]);
      while (JSON.stringify(Object.entries(await holdings(link))) !== JSON.stringify(left)) await sleep(50);
      if (record) expect(error.message).toContain(`and beside it ${beside}, which others may use`);
    },
  );
});

it('a replica that lags: it is told that it lacks the record', async () => {
  const { id, address } = others(true)[0] as NodeInfo;
  const replica = link.nodes().find(({ replicaOf }) => replicaOf === id) as NodeInfo;
  cluster.kill(portOf(replica), 'SIGSTOP');
  try {
    expect(await deployProject(link, two, { who: 'bob' }, link.context())).toMatchObject({
      release: { number: 2 },
      found: [`${address} keeps the record of releases, and 0 of its 1 replica had release 2 after a second`],
    });
  } finally {
    cluster.kill(portOf(replica), 'SIGCONT');
  }
});

describe('a deploy that is interrupted', () => {
  it('takes everything back, also what is replaced already', async () => {
    const before = await holdings(link);
    const interrupt = new AbortController();
    let isReplaced = false;
    const error = await failure(
      ({ what }) => {
        // The stable names of one shard are replaced, and now warmed up.
        if (what === 'FCALL_RO' && isReplaced) interrupt.abort();
        isReplaced ||= what === 'LOAD shop';
        return undefined;
      },
      { signal: interrupt.signal },
    );
    expect(error).toMatchObject({
      code: 'ABORTED',
      message: expect.stringContaining('every shard holds what it held'),
    });
    expect(await holdings(link)).toEqual(before);
    expect(await agreement(link)).toBe(1);
    expect(await readLease(link, 'shop', link.context())).toBeNull();
  });
});

it('a failed deploy leaves what it had mended of a release', async () => {
  const [node] = others(false) as [NodeInfo];
  await onNode(link, node, 'FUNCTION', 'FLUSH');
  await failure(({ what }) => {
    if (what === 'LOAD shop') throw new Error('it failed');
    return undefined;
  });
  // The apps of release 1 call these, not the new ones.
  const named = one.libraries.map(({ name }) => name);
  expect((await holdings(link))[node.address]).toEqual(named);
});

describe('a user who may not', () => {
  const rules = ['reset', 'on', '>pw', '~*', '+@all'];
  async function asHalf(forbidden: (node: NodeInfo) => string[]) {
    for (const node of link.nodes()) await onNode(link, node, 'ACL', 'SETUSER', 'half', ...rules, ...forbidden(node));
    const half = await connectCluster({ url: cluster.url, username: 'half', password: 'pw' });
    try {
      return await deployProject(half, two, { who: 'half' }, half.context()).catch((error) => error);
    } finally {
      await half.close();
    }
  }

  it('load on one node: the others get back what they held', async () => {
    const [node] = others(false) as [NodeInfo];
    const before = await holdings(link);
    const error = await asHalf(({ id }) => (id === node.id ? ['-function|load'] : []));
    expect(error).toMatchObject({
      code: 'DEPLOY_FAILED',
      shard: node.address,
      message: expect.stringMatching(new RegExp(`every shard holds what it held before\\)\n  ${node.address}: NOPERM`)),
      hint: expect.stringContaining('ACL'),
    });
    expect(await holdings(link)).toEqual(before);
    expect(await readReleases(link, 'shop', link.context())).toHaveLength(1);
    expect(await readLease(link, 'shop', link.context())).toBeNull();
  });

  it('write the record: nothing is touched', async () => {
    const before = await holdings(link);
    expect(await asHalf(() => ['-eval'])).toMatchObject({
      code: 'NO_PERMISSION',
      message: expect.stringMatching(/nothing was touched.*the record of releases: NOPERM/),
    });
    expect(await asHalf(() => ['resetkeys', '~other:*'])).toMatchObject({ code: 'NO_PERMISSION' });
    expect(await holdings(link)).toEqual(before);
  });
});

describe('a node whose process is killed half-way', () => {
  it('fails the deploy, and the others get back what they held; when it is back, empty, a deploy mends it', async () => {
    const [node] = others(false) as [NodeInfo];
    const rest = primariesOf(link).filter(({ id }) => id !== node.id);
    for (const replica of link.nodes().filter(({ role }) => role === 'replica')) {
      await onNode(link, replica, 'CONFIG', 'SET', 'cluster-replica-no-failover', 'yes');
    }
    const before = await holdings(link);
    const wanted = two.libraries[0]?.name as string;
    // It hangs first, so that there is a half-way: the others are seen to hold the new library.
    let looks = 0;
    const hang: Gate = ({ what, address }) => {
      // Once for names that are taken, then for each library.
      if (what === 'LIST' && address === node.address && ++looks === 2) cluster.kill(portOf(node), 'SIGSTOP');
      return undefined;
    };
    const failing = failure(hang, { timeoutMs: 5000 });
    const holds = async (one: NodeInfo) =>
      ((await onNode(link, one, 'FUNCTION', 'LIST', 'LIBRARYNAME', wanted)) as unknown[]).length > 0;
    while (!(await Promise.all(rest.map(holds))).every(Boolean)) await sleep(10);
    cluster.kill(portOf(node), 'SIGKILL');
    expect(await failing).toMatchObject({
      code: 'DEPLOY_FAILED',
      message: expect.stringMatching(new RegExp(`every shard holds what it held before\\)\n  ${node.address}: `)),
    });
    for (const one of rest) {
      const held = await readAllLibraries(link, one, link.context());
      expect(held.map(({ name }) => name)).toEqual(before[one.address]?.map((text) => text.replace(/=.*/, '')));
      expect(await served(one)).toBe(ONE_ALIAS);
    }
    await cluster.restart(portOf(node));
    // A lagging picture of the cluster would call it failed still.
    let mended: Awaited<ReturnType<typeof deployProject>> | undefined;
    while (!mended) {
      mended = await deployProject(link, one, { who: 'ann' }, link.context()).catch((error) => {
        if (error.code !== 'DEPLOY_FAILED') throw error;
        return undefined;
      });
    }
    expect(mended).toMatchObject({ isNew: false, release: { number: 1 } });
    expect(mended.rows.filter(({ action }) => action === 'loaded').map(({ address }) => address)).toEqual(
      Array(3).fill(node.address),
    );
    expect(mended.found).toEqual([`${node.address} held no stable names instead of those of release 1`]);
    expect(await agreement(link)).toBe(1);
  });
});

describe('without the way back', () => {
  it('shards would stay different: what these tests look at does show it', async () => {
    const [node] = others(false) as [NodeInfo];
    const rest = primariesOf(link).filter(({ id }) => id !== node.id);
    let isFailing = false;
    const error = await failure(async ({ what, address }) => {
      if (isFailing && /^(LOAD|DELETE) /.test(what)) return Buffer.from('OK');
      if (what !== 'LOAD shop' || address !== node.address) return undefined;
      while (!(await Promise.all(rest.map(served))).every((code) => code === two.alias?.code)) await sleep(10);
      isFailing = true;
      throw new Error('it failed');
    });
    expect(error.code).toBe('DEPLOY_FAILED');
    expect(await agreement(link)).toMatch(/lacks shop=/);
  });
});
