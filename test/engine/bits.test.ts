// The same chunks give the same bits: on 1, 3 and 5 shards, by slices of any size, on either side, whatever the order of replies
// and the locale of the servers.
import type { Reply } from '../../src/cluster/types.js';
import type { CollectOptions } from '../../src/engine/options.js';
import { AggregateExpr, Expr } from '../../src/expr/expr.js';
import { col, connect, corr, count, lit, Shardfold } from '../../src/index.js';
import { type LocalCluster, startLocalCluster } from '../../src/local/cluster.js';
import type { Query } from '../../src/query/query.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { Duck } from '../harness/oracle/duckdb.js';
import { shuffled } from '../harness/oracle/links.js';
import { type Locale, sortingLocale } from '../harness/oracle/locale.js';
import { checkPlan, describePlan, forRandomPlans, type Place, store } from '../harness/oracle/world.js';

const classes = { Expr, AggregateExpr };
const WAYS: [shards: 1 | 3 | 5 | 'locale', options: CollectOptions, order?: 'shuffled'][] = [
  [3, { side: 'client' }],
  [1, { side: 'shards', sliceUnits: 1 }],
  [3, { side: 'shards', sliceUnits: 2 }, 'shuffled'],
  [5, { side: 'shards', sliceUnits: 4, maxInFlight: 5 }, 'shuffled'],
  ['locale', { side: 'shards', sliceUnits: 8 }],
  ['locale', { side: 'shards' }, 'shuffled'],
];

const open = new Map<1 | 3 | 5 | 'locale', Shardfold>();
let locale: Locale | undefined;
let cluster: LocalCluster | undefined;
let duck: Duck;

beforeAll(async () => {
  duck = await Duck.open();
  for (const shards of [1, 3, 5] as const) {
    open.set(shards, await connect({ url: sharedUrl(shards), prefix: uniquePrefix() }));
  }
  locale = sortingLocale();
  if (locale === undefined) {
    process.stdout.write('no locale that sorts otherwise than C can be had here: servers run under C alone\n');
    open.set('locale', open.get(3) as Shardfold);
  } else {
    cluster = await startLocalCluster({ shards: 3, env: locale.env });
    open.set('locale', await connect({ url: cluster.url }));
  }
});
afterAll(async () => {
  for (const sf of new Set(open.values())) await sf.close();
  await cluster?.stop();
  locale?.remove();
  duck.close();
});

const on = (shards: 1 | 3 | 5 | 'locale'): Shardfold => open.get(shards) as Shardfold;

/** Every way of running a query; tables must be there under the same name everywhere. */
async function everyWay(name: string, build: (table: Query) => Query): Promise<Map<string, unknown[]>> {
  const results = new Map<string, unknown[]>();
  for (const [shards, options, order] of WAYS) {
    const sf = order === undefined ? on(shards) : new Shardfold(shuffled(on(shards).link));
    const rows = await build(sf.table(name)).collect(options);
    results.set(`${shards} ${JSON.stringify(options)}`, [...rows]);
    if (options.side === 'shards') expect(rows.receipt.computedOn.client).toBe(0);
  }
  return results;
}

function expectOneResult(results: Map<string, unknown[]>): void {
  const [first] = results.values();
  for (const [way, rows] of results) expect({ way, rows }).toEqual({ way, rows: first });
}

it('the servers under another locale do sort otherwise', async () => {
  const { link } = on('locale');
  const [node] = link.nodes();
  const reply: Reply = await link.callNode(
    node?.id ?? '',
    ['EVAL', "return ('Z' < 'a') and 1 or 0", '0'],
    link.context(),
  );
  expect(reply).toBe(locale === undefined ? 1 : 0);
});

describe('150,001 rows in three chunks', () => {
  const rows = 150_001;
  const texts = ['Zoë', 'apple', 'Äpfel', 'zebra', 'Apple', '', '🦆', 'a b', 'ab', 'a-b'];
  beforeAll(async () => {
    const columns = {
      x: Float64Array.from({ length: rows }, (_, i) => Math.sin(i * 1.7) * 10 ** ((i * 7) % 23)),
      y: Float64Array.from({ length: rows }, (_, i) => 1e7 + Math.cos(i)),
      n: Int32Array.from({ length: rows }, (_, i) => (i * 7919) % 100_003),
      g: Int32Array.from({ length: rows }, (_, i) => (i * i) % 11),
      s: Array.from({ length: rows }, (_, i) => (i % 29 === 0 ? null : (texts[(i * 3) % 10] as string))),
      p: Array.from({ length: rows }, (_, i) => `${texts[i % 10]}${(i * 31) % 70_001}`),
    };
    const keys = 9000;
    const side = {
      n: Int32Array.from({ length: keys }, (_, i) => (i * 13) % 4001),
      w: Float64Array.from({ length: keys }, (_, i) => Math.cos(i * 1.3) * 10 ** ((i * 5) % 19)),
      s: Array.from({ length: keys }, (_, i) => (i % 31 === 0 ? null : `${texts[i % 10]}`)),
      p: Array.from({ length: keys }, (_, i) => `${texts[i % 10]}${i}`),
    };
    for (const sf of new Set(open.values())) {
      await sf.createTable('big', columns);
      await sf.createTable('side', side);
    }
  }, 120_000);

  const aggregates = {
    n: count(),
    x: col('x').sum(),
    xm: col('x').mean(),
    sd: col('x').std(),
    y: col('y').var(),
    yn: col('y').mul(col('n')).sum(),
    whole: col('n').var(),
    least: col('s').min(),
    most: col('p').max(),
  };
  it.each<[string, (table: Query) => Query]>([
    ['all rows', (t) => t.agg(aggregates)],
    ['filtered', (t) => t.filter(col('n').mod(3).eq(1).and(col('s').gt('a'))).agg(aggregates)],
    ['grouped by codes', (t) => t.groupBy('g', 's').agg(aggregates)],
    ['grouped by expressions', (t) => t.groupBy(col('n').mod(97).as('k'), col('x').gt(0).as('b')).agg(aggregates)],
    [
      'grouped by strings, sorted by a sum',
      (t) => t.filter(col('n').lt(400)).groupBy('p').agg(aggregates).sort('x').limit(50),
    ],
    [
      'compared by their bytes',
      (t) =>
        t
          .filter(
            col('p')
              .lt(col('s'))
              .or(
                col('p')
                  .gtEq('Z')
                  .and(col('p').lt(lit('a'))),
              ),
          )
          .agg(aggregates),
    ],
  ])('%s', async (_, build) => expectOneResult(await everyWay('big', build)));

  const w = { w: col('w').sum(), ws: col('w').mul(col('x')).sum(), sd: col('w').std(), wy: corr(col('w'), col('y')) };
  it.each<[string, (table: Query, side: Query) => Query]>([
    [
      'joined, keys several times',
      (t, side) => t.join(side, { on: 'n' }).agg({ ...aggregates, ...w, text: col('p_right').min() }),
    ],
    [
      'joined and grouped by what came along',
      (t, side) =>
        t
          .join(side, { on: 'n', how: 'left' })
          .groupBy('s_right')
          .agg({ ...aggregates, ...w }),
    ],
    [
      'joined by keys that come once, and by a string',
      (t, side) =>
        t
          .join(side.groupBy('n').agg({ w: col('w').sum() }), { on: 'n' })
          .join(side.filter(col('n').lt(40)), { on: 'p', how: 'left' })
          .groupBy('g')
          .agg({ ...aggregates, ...w, u: col('w_right').sum() }),
    ],
    ['joined rows', (t, side) => t.filter(col('n').lt(900)).join(side.select('n', 'w', 's'), { on: 'n' })],
    [
      'rows with and without a match',
      (t, side) =>
        t
          .semiJoin(side, { on: 'n' })
          .antiJoin(side.filter(col('n').gt(7)), { on: ['n', 's'] })
          .groupBy('s')
          .agg(aggregates),
    ],
  ])('%s', async (_, build) => {
    const results = new Map<string, unknown[]>();
    for (const [shards, options, order] of WAYS) {
      const sf = order === undefined ? on(shards) : new Shardfold(shuffled(on(shards).link));
      const rows = await build(sf.table('big'), sf.table('side')).collect(options);
      results.set(`${shards} ${JSON.stringify(options)}`, [...rows]);
      if (options.side === 'shards') expect(rows.receipt.computedOn.client).toBe(0);
    }
    expectOneResult(results);
  });
});

it(
  'random plans over random tables',
  () =>
    forRandomPlans({ runs: 2, plans: 4, large: true }, async (table, plans) => {
      const names = new Map<Shardfold, string>();
      for (const sf of new Set(open.values())) names.set(sf, await store(sf, table));
      await duck.load(table);
      const places = WAYS.map(([shards, options, order]): Place => {
        const sf = on(shards);
        const used = order === undefined ? sf : new Shardfold(shuffled(sf.link));
        return { sf: used, classes, name: names.get(sf) as string, options };
      });
      for (const plan of plans) {
        const wrong = await checkPlan(places, plan, duck);
        if (wrong !== undefined) throw new Error(`${wrong}\n${describePlan(table, plan)}`);
      }
      for (const [sf, name] of names) await sf.drop(name);
    }),
  3_600_000,
);
