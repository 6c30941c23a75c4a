/** What each role does in a day, step by step: each fails where a right is missing. */
import { slotOf, tagForSlot } from '../../../src/cluster/slots.js';
import type { CallContext, ClusterLink, NodeInfo } from '../../../src/cluster/types.js';
import { t } from '../../../src/functions/define/index.js';
import { deployLibrary } from '../../../src/functions/deploy.js';
import { examine } from '../../../src/functions/doctor/examine.js';
import type { RoleName } from '../../../src/functions/doctor/types.js';
import { library } from '../../../src/functions/library.js';
import { deployProject } from '../../../src/functions/release/deploy.js';
import { exportFunctions } from '../../../src/functions/release/export.js';
import { planProject } from '../../../src/functions/release/plan.js';
import { prune } from '../../../src/functions/release/prune.js';
import { planPrune } from '../../../src/functions/release/prune-plan.js';
import { currentRelease, readReleases, recordKey } from '../../../src/functions/release/record.js';
import { restoreFunctions } from '../../../src/functions/release/restore.js';
import { planRestore } from '../../../src/functions/release/restore-plan.js';
import { rollback } from '../../../src/functions/release/rollback.js';
import { libraryStatus } from '../../../src/functions/status.js';
import { col, count } from '../../../src/index.js';
import { Shardfold } from '../../../src/shardfold.js';
import { shop } from '../release/shop.js';
import { usersLibrary } from '../users.js';

/** What a step works with. */
export interface Day {
  readonly link: ClusterLink;
  readonly sf: Shardfold;
  readonly admin: ClusterLink;
  now(): CallContext;
  /** How long one waits for what the servers may refuse for good: then it costs this time. */
  readonly patienceMs: number;
}

export type Step = readonly [name: string, work: (day: Day) => Promise<void>];

const ROWS = Array.from({ length: 300 }, (_, i) => ({
  id: i,
  price: i / 4,
  region: ['eu', 'us', 'asia'][i % 3] as string,
}));

export const NOTE = 'sf:{note}:text';

export const users = usersLibrary(
  {
    remember: { name: 'remember', flags: [], keys: { at: t.string }, args: { text: t.string }, returns: t.null },
    recall: { name: 'recall', flags: ['no-writes'], keys: { at: t.string }, args: {}, returns: t.string },
    nodes: { name: 'nodes', flags: ['no-writes'], keys: {}, args: {}, returns: t.number },
  },
  {
    remember: 'redis.call("SET", keys.at, args.text)',
    recall: 'return redis.call("GET", keys.at) or ""',
    nodes: 'return 1',
  },
);

/** What the administrator prepares before each day: functions, and data to read. */
export async function prepare(admin: ClusterLink): Promise<void> {
  const now = () => admin.context();
  for (const node of admin.nodes().filter(({ role }) => role === 'primary'))
    for (const command of [['FUNCTION', 'FLUSH'], ['SCRIPT', 'FLUSH'], ['FLUSHALL']])
      await admin.callNode(node.id, command, now(), true);
  await deployLibrary(admin, now());
  await deployLibrary(admin, now(), users);
  const sf = new Shardfold(admin);
  await sf.createTable('orders', ROWS);
  await sf.createTable('large', {
    n: Float64Array.from({ length: LARGE }, (_, i) => i),
    text: Array.from({ length: LARGE }, (_, i) => `t${i % 100}`),
  });
  await sf.vector('v').set(
    Float64Array.from(ROWS, ({ price }) => price),
    { chunkRows: 100 },
  );
  await sf.functions(users).remember({ at: NOTE }, { text: 'milk' });
}

/** A slot that is on its way, and whose keys are not there yet or no more: its owner sends the client on. */
async function whileMoving({ admin }: Day, slot: number, work: () => Promise<unknown>): Promise<void> {
  const on = (node: NodeInfo, ...command: string[]) => admin.callNode(node.id, command, admin.context(), true);
  const source = admin.ownerOf(slot);
  const target = admin.nodes().find(({ role, id }) => role === 'primary' && id !== source.id) as NodeInfo;
  await on(target, 'CLUSTER', 'SETSLOT', `${slot}`, 'IMPORTING', source.id);
  await on(source, 'CLUSTER', 'SETSLOT', `${slot}`, 'MIGRATING', target.id);
  try {
    await work();
  } finally {
    for (const node of [source, target]) await on(node, 'CLUSTER', 'SETSLOT', `${slot}`, 'STABLE');
  }
}

const SLOT = 7000;
const MOVING = `sf:{${tagForSlot(SLOT)}}:moving`;
const brief = ({ link, patienceMs }: Day) => link.context({ timeoutMs: patienceMs });

const readsWhileMoving: Step = [
  'reads a key of a slot that moves',
  (day) =>
    whileMoving(day, SLOT, () =>
      day.link.call({ key: MOVING, command: ['GET', MOVING], readOnly: true, idempotent: true }, brief(day)),
    ),
];

const healthy = (role: RoleName): Step => [
  'shardfold doctor finds nothing to mend',
  async (day) => {
    const { checks } = await examine(day.link, { role, user: 'x' }, brief(day));
    expect(checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  },
];

/** More than one unit: calls read parts of the keys. */
const LARGE = 10_000;

const QUERIES: readonly Step[] = [
  [
    'runs queries of every kind over tables of many rows',
    async ({ sf }) => {
      const large = sf.table('large').filter(col('n').gtEq(0));
      const sorted = large.sort('n', 'desc');
      expect(await large.agg({ n: count(), mean: col('n').mean(), median: col('n').median() }).collect()).toEqual([
        { n: LARGE, mean: (LARGE - 1) / 2, median: (LARGE - 1) / 2 },
      ]);
      expect(await large.groupBy(col('n').mod(3).as('rest')).agg({ n: count() }).collect()).toHaveLength(3);
      expect(await large.filter(col('text').eq('t7')).select('n').limit(2).collect()).toHaveLength(2);
      expect((await sorted.collect({ side: 'shards' }))[0]?.n).toBe(LARGE - 1);
      expect(await sorted.limit(2).select('n', 'text').collect({ side: 'shards' })).toHaveLength(2);
      const first = await sorted.page({ size: 2, offset: 5000 });
      expect((await sorted.page({ size: 1, after: first.next })).rows).toMatchObject([{ n: LARGE - 5003 }]);
      expect(await sorted.rank(1)).toBe(LARGE - 2);
      const orders = sf.table('orders').rename({ id: 'n' });
      expect(await large.join(orders, { on: 'n' }).collect({ side: 'shards' })).toHaveLength(ROWS.length);
      expect(await large.semiJoin(orders, { on: 'n' }).agg({ n: count() }).collect()).toEqual([{ n: ROWS.length }]);
    },
  ],
  [
    'runs queries',
    async ({ sf }) => {
      const orders = sf.table('orders');
      const rows = await orders
        .groupBy('region')
        .agg({ n: count(), mean: col('price').mean() })
        .collect();
      expect(rows).toHaveLength(3);
      expect(await orders.filter(col('price').gt(70)).select('id').limit(3).collect()).toHaveLength(3);
      expect(await orders.agg({ price: col('price').sum() }).collect()).toEqual([{ price: 11_212.5 }]);
    },
  ],
  [
    'lists and describes tables',
    async ({ sf }) => {
      expect((await sf.tables()).map(({ name }) => name).sort()).toEqual(['large', 'orders', 'v']);
      expect(await sf.table('orders').describe()).toMatchObject({ rows: ROWS.length });
    },
  ],
  [
    'folds vectors',
    async ({ sf }) => {
      const v = sf.vector('v');
      expect(await v.sum()).toBe(11_212.5);
      expect(await v.dot('v')).toBeGreaterThan(0);
      expect(await v.get()).toHaveLength(ROWS.length);
    },
  ],
  [
    'calls functions that only read',
    async ({ sf }) => {
      expect(await sf.functions(users).recall({ at: NOTE })).toBe('milk');
      const answers = await sf.mapShards(sf.functions(users).nodes);
      expect(answers.map((one) => ('value' in one ? one.value : String(one.error)))).toEqual([1, 1, 1]);
    },
  ],
];

const DAYS: Partial<Record<RoleName, readonly Step[]>> = {
  reader: [...QUERIES, readsWhileMoving, healthy('reader')],
  writer: [
    [
      'makes tables, adds to them and drops them',
      async ({ sf }) => {
        await sf.createTable('mine', ROWS, { chunkRows: 100 });
        await sf.table('mine').append(ROWS.slice(0, 20));
        await sf.createTable('mine', ROWS, { mode: 'replace' });
        expect(await sf.table('mine').describe()).toMatchObject({ rows: ROWS.length });
        await sf.drop('mine');
      },
    ],
    [
      'waits for replicas',
      async ({ sf }) => {
        await sf.createTable('safe', ROWS, { waitReplicas: 1 });
        await sf.drop('safe');
      },
    ],
    [
      'writes vectors',
      async ({ sf }) => {
        const w = await sf.vector('w').set([1, 2, 3]);
        await w.axpy(2, w);
        await w.scale(0.5);
        expect([...(await w.get())]).toEqual([1.5, 3, 4.5]);
        await sf.drop('w');
      },
    ],
    [
      'calls functions that write',
      async ({ sf }) => {
        await sf.functions(users).remember({ at: NOTE }, { text: 'milk' });
      },
    ],
    ...QUERIES,
    readsWhileMoving,
    healthy('writer'),
  ],
  deployer: [
    [
      'looks for releases while their slot moves',
      (day) =>
        whileMoving(day, slotOf(recordKey), async () => {
          expect(await readReleases(day.link, undefined, brief(day))).toEqual([]);
        }),
    ],
    [
      'deploys the functions of Shardfold',
      async ({ link, now }) => {
        expect((await deployLibrary(link, now())).every(({ inStep }) => inStep)).toBe(true);
      },
    ],
    [
      'sees every node in step, replicas too',
      async (day) => {
        const nodes = await libraryStatus(day.link, brief(day));
        expect(nodes.map(({ library: name }) => name)).toEqual(nodes.map(() => library.name));
      },
    ],
    [
      'plans and deploys projects, and rolls them back',
      async ({ link, now }) => {
        for (const version of ['one', 'two'])
          await deployProject(link, shop(version), { who: 'ann', message: version }, now());
        expect((await planProject(link, shop('two'), now())).changes).toBe(false);
        await rollback(link, 'shop', undefined, { who: 'ann' }, now());
        expect(await currentRelease(link, 'shop', now())).toMatchObject({ number: 3, message: '' });
      },
    ],
    [
      'exports and restores',
      async ({ link, now }) => {
        const file = await exportFunctions(link, now());
        await deployProject(link, shop('three'), { who: 'ann' }, now());
        const plan = await planRestore(link, file, { replace: true }, now());
        await restoreFunctions(link, plan, 'ann', now());
      },
    ],
    [
      'prunes what nobody needs',
      async ({ link, now }) => {
        await deployProject(link, shop('four'), { who: 'ann' }, now());
        const options = { project: 'shop', keep: 1 };
        const pruned = await prune(link, await planPrune(link, options, now()), { ...options, who: 'ann' }, now());
        expect(pruned.rows.some(({ action }) => action === 'remove')).toBe(true);
        expect(await readReleases(link, 'shop', now())).toHaveLength(1);
      },
    ],
    healthy('deployer'),
  ],
};

export const dayOf = (role: RoleName): readonly Step[] => DAYS[role] ?? [];
