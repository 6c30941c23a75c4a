// Exactly once under trouble: slots that move back and forth, primaries that die. A query gives the exact answer or a coded error.
import type { ClusterLink, NodeInfo, Reply } from '../../src/cluster/types.js';
import { type CreateTableOptions, col, connect, count, Shardfold, ShardfoldError } from '../../src/index.js';
import { openTable } from '../../src/storage/catalog.js';
import { testCluster } from '../harness/cluster.js';
import { isKernel, linkWith } from '../harness/oracle/links.js';

const rows = 6000;
const columns = {
  x: Float64Array.from({ length: rows }, (_, i) => i / 8),
  y: Array.from({ length: rows }, (_, i) => (i % 5 === 0 ? null : Math.sin(i))),
  s: Array.from({ length: rows }, (_, i) => `name ${i % 7}`),
};
const options = { chunkRows: 200 };
const aggregates = { n: count(), sum: col('x').sum(), y: col('y').std(), most: col('x').max() };

const queries = (sf: Shardfold) => [
  sf.table('t').filter(col('x').gtEq(0)).agg(aggregates),
  sf.table('t').groupBy('s').agg(aggregates),
  sf.table('t').filter(col('s').neq('name 3')).select('x', 's'),
  sf
    .table('t')
    .join(sf.table('side').filter(col('k').gt(2)), { on: 's' })
    .groupBy('k')
    .agg(aggregates),
  sf
    .table('t')
    .zip(sf.table('beside'))
    .antiJoin(sf.table('side').limit(2), { on: 's' })
    .agg({ ...aggregates, both: col('x').mul(col('z')).sum() }),
];

/** What the queries read. */
async function makeTables(sf: Shardfold, more: CreateTableOptions = {}): Promise<void> {
  await sf.createTable('t', columns, { ...options, ...more });
  const z = Float64Array.from({ length: rows }, (_, i) => Math.cos(i));
  await sf.createTable('beside', { z }, { ...options, ...more, alignWith: 't' });
  const k = Int32Array.from({ length: 30 }, (_, i) => i % 9);
  const s = Array.from({ length: 30 }, (_, i) => `name ${i % 11}`);
  await sf.createTable('side', { s, k }, { ...more, chunkRows: 4 });
}

async function answers(sf: Shardfold): Promise<unknown[][]> {
  const results: unknown[][] = [];
  for (const query of queries(sf)) results.push([...(await query.collect())]);
  return results;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('slots on the move', () => {
  const cluster = testCluster({ shards: 3 });
  let sf: Shardfold;
  let quiet: unknown[][];
  beforeAll(async () => {
    sf = await connect({ url: cluster.url });
    await makeTables(sf);
    quiet = await answers(sf);
  });
  afterAll(() => sf.close());

  const on = (node: NodeInfo, ...command: string[]): Promise<Reply> =>
    sf.link.callNode(node.id, command, sf.link.context());

  /** Moves a slot to the next primary, key by key, as `redis-cli --cluster reshard` does; half-way it rests for a while. */
  async function moveSlot(slot: number): Promise<void> {
    const all = sf.link.nodes().filter(({ role }) => role === 'primary');
    const source = sf.link.ownerOf(slot);
    const target = all[(all.findIndex(({ id }) => id === source.id) + 1) % all.length] as NodeInfo;
    const [host, port] = target.address.split(':') as [string, string];
    await on(target, 'CLUSTER', 'SETSLOT', `${slot}`, 'IMPORTING', source.id);
    await on(source, 'CLUSTER', 'SETSLOT', `${slot}`, 'MIGRATING', target.id);
    for (;;) {
      const keys = (await on(source, 'CLUSTER', 'GETKEYSINSLOT', `${slot}`, '1')) as Reply[];
      if (keys.length === 0) break;
      await on(source, 'MIGRATE', host, port, '', '0', '5000', 'KEYS', ...keys.map(String));
      await pause(1);
    }
    for (const node of [target, source, ...all]) await on(node, 'CLUSTER', 'SETSLOT', `${slot}`, 'NODE', target.id);
    for (const end = Date.now() + 5000; sf.link.ownerOf(slot).id !== target.id && Date.now() < end; ) await pause(5);
  }

  /** Runs the queries while slots of the table's chunks move. */
  async function whileMoving(reader: Shardfold, rounds: number): Promise<{ results: unknown[][][]; moved: number }> {
    const { chunks } = await openTable(sf.link, 't', sf.link.context());
    let [done, moved] = [false, 0];
    const mover = (async () => {
      while (!done) await moveSlot((chunks[(moved++ * 7) % chunks.length] as { slot: number }).slot);
    })();
    const results: unknown[][][] = [];
    try {
      while (results.length < rounds || moved < 6) results.push(await answers(reader));
    } finally {
      done = true;
      await mover;
    }
    return { results, moved };
  }

  it('change nothing in any answer', async () => {
    const { results } = await whileMoving(sf, 5);
    for (const result of results) expect(result).toEqual(quiet);
  }, 120_000);

  it('twin: a reply that is given twice, in place of another, is seen by this test', async () => {
    const before = new Map<string, Reply>();
    let replies = 0;
    const doubling: ClusterLink = linkWith(sf.link, async (call, next) => {
      const reply = await next();
      if (!isKernel(call)) return reply;
      // Of the same kernel: nothing but the chunk tells them apart.
      const kernel = String(call.command[1]);
      const given = replies++ % 11 === 5 ? (before.get(kernel) ?? reply) : reply;
      before.set(kernel, reply);
      return given;
    });
    const { results } = await whileMoving(new Shardfold(doubling), 2);
    expect(results.some((result) => JSON.stringify(result) !== JSON.stringify(quiet))).toBe(true);
  }, 120_000);

  it('a reply for fewer rows than were asked for is an error, not a smaller sum', async () => {
    const short: ClusterLink = linkWith(sf.link, async (call, next) => {
      const reply = await next();
      return isKernel(call) && Array.isArray(reply) ? [reply[0], reply[1], Number(reply[2]) - 1] : reply;
    });
    const [query] = queries(new Shardfold(short));
    await expect(query?.collect({ side: 'shards' })).rejects.toMatchObject({ code: 'KERNEL_FAILED' });
  });
});

describe('a primary that dies', () => {
  const cluster = testCluster({ shards: 3, replicas: 1, nodeTimeoutMs: 1000 });
  let sf: Shardfold;
  beforeAll(async () => {
    sf = await connect({ url: cluster.url });
  });
  afterAll(() => sf.close());

  it('leaves exact answers, or coded errors until its replica has taken over', async () => {
    await makeTables(sf, { waitReplicas: 1 });
    const quiet = await answers(sf);
    const { chunks } = await openTable(sf.link, 't', sf.link.context());
    const victim = Number(sf.link.ownerOf((chunks[0] as { slot: number }).slot).address.split(':')[1]);
    const [aggregated] = queries(sf);
    let [exact, failed] = [0, 0];
    let killed = false;
    const onProgress = ({ unitsDone }: { unitsDone: number }): void => {
      if (unitsDone < 5 || killed) return;
      killed = true;
      cluster.kill(victim, 'SIGKILL');
    };
    for (let round = 0; round < 6; round++) {
      // An impatient caller sees errors, a patient one waits for the replica.
      const timeout = round % 2 === 0 ? 150 : 20_000;
      const run = aggregated?.collect({ timeout, ...(round === 0 && { onProgress }) });
      const result = await Promise.resolve(run).catch((error: unknown) => error);
      if (result instanceof ShardfoldError) {
        expect(['TIMEOUT', 'CLUSTER_DOWN', 'CONNECTION_FAILED']).toContain(result.code);
        expect(result.retryable).toBe(true);
        expect(result.hint).toBeTruthy();
        failed += 1;
      } else {
        expect([...(result as unknown[])]).toEqual(quiet[0]);
        exact += 1;
      }
    }
    expect(killed).toBe(true);
    expect(exact).toBeGreaterThanOrEqual(3);
    expect(exact + failed).toBe(6);
    expect(await answers(sf)).toEqual(quiet);
  }, 120_000);
});
