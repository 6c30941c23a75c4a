import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink, NodeInfo } from '../../../src/cluster/types.js';
import type { BuiltProject } from '../../../src/functions/built.js';
import { deployProject } from '../../../src/functions/release/deploy.js';
import { planProject } from '../../../src/functions/release/plan.js';
import { prune } from '../../../src/functions/release/prune.js';
import { planPrune } from '../../../src/functions/release/prune-plan.js';
import { readReleases } from '../../../src/functions/release/record.js';
import { testCluster } from '../../harness/cluster.js';
import { type Gate, through } from './gate.js';
import { byHand } from './servers.js';
import { agreement, holdings, onNode, primariesOf, shop, stableOnly, wipe } from './shop.js';

const cluster = testCluster({ shards: 3 });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());
beforeEach(() => wipe(link));

const one = shop('one');
const deploy = (built: BuiltProject, gate: Gate = () => undefined) =>
  deployProject(through(link, gate), built, { who: 'ann' }, link.context());
const plan = (built: BuiltProject) => planProject(link, built, link.context());
const addresses = () => primariesOf(link).map(({ address }) => address);

/** The error of a deploy that loads nothing. */
async function refusal(built: BuiltProject): Promise<unknown> {
  const before = await holdings(link);
  const sent: string[] = [];
  const gate: Gate = ({ what }) => {
    if (/^(LOAD|DELETE) /.test(what)) sent.push(what);
    return undefined;
  };
  const error = await deploy(built, gate).then(
    () => Promise.reject(new Error('it was deployed')),
    (error) => error,
  );
  expect(sent).toEqual([]);
  expect(await holdings(link)).toEqual(before);
  expect(await readReleases(link, built.project, link.context())).toEqual([]);
  return error;
}

describe('stable names that another library holds', () => {
  it('of a project that was renamed: plan shows it, deploy refuses it, both name the old one', async () => {
    await deploy(one);
    const renamed = shop('one', { project: 'store' });
    const taken = [{ library: 'shop', project: 'shop', functions: ['double', 'version'], nodes: addresses().sort() }];
    expect(await plan(renamed)).toMatchObject({ changes: true, taken });
    expect(await refusal(renamed)).toMatchObject({
      code: 'DEPLOY_FAILED',
      message: `store was not deployed (nothing was touched)
  functions double, version are taken by library shop, of project shop (on ${addresses().sort().join(', ')})`,
      hint: 'rename them, or retire the other project: shardfold prune --project shop --all',
    });
    expect(await agreement(link)).toBe(1);
    // As the hint says.
    const all = { project: 'shop', keep: 0, all: true };
    await prune(link, await planPrune(link, all, link.context()), { ...all, who: 'ann' }, link.context());
    expect(await plan(renamed)).toMatchObject({ taken: [] });
    expect(await deploy(renamed)).toMatchObject({ release: { number: 1 } });
    expect(await agreement(link, 'store')).toBe(1);
  });

  it('by hand, on one shard, in other letters', async () => {
    const [node] = primariesOf(link) as [NodeInfo];
    await onNode(link, node, 'FUNCTION', 'LOAD', byHand('tool', 'VERSION'));
    const [planned] = (await plan(one)).taken;
    expect(planned).toEqual({ library: 'tool', project: null, functions: ['version'], nodes: [node.address] });
    expect(await refusal(one)).toMatchObject({
      message: expect.stringContaining(
        `function version is taken by library tool, which no release names (on ${node.address})`,
      ),
      hint: expect.stringContaining('FUNCTION DELETE tool, on every primary'),
    });
  });

  it('of a project whose name differs only in case', async () => {
    await deploy(one);
    expect(await refusal(shop('two', { project: 'Shop' }))).toMatchObject({
      message: expect.stringContaining('are taken by library shop, of project shop (on'),
    });
  });

  it('and came when the deploy had looked already: all is taken back, with a hint', async () => {
    const before = await holdings(link);
    const [node] = primariesOf(link) as [NodeInfo];
    const gate: Gate = async ({ what, address }) => {
      if (what === 'LOAD shop' && address === node.address) {
        await onNode(link, node, 'FUNCTION', 'LOAD', 'REPLACE', byHand('tool', 'version'));
      }
      return undefined;
    };
    await expect(deploy(one, gate)).rejects.toMatchObject({
      message: expect.stringContaining('(every shard holds what it held before)'),
      hint: expect.stringContaining('shardfold plan shows which library'),
    });
    expect(await holdings(link)).toEqual({ ...before, [node.address]: ['tool'] });
    expect(await plan(one)).toMatchObject({ taken: [{ library: 'tool' }] });
  });
});

it('names that are nobody else’s are free: two projects side by side, and what a project gives up itself', async () => {
  await deploy(one);
  await deploy(stableOnly('store', ['other']));
  expect((await plan(stableOnly('store', ['other', 'more']))).taken).toEqual([]);
  expect((await plan(shop('two'))).taken).toEqual([]);
  await deploy(shop('two', { tools: null }));
  expect((await plan(stableOnly('store', ['double']))).taken).toEqual([]);
  await deploy(stableOnly('store', ['double']));
});
