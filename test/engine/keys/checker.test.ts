// Random keyspaces and random plans over them: in the shards as on the client side, on any number of shards, and as DuckDB says of a dump.
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { pour } from '../../../scripts/bench/data/pour.mjs';
import type { Query, Shardfold } from '../../../src/index.js';
import { sharedUrl, testCluster, uniquePrefix } from '../../harness/cluster.js';
import { queryOf } from '../../harness/keys/api.js';
import { drawKeyChain, type Loose, sourceStage } from '../../harness/keys/chains.js';
import { inOrder } from '../../harness/keys/check.js';
import { type DumpedKey, dump } from '../../harness/keys/dump.js';
import { KINDS, type Size } from '../../harness/keys/keyspace.js';
import { checkStatement, counts } from '../../harness/keys/sql-check.js';
import { sqlSources } from '../../harness/keys/sql-source.js';
import {
  checkAll,
  checkKeyPlan,
  dropWorld,
  type KeyPlace,
  type Known,
  knownQuery,
  makeWorld,
} from '../../harness/keys/world.js';
import { type ChainRun, collected, SIDES, wrongChain } from '../../harness/oracle/chain-run.js';
import { settle } from '../../harness/oracle/chain-settle.js';
import { type ChainEnv, rowsOfStage, type Stage, tableStage } from '../../harness/oracle/chain-stage.js';
import type { Settle } from '../../harness/oracle/chains.js';
import { Draw } from '../../harness/oracle/draw.js';
import { Duck } from '../../harness/oracle/duckdb.js';
import { drawTable } from '../../harness/oracle/table.js';
import { describeTable, SOAK, store } from '../../harness/oracle/world.js';

const standalone = testCluster({ shards: 1, clusterMode: false });
let duck: Duck;
beforeAll(async () => {
  duck = await Duck.open();
});
afterAll(() => duck.close());

const portOf = (url: string): number => Number(new URL(url).port);
const urls = (): string[] => [sharedUrl(3), sharedUrl(1), sharedUrl(5), standalone.url];

/** A process makes at most 256 kernels; a fresh copy of the package counts them anew. */
async function freshCopy() {
  jest.resetModules();
  return import('../../../src/index.js');
}

/** How many worlds one copy of the package is good for. */
const WORLDS = 6;
let opened: readonly KeyPlace[] = [];
let worlds = 0;

async function closePlaces(): Promise<void> {
  for (const sf of new Set(opened.map((place) => place.sf))) await sf.close();
  opened = [];
}
afterAll(closePlaces);

async function places(): Promise<readonly KeyPlace[]> {
  if (opened.length > 0 && ++worlds % WORLDS !== 0) return opened;
  await closePlaces();
  const { connect, Expr, AggregateExpr } = await freshCopy();
  const [three, one, five, single] = (await Promise.all(
    urls().map((url) => connect({ url, prefix: uniquePrefix() })),
  )) as [Shardfold, Shardfold, Shardfold, Shardfold];
  const shared = { classes: { Expr, AggregateExpr }, options: { side: 'shards' } as const };
  opened = [
    { name: '3 shards', sf: three, ...shared },
    { name: '3 shards', sf: three, ...shared, options: { side: 'client' } },
    { name: '1 shard', sf: one, ...shared },
    { name: '5 shards', sf: five, ...shared },
    { name: 'standalone', sf: single, ...shared },
  ];
  return opened;
}

function forAll(runs: number, check: (draw: Draw) => Promise<void>): Promise<void> {
  const { SHARDFOLD_SEED: seed, SHARDFOLD_PATH: path } = process.env;
  const known = { ...(seed !== undefined && { seed: Number(seed) }), ...(path !== undefined && { path }) };
  return fc.assert(
    fc.asyncProperty(fc.gen(), (g) => check(new Draw(g))),
    { numRuns: runs * SOAK, endOnFailure: true, ...known },
  );
}

interface World {
  readonly known: readonly Known[];
  readonly all: readonly KeyPlace[];
}

async function withWorld(
  draw: Draw,
  keys: { kinds: readonly (typeof KINDS)[number][]; size?: Size },
  work: (world: World) => Promise<void>,
): Promise<void> {
  const ports = urls().map(portOf);
  const all = await places();
  const { space, known } = await makeWorld(draw, duck, { ports, ...keys });
  try {
    await work({ known, all });
  } finally {
    await dropWorld(space, ports);
  }
}

async function checkPlans(draw: Draw, { known, all }: World, plans: number): Promise<void> {
  for (const [nth, each] of known.entries()) {
    for (const place of all) await checkAll({ duck, place }, each, nth);
    for (let i = 0; i < plans; i++) await checkKeyPlan({ draw, duck, places: all }, each, nth);
  }
}

const SOAKING = 3_600_000;

it.each(KINDS)(
  'random plans over random keyspaces: %s',
  (kind) =>
    forAll(1, (draw) => {
      const kinds = [kind, draw.pick(['hashes', 'json'] as const)];
      return withWorld(draw, { kinds }, (world) => checkPlans(draw, world, 3));
    }),
  SOAKING,
);

/** What one call may not read at once, on clusters and without one. */
it(
  'thousands of keys in one slot, and of members in one key',
  () =>
    forAll(1, async (draw) => {
      const many = SOAK > 1 ? 100_000 : 5000;
      const check = (world: World): Promise<void> =>
        checkPlans(draw, { ...world, all: world.all.filter(({ name }) => name !== '5 shards') }, 2);
      await withWorld(draw, { kinds: ['hashes'], size: { keys: many, oneSlot: true } }, check);
      const kinds = [draw.pick(['zset', 'list'] as const), draw.pick(['set', 'packed'] as const)];
      await withWorld(draw, { kinds, size: { keys: 3, members: many } }, check);
    }),
  SOAKING,
);

/** Two sources and a table of ours, in DuckDB and as queries. */
async function chainPool(
  draw: Draw,
  { sf, classes }: KeyPlace,
  known: readonly Known[],
): Promise<{ pool: Stage[]; env: ChainEnv; text: string }> {
  const pool: Stage[] = [];
  for (const [nth, { facts }] of known.entries()) pool.push(await sourceStage(duck, nth, facts));
  const drawn = drawTable(draw, false);
  await duck.load(drawn, `t${known.length}`);
  pool.push(tableStage(drawn, known.length));
  const name = await store(sf, drawn);
  const table: ChainEnv['table'] = (nth) => (nth < known.length ? knownQuery(sf, known[nth] as Known) : sf.table(name));
  const sources = known.map(({ source, facts }) => `${JSON.stringify(source)}\n${describeTable(facts.table)}`);
  return { pool, env: { classes, table }, text: [...sources, describeTable(drawn)].join('\n') };
}

async function checkChains(draw: Draw, { known, all }: World, chains: number): Promise<void> {
  const place = draw.pick(all);
  const { pool, env, text } = await chainPool(draw, place, known);
  const loose: Loose = new WeakSet(pool.slice(0, known.length));
  const fail = (wrong: string, stage: Stage): Error => new Error([wrong, place.name, stage.text, text].join('\n'));
  for (let chain = 0; chain < chains; chain++) {
    const settled: Settle = async (of) => {
      const outcome = await collected(() => of.stage.build(env), of.stage.columns, SIDES[0] as object);
      const { wrong, ends } = await settle(duck, of, outcome);
      if (wrong !== undefined) throw fail(wrong, of.stage);
      return ends !== true;
    };
    const stage = await drawKeyChain({ draw, duck, loose, settle: settled }, pool);
    const order = loose.has(stage) ? { inOrder } : {};
    const run: ChainRun = { sf: place.sf, query: () => stage.build(env), draw, refusesPages: true, ...order };
    const expected = await rowsOfStage(duck, stage);
    const wrong = await wrongChain(run, stage, expected).catch((error: Error) => String(error.stack));
    if (wrong !== undefined) throw fail(wrong, stage);
  }
}

it(
  'random chains of steps over random keyspaces',
  () =>
    forAll(2, (draw) => {
      const kinds = draw.list(2, () => draw.pick(KINDS));
      return withWorld(draw, { kinds }, (world) => checkChains(draw, world, 4));
    }),
  SOAKING,
);

it(
  'random SQL over random keyspaces',
  async () => {
    await forAll(2, async (draw) => {
      const kinds = draw.list(2, () => draw.pick(KINDS));
      // No more than the right side of a join may have.
      const size = draw.chance(0.2) ? { size: { keys: 3, members: 3000 } } : {};
      await withWorld(draw, { kinds, ...size }, async ({ known, all }) => {
        const sources = await sqlSources({ draw, duck, places: all, port: portOf(sharedUrl(3)) }, known);
        for (let i = 0; i < 6; i++) await checkStatement({ draw, duck, places: all }, sources);
      });
    });
    // Most have an answer: DuckDB's fail where whole numbers overflow, ours where they leave ±2^53 as well.
    expect(counts.answered - counts.errors).toBeGreaterThan(0.7 * counts.asked);
    if (SOAK > 1) process.stderr.write(`${JSON.stringify(counts)}\n`);
  },
  SOAKING,
);

const BINARY = [
  { name: 'text', field: 'text', type: 'utf8' },
  { name: 'n', field: 'n', type: 'float64' },
] as const;

it('names and values that are no UTF-8 stay apart', async () => {
  const prefix = uniquePrefix();
  const bytes = (byte: number): Buffer => Buffer.from([0x61, byte]);
  const key = (byte: number): Buffer => Buffer.concat([Buffer.from(`${prefix}:`), bytes(byte)]);
  const commands = [0xfe, 0xff, 0x62].map((byte) => ['HSET', key(byte), 'text', bytes(byte), 'n', bytes(byte)]);
  await pour(portOf(sharedUrl(3)), commands);
  for (const { sf, options } of (await places()).slice(0, 2)) {
    const query = (): Query => queryOf(sf, { kind: 'hashes', pattern: `${prefix}:*`, columns: BINARY });
    const rows = await query().collect(options);
    expect(rows.receipt.keys?.[0]?.unparsable.count).toBe(3);
    expect(rows.map(({ text, n }) => [text, n]).sort()).toEqual([
      ['ab', null],
      ['a\ufffd', null],
      ['a\ufffd', null],
    ]);
    expect(await query().distinct('key').collect(options)).toHaveLength(3);
    expect(await query().distinct('text').collect(options)).toHaveLength(3);
    const text = `SELECT DISTINCT text FROM hashes('${prefix}:*', 'text text, n float64') WHERE n IS NULL`;
    expect(await sf.sql(text).collect(options)).toHaveLength(3);
  }
});

it('what every key has is what the servers say of it', async () => {
  const draw = new Draw(fc.sample(fc.gen(), 1)[0] as never);
  await withWorld(draw, { kinds: ['hashes', 'set'] }, async ({ known, all }) => {
    const [{ sf }] = all as [KeyPlace];
    for (const { source } of known) {
      const port = portOf(sharedUrl(3));
      const dumped = new Map((await dump(port, source.pattern)).map((each) => [each.key.toString(), each]));
      const rows = await queryOf(sf, { kind: 'keys', pattern: source.pattern, columns: [] })
        .select('key', 'slot', 'shard', 'type', 'ttl', 'memory')
        .collect();
      expect(rows).toHaveLength(dumped.size);
      for (const { key, ttl, ...facts } of rows) {
        const { slot, shard, type, memory, pttl } = dumped.get(key as string) as DumpedKey;
        expect(facts).toEqual({ slot, shard, type, memory });
        if (pttl < 0) expect(ttl).toBeNull();
        else expect(Math.abs((ttl as number) - pttl / 1000)).toBeLessThan(60);
      }
    }
  });
});
