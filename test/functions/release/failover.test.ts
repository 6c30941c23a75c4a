import { connectCluster } from '../../../src/cluster/connect.js';
import { slotOf } from '../../../src/cluster/slots.js';
import type { ClusterLink, NodeInfo } from '../../../src/cluster/types.js';
import { deployProject } from '../../../src/functions/release/deploy.js';
import { planProject } from '../../../src/functions/release/plan.js';
import { readReleases, recordKey } from '../../../src/functions/release/record.js';
import { startLocalCluster } from '../../../src/local/cluster.js';
import { testCluster } from '../../harness/cluster.js';
import { through } from './gate.js';
import { agreement, onNode, primariesOf, shop, sleep } from './shop.js';

// In this order: each test leaves the cluster as the next one finds it.
const cluster = testCluster({ shards: 3, replicas: 1, nodeTimeoutMs: 2000 });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());

const one = shop('one');
const two = shop('two');
const portOf = ({ address }: NodeInfo) => Number(address.split(':')[1]);
const recordOwner = () => link.ownerOf(slotOf(recordKey));
const now = () => link.context({ timeoutMs: 40_000 });
const deploy = (built = one, from = link) => deployProject(from, built, { who: 'ann' }, now());

it('a node that joined by CLUSTER MEET: the plan shows what it lacks, a deploy brings it', async () => {
  await deploy(one);
  const joined = await startLocalCluster({ shards: 1 });
  const own = await connectCluster({ url: joined.url });
  try {
    const [host, port] = (primariesOf(link)[0] as NodeInfo).address.split(':') as [string, string];
    const onJoined = (...command: string[]) => own.callNode(own.ownerOf(0).id, command, own.context(), true);
    await onJoined('CLUSTER', 'RESET', 'HARD');
    const id = String(await onJoined('CLUSTER', 'MYID'));
    await onJoined('CLUSTER', 'MEET', host, port);
    while (!primariesOf(link).some((node) => node.id === id)) await sleep(20);

    const plan = await planProject(link, one, now());
    expect(plan).toMatchObject({ changes: true, isNew: false });
    const open = plan.rows.filter(({ action }) => action !== 'in step');
    expect(open.map((row) => [row.id, row.source, row.action])).toEqual([
      [id, 'board', 'add'],
      [id, 'tools', 'add'],
      [id, 'shop', 'add'],
    ]);
    const report = await deploy(one);
    expect(report).toMatchObject({ isNew: false, release: { number: 1 } });
    expect(new Set(report.rows.filter(({ action }) => action === 'loaded').map((row) => row.id))).toEqual(
      new Set([id]),
    );
    expect(await planProject(link, one, now())).toMatchObject({ changes: false });

    const others = link.nodes().filter((node) => node.id !== id);
    // Word of a node goes round by gossip: who has not heard of it cannot forget it.
    for (const node of others) {
      while (!String(await onNode(link, node, 'CLUSTER', 'NODES')).includes(id)) await sleep(20);
    }
    for (const node of others) await onNode(link, node, 'CLUSTER', 'FORGET', id);
    while (link.nodes().some((node) => node.id === id)) await sleep(20);
  } finally {
    await own.close();
    await joined.stop();
  }
});

it('a primary that is killed half-way and replaced by its replica: the deploy goes on there', async () => {
  const owner = recordOwner();
  const [node] = primariesOf(link).filter(({ id }) => id !== owner.id) as [NodeInfo];
  let isKilled = false;
  const gated = through(link, ({ what, address }) => {
    if (what === 'LOAD shop' && address === node.address && !isKilled) {
      isKilled = true;
      cluster.kill(portOf(node), 'SIGKILL');
    }
    return undefined;
  });
  const report = await deploy(two, gated);
  expect(report).toMatchObject({ isNew: true, release: { number: 2 } });
  const addresses = [...new Set(report.rows.map(({ address }) => address))];
  expect(addresses).toHaveLength(3);
  expect(addresses).not.toContain(node.address);
  expect(await agreement(link)).toBe(2);
  await cluster.restart(portOf(node));
  await cluster.settled();
});

it('the primary with the record is replaced: the releases are there still', async () => {
  const owner = recordOwner();
  cluster.kill(portOf(owner), 'SIGKILL');
  while (recordOwner().id === owner.id) await sleep(50);
  expect((await readReleases(link, 'shop', now())).map(({ number }) => number)).toEqual([1, 2]);
  expect(await deploy(one)).toMatchObject({ isNew: true, release: { number: 3 } });
  expect(await agreement(link)).toBe(3);
  await cluster.restart(portOf(owner));
  await cluster.settled();
});

it('the primary with the record is killed half-way: it is done, or all is as it was', async () => {
  const owner = recordOwner();
  let isKilled = false;
  const gated = through(link, ({ what }) => {
    if (what === 'LOAD shop' && !isKilled) {
      isKilled = true;
      cluster.kill(portOf(owner), 'SIGKILL');
    }
    return undefined;
  });
  const outcome = await deploy(two, gated).then(
    ({ release }) => release.number,
    (error) => error.code,
  );
  expect([4, 'DEPLOY_FAILED']).toContain(outcome);
  expect(await agreement(link)).toBe(outcome === 4 ? 4 : 3);
  await cluster.restart(portOf(owner));
  await cluster.settled();
});
