// Steps after steps: every one may follow every other, and means what it would mean over a table of the rows before it.
import { col, connect, count, defineAggregate, lit, type Shardfold, when } from '../../src/index.js';
import type { Query } from '../../src/query/query.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { Duck } from '../harness/oracle/duckdb.js';
import type { OracleTable } from '../harness/oracle/table.js';
import { store } from '../harness/oracle/world.js';

const rows = 1000;
const numbers = (of: (i: number) => number | null) => Array.from({ length: rows }, (_, i) => of(i));
const table: OracleTable = {
  rows,
  chunkRows: 130,
  columns: [
    { name: 'id', type: 'int32', values: numbers((i) => i), samples: [] },
    { name: 'n', type: 'int32', values: numbers((i) => (i % 17 === 0 ? null : (i * 7919) % 23)), samples: [] },
    { name: 'x', type: 'float64', values: numbers((i) => ((i * 31) % 97) / 4), samples: [] },
    {
      name: 'text',
      type: 'utf8',
      values: Array.from({ length: rows }, (_, i) => (i % 29 === 0 ? null : `w${(i * i) % 11}`)),
      samples: [],
    },
  ],
};

let sf: Shardfold;
let duck: Duck;
let t: Query;
beforeAll(async () => {
  duck = await Duck.open();
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  t = sf.table(await store(sf, table));
  await duck.load(table);
});
afterAll(async () => {
  await sf.close();
  duck.close();
});

const n = col('n');
const x = col('x');
it.each<[string, (rows: Query) => Query, string]>([
  [
    'a condition on groups',
    (q) => q.groupBy('n').agg({ sum: x.sum(), rows: count() }).filter(col('rows').gt(41)),
    'SELECT n, sum(x), count(*) FROM t GROUP BY n HAVING count(*) > 41 ORDER BY n NULLS LAST',
  ],
  [
    'aggregates combined',
    (q) => q.groupBy('text').agg({ range: x.max().sub(x.min()), ratio: x.sum().div(count()).add(n.max()) }),
    'SELECT text, max(x) - min(x), sum(x) / count(*) + max(n) FROM t GROUP BY text ORDER BY text NULLS LAST',
  ],
  [
    'aggregates combined, without groups',
    (q) => q.agg(x.max().sub(x.min()).as('range'), x.sum().as('sum')),
    'SELECT max(x) - min(x), sum(x) FROM t',
  ],
  [
    'groups of groups',
    (q) => q.groupBy('n', 'text').agg({ rows: count() }).groupBy('rows').agg({ groups: count(), least: n.min() }),
    'SELECT rows, count(*), min(n) FROM (SELECT n, text, count(*) AS rows FROM t GROUP BY ALL) GROUP BY rows ORDER BY rows',
  ],
  [
    'rows sorted by several expressions',
    (q) => q.sort([n.mod(5), x], 'desc').select('id', 'n', 'x'),
    'SELECT id, n, x FROM t ORDER BY n % 5 DESC NULLS LAST, x DESC NULLS LAST, id',
  ],
  [
    'nulls first, and a column that is not kept',
    (q) => q.sort('n', { nulls: 'first' }).drop('n', 'text').slice(40, 30),
    'SELECT id, x FROM t ORDER BY n NULLS FIRST, id LIMIT 30 OFFSET 40',
  ],
  [
    'filters after a sort, and after a cut',
    (q) => q.sort('x').filter(n.gt(4)).limit(100).filter(n.lt(9)).select('id'),
    'SELECT id FROM (SELECT * FROM t WHERE n > 4 ORDER BY x, id LIMIT 100) WHERE n < 9',
  ],
  [
    'cuts of cuts',
    (q) => q.slice(100, 500).slice(20).limit(10).select('id'),
    'SELECT id FROM t ORDER BY id LIMIT 10 OFFSET 120',
  ],
  [
    'the sum of the first rows',
    (q) => q.sort('x', 'desc').limit(57).agg({ sum: n.sum(), rows: count() }),
    'SELECT sum(n), count(*) FROM (SELECT * FROM t ORDER BY x DESC, id LIMIT 57)',
  ],
  [
    'distinct rows',
    (q) => q.select('n', 'text').distinct().agg({ rows: count() }),
    'SELECT count(*) FROM (SELECT DISTINCT n, text FROM t)',
  ],
  [
    'the first rows of distinct values',
    (q) => q.distinct('n'),
    'SELECT DISTINCT ON (n) id, n, x, "text" FROM t ORDER BY n NULLS LAST, id',
  ],
  [
    'the first rows of distinct values in another order',
    (q) => q.sort('x', 'desc').distinct('text', 'n').select('id'),
    'SELECT id FROM (SELECT DISTINCT ON (text, n) * FROM t ORDER BY text, n, x DESC, id) ORDER BY n NULLS LAST, text NULLS LAST',
  ],
  [
    'other names',
    (q) =>
      q
        .rename({ x: 'n', n: 'x' })
        .filter(col('n').lt(3))
        .groupBy('x')
        .agg({ sum: col('n').sum() }),
    'SELECT n, sum(x) FROM t WHERE x < 3 GROUP BY n ORDER BY n NULLS LAST',
  ],
  [
    'one table after another',
    (q) =>
      q
        .select('id', 'n')
        .union(q.filter(n.lt(3)).select('n', 'id'), q.groupBy('n').agg({ id: col('id').max() }))
        .filter(col('id').gt(900))
        .sort(['id', 'n']),
    `SELECT id, n FROM (SELECT id, n FROM t UNION ALL SELECT id, n FROM t WHERE n < 3 UNION ALL
      SELECT max(id), n FROM t GROUP BY n) WHERE id > 900 ORDER BY id, n NULLS LAST`,
  ],
  [
    'the aggregate of a union',
    (q) =>
      q
        .select('n', 'x')
        .union(q.select(n, x.mul(2).as('x')))
        .groupBy('n')
        .agg({ sum: x.sum(), rows: count() }),
    'SELECT n, sum(x), count(*) FROM (SELECT n, x FROM t UNION ALL SELECT n, x * 2 FROM t) GROUP BY n ORDER BY n NULLS LAST',
  ],
  [
    'the variance of a union whose inputs lie within bounds, and do not',
    (q) => {
      const [few, none] = [q.select(n.mod(5).as('v')), q.limit(2).select(lit(null).as('v'))];
      const far = q.filter(n.isNull()).select(n.cast('int64').mul(1_000_000_000).as('v'));
      const unions = [few.union(far, none), none.union(far, few), far.union(few)];
      const [first, ...others] = unions.map((rows) =>
        rows.agg({ v: col('v').varPop().mul(1e6).round(), s: col('v').sum() }),
      );
      return (first as Query).union(...others);
    },
    'SELECT round(var_pop(n % 5) * 1e6), sum(n % 5) FROM t CROSS JOIN range(3) r(i) GROUP BY i',
  ],
  [
    'the number of rows of a table and of some rows of it',
    (q) => q.union(q.filter(n.lt(3)), q.filter(lit(false))).agg({ rows: count() }),
    'SELECT 1000 + count(*) FROM t WHERE n < 3',
  ],
  ['a limit of a union', (q) => q.union(q).slice(990, 25).select('id'), 'SELECT (i + 990) % 1000 FROM range(25) r(i)'],
  [
    'nulls of no type in rows that are computed first',
    (q) => {
      const nulls = q.sort('x').limit(2).select(lit(null).as('text'), lit(null).as('x')).limit(1);
      const groups = q.groupBy(lit(null).as('text')).agg({ x: x.max() });
      return q.select('text', 'x').limit(1).union(nulls, groups, nulls.distinct()).filter(col('text').isNull());
    },
    'SELECT NULL, x FROM (VALUES (0), (NULL), (24), (NULL)) v(x)',
  ],
  [
    'columns after aggregates',
    (q) => q.groupBy('n').agg({ sum: x.sum() }).withColumns(col('sum').mul(2).as('twice')).sort('twice').limit(3),
    'SELECT n, sum(x) s, sum(x) * 2 FROM t GROUP BY n ORDER BY 3, 1 NULLS LAST LIMIT 3',
  ],
  [
    'no rows at all',
    (q) =>
      q
        .filter(lit(false))
        .groupBy('n')
        .agg({ sum: x.sum() })
        .agg({ all: col('sum').sum(), rows: count() }),
    'SELECT NULL, 0',
  ],
])('%s', async (_, build, sql) => {
  const expected = (await duck.rows(sql)).map((row) => row.map(plain));
  for (const side of ['shards', 'client'] as const) {
    const found = await build(t).collect({ side });
    expect(found.map((row) => Object.values(row).map(plain))).toEqual(expected);
  }
});

const plain = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

it('a receipt of several passes', async () => {
  const { receipt } = await t
    .union(t.filter(n.lt(3)))
    .agg({ sum: x.sum() })
    .collect();
  expect(receipt.tables).toHaveLength(2);
  expect(receipt.chunks.expected).toBe(16);
  const derived = await t.groupBy('n').agg({ rows: count() }).filter(col('rows').gt(2)).collect();
  expect(derived.receipt.tables).toBeUndefined();
  expect(derived.receipt.chunks.expected).toBe(8);
});

describe('expressions that are shown alike and mean different things', () => {
  const times = (factor: number) =>
    defineAggregate({
      init: { sum: 0 },
      step: ({ sum }, value) => ({ sum: sum.add(value.mul(factor)) }),
      merge: (a, b) => ({ sum: a.sum.add(b.sum) }),
      finish: ({ sum }) => sum,
    });
  const [once, twice] = [times(1), times(2)];

  it.each(['shards', 'client'] as const)('in aggregates that are combined, %s', async (side) => {
    const named = t.select(col('id').mul(10).as('id + 1'), 'id');
    const [row] = await named
      .agg({
        column: col('id + 1').max().add(0),
        sum: col('id').add(1).max().add(0),
        below: col('id').div(-0).min().add(0),
        above: col('id').div(0).max().add(0),
        once: once(col('id')).add(0),
        twice: twice(col('id')).add(0),
      })
      .collect({ side });
    const below = Number.NEGATIVE_INFINITY;
    expect(row).toMatchObject({ column: 9990, sum: 1000, below, above: Number.NaN, once: 499_500, twice: 999_000 });
  });

  it.each(['shards', 'client'] as const)('in aggregates of a union, %s', async (side) => {
    const [row] = await t
      .union(t)
      .agg({
        number: lit(1).max(),
        text: lit('1').max(),
        big: col('id').add(5n).max(),
        among: count({ where: col('id').isIn([1, 2, 3]) }),
        days: count({ where: lit(new Date(0)).lt(new Date(86_400_000)) }),
      })
      .collect({ side });
    expect(row).toEqual({ number: 1, text: '1', big: 1004, among: 6, days: 2000 });
  });

  it('in cursors', async () => {
    const until = (time: Date | string) => t.filter(lit(new Date(0)).lt(time));
    const { next } = await until(new Date('2001-02-03')).page({ size: 2 });
    expect(next).toBeDefined();
    await expect(until('2001-02-03T00:00:00.000Z').page({ size: 2, after: next })).rejects.toMatchObject({
      code: 'INVALID_CURSOR',
    });
  });
});

describe('columns that double', () => {
  const doubled = (times: number): Query => {
    let query: Query = t.filter(col('id').lt(3)).withColumns(col('id').add(0).as('v'));
    for (let i = 0; i < times; i++) query = query.withColumns(col('v').add(col('v')).as('v'));
    return query;
  };

  it.each(['shards', 'client'] as const)('on their way to a kernel that Lua cannot hold, %s', async (side) => {
    const [row] = await doubled(10)
      .agg({ v: col('v').sum() })
      .collect({ side });
    expect(row).toEqual({ v: 3 * 1024 });
  });

  it('beyond what can be written down', async () => {
    await expect(doubled(40).collect()).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('parts'),
      hint: expect.stringContaining('into'),
    });
  });
});

describe('columns that fail are computed of the rows that a cut leaves', () => {
  // Of three chunks: 0, -1, 2, 3, …; -1 has no root.
  const root = when(col('id').eq(1)).then(-1).otherwise(col('id')).cast('float64').sqrt().as('root');
  const kept = (rows: Query): Query => rows.withColumns(root).select('id', 'root');
  const odd = col('id').mod(2).eq(1);
  const other = lit(4).cast('float64').sqrt().as('root');

  it.each<[string, (q: Query) => Query, readonly number[]]>([
    ['a slice', (q) => kept(q.slice(2, 2)), [2, 3]],
    ['a slice without an end', (q) => kept(q.slice(2)).filter(col('id').lt(4)), [2, 3]],
    ['a slice of rows that pass', (q) => kept(q.filter(odd).slice(1, 2)), [3, 5]],
    ['a slice of a join', (q) => kept(q.join(t.select('id', 'x'), { on: 'id' }).slice(2, 2)), [2, 3]],
    ['a slice of what is sorted', (q) => kept(q.filter(col('id').lt(4)).sort('id', 'desc').slice(0, 2)), [3, 2]],
    ['a slice of what is sorted, without an end', (q) => kept(q.filter(col('id').lt(4)).sort('id').slice(2)), [2, 3]],
    [
      'a slice of a union',
      (q) => kept(q.filter(col('id').lt(4)).select('id').union(q.select('id')).slice(2, 2)),
      [2, 3],
    ],
    [
      'a slice of a sorted union of columns that are computed apart',
      (q) =>
        kept(q.filter(col('id').lt(4)))
          .union(q.filter(col('id').lt(3)).select('id', other))
          .sort('id', 'desc')
          .limit(3),
      [3, 2, 2],
    ],
    ['a limit met by the second chunk', (q) => kept(q.sort('id', 'desc').limit(998)).slice(996), [3, 2]],
  ])('%s', async (_, build, ids) => {
    for (const side of ['shards', 'client'] as const) {
      const found = await build(t).collect({ side, sliceUnits: 1 });
      expect(found.map(({ id }) => id)).toEqual(ids);
      expect(found.map(({ root: value }) => value)).toEqual(
        ids.map((id, i) => (i > 0 && ids[i - 1] === id ? 2 : Math.sqrt(id))),
      );
    }
  });

  it('and raise their errors where it leaves them', async () => {
    await expect(kept(t.slice(1, 1)).collect()).rejects.toMatchObject({ code: 'OUT_OF_RANGE' });
    await expect(kept(t.filter(odd).slice(0, 1)).collect()).rejects.toMatchObject({ code: 'OUT_OF_RANGE' });
  });
});
