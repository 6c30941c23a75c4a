// Random keyspaces and random plans over them: in the shards as on the client side, on any number of shards, and as DuckDB says of a dump.
import { jest } from '@jest/globals';
import fc from 'fast-check';
import type { Shardfold } from '../../../src/index.js';
import { sharedUrl, testCluster, uniquePrefix } from '../../harness/cluster.js';
import { drawKeyChain, type Loose, sourceStage } from '../../harness/keys/chains.js';
import { inOrder } from '../../harness/keys/check.js';
import { KINDS } from '../../harness/keys/keyspace.js';
import {
  checkCounts,
  checkKeyPlan,
  dropWorld,
  type KeyPlace,
  type Known,
  knownQuery,
  makeWorld,
} from '../../harness/keys/world.js';
import { collected, SIDES, wrongChain } from '../../harness/oracle/chain-run.js';
import { settle } from '../../harness/oracle/chain-settle.js';
import { type ChainEnv, rowsOfStage, type Stage, tableStage } from '../../harness/oracle/chain-stage.js';
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

async function withPlaces(work: (places: readonly KeyPlace[]) => Promise<void>): Promise<void> {
  const { connect, Expr, AggregateExpr } = await freshCopy();
  const opened: Shardfold[] = [];
  try {
    const [three, one, five, single] = urls() as [string, string, string, string];
    const open = async (url: string): Promise<Shardfold> => {
      const sf = await connect({ url, prefix: uniquePrefix() });
      opened.push(sf);
      return sf;
    };
    const classes = { Expr, AggregateExpr };
    const shards = { side: 'shards' } as const;
    const onThree = await open(three);
    await work([
      { name: '3 shards', sf: onThree, classes, options: shards },
      { name: '3 shards', sf: onThree, classes, options: { side: 'client' } },
      { name: '1 shard', sf: await open(one), classes, options: shards },
      { name: '5 shards', sf: await open(five), classes, options: shards },
      { name: 'standalone', sf: await open(single), classes, options: shards },
    ]);
  } finally {
    for (const sf of opened) await sf.close();
  }
}

function forAll(runs: number, check: (draw: Draw, nth: number) => Promise<void>): Promise<void> {
  const { SHARDFOLD_SEED: seed, SHARDFOLD_PATH: path } = process.env;
  const known = { ...(seed !== undefined && { seed: Number(seed) }), ...(path !== undefined && { path }) };
  let nth = 0;
  return fc.assert(
    fc.asyncProperty(fc.gen(), (g) => check(new Draw(g), nth++)),
    { numRuns: runs * SOAK, endOnFailure: true, ...known },
  );
}

it(
  'random plans over random keyspaces',
  () =>
    forAll(7, (draw, nth) =>
      withPlaces(async (places) => {
        const ports = urls().map(portOf);
        const kinds = [KINDS[nth % KINDS.length] as (typeof KINDS)[number], draw.pick(['hashes', 'json'] as const)];
        const { space, known } = await makeWorld(draw, duck, { ports, kinds });
        try {
          for (const [i, each] of known.entries()) {
            for (const place of places) await checkCounts(place, each);
            for (let plans = 0; plans < 4; plans++) await checkKeyPlan({ draw, duck, places }, each, i);
          }
        } finally {
          await dropWorld(space, ports);
        }
      }),
    ),
  3_600_000,
);

/** What one call may not read at once, on clusters and without one. */
it(
  'thousands of keys in one slot, and of members in one key',
  () =>
    forAll(1, (draw) =>
      withPlaces(async (all) => {
        const places = all.filter(({ name }) => name !== '5 shards');
        const ports = urls().map(portOf);
        const many = SOAK > 1 ? 100_000 : 8000;
        for (const [kinds, size] of [
          [['hashes'], { keys: many, oneSlot: true }],
          [[draw.pick(['zset', 'list'] as const), draw.pick(['set', 'packed'] as const)], { keys: 3, members: many }],
        ] as const) {
          const { space, known } = await makeWorld(draw, duck, { ports, kinds, size });
          try {
            for (const [i, each] of known.entries()) {
              for (const place of places) await checkCounts(place, each);
              for (let plans = 0; plans < 2; plans++) await checkKeyPlan({ draw, duck, places }, each, i);
            }
          } finally {
            await dropWorld(space, ports);
          }
        }
      }),
    ),
  3_600_000,
);

/** Two sources and a table of ours, in DuckDB and as queries. */
async function chainPool(
  draw: Draw,
  sf: Shardfold,
  known: readonly Known[],
): Promise<{ pool: Stage[]; table: string; text: string }> {
  const pool: Stage[] = [];
  for (const [nth, { facts }] of known.entries()) pool.push(await sourceStage(duck, nth, facts));
  const table = drawTable(draw, false);
  await duck.load(table, `t${known.length}`);
  pool.push(tableStage(table, known.length));
  return { pool, table: await store(sf, table), text: describeTable(table) };
}

it(
  'random chains of steps over random keyspaces',
  () =>
    forAll(3, (draw) =>
      withPlaces(async (places) => {
        const { sf, classes } = draw.pick(places);
        const ports = urls().map(portOf);
        const { space, known } = await makeWorld(draw, duck, { ports, kinds: draw.list(2, () => draw.pick(KINDS)) });
        try {
          const { pool, table, text } = await chainPool(draw, sf, known);
          const loose: Loose = new WeakSet(pool.slice(0, known.length));
          const env: ChainEnv = {
            classes,
            table: (nth) => (nth < known.length ? knownQuery(sf, known[nth] as Known) : sf.table(table)),
          };
          const fail = (wrong: string, stage: Stage): Error =>
            new Error(
              [
                wrong,
                stage.text,
                ...known.map(({ source, facts }) => `${JSON.stringify(source)}\n${describeTable(facts.table)}`),
                text,
              ].join('\n'),
            );
          for (let chain = 0; chain < 4; chain++) {
            const settled: Parameters<typeof drawKeyChain>[0]['settle'] = async (of) => {
              const outcome = await collected(() => of.stage.build(env), of.stage.columns, SIDES[0] as object);
              const { wrong, ends } = await settle(duck, of, outcome);
              if (wrong !== undefined) throw fail(wrong, of.stage);
              return ends !== true;
            };
            const stage = await drawKeyChain({ draw, duck, loose, settle: settled }, pool);
            const run = { sf, query: () => stage.build(env), draw, inOrder: loose.has(stage) ? inOrder : undefined };
            const wrong = await wrongChain(run, stage, await rowsOfStage(duck, stage)).catch((error: Error) =>
              String(error.stack),
            );
            if (wrong !== undefined) throw fail(wrong, stage);
          }
        } finally {
          await dropWorld(space, ports);
        }
      }),
    ),
  3_600_000,
);
