import { connectCluster } from '../../../src/cluster/connect.js';
import { SLOTS, tagForSlot } from '../../../src/cluster/slots.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import type { BuiltProject } from '../../../src/functions/built.js';
import { callBuilt } from '../../../src/functions/callers.js';
import { deployProject } from '../../../src/functions/release/deploy.js';
import { rollback } from '../../../src/functions/release/rollback.js';
import { testCluster } from '../../harness/cluster.js';
import { through } from './gate.js';
import { onNode, primariesOf, shop, sleep } from './shop.js';

const cluster = testCluster({ shards: 3, replicas: 1 });
let admin: ClusterLink;
beforeAll(async () => {
  admin = await connectCluster({ url: cluster.url });
});
afterAll(() => admin.close());

const old = shop('old');
const young = shop('young');

/** Calls all shards, over and over, until it is stopped. */
class Caller {
  readonly answers: string[] = [];
  readonly failures: unknown[] = [];
  readonly tally: Record<string, number> = {};
  readonly #done: Promise<void>;
  #isStopped = false;

  constructor(call: (slot: number) => Promise<string>) {
    this.#done = this.#run(call);
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    return this.#done;
  }

  /** Resolves when so many further answers have come. */
  async more(count: number): Promise<void> {
    const goal = this.answers.length + this.failures.length + count;
    while (this.answers.length + this.failures.length < goal) await sleep(2);
  }

  async #run(call: (slot: number) => Promise<string>): Promise<void> {
    for (let n = 0; !this.#isStopped; n++) {
      const slots = [0, 1, 2].map((i) => Math.floor(((n * 0.618 + i / 3) % 1) * SLOTS));
      for (const done of await Promise.allSettled(slots.map(call))) {
        if (done.status === 'fulfilled') this.answers.push(done.value);
        else this.failures.push(done.reason);
      }
      // Two cores are shared by everybody.
      await sleep(1);
    }
  }
}

/** An app that was built with a version and may not load functions: nothing heals itself. */
const app = (link: ClusterLink, { libraries: [board] }: BuiltProject) =>
  new Caller(async (slot) => {
    const at = `{${tagForSlot(slot)}}`;
    return String(await callBuilt(link, board as never, 'version', { at }, {}, {}, link.context()));
  });

/** A client in another language: it knows the stable name alone. */
const foreign = (link: ClusterLink) =>
  new Caller(async (slot) => {
    const key = `{${tagForSlot(slot)}}`;
    const command = ['FCALL_RO', 'version', '1', key];
    return String(await link.call({ key, command, readOnly: true, idempotent: true }, link.context()));
  });

it('two versions of an app call their own functions, and others the stable names, through deploys and rollbacks', async () => {
  await deployProject(admin, old, { who: 'ann' }, admin.context());
  for (const node of admin.nodes()) {
    await onNode(admin, node, 'ACL', 'SETUSER', 'app', 'on', '>pw', '~*', '+@all', '-function|load');
  }
  const link = await connectCluster({ url: cluster.url, username: 'app', password: 'pw' });
  try {
    const callers: Caller[] = [app(link, old), foreign(link)];
    const [oldApp, others] = callers as [Caller, Caller];
    await others.more(30);
    expect(new Set(others.answers)).toEqual(new Set(['old']));

    await deployProject(admin, young, { who: 'ann' }, admin.context());
    const deployed = others.answers.length;
    const youngApp = app(link, young);
    callers.push(youngApp);
    await others.more(30);
    // Three may have been under way; after them the stable names are those of the new release.
    expect(new Set(others.answers.slice(deployed + 3))).toEqual(new Set(['young']));

    for (let round = 0; round < 6; round++) {
      await rollback(admin, 'shop', undefined, { who: 'bob' }, admin.context());
      await others.more(9);
    }
    expect(new Set(others.answers)).toEqual(new Set(['old', 'young']));
    // What fails is taken back under the callers, too.
    const [first] = primariesOf(admin) as [never];
    const clash = '#!lua name=clash\nredis.register_function("extra", function() return 1 end)';
    await onNode(admin, first, 'FUNCTION', 'LOAD', clash);
    const bad = shop('bad');
    const alias = { ...bad.alias, code: bad.alias?.code.replaceAll('"double"', '"extra"') } as never;
    await expect(deployProject(admin, { ...bad, alias }, { who: 'eve' }, admin.context())).rejects.toMatchObject({
      code: 'DEPLOY_FAILED',
    });
    await deployProject(admin, old, { who: 'ann' }, admin.context());
    await others.more(30);
    await Promise.all(callers.map((caller) => caller.stop()));

    expect(callers.flatMap(({ failures }) => failures)).toEqual([]);
    expect(new Set(oldApp.answers)).toEqual(new Set(['old']));
    expect(new Set(youngApp.answers)).toEqual(new Set(['young']));
    // What was taken back was to be seen for a moment at most.
    expect(['old', 'young', 'bad']).toEqual(expect.arrayContaining([...new Set(others.answers)]));
    expect(others.answers.at(-1)).toBe('old');
  } finally {
    await link.close();
  }
});

it('would see it if stable names were ever missing', async () => {
  await deployProject(admin, old, { who: 'ann' }, admin.context());
  const others = foreign(admin);
  const gated = through(admin, async ({ what, address }) => {
    if (what !== 'LOAD shop') return undefined;
    const node = primariesOf(admin).find((one) => one.address === address) as never;
    await onNode(admin, node, 'FUNCTION', 'DELETE', 'shop');
    while (others.failures.length === 0) await sleep(1);
    return undefined;
  });
  await deployProject(gated, young, { who: 'ann' }, admin.context());
  await others.stop();
  expect(others.failures[0]).toMatchObject({ code: 'FUNCTION_MISSING' });
});
