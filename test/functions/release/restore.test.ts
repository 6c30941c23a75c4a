import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink, NodeInfo } from '../../../src/cluster/types.js';
import { deployProject } from '../../../src/functions/release/deploy.js';
import { exportFunctions } from '../../../src/functions/release/export.js';
import type { ExportFile } from '../../../src/functions/release/export-file.js';
import { restoreFunctions } from '../../../src/functions/release/restore.js';
import { planRestore, type RestoreOptions } from '../../../src/functions/release/restore-plan.js';
import { testCluster } from '../../harness/cluster.js';
import { type Gate, through } from './gate.js';
import { byHand, listings } from './servers.js';
import { agreement, onNode, overtake, primariesOf, shop, sleep, wipe } from './shop.js';

const cluster = testCluster({ shards: 3, replicas: 1 });
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

const deploy = (version: string, from = link) => deployProject(from, shop(version), { who: 'eve' }, from.context());
const exported = () => exportFunctions(link, link.context());
const plan = (file: ExportFile, options: RestoreOptions = { replace: true }) =>
  planRestore(link, file, options, link.context());
const restore = (steps: Awaited<ReturnType<typeof plan>>, from = link) =>
  restoreFunctions(from, steps, 'bob', link.context()).catch((error) => error);
const everywhere = async (...command: string[]) => {
  for (const node of primariesOf(link)) await onNode(link, node, 'FUNCTION', ...command);
};
const MEANWHILE = { code: 'DEPLOY_IN_PROGRESS', message: 'somebody made a release of shop meanwhile' };

describe('a deploy between the plan and the restore', () => {
  it('stands, also where the records were in step', async () => {
    await deploy('1');
    const file = await exported();
    await everywhere('DELETE', 'shop');
    const steps = await plan(file);
    expect(steps.records.action).toBe('in step');
    await deploy('2', other);
    expect(await restore(steps)).toMatchObject(MEANWHILE);
    expect(await agreement(link)).toBe(2);
  });

  it('stands where the file would bring older records', async () => {
    await deploy('1');
    const file = await exported();
    await deploy('2');
    const steps = await plan(file);
    await deploy('3', other);
    expect(await restore(steps)).toMatchObject(MEANWHILE);
    expect(await agreement(link)).toBe(3);
    // Its lease is given back, and the file can be restored when it is looked at again.
    expect(await restore(await plan(file))).toBeUndefined();
    expect(await agreement(link)).toBe(1);
  });

  it('stands where the file has stable names and no records', async () => {
    await deploy('1');
    const file = { ...(await exported()), records: null };
    await everywhere('DELETE', 'shop');
    const steps = await plan(file);
    expect(steps.bases).toEqual([{ project: 'shop', base: 1 }]);
    await deploy('2', other);
    expect(await restore(steps)).toMatchObject(MEANWHILE);
    expect(await agreement(link)).toBe(2);
  });
});

it('keeps deploys away while it works, of projects that only its libraries tell', async () => {
  await deploy('1');
  const file = { ...(await exported()), records: null };
  await everywhere('FLUSH');
  let during: unknown;
  const gate: Gate = async ({ what }) => {
    if (what === 'LOAD shop') during ??= await deploy('2', other).catch((error) => error);
    return undefined;
  };
  expect(await restore(await plan(file), through(link, gate))).toBeUndefined();
  expect(during).toMatchObject({ code: 'DEPLOY_IN_PROGRESS', message: expect.stringContaining('bob') });
  expect(await agreement(link)).toBe(1);
});

describe('out of touch for longer than its lease', () => {
  /** A restore of release 1 that stalls at commands of that kind until somebody has deployed release 3. */
  const stalledAt = async (kind: RegExp, isOlder: boolean) => {
    await deploy('1');
    const file = await exported();
    if (isOlder) await deploy('2');
    else await everywhere('DELETE', 'shop');
    let made: Promise<unknown> | undefined;
    const gate: Gate = async ({ what }) => {
      if (!kind.test(what)) return undefined;
      made ??= overtake(link, () => deploy('3', other));
      await made;
      return undefined;
    };
    return restore(await plan(file), through(link, gate));
  };

  it.each([true, false])('leaves the shards with the newer release (older records: %p)', async (isOlder) => {
    // Its code depends on whether some shard was late enough to see who deploys.
    expect(String(await stalledAt(/^LOAD shop/, isOlder))).toContain(
      `every shard holds what it held before; of shop release ${isOlder ? 3 : 2}, which somebody deployed meanwhile`,
    );
    expect(await agreement(link)).toBe(isOlder ? 3 : 2);
  });

  it('changes nothing where it learns of that before', async () => {
    expect(String(await stalledAt(/^renew/, true))).toContain('the functions were not restored');
    expect(await agreement(link)).toBe(3);
  });
});

it('returns shards to what they held when it began, not to what the plan saw', async () => {
  await everywhere('LOAD', byHand('a', 'one', 'return 1'));
  await everywhere('LOAD', byHand('z', 'last'));
  const file = await exported();
  await everywhere('FLUSH');
  await everywhere('LOAD', byHand('a', 'one', 'return 2'));
  const steps = await plan(file);
  await everywhere('LOAD', 'REPLACE', byHand('a', 'one', 'return 3'));
  const before = await listings(link);
  const [, second] = primariesOf(link) as [NodeInfo, NodeInfo];
  const gate: Gate = ({ what, address }) => {
    if (what === 'LOAD z' && address === second.address) throw new Error('this shard refuses');
    return undefined;
  };
  expect(await restore(steps, through(link, gate))).toMatchObject({
    code: 'DEPLOY_FAILED',
    message: expect.stringContaining('every shard holds what it held before'),
  });
  expect(await listings(link)).toEqual(before);
});

it('leaves a library that a deploy of another project found there meanwhile', async () => {
  await deploy('1');
  await everywhere('DELETE', 'shop');
  await everywhere('LOAD', byHand('z', 'last'));
  const file = { ...(await exported()), records: null };
  await wipe(link);
  const [, second] = primariesOf(link) as [NodeInfo, NodeInfo];
  let commit: () => void = () => undefined;
  const mayCommit = new Promise<void>((resolve) => {
    commit = resolve;
  });
  let deployed: Promise<unknown> | undefined;
  let found: Promise<void> | undefined;
  const gate: Gate = async ({ what, address }) => {
    if (what !== 'LOAD z') return undefined;
    found ??= new Promise((resolve) => {
      const theirs: Gate = async (sent) => {
        if (sent.what !== 'commit') return undefined;
        resolve();
        await mayCommit;
        return undefined;
      };
      const built = { ...shop('1', { project: 'other' }), alias: null };
      deployed = deployProject(through(other, theirs), built, { who: 'eve' }, other.context());
    });
    await found;
    if (address === second.address) throw new Error('this shard refuses');
    return undefined;
  };
  expect(await restore(await plan(file), through(link, gate))).toMatchObject({ code: 'DEPLOY_FAILED' });
  commit();
  await deployed;
  expect(await agreement(link, 'other')).toBe(1);
  for (const text of await listings(link)) expect(text).not.toContain('library_name z ');
});

it('does not replace what nobody was shown', async () => {
  await everywhere('LOAD', byHand('a', 'one', 'return 1'));
  const file = await exported();
  await everywhere('FLUSH');
  const steps = await plan(file, {});
  await everywhere('LOAD', byHand('a', 'one', 'return 2'));
  const before = await listings(link);
  expect(await restore(steps)).toMatchObject({
    code: 'DEPLOY_FAILED',
    message: expect.stringContaining('holds another library a since the plan was shown'),
  });
  expect(await listings(link)).toEqual(before);
});

it('takes back functions that moved between libraries in the reverse order', async () => {
  const swapped = async (one: string, two: string) => {
    await everywhere('FLUSH');
    await everywhere('LOAD', byHand('a', one));
    await everywhere('LOAD', byHand('b', two));
  };
  await swapped('one', 'two');
  await everywhere('LOAD', byHand('z', 'last'));
  const file = await exported();
  await swapped('two', 'one');
  const before = await listings(link);
  const [, second] = primariesOf(link) as [NodeInfo, NodeInfo];
  const gate: Gate = ({ what, address }) => {
    if (what === 'LOAD z' && address === second.address) throw new Error('this shard refuses');
    return undefined;
  };
  expect(await restore(await plan(file), through(link, gate))).toMatchObject({
    message: expect.stringContaining('every shard holds what it held before'),
  });
  expect(await listings(link)).toEqual(before);
});

it('follows a failover, and leaves the replicas in step', async () => {
  await everywhere('LOAD', byHand('a', 'one', 'return 1'));
  const file = await exported();
  await everywhere('LOAD', 'REPLACE', byHand('a', 'one', 'return 2'));
  const steps = await plan(file);
  const [, second] = primariesOf(link) as [NodeInfo, NodeInfo];
  const heir = link.nodes().find(({ replicaOf }) => replicaOf === second.id) as NodeInfo;
  let isDone = false;
  const gate: Gate = async ({ what, address }) => {
    if (what !== 'LOAD a' || address !== second.address || isDone) return undefined;
    isDone = true;
    await onNode(other, heir, 'CLUSTER', 'FAILOVER');
    while (!primariesOf(link).some(({ id }) => id === heir.id)) await sleep(20);
    return undefined;
  };
  expect(await restore(steps, through(link, gate))).toBeUndefined();
  expect(isDone).toBe(true);
  const [first, ...others] = await listings(link);
  expect(first).toContain('return 1');
  expect(others).toEqual([first, first]);
  const all = await Promise.all(
    link.nodes().map(async (node) => String(await onNode(link, node, 'FUNCTION', 'LIST', 'WITHCODE'))),
  );
  for (const text of all) expect(text).toContain('return 1');
});
