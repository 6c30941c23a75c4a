import { createCluster } from 'redis';
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink, NodeInfo } from '../../../src/cluster/types.js';
import type { BuiltLibrary } from '../../../src/functions/built.js';
import { callBuilt, callersOf } from '../../../src/functions/callers.js';
import { clientName } from '../../../src/functions/define/client-name.js';
import { library } from '../../../src/functions/library.js';
import { parseClients } from '../../../src/functions/release/clients.js';
import { deployProject } from '../../../src/functions/release/deploy.js';
import { prune } from '../../../src/functions/release/prune.js';
import { type PruneOptions, planPrune } from '../../../src/functions/release/prune-plan.js';
import { describeUse, showAge } from '../../../src/functions/release/prune-row.js';
import { readReleases, recordKey } from '../../../src/functions/release/record.js';
import { rollback } from '../../../src/functions/release/rollback.js';
import { testCluster } from '../../harness/cluster.js';
import { type Gate, through } from './gate.js';
import { agreement, holdings, onNode, overtake, primariesOf, shop, wipe } from './shop.js';

const cluster = testCluster({ shards: 3 });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());

const deploy = (version: string, options = {}) =>
  deployProject(link, shop(version, options), { who: 'ann' }, link.context());
const OPTIONS: PruneOptions = { project: 'shop', keep: 2 };
const plan = (more: Partial<PruneOptions> = {}) => planPrune(link, { ...OPTIONS, ...more }, link.context());
const run = async (more: Partial<PruneOptions> = {}) =>
  prune(link, await plan(more), { ...OPTIONS, ...more, who: 'ann' }, link.context());
const boardOf = (version: string): BuiltLibrary => shop(version).libraries[0] as BuiltLibrary;
const nameOf = (version: string) => boardOf(version).name;
const tools = shop('1').libraries[1]?.name as string;

/** What every shard holds. @throws where they differ */
async function held(): Promise<string[]> {
  const [first, ...others] = Object.values(await holdings(link));
  for (const other of others) expect(other).toEqual(first);
  return (first ?? []).filter((name) => !name.startsWith('shop='));
}

beforeEach(() => wipe(link));

it('removes what neither the current release nor the one before needs, on every primary', async () => {
  for (const version of ['1', '2', '3']) await deploy(version);
  expect(await held()).toEqual([nameOf('1'), nameOf('2'), nameOf('3'), tools].sort());
  const { rows, kept, forget } = await plan();
  expect({ kept, forget }).toEqual({ kept: [2, 3], forget: [1] });
  const all = primariesOf(link).map(({ address }) => address);
  const common = { nodes: all, projects: [], clients: [], isOrphan: false };
  expect(rows).toEqual(
    [
      { ...common, library: nameOf('1'), releases: [], past: [1], action: 'remove' },
      { ...common, library: nameOf('2'), releases: [2], past: [], action: 'keep' },
      { ...common, library: nameOf('3'), releases: [3], past: [], action: 'keep' },
      { ...common, library: tools, releases: [2, 3], past: [1], action: 'keep' },
    ].sort((a, b) => (a.library < b.library ? -1 : 1)),
  );
  const done = await run();
  expect(done.forget).toEqual([1]);
  expect(await held()).toEqual([nameOf('2'), nameOf('3'), tools].sort());
  expect((await readReleases(link, 'shop', link.context())).map(({ number }) => number)).toEqual([2, 3]);
  const key = recordKey;
  const get = { key, command: ['HEXISTS', key, `code:${boardOf('1').hash}`], readOnly: true, idempotent: true };
  expect(await link.call(get, link.context())).toBe(0);
  expect((await run()).rows).toEqual([]);
});

it('keeps as many releases as it is told to', async () => {
  for (const version of ['1', '2', '3']) await deploy(version);
  expect((await run({ keep: 3 })).rows).toEqual([]);
  await run({ keep: 1 });
  expect(await held()).toEqual([nameOf('3'), tools].sort());
});

it('refuses, by name, what a kept release needs, and what is no library of the project', async () => {
  for (const version of ['1', '2']) await deploy(version);
  await expect(plan({ only: [nameOf('1')] })).rejects.toMatchObject({
    code: 'LIBRARY_IN_USE',
    message: `${nameOf('1')} is in use: release 1`,
    hint: expect.stringContaining('--keep'),
  });
  await expect(plan({ only: [nameOf('2')], force: true })).rejects.toMatchObject({ code: 'LIBRARY_IN_USE' });
  await expect(plan({ only: ['shop'] })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    hint: expect.stringContaining(nameOf('1')),
  });
  await expect(plan({ project: 'other' })).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
  await deploy('3');
  // One alone: its release stays on record.
  expect(await run({ only: [nameOf('1')] })).toMatchObject({ forget: [], rows: [{ library: nameOf('1') }] });
  expect(await readReleases(link, 'shop', link.context())).toHaveLength(3);
});

describe('an app that is connected', () => {
  let app: ClusterLink;
  beforeEach(async () => {
    app = await connectCluster({ url: cluster.url });
  });
  afterEach(() => app.close());

  it('keeps the library that it announced, unless forced; its next call brings it back', async () => {
    for (const version of ['1', '2', '3']) await deploy(version);
    const { version } = callersOf(app, boardOf('1')) as unknown as Record<string, (keys: object) => Promise<string>>;
    expect(await version?.({ at: 'a' })).toBe('1');
    const [row] = (await plan()).rows.filter(({ library }) => library === nameOf('1'));
    expect(row).toMatchObject({ action: 'keep', releases: [] });
    expect(row?.clients.map(({ node }) => node).sort()).toEqual(
      primariesOf(link)
        .map(({ address }) => address)
        .sort(),
    );
    expect(row && describeUse(row)[0]).toMatch(/^client 127\.0\.0\.1:\d+ for \d+ s and 2 more$/);
    await expect(plan({ only: [nameOf('1')] })).rejects.toMatchObject({
      code: 'LIBRARY_IN_USE',
      hint: expect.stringContaining('--force'),
    });
    // Its release stays on record, so that a later prune knows whose it was.
    expect((await run()).forget).toEqual([]);
    expect(await held()).toContain(nameOf('1'));

    expect((await run({ force: true })).forget).toEqual([1]);
    expect(await held()).not.toContain(nameOf('1'));
    // This user may load: the call heals its shard. No release names the library now, and the app still announces it.
    expect(await version?.({ at: 'a' })).toBe('1');
    expect((await plan({ orphans: true })).rows.find(({ library }) => library === nameOf('1'))).toMatchObject({
      isOrphan: true,
      action: 'keep',
    });
    await app.close();
    while ((await plan()).rows.some(({ clients }) => clients.length > 0))
      await new Promise((resolve) => setTimeout(resolve, 10));
    await run({ orphans: true });
    expect(await held()).not.toContain(nameOf('1'));
  });

  it('may be a plain node-redis client, by the name of its connections', async () => {
    for (const version of ['1', '2', '3']) await deploy(version);
    const plain = createCluster({ rootNodes: [{ url: cluster.url }], defaults: { name: clientName([nameOf('1')]) } });
    await plain.connect();
    try {
      expect((await plan()).rows.find(({ library }) => library === nameOf('1'))).toMatchObject({ action: 'keep' });
    } finally {
      plain.destroy();
    }
  });

  it('gets FUNCTION_MISSING after a forced prune where its user may not load', async () => {
    for (const version of ['1', '2', '3']) await deploy(version);
    for (const node of primariesOf(link)) {
      await onNode(link, node, 'ACL', 'SETUSER', 'caller', 'reset', 'on', '>pw', '~*', '+@all', '-function|load');
    }
    const weak = await connectCluster({ url: cluster.url, username: 'caller', password: 'pw' });
    try {
      const call = () => callBuilt(weak, boardOf('1'), 'version', { at: 'a' }, {}, {}, weak.context());
      expect(await call()).toBe('1');
      await run({ force: true });
      await expect(call()).rejects.toMatchObject({
        code: 'FUNCTION_MISSING',
        hint: expect.stringContaining('shardfold deploy'),
      });
    } finally {
      await weak.close();
    }
  });

  it('is looked for once more when the deed is done', async () => {
    for (const version of ['1', '2', '3']) await deploy(version);
    const seen = await plan();
    expect(seen.rows.filter(({ action }) => action === 'remove')).toHaveLength(1);
    app.label(clientName([nameOf('1')]));
    while (!(await plan()).rows.some(({ clients }) => clients.length > 0))
      await new Promise((resolve) => setTimeout(resolve, 10));
    const done = await prune(link, seen, { ...OPTIONS, who: 'ann' }, link.context());
    expect(done.rows).toMatchObject([{ library: nameOf('1'), action: 'keep' }]);
    expect(await held()).toContain(nameOf('1'));
  });
});

it('says what it cannot know where it may not list clients, and needs force then', async () => {
  await deploy('1');
  for (const node of primariesOf(link)) {
    await onNode(link, node, 'ACL', 'SETUSER', 'blind', 'reset', 'on', '>pw', '~*', '+@all', '-client|list');
  }
  const blind = await connectCluster({ url: cluster.url, username: 'blind', password: 'pw' });
  try {
    await expect(planPrune(blind, OPTIONS, blind.context())).rejects.toMatchObject({
      code: 'NO_PERMISSION',
      hint: expect.stringContaining('+client|list'),
    });
    expect((await planPrune(blind, { ...OPTIONS, force: true }, blind.context())).kept).toEqual([1]);
  } finally {
    await blind.close();
  }
});

it('leaves alone what other projects need, and libraries of the same family that may be theirs', async () => {
  for (const version of ['1', '2', '3']) await deploy(version);
  await deployProject(link, { ...shop('1'), project: 'other', alias: null }, { who: 'bob' }, link.context());
  const old = (await plan()).rows.find(({ library }) => library === nameOf('1'));
  expect(old).toMatchObject({ action: 'keep', projects: ['other'] });
  // In no release, and both projects have a library `board`.
  for (const node of primariesOf(link)) await onNode(link, node, 'FUNCTION', 'LOAD', boardOf('9').code);
  expect((await plan()).rows.map(({ library }) => library)).not.toContain(nameOf('9'));
});

it('leaves alone what the current release needs of those who use another prefix', async () => {
  await deploy('1');
  const stage = await connectCluster({ url: cluster.url, prefix: 'st' });
  try {
    for (const version of ['1', '2', '3']) {
      const built = { ...shop(version, { project: 'stage' }), alias: null };
      await deployProject(stage, built, { who: 'bob' }, stage.context());
    }
    const options = { project: 'stage', keep: 1 };
    const seen = await planPrune(stage, options, stage.context());
    const done = await prune(stage, seen, { ...options, who: 'bob' }, stage.context());
    expect(done.rows.map(({ library }) => library)).toEqual([nameOf('2')]);
  } finally {
    await stage.close();
  }
  expect(await agreement(link)).toBe(1);
  expect(await held()).toEqual([nameOf('1'), nameOf('3'), tools].sort());
});

it('removes a library of the project that no release names only where it is meant', async () => {
  await deploy('1');
  const [, second] = primariesOf(link) as [NodeInfo, NodeInfo];
  await onNode(link, second, 'FUNCTION', 'LOAD', boardOf('9').code);
  expect((await plan()).rows.find(({ library }) => library === nameOf('9'))).toMatchObject({
    nodes: [second.address],
    past: [],
    isOrphan: true,
    action: 'keep',
  });
  await run();
  expect((await holdings(link))[second.address]).toContain(nameOf('9'));
  for (const more of [{ orphans: true }, { only: [nameOf('9')] }]) {
    await onNode(link, second, 'FUNCTION', 'LOAD', 'REPLACE', boardOf('9').code);
    await run(more);
    expect(await held()).toEqual([nameOf('1'), tools].sort());
  }
});

it('never removes what this version of Shardfold calls, nor other versions of it that no release names', async () => {
  const mine = { who: 'ann', kernels: true };
  await deployProject(link, shop('1'), mine, link.context());
  const other = library.code.replaceAll(library.hash, '000000000000');
  for (const node of primariesOf(link)) await onNode(link, node, 'FUNCTION', 'LOAD', other);
  for (const version of ['2', '3']) await deploy(version);
  const { rows } = await plan();
  expect(rows.find(({ library: name }) => name === library.name)).toMatchObject({ action: 'keep', past: [1] });
  await expect(plan({ only: [library.name] })).rejects.toThrow('is in use: this version of Shardfold');
  expect(rows.map(({ library: name }) => name)).not.toContain('shardfold_000000000000');
});

it('stays away while somebody deploys', async () => {
  for (const version of ['1', '2', '3']) await deploy(version);
  const seen = await plan();
  const key = recordKey;
  const lease = JSON.stringify({ token: 'x', who: 'bob', since: 1, expires: Date.now() + 60_000 });
  const hset = { key, command: ['HSET', key, 'lease:shop', lease], readOnly: false, idempotent: true };
  await link.call(hset, link.context());
  await expect(prune(link, seen, { ...OPTIONS, who: 'ann' }, link.context())).rejects.toMatchObject({
    code: 'DEPLOY_IN_PROGRESS',
    message: expect.stringContaining('bob'),
  });
  expect(await held()).toContain(nameOf('1'));
});

describe('a deploy of another project that finds a library there', () => {
  const theirs = { ...shop('1', { project: 'other' }), alias: null };
  let other: ClusterLink;
  beforeEach(async () => {
    for (const version of ['1', '2', '3']) await deploy(version);
    other = await connectCluster({ url: cluster.url });
  });
  afterEach(() => other.close());

  it('keeps prune away', async () => {
    let pruned: unknown;
    const gate: Gate = async ({ what }) => {
      if (what === 'commit') pruned ??= await run({ keep: 1 }).catch((error) => error);
      return undefined;
    };
    await deployProject(through(other, gate), theirs, { who: 'eve' }, other.context());
    expect(pruned).toMatchObject({
      code: 'DEPLOY_IN_PROGRESS',
      message: expect.stringMatching(/^eve, since .*, deploys other: it may need libraries/),
    });
    expect(await agreement(link, 'other')).toBe(1);
    expect(await run({ keep: 1 })).toMatchObject({ forget: [1, 2] });
    expect(await agreement(link, 'other')).toBe(1);
  });

  it('is waited for where it began when prune had begun, and gets the library back', async () => {
    let deployed: Promise<unknown> | undefined;
    let isGone: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      isGone = resolve;
    });
    const theirGate: Gate = async ({ what }) => {
      if (what === 'commit') await gone;
      return undefined;
    };
    const gate: Gate = async ({ what }) => {
      if (!/^DELETE board_/.test(what)) return undefined;
      deployed ??= new Promise((resolve, reject) => {
        const pass: Gate = (sent) => {
          // It has found all of its libraries.
          if (sent.what === 'commit') resolve(undefined);
          return theirGate(sent);
        };
        deployProject(through(other, pass), theirs, { who: 'eve' }, other.context()).catch(reject);
      });
      await deployed;
      setTimeout(isGone, 150);
      return undefined;
    };
    const options = { ...OPTIONS, keep: 1 };
    const seen = await planPrune(link, options, link.context());
    await expect(prune(through(link, gate), seen, { ...options, who: 'bob' }, link.context())).rejects.toMatchObject({
      code: 'DEPLOY_IN_PROGRESS',
      message: `a release that was made meanwhile needs ${nameOf('1')}: every shard holds it again`,
    });
    expect(await agreement(link, 'other')).toBe(1);
    expect(await agreement(link)).toBe(3);
  });
});

describe('out of touch for longer than its lease', () => {
  let other: ClusterLink;
  beforeEach(async () => {
    for (const version of ['1', '2', '3']) await deploy(version);
    other = await connectCluster({ url: cluster.url });
  });
  afterEach(() => other.close());

  /** A prune that stalls at commands of that kind until somebody has returned to release 1. */
  const stalledAt = async (kind: RegExp) => {
    let back: Promise<unknown> | undefined;
    const gate: Gate = async ({ what }) => {
      if (!kind.test(what)) return undefined;
      back ??= overtake(link, () => rollback(other, 'shop', 1, { who: 'eve' }, other.context()));
      await back;
      return undefined;
    };
    const keep = { ...OPTIONS, keep: 1 };
    const seen = await planPrune(link, keep, link.context());
    return prune(through(link, gate), seen, { ...keep, who: 'bob' }, link.context()).catch((error) => error);
  };

  it('puts back what it removed late, and the current release needs by now', async () => {
    const error = await stalledAt(/^DELETE board_/);
    expect(error).toMatchObject({
      code: 'DEPLOY_IN_PROGRESS',
      message: `somebody deployed shop while this prune was out of touch (what is needed by now is back on every shard: ${nameOf('1')})`,
      hint: expect.stringContaining('prune again'),
    });
    expect(await agreement(link)).toBe(4);
    expect((await readReleases(link, 'shop', link.context())).map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    // Nobody is kept away by it.
    expect(await run()).toMatchObject({ kept: [3, 4], forget: [1, 2] });
    expect(await agreement(link)).toBe(4);
  });

  it('removes nothing where it learns of that before', async () => {
    expect(await stalledAt(/^renew/)).toMatchObject({
      code: 'DEPLOY_IN_PROGRESS',
      message: expect.stringContaining('(nothing had been removed)'),
    });
    expect(await agreement(link)).toBe(4);
    expect(await held()).toContain(nameOf('2'));
  });

  it('forgets no release', async () => {
    expect(await stalledAt(/^forget/)).toMatchObject({ code: 'DEPLOY_IN_PROGRESS' });
    expect(await agreement(link)).toBe(4);
    expect(await readReleases(link, 'shop', link.context())).toHaveLength(4);
  });

  it('says what to do where a shard does not take back what it needs', async () => {
    const [, second] = primariesOf(link) as [NodeInfo, NodeInfo];
    for (const node of primariesOf(link)) {
      const rights = node.id === second.id ? ['-function|load'] : [];
      await onNode(link, node, 'ACL', 'SETUSER', 'half', 'reset', 'on', '>pw', '~*', '+@all', ...rights);
    }
    const whole = link;
    link = await connectCluster({ url: cluster.url, username: 'half', password: 'pw' });
    try {
      expect(await stalledAt(/^DELETE board_/)).toMatchObject({
        message: expect.stringContaining(`${second.address} may lack ${nameOf('1')}`),
        hint: expect.stringContaining('shardfold deploy'),
      });
    } finally {
      await link.close();
      link = whole;
    }
  });
});

it('says which shard kept a library, and goes on the next time', async () => {
  for (const version of ['1', '2', '3']) await deploy(version);
  const [, second] = primariesOf(link) as [NodeInfo, NodeInfo];
  for (const node of primariesOf(link)) {
    const rights = node.id === second.id ? ['-function|delete'] : [];
    await onNode(link, node, 'ACL', 'SETUSER', 'half', 'reset', 'on', '>pw', '~*', '+@all', ...rights);
  }
  const half = await connectCluster({ url: cluster.url, username: 'half', password: 'pw' });
  try {
    await expect(prune(half, await plan(), { ...OPTIONS, who: 'ann' }, half.context())).rejects.toMatchObject({
      code: 'SERVER_ERROR',
      message: expect.stringMatching(
        new RegExp(`not everything was removed\\n {2}${second.address}: ${nameOf('1')}: NOPERM`),
      ),
    });
  } finally {
    await half.close();
  }
  expect((await plan()).rows.find(({ library }) => library === nameOf('1'))?.nodes).toEqual([second.address]);
  expect(await readReleases(link, 'shop', link.context())).toHaveLength(3);
  await run();
  expect(await held()).not.toContain(nameOf('1'));
});

it('reads CLIENT LIST', () => {
  const list = [
    'id=3 addr=10.0.0.1:50000 laddr=10.0.0.9:6379 name=shardfold:a_1+b_2 age=130 idle=1 user=app',
    'id=4 addr=10.0.0.2:50000 laddr=10.0.0.9:6379 name= age=1 user=default',
    'id=5 addr=[::1]:50000 name=other-app age=1 user=default',
    '',
  ].join('\n');
  expect(parseClients(list, '10.0.0.9:6379')).toEqual([
    { address: '10.0.0.1:50000', node: '10.0.0.9:6379', age: 130, user: 'app', libraries: ['a_1', 'b_2'] },
  ]);
  expect([5, 130, 7300, 200_000].map(showAge)).toEqual(['5 s', '2 min', '2 h', '2 days']);
});
