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

describe('a connection that breaks while a call waits for its reply', () => {
  /** Blocks on the server until somebody pushes, so that it is known to be under way when the connection is cut. */
  const cutDuring = async (idempotent: boolean, context: CallContext) => {
    const key = `list:${idempotent}`;
    const other = await connectCluster({ url: cluster.url });
    const onOther = (...command: string[]) =>
      other.callNode(other.nodes()[0]?.id as string, command, other.context(), true);
    const blocked = async () => String(await onOther('INFO', 'clients')).includes('blocked_clients:1');
    const waiting = link.call({ key, command: ['BLPOP', key, '0'], readOnly: false, idempotent }, context);
    const outcome = waiting.catch((error) => error);
    while (!(await blocked())) await new Promise((resolve) => setTimeout(resolve, 5));
    await onOther('CLIENT', 'KILL', 'TYPE', 'normal');
    return { outcome, push: () => onOther('RPUSH', key, 'x'), close: () => other.close() };
  };

  it('is told where the call may not run twice', async () => {
    const { outcome, close } = await cutDuring(false, link.context());
    expect(await outcome).toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringMatching(/was lost during BLPOP: it may have run or not$/),
    });
    await close();
  });

  it('is not noticed where it may', async () => {
    const context = link.context();
    const { outcome, push, close } = await cutDuring(true, context);
    await push();
    expect((await outcome)[1]).toEqual(Buffer.from('x'));
    expect(context.tally.retries.CONNECTION_LOST).toBe(1);
    await close();
  });
});
