// When a cluster is called settled: asked of members that answer as servers do.
import { agreed, type Member } from '../../src/local/form.js';

const ANSWERS: Record<string, string> = {
  'CLUSTER NODES': 'a 127.0.0.1:1@2 myself,master - 0 0 1 connected 0-16383\n',
  'CLUSTER INFO': 'cluster_state:ok\r\ncluster_slots_ok:16384\r\ncluster_known_nodes:1\r\n',
  'INFO replication': 'role:master\r\n',
};

function memberThat(fails: (call: number) => Error | undefined) {
  let calls = 0;
  const call = async (...command: readonly (string | number)[]): Promise<string> => {
    const failure = fails(calls++);
    if (failure) throw failure;
    return ANSWERS[command.join(' ')] as string;
  };
  return { member: { port: 1, primary: undefined, connection: { call } } as unknown as Member, calls: () => calls };
}

it('a server that takes in its data is waited for', async () => {
  const { member, calls } = memberThat((n) =>
    n < 3 ? new Error('LOADING Redis is loading the dataset in memory') : undefined,
  );
  await agreed([member], []);
  expect(calls()).toBeGreaterThan(3);
});

it('other errors are not waited out', async () => {
  const { member } = memberThat(() => new Error('it was closed'));
  await expect(agreed([member], [])).rejects.toThrow('it was closed');
});
