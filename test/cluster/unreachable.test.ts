// What is said of a server that is gone: each thing once.
import { connectCluster } from '../../src/cluster/connect.js';
import { testCluster } from '../harness/cluster.js';

const cluster = testCluster({ shards: 1 });

it('names the server once, and what stands in the way', async () => {
  const link = await connectCluster({ url: cluster.url });
  const address = link.nodes()[0]?.address ?? '';
  cluster.kill(Number(address.split(':').at(-1)), 'SIGKILL');
  const call = () =>
    link.call({ key: 'a', command: ['GET', 'a'], readOnly: true, idempotent: true }, link.context({ timeoutMs: 700 }));
  const error = await call().then(
    () => undefined,
    (failed: Error) => failed,
  );
  await link.close();
  expect(error).toMatchObject({ code: 'CONNECTION_FAILED', hint: expect.stringContaining('shardfold status') });
  expect(error?.message.split(address)).toHaveLength(2);
  expect(error?.message).toMatch(
    /^connect ECONNREFUSED \S+ \(slot \d+\); GET tried \d+ times, no progress for 700 ms$/,
  );
});
