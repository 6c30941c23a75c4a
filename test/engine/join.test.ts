// Joins against DuckDB: the same rows in the same order, on either side, whatever the slices and the number of shards.

import { checkRows, JOIN_LIMITS } from '../../src/engine/join-limits.js';
import {
  type CollectOptions,
  col,
  connect,
  count,
  type JoinKeys,
  type JoinOptions,
  lit,
  type Shardfold,
} from '../../src/index.js';
import type { Query } from '../../src/query/query.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { Duck } from '../harness/oracle/duckdb.js';
import type { OracleColumn, OracleTable } from '../harness/oracle/table.js';
import { store } from '../harness/oracle/world.js';

const column = (name: string, type: OracleColumn['type'], values: OracleColumn['values']): OracleColumn => {
  return { name, type, values, samples: [] };
};
const numbers = (rows: number, of: (i: number) => number | null) => Array.from({ length: rows }, (_, i) => of(i));
const texts = (rows: number, of: (i: number) => string | null) => Array.from({ length: rows }, (_, i) => of(i));

const WORDS = [
  '',
  'a',
  'Zoë',
  '🦆',
  'ä\0b',
  'the same thirty-two bytes and more 1',
  'the same thirty-two bytes and more 2',
];
const odd = [Number.NaN, -0, 0, 1.5, null, Number.POSITIVE_INFINITY, 3];
const rows = 1000;
const left: OracleTable = {
  rows,
  chunkRows: 130,
  columns: [
    column(
      'id',
      'int32',
      numbers(rows, (i) => i),
    ),
    column(
      'n',
      'int32',
      numbers(rows, (i) => (i % 17 === 0 ? null : (i * 7919) % 23)),
    ),
    column(
      'x',
      'float64',
      numbers(rows, (i) => ((i * 31) % 97) / 4),
    ),
    column(
      'f',
      'float64',
      numbers(rows, (i) => odd[(i * 5) % odd.length] ?? null),
    ),
    column(
      'word',
      'utf8',
      texts(rows, (i) => (i % 29 === 0 ? null : `${WORDS[(i * i) % 11] ?? i}`)),
    ),
    column(
      'day',
      'date',
      numbers(rows, (i) => 18_000 + (i % 40)),
    ),
    column(
      'cents',
      'decimal(2)',
      numbers(rows, (i) => (i % 50) * 25),
    ),
  ],
};
/** Every key several times or never, with nulls, in an order of its own. */
const right: OracleTable = {
  rows: 90,
  chunkRows: 40,
  columns: [
    column(
      'n',
      'int32',
      numbers(90, (i) => (i % 13 === 0 ? null : (i * 11) % 31)),
    ),
    column(
      'big',
      'int64',
      numbers(90, (i) => (i * 11) % 31),
    ),
    column(
      'x',
      'float64',
      numbers(90, (i) => (i % 7 === 0 ? null : 1 / (i + 1))),
    ),
    column(
      'f',
      'float64',
      numbers(90, (i) => odd[i % odd.length] ?? null),
    ),
    column(
      'word',
      'utf8',
      texts(90, (i) => (i % 10 === 0 ? null : `${WORDS[i % 9] ?? i}`)),
    ),
    column(
      'name',
      'utf8',
      texts(90, (i) => (i % 4 === 0 ? null : `n${i % 6}é`)),
    ),
    column(
      'time',
      'timestamp',
      numbers(90, (i) => (18_000 + i) * 86_400_000 + (i % 2) * 3_600_000),
    ),
    column(
      'flag',
      'bool',
      numbers(90, (i) => (i % 5 === 0 ? null : i % 2)),
    ),
    column(
      'price',
      'decimal(1)',
      numbers(90, (i) => i * 5),
    ),
  ],
};
/** Every key once. */
const unique: OracleTable = {
  rows: 40,
  chunkRows: 65_024,
  columns: [
    column(
      'n',
      'int32',
      numbers(40, (i) => (i === 7 ? null : 39 - i)),
    ),
    column(
      'label',
      'utf8',
      texts(40, (i) => (i % 3 === 0 ? null : `l${i % 5}`)),
    ),
    column(
      'weight',
      'float64',
      numbers(40, (i) => (i % 6 === 0 ? null : i / 8)),
    ),
  ],
};

let sf: Shardfold;
let duck: Duck;
let tables: Record<'l' | 'r' | 'u', Query>;
beforeAll(async () => {
  duck = await Duck.open();
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  tables = {
    l: sf.table(await store(sf, left)),
    r: sf.table(await store(sf, right)),
    u: sf.table(await store(sf, unique)),
  };
  await duck.load(left, 'l');
  await duck.load(right, 'r');
  await duck.load(unique, 'u');
});
afterAll(async () => {
  await sf.close();
  duck.close();
});

const plain = (value: unknown): unknown => {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.getTime();
  return typeof value === 'boolean' ? Number(value) : value;
};
const WAYS = [{ side: 'client' }, { side: 'shards' }, { side: 'shards', sliceUnits: 1 }, { side: 'auto' }] as const;

async function expectRows(query: Query, sql: string): Promise<void> {
  const expected = (await duck.rows(sql)).map((row) => row.map(plain));
  expect(expected.length).toBeGreaterThan(0);
  for (const options of WAYS) {
    const found = await query.collect(options);
    if (options.side === 'shards') expect(found.receipt.computedOn.client).toBe(0);
    expect({ options, rows: found.map((row) => Object.values(row).map(plain)) }).toEqual({ options, rows: expected });
  }
}

const on = (keys: string): JoinOptions => ({ on: keys });
const ORDER = 'ORDER BY l."#", r."#"';

it.each<[string, (q: typeof tables) => Query, string]>([
  [
    'unique keys',
    ({ l, u }) => l.select('id', 'n').join(u, on('n')),
    'SELECT id, l.n, label, weight FROM l JOIN u ON l.n = u.n ORDER BY l."#"',
  ],
  [
    'unique keys, rows without a match kept',
    ({ l, u }) => l.select('id', 'n').join(u.filter(col('n').lt(9)), { on: 'n', how: 'left' }),
    'SELECT id, l.n, label, weight FROM l LEFT JOIN u ON l.n = u.n AND u.n < 9 ORDER BY l."#"',
  ],
  [
    'keys several times',
    ({ l, r }) => l.select('id', 'n').join(r.select('n', 'x', 'name', 'flag'), on('n')),
    `SELECT id, l.n, r.x, name, flag FROM l JOIN r ON l.n = r.n ${ORDER}`,
  ],
  [
    'keys several times, rows without a match kept, names of both',
    ({ l, r }) => l.select('id', 'n', 'x').join(r.select('n', 'x', 'word'), { on: 'n', how: 'left', suffix: ' of r' }),
    `SELECT id, l.n, l.x, r.x, r.word FROM l LEFT JOIN r ON l.n = r.n ${ORDER}`,
  ],
  [
    'NaN, -0 and infinities',
    ({ l, r }) => l.select('id', 'f').join(r.select('f', 'name'), on('f')),
    `SELECT id, l.f, name FROM l JOIN r ON l.f = r.f ${ORDER}`,
  ],
  [
    'strings',
    ({ l, r }) => l.select('id', 'word').join(r.select('word', 'x'), on('word')),
    `SELECT id, l.word, r.x FROM l JOIN r ON l.word = r.word ${ORDER}`,
  ],
  [
    'two keys, one of them a string',
    ({ l, r }) =>
      l.select('id', 'n', 'word').join(r.select('word', 'n', 'big', 'x'), { on: ['n', 'word'], how: 'left' }),
    `SELECT id, l.n, l.word, r.big, r.x FROM l LEFT JOIN r ON l.n = r.n AND l.word = r.word ${ORDER}`,
  ],
  [
    'three keys',
    ({ l, r }) =>
      l.select('id', 'n', 'word', 'f').join(r.select('word', 'n', 'f', 'x'), { on: ['n', 'f', 'word'], how: 'left' }),
    `SELECT id, l.n, l.word, l.f, r.x FROM l LEFT JOIN r ON l.n = r.n AND l.word = r.word AND l.f = r.f ${ORDER}`,
  ],
  [
    'expressions as keys, integers as floats',
    ({ l, r }) =>
      l.select('id', 'n').join(r.select('big', 'n', 'x'), { leftOn: [col('n').mul(2)], rightOn: col('big').div(1) }),
    `SELECT id, l.n, r.big, r.n, r.x FROM l JOIN r ON l.n * 2 = r.big ${ORDER}`,
  ],
  [
    'dates with times',
    ({ l, r }) => l.select('id', 'day').join(r.select('time', 'name'), { leftOn: 'day', rightOn: 'time' }),
    `SELECT id, CAST(day AS TIMESTAMP), time, name FROM l JOIN r ON l.day = r.time ${ORDER}`,
  ],
  [
    'decimals of two scales',
    ({ l, r }) =>
      l
        .select('id')
        .withColumns(col('id').as('k'))
        .join(r.select('price', 'name'), { leftOn: 'id', rightOn: 'price' })
        .select('id', 'name'),
    `SELECT id, name FROM l JOIN r ON l.id = r.price ${ORDER}`,
  ],
  [
    'conditions on both sides, and columns of both',
    ({ l, r }) =>
      l
        .filter(col('x').gt(5))
        .join(r, on('n'))
        .filter(col('flag').or(col('x_right').lt(col('x'))))
        .withColumns(col('x').mul(col('x_right')).as('y'))
        .select('id', 'y', 'flag'),
    `SELECT id, l.x * r.x, flag FROM l JOIN r ON l.n = r.n WHERE l.x > 5 AND (flag OR r.x < l.x) ${ORDER}`,
  ],
  [
    'groups of columns of the right side',
    ({ l, r }) =>
      l
        .join(r, on('n'))
        .groupBy('name', 'flag')
        .agg({ rows: count(), xs: col('x').sum(), least: col('word_right').min() }),
    `SELECT name, flag, count(*), sum(l.x), min(r.word) FROM l JOIN r ON l.n = r.n GROUP BY name, flag
      ORDER BY name NULLS LAST, flag NULLS LAST`,
  ],
  [
    'aggregates without groups',
    ({ l, r }) =>
      l.join(r, { on: 'n', how: 'left' }).agg({
        rows: count(),
        matches: col('big').count(),
        big: col('big').sum(),
        most: col('name').max(),
        time: col('time').min(),
      }),
    'SELECT count(*), count(big), sum(big), max(name), min(time) FROM l LEFT JOIN r ON l.n = r.n',
  ],
  [
    'a group of few codes, each row several times',
    ({ l, r }) =>
      l
        .join(r, on('n'))
        .groupBy('n')
        .agg({ rows: count(), most: col('big').max() }),
    'SELECT l.n, count(*), max(big) FROM l JOIN r ON l.n = r.n GROUP BY l.n ORDER BY 1',
  ],
  [
    'sorted by a column of the right side, cut',
    ({ l, r }) => l.join(r, { on: 'n', how: 'left' }).sort('x_right', 'desc').slice(3, 40).select('id', 'x_right'),
    `SELECT id, r.x FROM l LEFT JOIN r ON l.n = r.n ORDER BY r.x DESC NULLS LAST, l."#", r."#" LIMIT 40 OFFSET 3`,
  ],
  [
    'the first of many rows, several of them equal',
    ({ l }) =>
      l
        .filter(col('id').lt(400))
        .join(l.select(col('n').as('m'), col('id').as('other')), { leftOn: lit(1), rightOn: lit(1), how: 'left' })
        .sort(['n', col('m').desc({ nulls: 'first' })])
        .slice(7, 90)
        .select('id', 'other'),
    `SELECT l.id, r.id FROM l, l r WHERE l.id < 400 ORDER BY l.n NULLS LAST, r.n DESC NULLS FIRST, l.id, r.id LIMIT 90 OFFSET 7`,
  ],
  [
    'sorted before',
    ({ l, r }) => l.sort('x', 'desc').join(r.sort('x'), on('n')).select('id', 'x', 'x_right').limit(50),
    `SELECT id, l.x, r.x FROM l JOIN r ON l.n = r.n ORDER BY l.x DESC, l."#", r.x NULLS LAST, r."#" LIMIT 50`,
  ],
  [
    'cut within the matches of a row',
    ({ l, r }) => l.join(r, on('n')).slice(37, 21).select('id', 'x_right'),
    `SELECT id, r.x FROM l JOIN r ON l.n = r.n ${ORDER} LIMIT 21 OFFSET 37`,
  ],
  [
    'a join of a join, by a column of the first',
    ({ l, r, u }) =>
      l
        .select('id', 'n')
        .join(r.select('n', 'big', 'x'), on('n'))
        .join(u, { leftOn: 'big', rightOn: 'n', how: 'left' })
        .select('id', 'big', 'x', 'label'),
    `SELECT id, big, r.x, label FROM l JOIN r ON l.n = r.n LEFT JOIN u ON r.big = u.n ${ORDER}`,
  ],
  [
    'a join with a joined and aggregated side',
    ({ l, r, u }) =>
      l.select('id', 'n').join(
        r
          .join(u, on('n'))
          .groupBy('n')
          .agg({ total: col('weight').sum() })
          .filter(col('total').gt(1)),
        on('n'),
      ),
    `SELECT id, l.n, total FROM l JOIN (SELECT r.n, sum(weight) AS total FROM r JOIN u ON r.n = u.n GROUP BY r.n
      HAVING sum(weight) > 1) s ON l.n = s.n ORDER BY l."#"`,
  ],
  [
    'a cut and a result on the left',
    ({ l, r }) =>
      l
        .sort('x')
        .limit(9)
        .join(r, on('n'))
        .select('id', 'x_right')
        .union(
          l
            .groupBy('n')
            .agg({ id: col('id').max() })
            .join(r, on('n'))
            .select('id', col('x').as('x_right')),
        ),
    `SELECT id, x FROM (SELECT 0 AS part, id, r.x, row_number() OVER (ORDER BY a.x, a."#", r."#") AS i
        FROM (SELECT * FROM l ORDER BY x, "#" LIMIT 9) a JOIN r ON a.n = r.n
      UNION ALL SELECT 1, id, r.x, row_number() OVER (ORDER BY a.n, r."#")
        FROM (SELECT n, max(id) AS id FROM l GROUP BY n) a JOIN r ON a.n = r.n) ORDER BY part, i`,
  ],
  [
    'a union on the left',
    ({ l, r }) =>
      l
        .select('id', 'n')
        .union(l.select(col('id').add(5000).as('id'), 'n'))
        .join(r, on('n'))
        .agg({ rows: count(), ids: col('id').sum() }),
    `SELECT count(*), sum(id) FROM (SELECT id, n FROM l UNION ALL SELECT id + 5000, n FROM l) a JOIN r ON a.n = r.n`,
  ],
  [
    'rows with a match',
    ({ l, r }) => l.semiJoin(r, { on: ['n', 'f'] }).select('id', 'f'),
    'SELECT id, f FROM l SEMI JOIN r ON l.n = r.n AND l.f = r.f ORDER BY id',
  ],
  [
    'rows without a match, null keys among them',
    ({ l, r }) => l.antiJoin(r.filter(col('n').gt(4)), { on: 'n' }).select('id', 'n'),
    'SELECT id, n FROM l WHERE NOT EXISTS (SELECT 1 FROM r WHERE r.n > 4 AND r.n = l.n) ORDER BY id',
  ],
  [
    'semi and anti, counted by groups',
    ({ l, r, u }) =>
      l
        .semiJoin(r, { leftOn: 'word', rightOn: 'word' })
        .antiJoin(u.limit(30), { on: 'n' })
        .groupBy('word')
        .agg({ rows: count() }),
    `SELECT word, count(*) FROM l WHERE word IN (SELECT word FROM r) AND NOT EXISTS
      (SELECT 1 FROM (SELECT n FROM u ORDER BY "#" LIMIT 30) s WHERE s.n = l.n) GROUP BY word ORDER BY word`,
  ],
  [
    'an empty right side',
    ({ l, r }) =>
      l
        .select('id', 'n')
        .join(r.filter(lit(false)).select('n', 'name', 'x'), { on: 'n', how: 'left' })
        .limit(30),
    'SELECT id, n, NULL, NULL FROM l ORDER BY id LIMIT 30',
  ],
  [
    'nothing but counted',
    ({ l, r }) => l.join(r, on('n')).agg({ rows: count() }),
    'SELECT count(*) FROM l JOIN r ON l.n = r.n',
  ],
  [
    'every row with every row: more of them than two bytes count',
    ({ l }) =>
      l
        .filter(col('id').lt(200))
        .join(l.filter(col('id').lt(700)).select('n', 'word'), { leftOn: lit(1), rightOn: lit(1) })
        .agg({
          rows: count(),
          values: col('n_right').count(),
          sum: col('n_right').mul(col('n')).sum(),
          different: col('n_right').countDistinct(),
          median: col('n_right').median(),
          last: col('word_right').last(),
        }),
    `SELECT count(*), count(r.n), sum(r.n * l.n), count(DISTINCT r.n), median(r.n),
      (SELECT word FROM l WHERE id < 700 ORDER BY "#" DESC LIMIT 1) FROM l, l r WHERE l.id < 200 AND r.id < 700`,
  ],
  [
    'groups of every row with every row',
    ({ l, r }) =>
      l
        .filter(col('id').lt(200))
        .join(l.filter(col('id').lt(700)).select('n'), { leftOn: lit(1), rightOn: lit(1) })
        .semiJoin(r, { leftOn: 'n_right', rightOn: 'big' })
        .groupBy('n')
        .agg({ rows: count(), values: col('n_right').count(), median: col('n_right').median() }),
    `SELECT l.n, count(*), count(r.n), median(r.n) FROM l, l r WHERE l.id < 200 AND r.id < 700 AND r.n IN (SELECT big FROM r)
      GROUP BY l.n ORDER BY l.n NULLS LAST`,
  ],
  [
    'a condition that fails for rows that the join has dropped, and one that a filter keeps from failing',
    ({ l, u }) =>
      l
        .semiJoin(u.filter(col('n').lt(3)), { leftOn: 'id', rightOn: 'n' })
        .filter(col('id').mul(500_000_000).gt(0))
        .select('id')
        .union(
          l
            .filter(col('id').lt(3))
            .semiJoin(u, { leftOn: col('id').mul(700_000_000), rightOn: 'n' })
            .select('id'),
        ),
    'SELECT id FROM (VALUES (1), (2), (0)) v(id)',
  ],
  [
    'a join with itself',
    ({ l }) =>
      l
        .filter(col('id').lt(40))
        .join(l.filter(col('id').gt(960)), on('n'))
        .select('id', 'id_right'),
    'SELECT l.id, r.id FROM l JOIN l r ON l.n = r.n WHERE l.id < 40 AND r.id > 960 ORDER BY l."#", r."#"',
  ],
])('%s', (_, build, sql) => expectRows(build(tables), sql));

describe('what is said of a join', () => {
  it('the receipt names both tables, and what was sent', async () => {
    const { receipt } = await tables.l
      .join(tables.r.filter(col('x').isNotNull()), on('n'))
      .agg({ s: col('x_right').sum() })
      .collect();
    const [first, second] = receipt.tables ?? [];
    expect([first?.table, second?.table]).toEqual([
      (await tables.l.limit(1).collect()).receipt.table,
      expect.any(String),
    ]);
    expect(receipt.chunks.expected).toBe(8 + 3);
    const [{ rows = 0, bytes = 0 } = {}] = receipt.joined ?? [];
    expect(rows).toBeGreaterThan(50);
    expect(bytes).toBeGreaterThan(8 * rows);
  });

  it('chunks in which no key can match are passed over', async () => {
    const { l, r } = tables;
    const few = r.filter(col('big').eq(4)).select(col('big').mul(50).as('id'), 'name');
    for (const query of [l.join(few, on('id')), l.semiJoin(few, { on: 'id' })]) {
      const { receipt } = await query.agg({ x: col('x').sum() }).collect();
      expect(receipt.chunks.pruned).toBe(7);
    }
    const { receipt } = await l
      .antiJoin(few, { on: 'id' })
      .agg({ x: col('x').sum() })
      .collect();
    expect(receipt.chunks.pruned).toBe(0);
  });

  it('explain tells of both sides', async () => {
    const { l, r, u } = tables;
    const text = await l
      .join(r, on('n'))
      .antiJoin(u.filter(col('weight').gt(1)), { on: 'n' })
      .groupBy('name')
      .agg({ rows: count() })
      .explain({ kernels: false });
    expect(text).toContain('inner join on n = n');
    expect(text).toContain('join      inner: what stands above is sent with every call: 90 rows, keys and 1 columns');
    expect(text).toContain('distinct keys (limit 16,384 rows, 524,288 bytes)');
  });
});

describe('what cannot be joined', () => {
  const fails = (query: Query, options: CollectOptions = {}) => query.collect(options).catch((error: unknown) => error);

  it('a right side of too many rows, or bytes', async () => {
    const { l } = tables;
    const many = 16_385;
    const n = Int32Array.from({ length: many }, (_, i) => i % 7000);
    const long = Array.from({ length: many }, (_, i) => `${i} ${'long '.repeat(20)}`);
    await sf.createTable('many', { n, long });
    const right = sf.table('many');
    const error = await fails(l.join(right.select('n'), on('n')));
    expect(error).toMatchObject({
      code: 'JOIN_TOO_LARGE',
      message: expect.stringContaining('16,385 rows: at most 16,384 rows and 524,288 bytes are sent'),
      hint: expect.stringContaining("side: 'client'"),
    });
    const some = right.filter(col('n').lt(6998));
    expect(await fails(l.join(some, on('n')).agg({ least: col('long').min() }))).toMatchObject({
      code: 'JOIN_TOO_LARGE',
      message: expect.stringMatching(/16,38\d rows of 1,[\d,]+ bytes/),
    });
    // What is not used is not sent, and of a semi-join the different keys alone.
    expect(await l.join(some, on('n')).agg({ rows: count() }).collect()).toHaveLength(1);
    expect(await l.semiJoin(right, { on: 'n' }).agg({ rows: count() }).collect()).toHaveLength(1);
    const here = await l
      .join(right, on('n'))
      .agg({ rows: count(), least: col('long').min() })
      .collect({ side: 'client' });
    expect(here.receipt.joined).toEqual([{ rows: many, bytes: 0 }]);
    expect(here[0]).toMatchObject({ rows: expect.any(Number), least: expect.stringContaining('long') });
    expect(() => checkRows(2 ** 20 + 1, JOIN_LIMITS.client)).toThrow(
      expect.objectContaining({ code: 'JOIN_TOO_LARGE', message: expect.stringContaining('1,048,577 rows') }),
    );
  });

  it('a right side that turns out too large is not read to its end', async () => {
    const { l } = tables;
    const all = l.join(l.select('id'), { leftOn: lit(1), rightOn: lit(1) }).filter(col('id').gtEq(0));
    expect(await fails(l.join(all.select('id'), on('id')))).toMatchObject({
      code: 'JOIN_TOO_LARGE',
      message: expect.stringMatching(/more than \d/),
    });
  });

  it('keys of different types, lists, and columns that are not there', async () => {
    const { l, r } = tables;
    const error = await fails(l.join(r, { leftOn: 'n', rightOn: 'word' }));
    expect(error).toMatchObject({
      code: 'TYPE_MISMATCH',
      message: 'a join compares n, which is int32, with word, which is utf8',
    });
    expect(await fails(l.semiJoin(r, { leftOn: 'day', rightOn: 'flag' }))).toMatchObject({ code: 'TYPE_MISMATCH' });
    const lists = r.groupBy('n').agg({ all: col('big').collectList({ limit: 100 }) });
    expect(await fails(l.join(lists, on('n')))).toMatchObject({
      code: 'TYPE_MISMATCH',
      message: expect.stringContaining('list'),
    });
    expect(await fails(l.join(r, on('nn')))).toMatchObject({ code: 'UNKNOWN_COLUMN', hint: 'did you mean "n"?' });
    expect(await fails(l.join(r, { leftOn: 'n', rightOn: 'x_right' }))).toMatchObject({ code: 'UNKNOWN_COLUMN' });
    expect(await fails(l.rename({ id: 'x_right' }).join(r, on('n')))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('arguments of other kinds', () => {
    const { l, r } = tables;
    const wrong: unknown[] = [
      undefined,
      {},
      { on: [] },
      { on: 3 },
      { leftOn: 'n' },
      { leftOn: ['n', 'x'], rightOn: 'n' },
    ];
    const known: unknown[] = [
      { on: 'n', how: 'outer' },
      { on: 'n', suffix: '' },
      { on: 'n', sufix: '_r' },
    ];
    for (const options of [...wrong, ...known]) {
      expect(() => l.join(r, options as JoinOptions)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    }
    for (const options of [...wrong, { on: 'n', how: 'left' }]) {
      expect(() => l.semiJoin(r, options as JoinKeys)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    }
    expect(() => l.antiJoin('r' as unknown as Query, { on: 'n' })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
