/** A project that goes for good: `prune --all`. */
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink, NodeInfo, Reply } from '../../../src/cluster/types.js';
import { announce } from '../../../src/functions/announce.js';
import { deployProject } from '../../../src/functions/release/deploy.js';
import { prune } from '../../../src/functions/release/prune.js';
import { type PruneOptions, planPrune } from '../../../src/functions/release/prune-plan.js';
import { readReleases, recordKey } from '../../../src/functions/release/record.js';
import { testCluster } from '../../harness/cluster.js';
import { type Gate, through } from './gate.js';
import { byHand } from './servers.js';
import { agreement, holdings, onNode, overtake, primariesOf, shop, sleep, wipe } from './shop.js';

const cluster = testCluster({ shards: 3 });
let link: ClusterLink;
let other: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
  other = await connectCluster({ url: cluster.url });
});
afterAll(async () => {
  await link.close();
  await other.close();
});
beforeEach(() => wipe(link));

const ALL: PruneOptions = { project: 'shop', keep: 2, all: true };
const deploy = (version: string, from = link) => deployProject(from, shop(version), { who: 'ann' }, from.context());
const plan = (more: Partial<PruneOptions> = {}) => planPrune(link, { ...ALL, ...more }, link.context());
const run = (seen: Awaited<ReturnType<typeof plan>>, more: Partial<PruneOptions> = {}, from = link) =>
  prune(from, seen, { ...ALL, ...more, who: 'bob' }, link.context()).catch((error) => error);
const namesOf = (version: string) => shop(version).libraries.map(({ name }) => name);
const fields = async (): Promise<string[]> => {
  const call = { key: recordKey, command: ['HKEYS', recordKey], readOnly: true, idempotent: true };
  return ((await link.call(call, link.context())) as readonly Reply[]).map(String);
};

it('removes its libraries, stable names and releases, and nothing else', async () => {
  for (const version of ['1', '2', '3']) await deploy(version);
  const theirs = { ...shop('2', { project: 'other' }), alias: null };
  await deployProject(link, theirs, { who: 'eve' }, link.context());
  for (const node of primariesOf(link)) await onNode(link, node, 'FUNCTION', 'LOAD', byHand('mine', 'mine'));
  const seen = await plan();
  expect(seen).toMatchObject({ kept: [], forget: [1, 2, 3] });
  const going = seen.rows.filter(({ action }) => action === 'remove').map(({ library }) => library);
  expect(going).toEqual([namesOf('1')[0], namesOf('3')[0], 'shop'].sort());
  expect(seen.rows.filter(({ projects }) => projects.length > 0).map(({ library }) => library)).toEqual(
    [...namesOf('2')].sort(),
  );
  expect(await run(seen)).toMatchObject({ forget: [1, 2, 3] });
  for (const names of Object.values(await holdings(link))) expect(names).toEqual([...namesOf('2'), 'mine'].sort());
  expect(await agreement(link, 'other')).toBe(1);
  const code = theirs.libraries.flatMap(({ hash }) => [`code:${hash}`, `lines:${hash}`]);
  expect((await fields()).sort()).toEqual([...code, 'head:other', 'release:other:1'].sort());
  await expect(plan()).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
  // The next deploy of that name starts anew.
  expect((await deploy('1')).release.number).toBe(1);
});

it('takes away stable names alone that a deploy made', async () => {
  const built = { ...shop('1'), alias: null };
  await deployProject(link, built, { who: 'ann' }, link.context());
  for (const node of primariesOf(link)) await onNode(link, node, 'FUNCTION', 'LOAD', byHand('shop', 'mine'));
  expect(await run(await plan())).toMatchObject({ forget: [1] });
  for (const names of Object.values(await holdings(link))) expect(names).toEqual(['shop']);
});

it('is refused while a connected app calls it, unless forced', async () => {
  await deploy('1');
  const seen = await plan();
  const app = await connectCluster({ url: cluster.url });
  try {
    announce(app, namesOf('1')[0] as string);
    while (!(await plan()).rows.some(({ clients }) => clients.length > 0)) await sleep(10);
    // It connected after the plan was shown.
    expect(await run(seen)).toMatchObject({
      code: 'LIBRARY_IN_USE',
      message: expect.stringMatching(/^connected apps call functions of shop\n {2}board_\w+: client /),
      hint: expect.stringContaining('--force'),
    });
    expect(await agreement(link)).toBe(1);
    expect(await run(await plan({ force: true }), { force: true })).toMatchObject({ forget: [1] });
  } finally {
    await app.close();
  }
  for (const names of Object.values(await holdings(link))) expect(names).toEqual([]);
});

it('is refused where a release was made since it was shown, and while somebody deploys', async () => {
  await deploy('1');
  const seen = await plan();
  await deploy('2', other);
  expect(await run(seen)).toMatchObject({ code: 'DEPLOY_IN_PROGRESS', hint: expect.stringContaining('releases') });
  expect(await agreement(link)).toBe(2);
  let during: unknown;
  const gate: Gate = async ({ what }) => {
    if (what === 'LOAD shop') during ??= await run(await plan());
    return undefined;
  };
  await deployProject(through(other, gate), shop('3'), { who: 'eve' }, other.context());
  expect(during).toMatchObject({ code: 'DEPLOY_IN_PROGRESS', message: expect.stringContaining('eve') });
  expect(await agreement(link)).toBe(3);
});

it.each([/^DELETE /, /^forget/])('brings the project back where it was deployed meanwhile (at %p)', async (kind) => {
  await deploy('1');
  let made: Promise<unknown> | undefined;
  const gate: Gate = async ({ what }) => {
    if (!kind.test(what)) return undefined;
    made ??= overtake(link, () => deploy('2', other));
    await made;
    return undefined;
  };
  expect(await run(await plan(), {}, through(link, gate))).toMatchObject({
    code: 'DEPLOY_IN_PROGRESS',
    message: 'somebody deployed shop while this prune was out of touch (every shard holds release 2)',
  });
  expect(await agreement(link)).toBe(2);
  expect(await readReleases(link, 'shop', link.context())).toHaveLength(2);
});

it('goes on where a shard kept a library the first time', async () => {
  await deploy('1');
  const [, second] = primariesOf(link) as [NodeInfo, NodeInfo];
  const gate: Gate = ({ what, address }) => {
    if (/^DELETE board_/.test(what) && address === second.address) throw new Error('it refuses');
    return undefined;
  };
  expect(await run(await plan(), {}, through(link, gate))).toMatchObject({
    code: 'SERVER_ERROR',
    message: expect.stringContaining(`${second.address}: ${namesOf('1')[0]}: it refuses`),
  });
  expect(await readReleases(link, 'shop', link.context())).toHaveLength(1);
  expect(await run(await plan())).toMatchObject({ forget: [1] });
  for (const names of Object.values(await holdings(link))) expect(names).toEqual([]);
  expect(await fields()).toEqual([]);
});
