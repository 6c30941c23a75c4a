// How a query runs: what is in flight, progress, signals and deadlines, sides and slices, receipts.
import { slotOf } from '../../src/cluster/slots.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { col, connect, count, type Expr, lit, Shardfold } from '../../src/index.js';
import { sharedUrl, testCluster, uniquePrefix } from '../harness/cluster.js';
import { isKernel, linkWith } from '../harness/oracle/links.js';

let sf: Shardfold;
const rows = 100_000;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  const columns = {
    x: Float64Array.from({ length: rows }, (_, i) => i / 8),
    id: Int32Array.from({ length: rows }, (_, i) => i),
  };
  await sf.createTable('t', columns, { chunkRows: 10_000 });
});
afterAll(() => sf.close());

const total = { n: count(), sum: col('x').sum() };
const expected = [{ n: rows, sum: (rows * (rows - 1)) / 16 }];
/** As an object literal would not: a key of any name. */
const odd = (into: object, [name, value]: unknown[]): object =>
  Object.defineProperty(into, name as string, { value, enumerable: true });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Kernel calls under way, by shard. */
function counting(link: ClusterLink) {
  const now = new Map<string, number>();
  const seen = { most: 0, calls: 0 };
  const watched = linkWith(link, async (call, next) => {
    if (!isKernel(call)) return next();
    const { address } = link.ownerOf(slotOf(call.key));
    const count = (now.get(address) ?? 0) + 1;
    now.set(address, count);
    seen.calls += 1;
    seen.most = Math.max(seen.most, count);
    await pause(3);
    return next().finally(() => now.set(address, (now.get(address) ?? 0) - 1));
  });
  return { sf: new Shardfold(watched), seen };
}

it.each([
  [undefined, 2],
  [1, 1],
  [4, 4],
])('maxInFlight %s: at most %i calls in a shard at once, and that many', async (maxInFlight, most) => {
  const watched = counting(sf.link);
  const options = { sliceUnits: 1, ...(maxInFlight !== undefined && { maxInFlight }) } as const;
  expect([...(await watched.sf.table('t').agg(total).collect(options))]).toEqual(expected);
  expect(watched.seen.most).toBe(most);
});

it.each([0, 65, 1.5, Number.NaN])('maxInFlight %d is refused', (maxInFlight) =>
  expect(sf.table('t').agg(total).collect({ maxInFlight })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    hint: expect.any(String),
  }),
);

it('other options are checked too', async () => {
  const query = sf.table('t').agg(total);
  for (const options of [{ side: 'server' }, { sliceUnits: 3 }, { timeout: -1 }] as never[]) {
    await expect(query.collect(options)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  }
});

it.each(['shards', 'client'] as const)('progress grows to its end (%s)', async (side) => {
  const events: number[] = [];
  let end = 0;
  const onProgress = ({ unitsDone, unitsTotal }: { unitsDone: number; unitsTotal: number }) => {
    events.push(unitsDone);
    end = unitsTotal;
  };
  await sf.table('t').agg(total).collect({ side, onProgress, sliceUnits: 1 });
  expect(end).toBe(20);
  expect(events.at(-1)).toBe(end);
  expect(events).toEqual([...events].sort((a, b) => a - b));
  expect(events.length).toBe(side === 'client' ? 10 : 20);
});

it('an abort stops dispatch at once and leaves the connection of use', async () => {
  const controller = new AbortController();
  const watched = counting(sf.link);
  const onProgress = ({ unitsDone }: { unitsDone: number }) => {
    if (unitsDone >= 3) controller.abort();
  };
  const run = watched.sf.table('t').agg(total).collect({ signal: controller.signal, sliceUnits: 1, onProgress });
  await expect(run).rejects.toMatchObject({ code: 'ABORTED', retryable: false });
  const { calls } = watched.seen;
  expect(calls).toBeLessThan(16);
  await pause(50);
  expect(watched.seen.calls).toBe(calls);
  expect([...(await sf.table('t').agg(total).collect())]).toEqual(expected);
});

it('a signal that has fired before stops everything', async () => {
  const signal = AbortSignal.abort();
  await expect(sf.table('t').agg(total).collect({ signal })).rejects.toMatchObject({ code: 'ABORTED' });
  await expect(sf.table('t').collect({ signal })).rejects.toMatchObject({ code: 'ABORTED' });
});

it('rows stop at a signal as well', async () => {
  const controller = new AbortController();
  const run = sf.table('t').collect({ signal: controller.signal, onProgress: () => controller.abort() });
  await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
});

it('slices of every size count every unit once', async () => {
  for (const sliceUnits of [1, 2, 4, 8] as const) {
    const result = await sf.table('t').filter(col('x').gtEq(0)).agg(total).collect({ sliceUnits });
    expect([...result]).toEqual(expected);
    expect(result.receipt.chunks).toEqual({ expected: 10, computed: 10, pruned: 0, fromManifest: 0, notNeeded: 0 });
  }
});

it('a receipt accounts for chunks, calls, bytes and shards', async () => {
  const { receipt } = await sf.table('t').filter(col('id').lt(25_000)).agg(total).collect();
  expect(receipt).toMatchObject({
    table: 't',
    version: 1,
    chunks: { expected: 10, computed: 3, pruned: 7 },
    computedOn: { shards: 3, client: 0 },
  });
  expect(receipt.computedOn.reason).toBeUndefined();
  expect(receipt.calls).toBeGreaterThanOrEqual(3);
  expect(receipt.bytesStored).toBeGreaterThan(30_000);
  expect(receipt.bytesReceived).toBeGreaterThan(0);
  const shares = Object.values(receipt.shards);
  expect(shares.reduce((sum, { chunks }) => sum + chunks, 0)).toBe(3);
  expect(receipt.serverMs).toBeCloseTo(shares.reduce((sum, { serverMs }) => sum + serverMs, 0));
  expect(receipt.longestCallMs).toBeLessThanOrEqual(receipt.serverMs + 1e-9);
});

it('count() alone comes from the manifest', async () => {
  const result = await sf.table('t').agg({ n: count() }).collect();
  expect([...result]).toEqual([{ n: rows }]);
  expect(result.receipt.chunks).toMatchObject({ expected: 10, fromManifest: 10, computed: 0 });
});

it('a limit of rows pulls no more chunks than it needs', async () => {
  const result = await sf.table('t').select('id').limit(10_001).collect();
  expect(result.map(({ id }) => id)).toEqual(Array.from({ length: 10_001 }, (_, i) => i));
  expect(result.receipt.chunks).toMatchObject({ expected: 10, computed: 2, notNeeded: 8 });
  const nothing = await sf.table('t').limit(0).collect();
  expect(nothing.receipt.chunks).toMatchObject({ computed: 0, notNeeded: 10 });
});

it('groups as many as rows are pulled, and the receipt says why', async () => {
  const query = sf
    .table('t')
    .filter(col('id').lt(90_000))
    .groupBy(col('id').add(0).as('k'))
    .agg({ sum: col('x').sum(), n: count() });
  const auto = await query.collect();
  expect(auto.receipt.computedOn.client).toBeGreaterThan(0);
  expect(auto.receipt.computedOn.reason).toMatch(/more than half/);
  expect(auto.length).toBe(90_000);
  expect([...auto]).toEqual([...(await query.collect({ side: 'client' }))]);
});

describe('plans that Lua cannot hold run on the client side, with the same result', () => {
  beforeAll(async () => {
    const columns = Object.fromEntries(
      Array.from({ length: 300 }, (_, c) => [`c${c}`, Float64Array.from({ length: 200 }, (_, i) => i + c / 2)]),
    );
    await sf.createTable('wide', columns, { chunkRows: 100 });
  });

  it('300 columns', async () => {
    const sums = Array.from({ length: 300 }, (_, c) => col(`c${c}`).sum().as(`s${c}`));
    const result = await sf
      .table('wide')
      .agg(...sums)
      .collect({ side: 'shards' });
    expect(result[0]?.s299).toBe(199 * 100 + 150 * 200 - 0.5 * 200);
    expect(result.receipt.computedOn).toMatchObject({
      shards: 0,
      client: 2,
      reason: expect.stringMatching(/Lua cannot hold/),
    });
  });

  it('400 constants', async () => {
    const some = Array.from(
      { length: 400 },
      (_, i): Expr =>
        col('c0')
          .mul(lit(1 + i))
          .eq(lit(i * i + 0.5)),
    );
    const condition = some.reduce((left, right) => left.or(right)).or(col('c0').gt(150));
    const query = sf
      .table('wide')
      .filter(condition)
      .agg({ n: count(), sum: col('c1').sum() });
    const result = await query.collect({ side: 'shards' });
    expect(result[0]?.n).toBe(49);
    expect([...result]).toEqual([...(await query.collect({ side: 'client' }))]);
    expect(result.receipt.computedOn.reason).toMatch(/Lua cannot hold/);
  });

  it('conditions 300 deep', async () => {
    let deep: Expr = col('c0').gt(5);
    for (let i = 0; i < 300; i++) deep = deep.not().or(col('c1').lt(i));
    const query = sf.table('wide').filter(deep).agg({ n: count() });
    expect([...(await query.collect({ side: 'shards' }))]).toEqual([...(await query.collect({ side: 'client' }))]);
  });
});

it('columns may be called as objects call their own', async () => {
  await sf.createTable(
    'odd',
    [
      ['__proto__', [1, 2]],
      ['constructor', ['a', 'b']],
    ].reduce(odd, {}),
  );
  const result = await sf.table('odd').select('__proto__', 'constructor').collect();
  expect(result.map((row) => Object.entries(row))).toEqual([
    [
      ['__proto__', 1],
      ['constructor', 'a'],
    ],
    [
      ['__proto__', 2],
      ['constructor', 'b'],
    ],
  ]);
  const [total] = await sf.table('odd').agg(col('__proto__').sum()).collect();
  expect(Object.entries(total ?? {})).toEqual([['__proto__', 3]]);
});

it('a server that has forgotten the kernels is sent them again', async () => {
  const query = sf
    .table('t')
    .filter(col('x').lt(9999))
    .agg({ n: count(), least: col('id').min() });
  const before = await query.collect({ side: 'shards' });
  for (const { id } of sf.link.nodes()) await sf.link.callNode(id, ['SCRIPT', 'FLUSH'], sf.link.context());
  const after = await query.collect({ side: 'shards' });
  expect([...after]).toEqual([...before]);
  expect(after.receipt.retries.NOSCRIPT).toBeGreaterThan(0);
  expect((await query.collect({ side: 'shards' })).receipt.retries.NOSCRIPT).toBeUndefined();
});

describe('a server that stands still', () => {
  const cluster = testCluster({ shards: 1, clusterMode: false });
  it('ends in TIMEOUT, and the next query works once it goes on', async () => {
    const own = await connect({ url: cluster.url });
    try {
      await own.createTable('t', { x: [1, 2, 3] });
      const query = own.table('t').agg({ sum: col('x').sum() });
      const port = cluster.nodes[0]?.port as number;
      cluster.kill(port, 'SIGSTOP');
      const error = await query.collect({ timeout: 600 }).catch((reason: unknown) => reason);
      cluster.kill(port, 'SIGCONT');
      expect(error).toMatchObject({ code: 'TIMEOUT', retryable: true, hint: expect.any(String) });
      expect([...(await query.collect())]).toEqual([{ sum: 6 }]);
    } finally {
      await own.close();
    }
  });

  it('without memory left it still answers queries', async () => {
    const own = await connect({ url: cluster.url });
    try {
      await own.createTable('full', { x: [1, 2, 3] });
      const [node] = own.link.nodes();
      await own.link.callNode(node?.id as string, ['CONFIG', 'SET', 'maxmemory', '1'], own.link.context());
      const result = await own
        .table('full')
        .filter(col('x').gt(1))
        .agg({ sum: col('x').sum() })
        .collect({ side: 'shards' });
      expect([...result]).toEqual([{ sum: 5 }]);
      expect(result.receipt.computedOn).toMatchObject({ shards: 1, client: 0 });
    } finally {
      await own.close();
    }
  });
});

// The last of this file, for its process makes no kernels after it.
it('a process makes 256 kernels at most; further plans run on the client side and say so', async () => {
  await sf.createTable('small', { x: [1, 2, 3] });
  const reasons = new Set<string | undefined>();
  for (let k = 0; k < 270; k++) {
    // The structure differs, not only the constants: each needs a kernel of its own.
    let expr: Expr = col('x').add(0);
    for (let bit = 0; bit < 9; bit++) expr = (k >> bit) % 2 === 0 ? expr.add(bit) : expr.mul(2);
    const result = await sf.table('small').agg({ sum: expr.sum() }).collect({ side: 'shards' });
    const client = k % 50 === 0 ? await sf.table('small').agg({ sum: expr.sum() }).collect({ side: 'client' }) : result;
    expect([...result]).toEqual([...client]);
    reasons.add(result.receipt.computedOn.reason);
  }
  expect([...reasons]).toEqual([undefined, expect.stringMatching(/256 kernels/)]);
});
