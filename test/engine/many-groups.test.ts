// Groups by the ten thousand: as DuckDB has them, the same bits on every side, and not more than the caller allows.
import { col, connect, count, type Query, type Shardfold, ShardfoldError } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { Duck, type Found } from '../harness/oracle/duckdb.js';
import type { OracleColumn, Stored } from '../harness/oracle/table.js';
import { store } from '../harness/oracle/world.js';

const ROWS = 36_000;
const GROUPS = 30_000;
/** Numbers below a bound in no order. */
const mixed = (i: number, bound: number): number => (Math.imul(i + 1, 0x9e3779b1) >>> 0) % bound;
const column = (name: string, type: OracleColumn['type'], of: (i: number) => Stored): OracleColumn => ({
  name,
  type,
  values: Array.from({ length: ROWS }, (_, i) => of(i)),
  samples: [],
});
const odd: readonly Stored[] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, null, 5e-324];
const columns = [
  column('i', 'int32', (i) => (i % 1000 === 7 ? null : mixed(i, GROUPS) * 3 - 100_000)),
  column('f', 'float64', (i) =>
    i % 50 === 7 ? (odd[((i / 50) % odd.length) | 0] as Stored) : (mixed(i, GROUPS) - 5e4) / 7,
  ),
  column('s', 'utf8', (i) => (i % 999 === 7 ? null : `${mixed(i, 3) === 0 ? 'é' : '🦆'}${mixed(i, GROUPS) * 7}`)),
  column('a', 'int32', (i) => (i % 97 === 7 ? null : mixed(i, 401))),
  column('b', 'utf8', (i) => (i % 101 === 7 ? null : `b${mixed(i, 397)}`)),
  column('x', 'float64', (i) => (i % 11 === 3 ? null : Math.sin(i) * 1e3)),
  column('n', 'int32', (i) => (i % 13 === 3 ? null : mixed(i, 1_000_000) - 500_000)),
  column('t', 'utf8', (i) => `t${mixed(i, 5000)}`),
];

let sf: Shardfold;
let duck: Duck;
let t: Query;
beforeAll(async () => {
  duck = await Duck.open();
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  t = sf.table(await store(sf, { columns, rows: ROWS, chunkRows: 20_000 }));
  await duck.load({ columns, rows: ROWS, chunkRows: 20_000 });
});
afterAll(async () => {
  await sf.close();
  duck.close();
});

const [x, n] = [col('x'), col('n')];
const aggregates = {
  rows: count(),
  xs: x.count(),
  sum: x.sum(),
  least: x.min(),
  total: n.sum(),
  most: n.max(),
  text: col('t').max(),
  first: n.first(),
  different: n.countDistinct(),
};
const SQL = `count(*), count(x), sum(x), min(x), sum(n), max(n), max(t), arg_min(struct_pack(n := n), "#").n, count(DISTINCT n)`;

async function columnsOf(query: Query, side: 'shards' | 'client'): Promise<unknown[][]> {
  const rows = await query.collect({ side });
  return [...rows].map((row) => Object.values(row));
}

/** Float sums by their size, everything else alike. */
function expectRows(found: readonly unknown[][], expected: readonly Found[][], sumColumn: number): void {
  expect(found.length).toBe(expected.length);
  for (const [r, row] of expected.entries()) {
    for (const [c, value] of row.entries()) {
      const own = found[r]?.[c];
      const wanted = typeof value === 'bigint' ? Number(value) : value;
      if (c === sumColumn && typeof wanted === 'number') {
        if (!(Math.abs((own as number) - wanted) <= 1e-9)) throw new Error(`row ${r}: ${own} for ${wanted}`);
      } else if (own !== wanted && !(Number.isNaN(own) && Number.isNaN(wanted))) {
        throw new Error(`row ${r}, column ${c}: ${own} for ${wanted}`);
      }
    }
  }
}

describe.each([[['i']], [['f']], [['s']], [['a', 'b']], [['s', 'f', 'a']]])('by %j', (keys) => {
  it('the groups are those of DuckDB, in their order, with the same bits on both sides', async () => {
    const query = t.groupBy(...keys).agg(aggregates);
    const [client, shards] = [await columnsOf(query, 'client'), await columnsOf(query, 'shards')];
    expect(client.length).toBeGreaterThan(20_000);
    // -0 and 0 are one group, shown as 0.
    const named = keys.map((key) => (key === 'f' ? 'f + 0' : key)).join(', ');
    const places = keys.map((_, i) => i + 1);
    const order = places.map((place) => `${place} NULLS LAST`).join(', ');
    const sql = `SELECT ${named}, ${SQL} FROM t GROUP BY ${places.join(', ')} ORDER BY ${order}`;
    expectRows(client, await duck.rows(sql), keys.length + 2);
    for (const [r, row] of client.entries()) {
      for (const [c, value] of row.entries()) {
        if (!Object.is(value, shards[r]?.[c])) throw new Error(`row ${r}, column ${c}`);
      }
    }
  });
});

it('two tables as one: a group of both is one group', async () => {
  const later = t.filter(n.gt(0)).withColumns(col('i').add(150_000).as('i'));
  const found = await t.union(later).groupBy('i').agg({ rows: count(), total: n.sum(), sum: x.sum() }).collect();
  const both = 'SELECT i, n, x FROM t UNION ALL SELECT i + 150000, n, x FROM t WHERE n > 0';
  const sql = `SELECT i, count(*), sum(n), sum(x) FROM (${both}) GROUP BY i ORDER BY i NULLS LAST`;
  expectRows(
    [...found].map((row) => Object.values(row)),
    await duck.rows(sql),
    3,
  );
});

it('different rows by the ten thousand', async () => {
  const found = await t.select('s', 'i').distinct().collect();
  const sql = 'SELECT DISTINCT s, i FROM t ORDER BY s NULLS LAST, i NULLS LAST';
  expectRows(
    [...found].map((row) => Object.values(row)),
    await duck.rows(sql),
    -1,
  );
});

describe('too many', () => {
  const failure = async (run: Promise<unknown>): Promise<ShardfoldError> => {
    const error = await run.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ShardfoldError);
    return error as ShardfoldError;
  };
  const sides = ['client', 'shards'] as const;

  it.each(sides)('groups: an error that names the number and the keys (%s)', async (side) => {
    const query = t.groupBy('s', 'a').agg({ rows: count() });
    const error = await failure(query.collect({ side, maxGroups: 30_000 }));
    expect(error).toMatchObject({ code: 'TOO_MANY_GROUPS', message: 'there are more than 30,000 groups by "s", "a"' });
    expect(error.hint).toMatch(/filter rows.*fewer or coarser keys.*maxGroups/);
  });

  it.each(sides)('groups: as many as are allowed are (%s)', async (side) => {
    const query = t.groupBy('t').agg({ rows: count() });
    const { length } = await query.collect({ side });
    expect(await query.collect({ side, maxGroups: length })).toHaveLength(length);
    expect((await failure(query.collect({ side, maxGroups: length - 1 }))).code).toBe('TOO_MANY_GROUPS');
  });

  it.each(sides)('rows of distinct(), and wherever the result goes (%s)', async (side) => {
    const options = { side, maxGroups: 1000 };
    const distinct = t.select('s', 'x').distinct();
    expect(await failure(distinct.collect(options))).toMatchObject({
      code: 'TOO_MANY_GROUPS',
      message: 'there are more than 1,000 groups by "s", "x"',
    });
    expect((await failure(t.distinct('s').collect(options))).code).toBe('TOO_MANY_GROUPS');
    expect((await failure(distinct.into('copy', options))).code).toBe('TOO_MANY_GROUPS');
    // Also where it stands below other steps.
    expect((await failure(distinct.agg({ rows: count() }).collect(options))).code).toBe('TOO_MANY_GROUPS');
    expect((await failure(t.union(t).groupBy('i').agg({ rows: count() }).collect(options))).code).toBe(
      'TOO_MANY_GROUPS',
    );
  });

  it.each(sides)('different values to count, of all groups together (%s)', async (side) => {
    const { different } = (await t.agg({ different: n.countDistinct() }).collect())[0] as { different: number };
    for (const agg of [n.countDistinct(), n.median(), n.quantile(0.25)]) {
      const query = t.agg({ it: agg });
      expect(await query.collect({ side, maxValues: different })).toHaveLength(1);
      const error = await failure(query.collect({ side, maxValues: different - 1 }));
      expect(error.code).toBe('TOO_MANY_VALUES');
      expect(error.hint).toMatch(/approxCountDistinct.*approxQuantile.*maxValues/);
    }
    const grouped = t.groupBy('t').agg({ it: n.countDistinct() });
    const values = [...(await grouped.collect())].reduce((sum, { it }) => sum + (it as number), 0);
    expect(await grouped.collect({ side, maxValues: values })).toHaveLength(5000);
    expect((await failure(grouped.collect({ side, maxValues: values - 1 }))).code).toBe('TOO_MANY_VALUES');
    expect(await t.agg({ it: n.approxCountDistinct() }).collect({ side, maxValues: 1 })).toHaveLength(1);
  });

  it('limits that are none', async () => {
    for (const option of [
      { maxGroups: 0 },
      { maxGroups: 1.5 },
      { maxValues: 2 ** 24 + 1 },
      { maxValues: Number.NaN },
    ]) {
      expect((await failure(t.groupBy('t').agg({ rows: count() }).collect(option))).code).toBe('INVALID_ARGUMENT');
    }
  });
});
