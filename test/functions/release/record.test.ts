import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import {
  currentRelease,
  readLease,
  readLibrary,
  readRelease,
  readReleases,
  recordKey,
} from '../../../src/functions/release/record.js';
import {
  type Claim,
  commitRelease,
  forgetReleases,
  leaveLease,
  renewLease,
  takeLease,
} from '../../../src/functions/release/record-write.js';
import type { Release } from '../../../src/functions/release/types.js';
import { testCluster } from '../../harness/cluster.js';
import { sampleLibrary } from '../sample.js';

// Of its own: the record is one a cluster.
const cluster = testCluster({ shards: 1 });
let link: ClusterLink;
beforeEach(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterEach(async () => {
  await link.call({ key: recordKey, command: ['DEL', recordKey], readOnly: false, idempotent: true }, now());
  await link.close();
});

const now = () => link.context();
const claim = (token: string, options: Partial<Claim> = {}): Claim => ({
  link,
  project: 'shop',
  token,
  who: `${token}@här "here"`,
  leaseMs: 60_000,
  ...options,
});
const first = sampleLibrary();
const second = sampleLibrary({}, '-- a newer version');
const spec = { name: 'get', flags: [], keys: {}, args: {}, returns: { kind: 'null' } } as const;
const draft = (library = first, project = 'shop'): Omit<Release, 'number' | 'time'> => {
  const { name, hash, functions } = library;
  return {
    project,
    who: 'ann',
    message: 'ünï\n"q"',
    hash,
    libraries: [{ source: 'sample', name, hash, functions, specs: { get: spec } }],
    alias: { name: project, hash, functions },
  };
};
const commit = (from: Claim, base: number, library = first) =>
  commitRelease(from, { base, release: draft(library, from.project), code: [library] }, now());

describe('the lease', () => {
  it('is held by one, by the name and time of the holder', async () => {
    const a = await takeLease(claim('a'), now());
    expect(a).toEqual({ taken: true, head: 0, died: null });
    const b = await takeLease(claim('b'), now());
    expect(b).toMatchObject({ taken: false, holder: { who: 'a@här "here"' } });
    if (b.taken) throw new Error('taken twice');
    expect(b.remainingMs).toBeGreaterThan(0);
    expect(b.remainingMs).toBeLessThanOrEqual(60_000);
    expect(await readLease(link, 'shop', now())).toEqual(b.holder);
    expect(await takeLease(claim('b', { project: 'other' }), now())).toMatchObject({ taken: true });
    expect(await leaveLease(claim('b'), 0, now())).toBeUndefined();
    expect(await takeLease(claim('b'), now())).toMatchObject({ taken: false });
    await leaveLease(claim('a'), 0, now());
    expect(await readLease(link, 'shop', now())).toBeNull();
    expect(await takeLease(claim('b'), now())).toEqual({ taken: true, head: 0, died: null });
  });

  it('goes to the next one when it has run out, and tells whose it was', async () => {
    await takeLease(claim('a', { leaseMs: 1 }), now());
    let b = await takeLease(claim('b'), now());
    while (!b.taken) b = await takeLease(claim('b'), now());
    expect(b.died).toMatchObject({ who: 'a@här "here"' });
    expect(await renewLease(claim('a'), 0, now())).toMatchObject({ head: 0, holder: { who: 'b@här "here"' } });
  });

  it('is renewed where nobody took it, even after it has run out', async () => {
    await takeLease(claim('a', { leaseMs: 1 }), now());
    expect(await renewLease(claim('a'), 0, now())).toBeUndefined();
    expect(await takeLease(claim('b'), now())).toMatchObject({ taken: false });
    expect(await renewLease(claim('a'), 1, now())).toMatchObject({ head: 0 });
  });
});

describe('the record', () => {
  it('is the same whatever the prefix of tables', async () => {
    await takeLease(claim('a'), now());
    await commit(claim('a'), 0);
    const stage = await connectCluster({ url: cluster.url, prefix: 'st' });
    try {
      expect(await readReleases(stage, undefined, stage.context())).toEqual(await readReleases(link, 'shop', now()));
    } finally {
      await stage.close();
    }
  });

  it('keeps releases with their code, in order, project by project', async () => {
    for (const [base, library] of [first, second].entries()) {
      await takeLease(claim(`t${base}`), now());
      const made = await commit(claim(`t${base}`), base, library);
      expect(made).toMatchObject({ number: base + 1, time: expect.any(Number) });
    }
    await takeLease(claim('x', { project: 'app' }), now());
    await commit(claim('x', { project: 'app' }), 0);
    const all = await readReleases(link, undefined, now());
    expect(all.map(({ project, number }) => [project, number])).toEqual([
      ['app', 1],
      ['shop', 1],
      ['shop', 2],
    ]);
    expect(await readReleases(link, 'shop', now())).toEqual(all.slice(1));
    const { number, time, ...release } = all[1] as Release;
    expect(release).toEqual(draft());
    expect(await currentRelease(link, 'shop', now())).toEqual(all[2]);
    expect(await readRelease(link, 'shop', 1, now())).toEqual(all[1]);
    expect(await readRelease(link, 'shop', 9, now())).toBeUndefined();
    expect(await currentRelease(link, 'none', now())).toBeNull();
    expect(await readLibrary(link, release.libraries[0] as never, now())).toEqual(first);
    expect(await readLease(link, 'shop', now())).toBeNull();
  });

  it('is not changed by a deploy that lost its lease, or that started from another release', async () => {
    await takeLease(claim('a'), now());
    expect(await commit(claim('b'), 0)).toMatchObject({ head: 0, holder: { who: 'a@här "here"' } });
    expect(await commit(claim('a'), 1)).toMatchObject({ head: 0 });
    await commit(claim('a'), 0);
    expect(await commit(claim('c'), 0, second)).toEqual({ head: 1, holder: null });
    await takeLease(claim('c'), now());
    expect(await commit(claim('c'), 0, second)).toMatchObject({ head: 1 });
    expect((await readReleases(link, 'shop', now())).map(({ hash }) => hash)).toEqual([first.hash]);
  });

  it('says the same when a commit whose answer was lost is made again', async () => {
    await takeLease(claim('a'), now());
    const made = await commit(claim('a'), 0);
    expect(await commit(claim('a'), 0)).toEqual(made);
    expect(await leaveLease(claim('a'), 0, now())).toEqual(made);
  });

  it('forgets releases and the code that none names, but not the current one', async () => {
    for (const [base, library] of [first, second, second].entries()) {
      await takeLease(claim(`t${base}`), now());
      await commit(claim(`t${base}`), base, library);
    }
    // Decided before the third was made.
    const numbers = [1, 2, 3, 7];
    expect(await forgetReleases(link, { project: 'shop', base: 2, numbers }, now())).toEqual({ head: 3 });
    expect(await readReleases(link, 'shop', now())).toHaveLength(3);
    expect(await forgetReleases(link, { project: 'shop', base: 3, numbers }, now())).toEqual({ forgotten: 2 });
    const left = await readReleases(link, 'shop', now());
    expect(left.map(({ number }) => number)).toEqual([3]);
    await expect(readLibrary(link, draft(first).libraries[0] as never, now())).rejects.toMatchObject({
      code: 'DATA_LOSS',
      hint: expect.stringContaining('shardfold deploy'),
    });
    expect(await readLibrary(link, draft(second).libraries[0] as never, now())).toEqual(second);
  });
});
