import { connectCluster } from '../../../src/cluster/connect.js';
import { tagForSlot } from '../../../src/cluster/slots.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import { ShardfoldError } from '../../../src/errors.js';
import { callBuilt } from '../../../src/functions/callers.js';
import { KERNELS } from '../../../src/functions/release/content.js';
import { deployProject } from '../../../src/functions/release/deploy.js';
import { planProject } from '../../../src/functions/release/plan.js';
import { currentRelease, readReleases, recordKey } from '../../../src/functions/release/record.js';
import { planRollback, rollback } from '../../../src/functions/release/rollback.js';
import type { Plan } from '../../../src/functions/release/types.js';
import { testCluster } from '../../harness/cluster.js';
import { through } from './gate.js';
import { agreement, holdings, onNode, primariesOf, shop, stableOnly, wipe } from './shop.js';

const cluster = testCluster({ shards: 3, replicas: 1 });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());
beforeEach(() => wipe(link));

const now = () => link.context();
const one = shop('one');
const two = shop('two');
const deploy = (built = one, options = {}) => deployProject(link, built, { who: 'ann', ...options }, now());
const plan = (built = one) => planProject(link, built, now());
const actions = ({ rows }: Pick<Plan, 'rows'>) => [...new Set(rows.map(({ source, action }) => `${source} ${action}`))];
const tags = [0, 6000, 12_000].map((slot) => `{${tagForSlot(slot)}}`);
/** The answers of the three shards, under the stable name. */
const stable = async () => {
  const answers = tags.map((key) =>
    link.call({ key, command: ['FCALL_RO', 'version', '1', key], readOnly: true, idempotent: true }, now()),
  );
  return (await Promise.all(answers)).map(String);
};

describe('deployProject', () => {
  it('brings all libraries and the stable names to all shards, and records a release', async () => {
    const before = Date.now();
    const report = await deploy(one, { message: 'the first' });
    expect(report).toMatchObject({ project: 'shop', isNew: true, found: [] });
    expect(report.release).toMatchObject({ number: 1, who: 'ann', message: 'the first', hash: one.hash });
    expect(Math.abs(report.release.time - before)).toBeLessThan(60_000);
    const names = ['board', 'tools', 'shop'];
    expect(report.rows.map(({ address, source, kind, action }) => [address, source, kind, action])).toEqual(
      primariesOf(link).flatMap(({ address }) =>
        names.map((name) => [address, name, name === 'shop' ? 'alias' : 'library', 'loaded']),
      ),
    );
    expect(await agreement(link)).toBe(1);
    expect(await stable()).toEqual(['one', 'one', 'one']);
    expect(await callBuilt(link, one.libraries[1] as never, 'double', {}, { x: 1.5 }, {}, now())).toBe(3);
  });

  it('makes no release where it changes nothing', async () => {
    await deploy();
    const again = await deploy();
    expect(again).toMatchObject({ isNew: false, release: { number: 1 }, found: [] });
    expect(new Set(again.rows.map(({ action }) => action))).toEqual(new Set(['present']));
    expect(await readReleases(link, 'shop', now())).toHaveLength(1);
  });

  it('keeps what the release before needs, and switches the stable names', async () => {
    await deploy(one);
    await deploy(two);
    expect(await stable()).toEqual(['two', 'two', 'two']);
    for (const built of [one, two]) {
      const context = now();
      const key = { at: tags[1] };
      expect(await callBuilt(link, built.libraries[0] as never, 'version', key, {}, {}, context)).toBe(
        built === one ? 'one' : 'two',
      );
      expect(context.tally.retries).toEqual({});
    }
  });

  it('takes no project for another whose name differs only in case', async () => {
    await deploy(stableOnly('Shop', ['other']));
    const before = await holdings(link);
    const failing = through(link, ({ what }) => {
      if (what === 'commit') throw new ShardfoldError('NO_PERMISSION', 'NOPERM');
      return undefined;
    });
    await expect(deployProject(failing, one, { who: 'ann' }, now())).rejects.toMatchObject({ code: 'DEPLOY_FAILED' });
    expect(await holdings(link)).toEqual(before);
    expect(await deploy(one)).toMatchObject({ found: [] });
    expect(await deploy(stableOnly('Shop', ['other'], '2'))).toMatchObject({ found: [] });
    expect([await agreement(link), await agreement(link, 'Shop')]).toEqual([1, 2]);
  });

  it('mends shards without making a release: one that is empty, one whose stable names were changed', async () => {
    await deploy();
    const [first, second] = primariesOf(link) as [never, never];
    await onNode(link, first, 'FUNCTION', 'FLUSH');
    await onNode(link, second, 'FUNCTION', 'LOAD', 'REPLACE', two.alias?.code as string);
    const report = await deploy();
    expect(report).toMatchObject({ isNew: false, release: { number: 1 } });
    expect(report.found).toHaveLength(2);
    expect(report.found[0]).toContain('held no stable names instead of those of release 1');
    expect(report.rows.map(({ action }) => action)).toEqual([
      ...['loaded', 'loaded', 'loaded'],
      ...['present', 'present', 'replaced'],
      ...['present', 'present', 'present'],
    ]);
    expect(await agreement(link)).toBe(1);
  });

  it('gives a shard that lost them also the libraries of the release before', async () => {
    await deploy(one);
    const [first] = primariesOf(link) as [never];
    await onNode(link, first, 'FUNCTION', 'FLUSH');
    expect((await plan(two)).rows.find(({ note }) => note?.startsWith('of release 1'))).toMatchObject({
      source: 'board',
      action: 'add',
      to: one.libraries[0]?.hash,
    });
    await deploy(two);
    for (const names of Object.values(await holdings(link))) expect(names).toContain(one.libraries[0]?.name);
  });

  it('deploys Shardfold’s own functions with the project where that is asked for', async () => {
    await deploy(one);
    expect(await deploy(one, { kernels: true })).toMatchObject({ isNew: true, release: { number: 2 } });
    for (const names of Object.values(await holdings(link))) expect(names).toContain(KERNELS.name);
    expect(await deploy(one, { kernels: true })).toMatchObject({ isNew: false });
  });

  it('takes the stable names away with the last function', async () => {
    await deploy(one);
    const empty = { ...one, libraries: [], alias: null, hash: '000000000000' };
    expect(actions(await plan(empty))).toEqual(['board remove', 'tools remove', 'shop remove']);
    const report = await deploy(empty);
    expect(report.rows.map(({ source, action }) => `${source} ${action}`)).toEqual(Array(3).fill('shop removed'));
    expect(await plan(empty)).toMatchObject({ changes: false, rows: [] });
    expect(await agreement(link)).toBe(2);
  });

  it('leaves alone a library of the project’s name that no deploy made', async () => {
    const theirs = '#!lua name=shop\nredis.register_function("theirs", function() return 1 end)';
    const [, second] = primariesOf(link) as [never, never];
    await onNode(link, second, 'FUNCTION', 'LOAD', theirs);
    const before = await holdings(link);
    expect((await plan()).rows.find(({ note }) => note?.includes('refuses'))).toMatchObject({ action: 'change' });
    await expect(deploy()).rejects.toMatchObject({
      code: 'DEPLOY_FAILED',
      message: expect.stringMatching(/every shard holds what it held before\)\n.*"shop" that no deploy made/),
      hint: expect.stringContaining('FUNCTION DELETE shop'),
    });
    expect(await holdings(link)).toEqual(before);
    expect(await readReleases(link, 'shop', now())).toEqual([]);
  });

  it('refuses a deploy that follows an old plan, and texts that are none', async () => {
    await deploy(one);
    await expect(deploy(two, { base: 0 })).rejects.toMatchObject({
      code: 'DEPLOY_IN_PROGRESS',
      message: 'release 1 was made since the plan was shown',
    });
    expect(await deploy(two, { base: 1 })).toMatchObject({ release: { number: 2 } });
    for (const bad of [{ who: '' }, { message: 'x'.repeat(1001) }, { who: 7 }]) {
      await expect(deploy(one, bad)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    expect(await agreement(link)).toBe(2);
  });

  it('keeps two projects apart', async () => {
    const other = shop('other', { project: 'other', tools: null });
    const renamed = { ...other, alias: null };
    await deploy(one);
    await deployProject(link, renamed, { who: 'bob' }, now());
    expect(await agreement(link)).toBe(1);
    expect(await agreement(link, 'other')).toBe(1);
    await expect(deployProject(link, other, { who: 'bob' }, now())).rejects.toMatchObject({
      code: 'DEPLOY_FAILED',
      message: expect.stringContaining('function version is taken by library shop, of project shop'),
    });
    expect(await agreement(link)).toBe(1);
    expect(await agreement(link, 'other')).toBe(1);
  });

  it('starts again at 1 where the record was lost, and says so', async () => {
    await deploy(one);
    await link.call({ key: recordKey, command: ['DEL', recordKey], readOnly: false, idempotent: true }, now());
    expect(await readReleases(link, undefined, now())).toEqual([]);
    expect(await plan(one)).toMatchObject({ changes: true, isNew: true, current: null });
    const report = await deploy(one);
    expect(report).toMatchObject({ isNew: true, release: { number: 1 } });
    expect(report.found).toHaveLength(3);
    expect(report.found[0]).toContain('though the record knew no release');
    expect(await agreement(link)).toBe(1);
  });
});

describe('planProject', () => {
  it('foresees shard by shard what a deploy does, and changes nothing', async () => {
    expect(await plan()).toMatchObject({ current: null, changes: true, isNew: true, hash: one.hash });
    expect(actions(await plan())).toEqual(['board add', 'tools add', 'shop add']);
    expect(Object.values(await holdings(link)).flat()).toEqual([]);
    await deploy();
    const same = await plan();
    expect(same).toMatchObject({ changes: false, isNew: false, current: { number: 1 } });
    expect(actions(same)).toEqual(['board in step', 'tools in step', 'shop in step']);
    const next = await plan(two);
    expect(actions(next)).toEqual(['board change', 'tools in step', 'shop change']);
    expect(next.rows[0]).toMatchObject({
      address: primariesOf(link)[0]?.address,
      from: one.libraries[0]?.hash,
      to: two.libraries[0]?.hash,
    });
  });

  it('tells which stable names come and go', async () => {
    await deploy(shop('one', { tools: null }));
    expect(await plan(one)).toMatchObject({ names: { added: ['double'], removed: [] } });
    await deploy(one);
    const less = await plan(shop('one', { tools: null }));
    expect(less).toMatchObject({ names: { added: [], removed: ['double'] } });
    expect(actions(less)).toEqual(['board in step', 'tools remove', 'shop change']);
  });

  it('shows code that was changed by hand', async () => {
    await deploy();
    const [first] = primariesOf(link) as [never];
    const forged = one.libraries[0]?.code.replace('"one"', '"two"') as string;
    await onNode(link, first, 'FUNCTION', 'LOAD', 'REPLACE', forged);
    const { rows } = await plan();
    expect(rows.filter(({ action }) => action !== 'in step')).toMatchObject([
      { source: 'board', action: 'change', note: 'its code was changed by hand' },
    ]);
    await deploy();
    expect(await plan()).toMatchObject({ changes: false });
  });
});

describe('rollback', () => {
  it('brings an earlier release back as a new one, and that one back again', async () => {
    await deploy(one);
    await deploy(two);
    expect(await planRollback(link, 'shop', undefined, now())).toMatchObject({ target: { number: 1 }, isNew: true });
    const back = await rollback(link, 'shop', undefined, { who: 'bob', message: 'oh' }, now());
    expect(back).toMatchObject({ release: { number: 3, rollbackOf: 1, who: 'bob', message: 'oh', hash: one.hash } });
    expect(await stable()).toEqual(['one', 'one', 'one']);
    expect(await agreement(link)).toBe(3);
    expect(await plan(one)).toMatchObject({ changes: false });

    expect(await rollback(link, 'shop', undefined, { who: 'bob' }, now())).toMatchObject({
      release: { number: 4, rollbackOf: 2 },
    });
    expect(await stable()).toEqual(['two', 'two', 'two']);
    expect(await rollback(link, 'shop', 3, { who: 'bob' }, now())).toMatchObject({
      release: { number: 5, rollbackOf: 3 },
    });
    expect(await rollback(link, 'shop', 5, { who: 'bob' }, now())).toMatchObject({
      isNew: false,
      release: { number: 5 },
    });
    expect(await agreement(link)).toBe(5);
  });

  it('needs nothing but the record, and loads what the shards no longer hold', async () => {
    await deploy(one);
    await deploy(two);
    for (const node of primariesOf(link)) await onNode(link, node, 'FUNCTION', 'FLUSH');
    const fresh = await connectCluster({ url: cluster.url });
    try {
      await rollback(fresh, 'shop', 1, { who: 'bob' }, fresh.context());
    } finally {
      await fresh.close();
    }
    expect(await agreement(link)).toBe(3);
    expect(await stable()).toEqual(['one', 'one', 'one']);
  });

  it('says what is not there', async () => {
    await expect(rollback(link, 'shop', undefined, { who: 'bob' }, now())).rejects.toMatchObject({
      code: 'RELEASE_NOT_FOUND',
      message: 'the record knows no release of shop',
    });
    await deploy(one);
    await expect(rollback(link, 'shop', undefined, { who: 'bob' }, now())).rejects.toMatchObject({
      code: 'RELEASE_NOT_FOUND',
      message: 'the record does not know a release before 1 of shop',
    });
    await expect(rollback(link, 'shop', 9, { who: 'bob' }, now())).rejects.toMatchObject({
      code: 'RELEASE_NOT_FOUND',
      hint: expect.stringContaining('it knows 1'),
    });
    await deploy(two);
    const lost = `code:${one.alias?.hash}`;
    const command = ['HDEL', recordKey, lost];
    await link.call({ key: recordKey, command, readOnly: false, idempotent: true }, now());
    await expect(rollback(link, 'shop', 1, { who: 'bob' }, now())).rejects.toMatchObject({ code: 'DATA_LOSS' });
    expect(await currentRelease(link, 'shop', now())).toMatchObject({ number: 2 });
  });
});
