// Aligned tables row by row beside each other: as DuckDB's POSITIONAL JOIN, on either side, without anything moving.
import { col, connect, count, type Shardfold } from '../../src/index.js';
import type { Query } from '../../src/query/query.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { Duck } from '../harness/oracle/duckdb.js';
import type { OracleColumn, OracleTable } from '../harness/oracle/table.js';

const rows = 700;
const column = (name: string, type: OracleColumn['type'], of: (i: number) => number | string | null): OracleColumn => {
  return { name, type, values: Array.from({ length: rows }, (_, i) => of(i)), samples: [] };
};
const a: OracleTable = {
  rows,
  chunkRows: 100,
  columns: [
    column('id', 'int32', (i) => i),
    column('n', 'int32', (i) => (i % 11 === 0 ? null : (i * 7919) % 13)),
    column('word', 'utf8', (i) => (i % 9 === 0 ? null : `w${(i * i) % 7}é`)),
  ],
};
const b: OracleTable = {
  rows,
  chunkRows: 100,
  columns: [
    column('x', 'float64', (i) => (i % 5 === 0 ? null : (i % 64) / 8)),
    column('n', 'int64', (i) => i * 3),
    column('text', 'utf8', (i) => `unlike any other ${i}`),
  ],
};

let sf: Shardfold;
let duck: Duck;
let zipped: { a: Query; b: Query };

async function make(name: string, { columns, chunkRows }: OracleTable, alignWith?: string): Promise<Query> {
  const schema = Object.fromEntries(columns.map(({ name: column, type }) => [column, type]));
  const data = Object.fromEntries(columns.map(({ name: column, values }) => [column, [...values]]));
  await sf.createTable(name, data, { schema, chunkRows, ...(alignWith !== undefined && { alignWith }) });
  return sf.table(name);
}

beforeAll(async () => {
  duck = await Duck.open();
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  zipped = { a: await make('a', a), b: await make('b', b, 'a') };
  await duck.load(a, 'a');
  await duck.load(b, 'b');
});
afterAll(async () => {
  await sf.close();
  duck.close();
});

const plain = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
const FROM = 'FROM a JOIN b ON a."#" = b."#"';

it.each<[string, (q: typeof zipped) => Query, string]>([
  ['rows', ({ a, b }) => a.zip(b).limit(250), `SELECT id, a.n, word, x, b.n, text ${FROM} ORDER BY id LIMIT 250`],
  [
    'a suffix, and columns chosen before',
    ({ a, b }) => a.select('id', 'n').zip(b.withColumns(col('x').mul(2).as('x')).select('n', 'x'), { suffix: ' of b' }),
    `SELECT id, a.n, b.n, x * 2 ${FROM} ORDER BY id`,
  ],
  [
    'conditions on both, groups of one, aggregates of the other',
    ({ a, b }) =>
      a
        .zip(b)
        .filter(col('x').gt(col('n')).or(col('word').eq('w4é')))
        .groupBy('word')
        .agg({ rows: count(), xs: col('x').sum(), most: col('n_right').max(), last: col('text').max() }),
    `SELECT word, count(*), sum(x), max(b.n), max(text) ${FROM} WHERE x > a.n OR word = 'w4é' GROUP BY word
      ORDER BY word NULLS LAST`,
  ],
  [
    'sorted by one, of the other',
    ({ a, b }) => a.zip(b).sort(['x', 'word'], 'desc').limit(40).select('text', 'id'),
    `SELECT text, id ${FROM} ORDER BY x DESC NULLS LAST, word DESC NULLS LAST, id LIMIT 40`,
  ],
  [
    'joined, and a zip of a zip',
    ({ a, b }) =>
      a
        .zip(b)
        .zip(a.select(col('n').add(1).as('next')))
        .join(b.filter(col('n').lt(30)).select('n', 'text'), { leftOn: 'next', rightOn: 'n', suffix: '2' })
        .agg({ rows: count(), next: col('next').sum(), least: col('text2').min() }),
    `SELECT count(*), sum(a.n + 1), min(r.text) ${FROM} JOIN b r ON a.n + 1 = r.n AND r.n < 30`,
  ],
  ['counted by the manifest', ({ a, b }) => a.zip(b).agg({ rows: count() }), `SELECT count(*) ${FROM}`],
])('%s', async (_, build, sql) => {
  const expected = (await duck.rows(sql)).map((row) => row.map(plain));
  for (const options of [{ side: 'shards' }, { side: 'client' }, { side: 'auto', sliceUnits: 1 }] as const) {
    const found = await build(zipped).collect(options);
    expect(found.map((row) => Object.values(row).map(plain))).toEqual(expected);
  }
});

it('is computed in the shards, and accounts for both tables', async () => {
  const { receipt } = await zipped.a
    .zip(zipped.b)
    .agg({ s: col('x').mul(col('n')).sum() })
    .collect({ side: 'shards' });
  expect(receipt.computedOn).toEqual({ shards: 7, client: 0 });
  expect(receipt.tables).toEqual([
    { table: 'a', version: 1 },
    { table: 'b', version: 1 },
  ]);
});

describe('what cannot be zipped', () => {
  const fails = (query: Query) => query.collect().catch((error: unknown) => error);

  it('tables that are not aligned, and tables of other lengths', async () => {
    const other = await make('elsewhere', b);
    const error = await fails(zipped.a.zip(other));
    expect(error).toMatchObject({ code: 'NOT_ALIGNED', hint: expect.stringContaining('alignWith: "a"') });
    expect(String(error)).toContain('"a" (700 rows in 7 chunks) and "elsewhere" (700 rows in 7 chunks)');
    const short = await make(
      'short',
      { ...b, columns: b.columns.map((each) => ({ ...each, values: each.values.slice(9) })) },
      'a',
    );
    expect(await fails(zipped.a.zip(short))).toMatchObject({
      code: 'NOT_ALIGNED',
      message: expect.stringContaining('691 rows'),
    });
    const cut = await make('cut otherwise', { ...b, chunkRows: 90 }, 'a');
    expect(await fails(zipped.a.zip(cut))).toMatchObject({ code: 'NOT_ALIGNED' });
  });

  it('rows that are filtered, sorted, cut or made', async () => {
    const { a, b } = zipped;
    for (const side of [
      a.filter(col('n').gt(1)),
      a.sort('n'),
      a.limit(3),
      a.groupBy('n').agg({ k: count() }),
      a.union(a),
    ]) {
      expect(await fails(b.zip(side))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        hint: expect.stringContaining('zip first'),
      });
    }
  });

  it('names that clash in spite of the suffix, and no query at all', async () => {
    const { a, b } = zipped;
    expect(await fails(a.rename({ id: 'n_right' }).zip(b))).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(() => a.zip('b' as unknown as Query)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(() => a.zip(b, { suffix: '' })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

it('a chunk of the second table that is lost is said to be of that table', async () => {
  const { link } = sf;
  const lost = await make('lost', b, 'a');
  const [key] = (await keysOf('lost')) as [string];
  await link.call({ key, command: ['DEL', key], readOnly: false, idempotent: true }, link.context());
  const error = await zipped.a
    .zip(lost)
    .agg({ s: col('x').sum() })
    .collect({ side: 'shards' })
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'DATA_LOSS', message: expect.stringContaining('table "lost", chunk 3') });
});

/** Keys of the column `x` of chunk 3. */
async function keysOf(table: string): Promise<string[]> {
  const { openTable } = await import('../../src/storage/catalog.js');
  const { chunkKeys } = await import('../../src/storage/keys.js');
  const snapshot = await openTable(sf.link, table, sf.link.context());
  return [chunkKeys(snapshot, snapshot.chunks[3] as (typeof snapshot.chunks)[number], 0).data];
}
