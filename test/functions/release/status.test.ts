import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink, NodeInfo } from '../../../src/cluster/types.js';
import { bundleLibrary } from '../../../src/functions/bundle.js';
import { releaseStatus, type WantedLibrary } from '../../../src/functions/release/status.js';
import { testCluster } from '../../harness/cluster.js';
import { flushAll, listing, onNode, primariesOf } from './servers.js';

const cluster = testCluster({ shards: 3, replicas: 1 });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());

const NAMES = { board: 'board', shop: 'shop' };

/** A version of a library; `shop` is the one of stable names. */
function made(source: keyof typeof NAMES, value: number): WantedLibrary {
  const stable = source === 'shop';
  const name = stable ? 'price' : 'add';
  const functions = [{ name, flags: [], module: name, file: 'x.lua', line: 1 }];
  const load = () => ({ file: 'x.lua', text: `return function() return ${value} end` });
  const bundle = bundleLibrary({ library: source, functions, load, stable });
  return { source, kind: stable ? 'alias' : 'library', name: bundle.name, hash: bundle.hash, code: bundle.code };
}

const board = made('board', 1);
const shop = made('shop', 1);
const wanted = [board, shop];
const status = (timeoutMs = 20_000) => releaseStatus(link, wanted, link.context({ timeoutMs }));
const load = (node: NodeInfo, { code }: { code: string }) => onNode(link, node, 'FUNCTION', 'LOAD', 'REPLACE', code);
const portOf = ({ address }: NodeInfo) => Number(address.split(':')[1]);

const replicaOf = ({ id }: NodeInfo) => link.nodes().find(({ replicaOf }) => replicaOf === id) as NodeInfo;

/** Replicas hold what their primaries hold. */
async function inSync(): Promise<void> {
  for (const node of primariesOf(link)) {
    while ((await listing(link, node)) !== (await listing(link, replicaOf(node)))) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

beforeEach(async () => {
  await flushAll(link);
  for (const node of primariesOf(link)) for (const library of wanted) await load(node, library);
  await inSync();
});

it('finds every node in step, replicas too', async () => {
  const nodes = await status();
  expect(nodes.map(({ role, inStep, asked }) => [role, inStep, asked])).toEqual([
    ...Array(3).fill(['primary', true, true]),
    ...Array(3).fill(['replica', true, true]),
  ]);
});

it('tells what is missing, changed by hand or of another version', async () => {
  const [first, second, third] = primariesOf(link) as [NodeInfo, NodeInfo, NodeInfo];
  const older = { board: made('board', 2), shop: made('shop', 2) };
  await onNode(link, first, 'FUNCTION', 'DELETE', board.name);
  await onNode(link, first, 'FUNCTION', 'DELETE', shop.name);
  await onNode(link, second, 'FUNCTION', 'DELETE', board.name);
  await load(second, older.board);
  await load(second, older.shop);
  for (const { code } of wanted) await load(third, { code: code.replace('return 1 ', 'return 3 ') });
  await inSync();
  const drift = (await status()).map(({ inStep, libraries }) => [
    inStep,
    ...libraries.map(({ source, state, others, behind }) => [source, state, others, behind]),
  ]);
  const expected = [
    [false, ['board', 'missing', [], undefined], ['shop', 'missing', [], undefined]],
    [
      false,
      ['board', 'other version', [older.board.hash], undefined],
      ['shop', 'other version', [older.shop.hash], undefined],
    ],
    [false, ['board', 'changed', [], undefined], ['shop', 'changed', [shop.hash], undefined]],
  ];
  expect(drift.slice(0, 3)).toEqual(expected);
  expect(drift.slice(3).sort()).toEqual([...expected].sort());
});

it('is not disturbed by other versions beside the right one', async () => {
  for (const node of primariesOf(link)) await load(node, made('board', 2));
  expect((await status()).every(({ inStep }) => inStep)).toBe(true);
});

it('tells of a replica that lags behind its primary', async () => {
  const [first] = primariesOf(link) as [NodeInfo];
  const replica = replicaOf(first);
  await onNode(link, first, 'FUNCTION', 'DELETE', board.name);
  await inSync();
  await onNode(link, replica, 'CONFIG', 'SET', 'masteruser', 'nobody', 'masterauth', 'wrong');
  try {
    await onNode(link, first, 'CLIENT', 'KILL', 'TYPE', 'replica');
    await load(first, board);
    expect((await status()).find(({ id }) => id === replica.id)).toMatchObject({
      inStep: false,
      libraries: [
        { source: 'board', state: 'missing', behind: true },
        { source: 'shop', state: 'in step' },
      ],
    });
  } finally {
    await onNode(link, replica, 'CONFIG', 'SET', 'masteruser', '', 'masterauth', '');
  }
  await inSync();
  expect((await status()).every(({ inStep }) => inStep)).toBe(true);
});

it('does not wait for a node that the cluster calls failed', async () => {
  const nodes: NodeInfo[] = [
    { id: 'a', address: 'a:1', role: 'primary', slots: [[0, 16383]] },
    { id: 'b', address: 'b:1', role: 'replica', slots: [], replicaOf: 'a', down: true },
  ];
  const asked: string[] = [];
  // A real cluster would take seconds to notice.
  const callNode = async (id: string) => {
    asked.push(id);
    return [];
  };
  const fake = { nodes: () => nodes, callNode };
  expect(await releaseStatus(fake as unknown as ClusterLink, wanted, link.context())).toMatchObject([
    { id: 'a', asked: true, inStep: false, libraries: [{ state: 'missing' }, { state: 'missing' }] },
    { id: 'b', asked: false, inStep: false, problem: 'the cluster calls it failed', libraries: [] },
  ]);
  expect(asked).toEqual(['a']);
});

it('goes on where a node does not answer', async () => {
  const [, second] = primariesOf(link) as [NodeInfo, NodeInfo];
  const replica = replicaOf(second);
  cluster.kill(portOf(replica), 'SIGSTOP');
  try {
    const nodes = await status(1000);
    expect(nodes.find(({ id }) => id === replica.id)).toMatchObject({
      asked: false,
      inStep: false,
      problem: expect.stringContaining(replica.address),
      libraries: [],
    });
    expect(nodes.filter(({ inStep }) => inStep)).toHaveLength(5);
  } finally {
    cluster.kill(portOf(replica), 'SIGCONT');
  }
});
