import { connectCluster } from '../../src/cluster/connect.js';
import type { CallContext, ClusterLink } from '../../src/cluster/types.js';
import { testCluster } from '../harness/cluster.js';

const cluster = testCluster({ shards: 1 });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());

const admin = (...command: string[]) => link.callNode(link.nodes()[0]?.id as string, command, link.context(), true);
const call = (command: string[], context: CallContext = link.context()) =>
  link.call({ key: 'a', command, readOnly: false, idempotent: false }, context);
const retried = async (context: CallContext, cause: string) => {
  while (!context.tally.retries[cause]) await new Promise((resolve) => setTimeout(resolve, 5));
};

it('waits while somebody’s script runs', async () => {
  await admin('CONFIG', 'SET', 'busy-reply-threshold', '20');
  const other = await connectCluster({ url: cluster.url });
  const spin = `local t = redis.call('TIME'); local stop = t[1] + t[2] / 1e6 + 0.4
    repeat t = redis.call('TIME') until t[1] + t[2] / 1e6 > stop; return 1`;
  const spinning = other.call(
    { key: 'a', command: ['EVAL', spin, '0'], readOnly: true, idempotent: true },
    other.context(),
  );
  const context = link.context();
  while (!context.tally.retries.BUSY) await call(['SET', 'a', '1'], context);
  expect(await spinning).toBe(1);
  await other.close();
});

it('waits out a slot that nobody serves, or says so at its deadline', async () => {
  await admin('CONFIG', 'SET', 'cluster-require-full-coverage', 'no');
  const slot = String(await admin('CLUSTER', 'KEYSLOT', 'a'));
  await admin('CLUSTER', 'DELSLOTS', slot);
  await expect(call(['GET', 'a'], link.context({ timeoutMs: 300 }))).rejects.toMatchObject({
    code: 'CLUSTER_DOWN',
    message: expect.stringMatching(/300 ms/),
    slot: Number(slot),
    hint: expect.stringContaining('CLUSTER INFO'),
  });
  const context = link.context();
  const waiting = call(['GET', 'a'], context);
  await retried(context, 'CLUSTERDOWN');
  await admin('CLUSTER', 'ADDSLOTS', slot);
  expect(String(await waiting)).toBe('1');
});

it('does not wait long for replicas that are missing', async () => {
  await admin('CONFIG', 'SET', 'min-replicas-to-write', '1');
  const context = link.context();
  await expect(call(['SET', 'a', '2'], context)).rejects.toMatchObject({
    code: 'SERVER_REFUSES_WRITES',
    message: expect.stringMatching(/^NOREPLICAS/),
    hint: expect.stringContaining('min-replicas-to-write'),
  });
  expect(context.tally.retries.NOREPLICAS).toBeGreaterThan(1);
  const patient = link.context();
  const waiting = call(['SET', 'a', '2'], patient);
  await retried(patient, 'NOREPLICAS');
  await admin('CONFIG', 'SET', 'min-replicas-to-write', '0');
  expect(String(await waiting)).toBe('OK');
});

it('sends nothing twice that may not run twice, and what is harmless again', async () => {
  const one = { key: 'a', readOnly: false } as const;
  // WAIT blocks for a while, so that the connection is cut in the middle of it.
  const blocked = (idempotent: boolean, context: CallContext) =>
    link.call({ ...one, command: ['WAIT', '1', '300'], idempotent }, context);
  for (const idempotent of [false, true]) {
    const other = await connectCluster({ url: cluster.url });
    const context = link.context();
    const waiting = blocked(idempotent, context).catch((error) => error);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const id = other.nodes()[0]?.id as string;
    await other.callNode(id, ['CLIENT', 'KILL', 'TYPE', 'normal'], other.context(), true);
    if (idempotent) {
      expect(await waiting).toBe(0);
      expect(context.tally.retries.CONNECTION_LOST).toBe(1);
    } else {
      expect(await waiting).toMatchObject({
        code: 'CONNECTION_FAILED',
        message: expect.stringContaining('may have run or not'),
      });
    }
    await other.close();
  }
});
