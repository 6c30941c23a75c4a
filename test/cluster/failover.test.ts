import { connectCluster } from '../../src/cluster/connect.js';
import { tagForSlot } from '../../src/cluster/slots.js';
import type { Argument, CallContext, ClusterLink, NodeInfo } from '../../src/cluster/types.js';
import { testCluster } from '../harness/cluster.js';

const cluster = testCluster({ shards: 3, replicas: 1, nodeTimeoutMs: 1000 });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());

const slot = 0;
const key = `{${tagForSlot(slot)}}:counter`;
const call = (command: Argument[], options: { idempotent: boolean; context?: CallContext }) =>
  link.call({ key, command, readOnly: false, idempotent: options.idempotent }, options.context ?? link.context());
const ownerPort = () => Number(link.ownerOf(slot).address.split(':')[1]);
const until = async (condition: () => boolean) => {
  for (const end = Date.now() + 20_000; !condition() && Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(condition()).toBe(true);
};
const isBack = (port: number) => (node: NodeInfo) =>
  node.role === 'replica' && !node.down && node.address.endsWith(`:${port}`);
/** The write has reached the replica, so that it is still there after the failover. */
const replicated = async () => expect(await call(['WAIT', '1', '5000'], { idempotent: true })).toBe(1);

it('sees primaries and replicas', () => {
  expect(link.nodes().map(({ role }) => role)).toEqual([...Array(3).fill('primary'), ...Array(3).fill('replica')]);
  expect(
    link
      .nodes()
      .slice(3)
      .every(({ slots }) => slots.length === 0),
  ).toBe(true);
});

it('asks a replica by itself', async () => {
  const replica = link.nodes()[3];
  const reply = await link.callNode(replica?.id as string, ['INFO', 'replication'], link.context(), true);
  expect(String(reply)).toContain('role:slave');
});

it('waits out the death of a primary, and tells of a call whose fate is unknown', async () => {
  const dead = ownerPort();
  const { id } = link.ownerOf(slot);
  await call(['SET', key, '1'], { idempotent: true });
  await replicated();

  // Stopped first, so that both calls are under way when the node dies.
  cluster.kill(dead, 'SIGSTOP');
  const context = link.context();
  const read = call(['GET', key], { idempotent: true, context });
  const increment = call(['INCR', key], { idempotent: false }).catch((error) => error);
  await new Promise((resolve) => setTimeout(resolve, 50));
  cluster.kill(dead, 'SIGKILL');

  expect(await increment).toMatchObject({
    code: 'CONNECTION_FAILED',
    message: expect.stringMatching(`^the connection to 127.0.0.1:${dead} was lost during INCR: it may have run or not`),
    slot,
  });
  // Who decides where to go next is told at once.
  const tried = link.context();
  expect(await link.tryNode(id, ['PING'], tried)).toMatchObject({
    cause: expect.stringMatching(/^(CONNECTION_LOST|NOT_CONNECTED)$/),
  });
  expect(Object.values(tried.tally.retries)).toEqual([1]);
  expect(String(await read)).toBe('1');
  expect(context.tally.retries.CONNECTION_LOST).toBe(1);
  expect(context.tally.retries.NOT_CONNECTED).toBeGreaterThan(0);
  await until(() => ownerPort() !== dead);
  expect(link.nodes().find(({ address }) => address.endsWith(`:${dead}`))).toMatchObject({ down: true, slots: [] });
  expect(link.nodes().filter((node) => node.role === 'primary' && !node.down)).toHaveLength(3);

  const after = link.context();
  await call(['SET', key, '2'], { idempotent: false, context: after });
  expect(after.tally.retries).toEqual({});

  await cluster.restart(dead);
  await until(() => link.nodes().some(isBack(dead)));
  await cluster.settled();
}, 60_000);

it('does not wait for a node that only sleeps, once another has taken its place', async () => {
  const asleep = ownerPort();
  await call(['SET', key, '3'], { idempotent: true });
  await replicated();
  cluster.kill(asleep, 'SIGSTOP');
  try {
    const context = link.context({ timeoutMs: 50_000 });
    expect(String(await call(['GET', key], { idempotent: true, context }))).toBe('3');
    expect(context.tally.retries.CONNECTION_LOST).toBe(1);
    expect(ownerPort()).not.toBe(asleep);
  } finally {
    cluster.kill(asleep, 'SIGCONT');
  }
  await until(() => link.nodes().some(isBack(asleep)));
  await cluster.settled();
}, 60_000);

it('fails at its deadline where a shard is gone for good', async () => {
  const shard = link.ownerOf(slot);
  const { id } = shard;
  const replicas = await link.callNode(id, ['CLUSTER', 'REPLICAS', id], link.context(), true);
  const [, address] = String((replicas as Buffer[])[0]).split(' ') as [string, string];
  const ports = [shard.address, address.split('@')[0] as string].map((name) => Number(name.split(':')[1]));
  for (const port of ports) cluster.kill(port, 'SIGKILL');
  const error = await call(['GET', key], { idempotent: true, context: link.context({ timeoutMs: 4000 }) }).catch(
    (e) => e,
  );
  expect(['CLUSTER_DOWN', 'CONNECTION_FAILED']).toContain(error.code);
  expect(error).toMatchObject({ message: expect.stringContaining('4000 ms'), slot, retryable: true });

  // A link made now still serves what is there, and the others are not held up by the dead.
  const [alive] = link.nodes().filter(({ role, address: name }) => role === 'primary' && name !== shard.address);
  const second = await connectCluster({ url: `redis://${alive?.address}` });
  expect(String(await second.callNode(alive?.id as string, ['PING'], second.context(), true))).toBe('PONG');
  await second.close();
}, 60_000);
