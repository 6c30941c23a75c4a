// The order of groups: by the keys, or as `sort` says, nulls last either way, ties by the keys; and `limit` takes the first of them.
import { col, connect, count, type Shardfold } from '../../src/index.js';
import type { Query } from '../../src/query/query.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { Duck } from '../harness/oracle/duckdb.js';
import { identifier } from '../harness/oracle/sql.js';
import type { OracleColumn, OracleTable } from '../harness/oracle/table.js';
import { store } from '../harness/oracle/world.js';

const texts = ['Z', 'a', 'é', '🦆', '\u{ffff}', '', 'a\0', 'B', null, 'z'];
const floats = [3, Number.NaN, -0, 0, Number.NEGATIVE_INFINITY, 5e-324, null, -7.5, Number.POSITIVE_INFINITY, 1e16];
const rows = 600;
const column = (
  name: string,
  type: OracleColumn['type'],
  of: (i: number) => OracleColumn['values'][number],
): OracleColumn => ({
  name,
  type,
  values: Array.from({ length: rows }, (_, i) => of(i)),
  samples: [],
});
const table: OracleTable = {
  rows,
  chunkRows: 70,
  columns: [
    column('text', 'utf8', (i) => texts[(i * 7) % 10] as string | null),
    column('float', 'float64', (i) => floats[(i * 3 + (i >> 4)) % 10] as number | null),
    column('small', 'int32', (i) => (i % 11 === 0 ? null : (i * i) % 5)),
    column('flag', 'bool', (i) => (i % 7 === 0 ? null : i % 2)),
    column('day', 'date', (i) => (i % 13) * 3 - 10),
    column('price', 'decimal(2)', (i) => ((i * 37) % 9) * 25 - 50),
  ],
};

let sf: Shardfold;
let duck: Duck;
let name: string;
beforeAll(async () => {
  duck = await Duck.open();
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  name = await store(sf, table);
  await duck.load(table);
});
afterAll(async () => {
  await sf.close();
  duck.close();
});

const names = table.columns.map((each) => each.name);
const orders = ['asc', 'desc'] as const;

/** Rows of ours as DuckDB's are shown, zeros without their sign. */
const plain = (values: readonly unknown[]): string =>
  values
    .map((value) => {
      if (value instanceof Date) return value.getTime() / 86_400_000;
      if (typeof value === 'boolean') return Number(value);
      return value === 0 ? 0 : value;
    })
    .map((value) => (typeof value === 'string' && /^-?\d+\.\d\d$/.test(value) ? Number(value.replace('.', '')) : value))
    .map(String)
    .join(' | ');

it.each(names.flatMap((key) => orders.map((order) => [key, order] as const)))('by %s %s', async (key, order) => {
  const other = names[(names.indexOf(key) + 1) % names.length] as string;
  const query = sf.table(name).groupBy(other, key).agg({ n: count() }).sort(key, order);
  const sql = `SELECT ${identifier(other)}, ${identifier(key)}, count(*) FROM t GROUP BY ALL
    ORDER BY 2 ${order} NULLS LAST, 1 NULLS LAST`;
  const expected = (await duck.rows(sql)).map(plain);
  const found = (await query.collect()).map((row) => plain([row[other], row[key], row.n]));
  expect(found).toEqual(expected);
  expect((await query.limit(7).collect()).map((row) => plain([row[other], row[key], row.n]))).toEqual(
    expected.slice(0, 7),
  );
});

it.each<[string, (groups: Query) => Query]>([
  ['in one list', (groups) => groups.sort([{ node: col('most').node, descending: true, nullsFirst: false }, 'n'])],
  ['one sort after the other, the last of them first', (groups) => groups.sort('n').sort('most', 'desc')],
])('by several results: %s', async (_, sorted) => {
  const query = sorted(
    sf
      .table(name)
      .groupBy('text', 'flag')
      .agg({ n: count(), most: col('float').max() }),
  );
  const sql = `SELECT "text", flag, count(*), max("float") FROM t GROUP BY ALL
    ORDER BY 4 DESC NULLS LAST, 3 NULLS LAST, 1 NULLS LAST, 2 NULLS LAST`;
  const found = (await query.collect()).map((row) => plain([row.text, row.flag, row.n, row.most]));
  expect(found).toEqual((await duck.rows(sql)).map(plain));
});

it('by the keys where nothing else is asked for', async () => {
  const found = await sf.table(name).groupBy('small', 'text').agg({ n: count() }).collect();
  const sql = 'SELECT small, "text", count(*) FROM t GROUP BY ALL ORDER BY 1 NULLS LAST, 2 NULLS LAST';
  expect(found.map((row) => plain([row.small, row.text, row.n]))).toEqual((await duck.rows(sql)).map(plain));
});

it('limits', async () => {
  const query = sf.table(name).groupBy('text').agg({ n: count() });
  expect(await query.limit(0).collect()).toHaveLength(0);
  expect(await query.head().collect()).toHaveLength(5);
  expect(await query.limit(100).limit(2).collect()).toHaveLength(2);
  const first = (await query.limit(4).collect()).map(({ n }) => Number(n));
  const sorted = await query.limit(4).sort('n', 'desc').collect();
  expect(sorted.map(({ n }) => Number(n))).toEqual(first.sort((a, b) => b - a));
  expect(await query.slice(3, 2).collect()).toEqual((await query.collect()).slice(3, 5));
});
