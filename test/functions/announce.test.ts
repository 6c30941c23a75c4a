import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { announce } from '../../src/functions/announce.js';
import { announcedBy, clientName } from '../../src/functions/define/client-name.js';
import { library } from '../../src/functions/library.js';
import { connect } from '../../src/shardfold.js';
import { testCluster } from '../harness/cluster.js';

const cluster = testCluster({ shards: 2, replicas: 1 });
let admin: ClusterLink;
beforeAll(async () => {
  admin = await connectCluster({ url: cluster.url });
});
afterAll(() => admin.close());

const ask = async (id: string, ...command: string[]) =>
  String(await admin.callNode(id, command, admin.context(), true));

/** Waits until so many connections to a node carry the name. */
async function named(id: string, name: string, count = 1): Promise<void> {
  const wanted = ` name=${name} `;
  while ((await ask(id, 'CLIENT', 'LIST')).split(wanted).length - 1 !== count) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it('names are read as they are written', () => {
  expect(clientName(['b_2', 'a_1', 'b_2'])).toBe('shardfold:a_1+b_2');
  expect(announcedBy('shardfold:a_1+b_2')).toEqual(['a_1', 'b_2']);
  for (const other of ['', 'shardfold', 'shardfold:', 'my-app']) expect(announcedBy(other)).toEqual([]);
});

it('stands on every connection: those there are, those to come, and those that come back', async () => {
  const link = await connectCluster({ url: cluster.url });
  try {
    announce(link, 'carts_1');
    announce(link, 'board_2');
    announce(link, 'carts_1');
    const name = 'shardfold:board_2+carts_1';
    const [first, second] = link.nodes().filter(({ role }) => role === 'primary');
    const replica = link.nodes().find(({ role }) => role === 'replica');
    for (const node of [first, second]) await named(node?.id as string, name);
    // There was no connection to a replica yet.
    await named(replica?.id as string, name, 0);
    await link.callNode(replica?.id as string, ['PING'], link.context(), true);
    await named(replica?.id as string, name);
    await ask(first?.id as string, 'CLIENT', 'KILL', 'TYPE', 'normal');
    await named(first?.id as string, name);
  } finally {
    await link.close();
  }
});

it('tells of the functions of Shardfold itself from the start', async () => {
  const sf = await connect({ url: cluster.url });
  try {
    const [first] = sf.link.nodes();
    await named(first?.id as string, `shardfold:${library.name}`);
  } finally {
    await sf.close();
  }
});

it('fails nothing where the user may not name connections', async () => {
  for (const { id } of cluster.nodes)
    await ask(id, 'ACL', 'SETUSER', 'mute', 'on', '>pw', '+@all', '~*', '-client|setname');
  const link = await connectCluster({ url: cluster.url, username: 'mute', password: 'pw' });
  try {
    announce(link, 'board_2');
    for (const { id } of link.nodes()) {
      expect(String(await link.callNode(id, ['PING'], link.context()))).toBe('PONG');
      await named(id, 'shardfold:board_2', 0);
    }
  } finally {
    await link.close();
  }
});
