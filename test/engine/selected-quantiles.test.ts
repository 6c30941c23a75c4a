// Medians and quantiles of many values: found by selection where a table is large, the same as counted one by one, and as DuckDB's.
import { col, connect, count, type Shardfold } from '../../src/index.js';
import type { Query } from '../../src/query/query.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { Duck } from '../harness/oracle/duckdb.js';
import type { OracleTable } from '../harness/oracle/table.js';
import { store } from '../harness/oracle/world.js';

const rows = 140_000;
const numbers = (of: (i: number) => number | null) => Array.from({ length: rows }, (_, i) => of(i));
const noise = (i: number): number => ((Math.imul(i, 2_654_435_761) >>> 0) / 2 ** 32) * 1000;
const table: OracleTable = {
  rows,
  chunkRows: 65_024,
  columns: [
    { name: 'x', type: 'float64', values: numbers((i) => (i % 13 === 0 ? null : noise(i) - 300)), samples: [] },
    {
      name: 'odd',
      type: 'float64',
      values: numbers((i) => [Number.NaN, -0, 0, Number.POSITIVE_INFINITY, noise(i)][i % 5] as number),
      samples: [],
    },
    { name: 'at', type: 'timestamp', values: numbers((i) => 1e12 + ((i * 7919) % rows) * 86_413_007), samples: [] },
    { name: 'price', type: 'decimal(2)', values: numbers((i) => (i * 104_729) % 99_999_989), samples: [] },
    { name: 'few', type: 'int32', values: numbers((i) => (i * i) % 40), samples: [] },
    { name: 'none', type: 'float64', values: numbers((i) => (i === 5 ? null : null)), samples: [] },
  ],
};

let duck: Duck;
const open: Shardfold[] = [];
const tables: Query[] = [];
beforeAll(async () => {
  duck = await Duck.open();
  await duck.load(table);
  for (const shards of [1, 3] as const) {
    const sf = await connect({ url: sharedUrl(shards), prefix: uniquePrefix() });
    open.push(sf);
    tables.push(sf.table(await store(sf, table)));
  }
}, 120_000);
afterAll(async () => {
  for (const sf of open) await sf.close();
  duck.close();
});

const [x, odd, at, price] = [col('x'), col('odd'), col('at'), col('price')];
const plain = (value: unknown): unknown => {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'string') return Number(value.replace('.', ''));
  return typeof value === 'bigint' ? Number(value) : typeof value === 'number' ? value + 0 : value;
};

it.each<[string, (t: Query) => Query, string]>([
  [
    'beside other aggregates',
    (t) => t.agg({ n: count(), m: x.median(), s: x.max() }),
    'SELECT count(*), median(x), max(x) FROM t',
  ],
  [
    'several of one column',
    (t) => t.agg({ a: x.quantile(0), b: x.quantile(0.1234), c: x.quantile(1) }),
    'SELECT quantile_cont(x, 0), quantile_cont(x, 0.1234), quantile_cont(x, 1) FROM t',
  ],
  [
    'under filters',
    (t) => t.filter(col('few').gt(3)).agg({ a: x.median({ where: x.gt(0) }), b: x.median() }),
    'SELECT median(x) FILTER (WHERE x > 0), median(x) FROM t WHERE few > 3',
  ],
  [
    'NaN, infinities and zeros',
    (t) => t.agg({ a: odd.median(), b: odd.quantile(0.1), c: odd.quantile(0.95) }),
    'SELECT median(odd), quantile_cont(odd, 0.1), quantile_cont(odd, 0.95) FROM t',
  ],
  [
    'an expression',
    (t) => t.agg({ a: x.mul(2).add(price).median() }),
    'SELECT median(x * 2 + CAST(price AS DOUBLE)) FROM t',
  ],
  ['times', (t) => t.agg({ a: at.quantile(0.3) }), 'SELECT epoch_ms(quantile_cont("at", 0.3)) FROM t'],
  ['decimals', (t) => t.agg({ a: price.median() }), 'SELECT CAST(median(price) * 100 AS BIGINT) FROM t'],
  [
    'no values',
    (t) => t.agg({ a: col('none').median(), b: x.median({ where: x.gt(1e9) }) }),
    'SELECT median(none), NULL FROM t',
  ],
])('%s', async (_, build, sql) => {
  const [expected] = (await duck.rows(sql)).map((row) => row.map(plain));
  const [one, three] = tables as [Query, Query];
  for (const [t, options] of [
    [three, { side: 'shards' }],
    [three, { side: 'client' }],
    [one, { side: 'shards', sliceUnits: 1 }],
  ] as const) {
    const [found] = await build(t).collect(options);
    expect(Object.values(found ?? {}).map(plain)).toEqual(expected);
  }
});

it('moves counts and few values', async () => {
  const { receipt } = await (tables[1] as Query).agg({ m: x.median() }).collect({ side: 'shards' });
  // The column itself has more than a megabyte.
  expect(receipt.bytesReceived).toBeLessThan(400_000);
  expect(receipt.computedOn.client).toBe(0);
});

it('few values are counted one by one, in the pass of the other aggregates', async () => {
  const query = (tables[1] as Query).agg({ m: col('few').median(), n: count() });
  expect((await query.collect()).receipt.tables).toBeUndefined();
  expect(await query.explain({ kernels: false })).not.toContain('selected');
  expect(await (tables[1] as Query).agg({ m: x.median() }).explain({ kernels: false })).toContain(
    'selected  m: by passes',
  );
});
