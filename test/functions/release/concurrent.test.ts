import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import { ShardfoldError } from '../../../src/errors.js';
import type { BuiltProject } from '../../../src/functions/built.js';
import { KERNELS } from '../../../src/functions/release/content.js';
import { deployProject } from '../../../src/functions/release/deploy.js';
import { planProject } from '../../../src/functions/release/plan.js';
import { readLease, readReleases, recordKey } from '../../../src/functions/release/record.js';
import { takeLease } from '../../../src/functions/release/record-write.js';
import { testCluster } from '../../harness/cluster.js';
import { type Gate, never, through } from './gate.js';
import { agreement, holdings, onNode, primariesOf, shop, sleep, wipe } from './shop.js';

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
beforeEach(async () => {
  await wipe(link);
  await deployProject(link, shop('one'), { who: 'ann' }, link.context());
});

const two = shop('two');
const three = shop('three');
const deploy = (built = two, options = {}, from = link) =>
  deployProject(from, built, { who: 'bob', ...options }, from.context());
const letGo = () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};

/** As if the time of the lease had passed. */
async function expireLease(): Promise<void> {
  const key = recordKey;
  const text = `local text = redis.call('HGET', KEYS[1], 'lease:shop')
    redis.call('HSET', KEYS[1], 'lease:shop', (text:gsub('"expires":%d+', '"expires":1')))`;
  await link.call({ key, command: ['EVAL', text, '1', key], readOnly: false, idempotent: true }, link.context());
}

it('gives the lease back that an interrupt found on its way', async () => {
  const interrupt = new AbortController();
  const deploying = deployProject(link, two, { who: 'bob' }, link.context({ signal: interrupt.signal }));
  interrupt.abort();
  await expect(deploying).rejects.toMatchObject({
    code: 'ABORTED',
    message: expect.stringContaining('nothing was touched'),
  });
  expect(await readLease(link, 'shop', link.context())).toBeNull();
});

describe('two deploys at once', () => {
  it('one wins, the other is told who deploys and since when', async () => {
    const { open, opened } = letGo();
    let isThere = false;
    const gate: Gate = async ({ what }) => {
      if (what !== 'LOAD shop') return undefined;
      isThere = true;
      await opened;
      return undefined;
    };
    const first = deploy(two, {}, through(link, gate));
    while (!isThere) await sleep(5);
    const second = await deploy(shop('one'), { who: 'eve' }, other).catch((error) => error);
    expect(second).toMatchObject({
      message: expect.stringMatching(/^bob, since \d{4}-\d\d-\d\dT.*Z, deploys shop$/),
      hint: expect.stringMatching(/^deploy again when it is done \(if it died, in \d+ s\)$/),
      retryable: true,
    });
    open();
    expect(await first).toMatchObject({ release: { number: 2 } });
    expect(await agreement(link)).toBe(2);
    expect(await deploy(three, {}, other)).toMatchObject({ release: { number: 3 } });
  });

  it('in the same millisecond, many times: never a mixture', async () => {
    for (let round = 0; round < 25; round++) {
      const both = [deploy(shop(`a${round}`)), deploy(shop(`b${round}`), {}, other)];
      const done = await Promise.allSettled(both);
      const won = done.filter(({ status }) => status === 'fulfilled').length;
      expect(won).toBeGreaterThanOrEqual(1);
      for (const one of done) {
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'DEPLOY_IN_PROGRESS' });
      }
      expect(typeof (await agreement(link))).toBe('number');
    }
    const numbers = (await readReleases(link, 'shop', link.context())).map(({ number }) => number);
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
  });

  it('whose leases run out all the time, and whose commands come late: all agree in the end', async () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    /** A process that stalls now and then: all of its commands come late, also those that renew its lease. */
    const stalling = (): Gate => {
      let until = 0;
      return async () => {
        const now = performance.now();
        if (until < now && random() < 0.1) until = now + random() * 150;
        if (until > now) await sleep(until - now);
        return undefined;
      };
    };
    const outcomes: string[] = [];
    /** Tries until it was let in; then it is done, or was overtaken. */
    const insist = async (from: ClusterLink, version: string): Promise<void> => {
      for (;;) {
        const error = await deploy(shop(version), { leaseMs: 20 }, through(from, stalling())).then(
          () => undefined,
          (error) => error,
        );
        if (error?.code === 'DEPLOY_IN_PROGRESS' && !error.message.includes('was not deployed')) continue;
        outcomes.push(error?.code ?? 'done');
        return;
      }
    };
    for (let round = 0; round < 8; round++) {
      await Promise.all([link, other, link, other].map((from, i) => insist(from, `${i % 3} ${round}`)));
      expect(typeof (await agreement(link))).toBe('number');
    }
    expect(outcomes).toContain('done');
    expect(outcomes.filter((one) => !['done', 'DEPLOY_IN_PROGRESS', 'DEPLOY_FAILED'].includes(one))).toEqual([]);
  });
});

describe('a deploy that was out of touch while another one was made', () => {
  /** `two` stalls before its last replacement; meanwhile its lease runs out and `three` is deployed. */
  async function overtaken(twin: Gate = () => undefined, built = two) {
    const { open, opened } = letGo();
    let loads = 0;
    const gate: Gate = async (sent) => {
      const answer = twin(sent);
      if (answer !== undefined || sent.what !== 'LOAD shop' || ++loads !== 3) return answer;
      await opened;
      return undefined;
    };
    const stalled = deploy(built, { who: 'ann' }, through(link, gate)).catch((error) => error);
    while (loads < 3) await sleep(5);
    await expireLease();
    const report = await deploy(three, {}, other);
    open();
    return { report, error: await stalled };
  }

  it('gives way: its late replacement does not stay', async () => {
    const { report, error } = await overtaken();
    expect(report).toMatchObject({ release: { number: 2 } });
    expect(report.found[0]).toMatch(/^the deploy of ann, since .*Z, never ended/);
    expect(error).toMatchObject({
      code: 'DEPLOY_FAILED',
      message: expect.stringMatching(/every shard holds release 2\)\n {2}release 2 was made while/),
    });
    expect(await agreement(link)).toBe(2);
    expect((await readReleases(link, 'shop', link.context())).map(({ hash }) => hash)).toEqual([
      shop('one').hash,
      three.hash,
    ]);
  });

  it('also where it would have made no release itself', async () => {
    for (const node of primariesOf(link)) await onNode(link, node, 'FUNCTION', 'FLUSH');
    const { error } = await overtaken(undefined, shop('one'));
    expect(error).toMatchObject({
      code: 'DEPLOY_FAILED',
      message: expect.stringContaining('every shard holds release 2'),
    });
    expect(await agreement(link)).toBe(2);
  });

  it('also while it takes itself back', async () => {
    const { open, opened } = letGo();
    let isStalled = false;
    const gate: Gate = async ({ what, address, command }) => {
      if (what !== 'LOAD shop') return undefined;
      if (String(command.at(-1)).includes('"one"')) {
        isStalled = true;
        await opened;
      } else if (address === primariesOf(link)[0]?.address && !isStalled) throw new Error('it failed');
      return undefined;
    };
    const stalled = deploy(two, { who: 'ann' }, through(link, gate)).catch((error) => error);
    while (!isStalled) await sleep(5);
    await expireLease();
    await deploy(three, {}, other);
    open();
    expect(await stalled).toMatchObject({ message: expect.stringContaining('every shard holds release 2') });
    expect(await agreement(link)).toBe(2);
  });

  it('without the compare-and-set a mixture stays: what these tests look at does show it', async () => {
    let renewed = 0;
    const { error } = await overtaken(({ what }) => {
      // As if nobody asked whether lease and release are still the same.
      if (what === 'renew' && renewed++ >= 0) return [1];
      if (what === 'commit') return [1, 2, 1];
      return undefined;
    });
    expect(error).toMatchObject({ release: { number: 2 } });
    expect(await agreement(link)).toMatch(/lacks shop=.* of release 2/);
  });

  it('leaves the libraries that the other one may have deployed, too', async () => {
    const { open, opened } = letGo();
    let isAsking = false;
    const gate: Gate = async ({ what }) => {
      if (what !== 'renew' || isAsking) return undefined;
      isAsking = true;
      await opened;
      return undefined;
    };
    const stalled = deploy(two, { who: 'ann' }, through(link, gate)).catch((error) => error);
    while (!isAsking) await sleep(5);
    await expireLease();
    await deploy(two, {}, other);
    open();
    expect(await stalled).toMatchObject({ code: 'DEPLOY_FAILED', message: expect.stringContaining('release 2') });
    expect(await agreement(link)).toBe(2);
  });
});

describe('a deploy whose process is killed half-way', () => {
  it.each([
    ['before the stable names', 0],
    ['between the stable names of two shards', 1],
    ['before it is recorded', 3],
  ])('%s: the next one waits for the lease, says what it found, and goes on', async (_, loads) => {
    let sent = 0;
    let isDead = false;
    const gate: Gate = ({ what }) => {
      if (what === 'commit') isDead = true;
      if (what === 'LOAD shop' && sent++ === loads) isDead = true;
      return isDead ? never : undefined;
    };
    void deploy(two, { who: 'ann' }, through(link, gate));
    while (!isDead) await sleep(5);
    const shops = async () =>
      Object.values(await holdings(link))
        .flat()
        .filter((name) => name === `shop=${two.alias?.hash}`);
    while ((await shops()).length < loads) await sleep(5);
    expect(await planProject(other, shop('one'), other.context())).toMatchObject({ changes: loads > 0, isNew: false });
    await expect(deploy(three, {}, other)).rejects.toMatchObject({ code: 'DEPLOY_IN_PROGRESS' });
    await expireLease();
    const report = await deploy(three, {}, other);
    expect(report.found).toHaveLength(1 + loads);
    expect(report.found[0]).toMatch(/^the deploy of ann, since .*Z, never ended/);
    for (const found of report.found.slice(1)) {
      expect(found).toContain(`held the stable names ${two.alias?.hash} instead of those of release 1`);
    }
    expect(await agreement(link)).toBe(2);
  });

  it('leaves a lease that runs out by itself', async () => {
    let isDead = false;
    const gate: Gate = ({ what }) => {
      if (what === 'LOAD shop') isDead = true;
      return isDead ? never : undefined;
    };
    void deploy(two, { who: 'ann', leaseMs: 500 }, through(link, gate));
    while (!isDead) await sleep(5);
    let report: Awaited<ReturnType<typeof deploy>> | undefined;
    while (!report) report = await deploy(three, {}, other).catch(() => undefined);
    expect(report.found[0]).toMatch(/^the deploy of ann/);
    expect(await agreement(link)).toBe(2);
  });
});

describe('a commit', () => {
  it('does not happen after an interruption', async () => {
    const before = await holdings(link);
    const interrupt = new AbortController();
    let isSwitching = false;
    let waits = 0;
    const gate: Gate = ({ what }) => {
      isSwitching ||= what === 'LOAD shop';
      if (what !== 'WAIT') return undefined;
      // The last thing before the commit.
      if (isSwitching && ++waits === 3) interrupt.abort();
      return 1;
    };
    const context = link.context({ signal: interrupt.signal });
    const done = deployProject(through(link, gate), two, { who: 'bob' }, context);
    await expect(done).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await holdings(link)).toEqual(before);
    expect(await agreement(link)).toBe(1);
  });

  it('is not kept away by how long it all took', async () => {
    const gate: Gate = async ({ what }) => {
      // Each step ends in time, and all of them together take longer than that.
      if (what === 'LIST' || what === 'renew') await sleep(400);
      return undefined;
    };
    const context = link.context({ timeoutMs: 2000 });
    const done = deployProject(through(link, gate), two, { who: 'bob' }, context);
    expect(await done).toMatchObject({ release: { number: 2 } });
  });
});

describe('a commit whose answer is lost', () => {
  it('is a success where it was recorded: it is asked again', async () => {
    let asked = 0;
    const gate: Gate = async ({ what, command }) => {
      if (what !== 'commit' || asked++ > 0) return undefined;
      const key = recordKey;
      // It runs, and its answer never arrives; the link then sends it again.
      await link.call({ key, command, readOnly: false, idempotent: true }, link.context());
      return undefined;
    };
    expect(await deploy(two, {}, through(link, gate))).toMatchObject({ release: { number: 2 } });
    expect(await agreement(link)).toBe(2);
  });

  it('is a success where the link gives it up, and the record knows of it', async () => {
    const gate: Gate = async ({ what, command }) => {
      if (what !== 'commit') return undefined;
      const key = recordKey;
      await link.call({ key, command, readOnly: false, idempotent: true }, link.context());
      throw new ShardfoldError('CONNECTION_FAILED', 'the answer was lost');
    };
    expect(await deploy(two, {}, through(link, gate))).toMatchObject({
      isNew: true,
      release: { number: 2, who: 'bob' },
    });
    expect(await agreement(link)).toBe(2);
    expect(await deploy(three)).toMatchObject({ found: [], release: { number: 3 } });
  });

  it('is none where the record does not know it: all is taken back, and a commit that comes late fails', async () => {
    let late: (() => Promise<unknown>) | undefined;
    const gate: Gate = ({ what, command }) => {
      if (what !== 'commit') return undefined;
      const key = recordKey;
      late = () => link.call({ key, command, readOnly: false, idempotent: true }, link.context());
      throw new ShardfoldError('TIMEOUT', 'no progress');
    };
    await expect(deploy(two, {}, through(link, gate))).rejects.toMatchObject({
      code: 'DEPLOY_FAILED',
      message: expect.stringMatching(/every shard holds release 1\)\n {2}the release was not recorded: no progress/),
    });
    expect(await agreement(link)).toBe(1);
    expect(await late?.()).toEqual([0, 1, expect.anything()]);
    expect(await agreement(link)).toBe(1);
  });

  it('is told where nobody knows, and deploying again settles it', async () => {
    const gate: Gate = ({ what }) => {
      if (what === 'commit' || what === 'leave') throw new ShardfoldError('TIMEOUT', 'no progress');
      return undefined;
    };
    await expect(deploy(two, {}, through(link, gate))).rejects.toMatchObject({
      code: 'DEPLOY_FAILED',
      message: expect.stringContaining('whether the release was recorded is not known'),
    });
    await expireLease();
    expect(await deploy(two)).toMatchObject({ isNew: true, release: { number: 2 } });
    expect(await agreement(link)).toBe(2);
  });

  it('is taken back where the record refuses it', async () => {
    const before = await holdings(link);
    const gate: Gate = ({ what }) => {
      if (what === 'commit') throw new ShardfoldError('SERVER_REFUSES_WRITES', 'OOM');
      return undefined;
    };
    await expect(deploy(two, {}, through(link, gate))).rejects.toMatchObject({
      code: 'DEPLOY_FAILED',
      message: expect.stringContaining('every shard holds what it held before'),
    });
    expect(await holdings(link)).toEqual(before);
    expect(await agreement(link)).toBe(1);
  });
});

describe('a deploy that failed while another project was deployed', () => {
  const twin = (built: BuiltProject): BuiltProject => ({ ...built, project: 'twin', alias: null });
  const hashed = async () => Object.values(await holdings(link)).map((names) => names.filter((name) => /_/.test(name)));
  const wanted = two.libraries[0]?.name as string;
  const takenByTwin = (leaseMs: number) =>
    takeLease({ link, project: 'twin', token: 't', who: 'eve', leaseMs }, link.context());

  /** Deploys `two`, lets `meanwhile` happen when its libraries are there, and fails at the end. */
  function failing(meanwhile: () => Promise<unknown>, options = {}): Promise<Error> {
    let isOnce = false;
    const gate: Gate = async ({ what }) => {
      if (what === 'LOAD shop' && !isOnce) {
        isOnce = true;
        await meanwhile();
      }
      if (what === 'commit') throw new ShardfoldError('NO_PERMISSION', 'NOPERM hset');
      return undefined;
    };
    return deploy(two, options, through(link, gate)).then(
      () => Promise.reject(new Error('it was deployed')),
      (error) => error,
    );
  }

  it('leaves the libraries that a release of it names by now', async () => {
    const error = await failing(() => deploy(twin(two), {}, other));
    expect(error.message).toContain('every shard holds what it held before');
    expect([await agreement(link), await agreement(link, 'twin')]).toEqual([1, 1]);
  });

  it('leaves those that it may have found there while it is under way, and says so', async () => {
    const error = await failing(() => takenByTwin(60_000));
    expect(error.message).toContain(`held before, and beside it ${wanted}, which others may use`);
    for (const names of await hashed()) expect(names).toContain(wanted);
    expect(await agreement(link)).toBe(1);
  });

  it('takes everything back where that deploy has died', async () => {
    const before = await holdings(link);
    const error = await failing(async () => {
      await takenByTwin(1);
      await sleep(10);
    });
    expect(error.message).toContain('(every shard holds what it held before)');
    expect(await holdings(link)).toEqual(before);
  });

  it('leaves all where the record says nothing', async () => {
    const mute: Gate = ({ what }) => {
      if (what === 'commit') throw new ShardfoldError('NO_PERMISSION', 'NOPERM hset');
      if (what === 'HKEYS') throw new ShardfoldError('CLUSTER_DOWN', 'no owner');
      return undefined;
    };
    const error = await deploy(two, {}, through(link, mute)).catch((error) => error);
    expect(error.message).toContain('which others may use');
    for (const names of await hashed()) expect(names).toContain(wanted);
  });

  it('leaves the functions of Shardfold in any case', async () => {
    await failing(async () => undefined, { kernels: true });
    for (const names of await hashed()) {
      expect(names).toContain(KERNELS.name);
      expect(names).not.toContain(wanted);
    }
  });
});

it('a record that is lost under way is no reason for a mixture', async () => {
  const key = recordKey;
  let isLost = false;
  const gate: Gate = async ({ what }) => {
    if (what !== 'LOAD shop' || isLost) return undefined;
    isLost = true;
    await link.call({ key, command: ['DEL', key], readOnly: false, idempotent: true }, link.context());
    return undefined;
  };
  const before = await holdings(link);
  await expect(deploy(two, {}, through(link, gate))).rejects.toMatchObject({
    code: 'DEPLOY_FAILED',
    message: expect.stringContaining('the record of releases was lost while this deploy was under way'),
  });
  expect(await holdings(link)).toEqual(before);
});
