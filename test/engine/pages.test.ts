// Pages: no row twice and none missed, whatever happens to the table meanwhile; and cursors that are refused.
import { planDigest } from '../../src/engine/cursor.js';
import { col, connect, count, type Shardfold } from '../../src/index.js';
import type { Query } from '../../src/query/query.js';
import { openTable } from '../../src/storage/catalog.js';
import { sharedUrl, testCluster, uniquePrefix } from '../harness/cluster.js';
import { moveSlot } from '../storage/move-slot.js';

const rows = 3000;
const rowsFrom = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({
    id: from + i,
    n: (from + i) % 13 === 0 ? null : ((from + i) * 7919) % 11,
    x: (from + i) % 17 === 0 ? Number.NaN : (((from + i) * 31) % 97) / 8 - 3,
    s: (from + i) % 5 === 0 ? null : `é${((from + i) * 37) % 23}`,
  }));

const by = (name: string, descending: boolean, nullsFirst: boolean) => ({
  node: col(name).node,
  descending,
  nullsFirst,
});

const SCHEMA = { id: 'int32', n: 'int32', x: 'float64', s: 'utf8' } as const;
const QUERIES: [string, (t: Query) => Query][] = [
  ['the order of the table', (t) => t],
  ['the order of the table, filtered', (t) => t.filter(col('n').eq(3).or(col('x').gt(7)))],
  ['one key with many ties', (t) => t.sort('n')],
  ['nulls first, descending', (t) => t.sort('s', { descending: true, nulls: 'first' }).select('id', 's')],
  ['several keys', (t) => t.sort([by('n', true, false), by('x', false, true)])],
  [
    'an expression, filtered',
    (t) =>
      t
        .filter(col('s').isNotNull())
        .sort(col('x').mul(col('n')), 'desc')
        .select('id'),
  ],
  ['a slice', (t) => t.sort('x').slice(100, 777).select('id')],
  ['groups', (t) => t.groupBy('n', 's').agg({ rows: count() })],
  ['a union', (t) => t.select('id').union(t.select('id'))],
];

async function allPages(query: Query, size: number, between?: (page: number) => Promise<void>) {
  const found: object[] = [];
  let after: string | undefined;
  for (let page = 0; ; page++) {
    const options = page % 2 === 0 ? {} : ({ side: 'client' } as const);
    const { rows: list, next } = await query.page({ size, ...options, ...(after !== undefined && { after }) });
    if (next !== undefined) expect(list).toHaveLength(size);
    found.push(...list);
    if (next === undefined) return found;
    after = next;
    await between?.(page);
  }
}

describe('on a cluster that is quiet', () => {
  let sf: Shardfold;
  beforeAll(async () => {
    sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
    await sf.createTable('t', rowsFrom(0, rows), { schema: SCHEMA, chunkRows: 400 });
  });
  afterAll(() => sf.close());

  it.each(QUERIES)('%s: pages are the rows', async (_, build) => {
    const query = build(sf.table('t'));
    const whole = [...(await query.collect())];
    for (const size of [1000, 130]) expect(await allPages(query, size)).toEqual(whole);
  });

  it.each(QUERIES)('%s: an offset is counted', async (_, build) => {
    const query = build(sf.table('t'));
    const whole = [...(await query.collect())];
    for (const offset of [0, 1, 399, 1500, whole.length - 1, whole.length, 5000]) {
      const { rows: page } = await query.page({ size: 20, offset });
      expect(page).toEqual(whole.slice(offset, offset + 20));
    }
  });

  it('the rows before an offset do not travel', async () => {
    const big = 40_000;
    const numbers = {
      id: Int32Array.from({ length: big }, (_, i) => i),
      x: Float64Array.from({ length: big }, Math.random),
    };
    await sf.createTable('big', numbers, { chunkRows: 8128 });
    const query = sf.table('big').sort('x').select('id', 'x');
    const whole = [...(await query.collect())];
    const { rows: page, receipt } = await query.page({ size: 10, offset: 30_000 });
    expect(page).toEqual(whole.slice(30_000, 30_010));
    expect(receipt.bytesReceived).toBeLessThan((receipt.bytesStored * 3) / 4);
    const filtered = await sf.table('big').filter(col('x').lt(0.9)).page({ size: 10, offset: 20_000 });
    const wanted = await sf.table('big').filter(col('x').lt(0.9)).slice(20_000, 10).collect();
    expect(filtered.rows).toEqual([...wanted]);
  });

  it('ranks', async () => {
    const t = sf.table('t');
    const sorted = await t.sort([by('n', true, false), 'id']).collect<{ n: number | null; id: number }>();
    for (const place of [0, 17, 1500, rows - 1]) {
      const { n, id } = sorted[place] as { n: number | null; id: number };
      expect(await t.sort([by('n', true, false), 'id']).rank([n, id])).toBe(place);
    }
    const least = await t.filter(col('x').lt(0)).agg({ rows: count() }).collect<{ rows: number }>();
    expect(await t.sort('x').rank(0)).toBe(least[0]?.rows);
    expect(await t.sort('s').rank('a')).toBe(0);
    await expect(t.rank(1)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', hint: expect.any(String) });
    await expect(t.sort('x').rank([1, 2])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(t.sort('x').limit(5).rank(1)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it.each([
    [{ size: 0 }, /a page of 0 rows/],
    [{ size: 1.5 }, /a page of 1.5 rows/],
    [{ size: 10_001 }, /a page of 10001 rows/],
    [{ size: 5, offset: -1 }, /offset is -1/],
    [{ size: 5, offset: 1, after: 'x' }, /a cursor and an offset/],
    [{ size: 5, ofset: 1 }, /did you mean offset/],
  ])('options %j', (options, message) =>
    expect(sf.table('t').page(options as never)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    }),
  );

  describe('cursors', () => {
    const first = async (name: string, query = (t: Query) => t.sort('x')): Promise<string> => {
      const { next } = await query(sf.table(name)).page({ size: 10 });
      return next as string;
    };
    const goOn = (name: string, cursor: unknown, query = (t: Query) => t.sort('x')) =>
      query(sf.table(name)).page({ size: 10, after: cursor as string });

    it('that are none', async () => {
      const good = await first('t');
      const middle = good.length >> 1;
      const changed = `${good.slice(0, middle)}${good[middle] === 'A' ? 'B' : 'A'}${good.slice(middle + 1)}`;
      for (const bad of ['', 'abc', '{"a":1}', 42, good.slice(1), `${good}AAAA`, changed]) {
        await expect(goOn('t', bad)).rejects.toMatchObject({ code: 'INVALID_CURSOR', hint: expect.any(String) });
      }
    });

    it('null and undefined stand before the first page', async () => {
      const query = sf.table('t').sort('x');
      const { rows } = await query.page({ size: 10 });
      for (const after of [null, undefined]) expect((await query.page({ size: 10, after })).rows).toEqual(rows);
    });

    it('of another query', async () => {
      const cursor = await first('t');
      for (const other of [
        (t: Query) => t,
        (t: Query) => t.sort('n'),
        (t: Query) => t.sort('x', 'desc'),
        (t: Query) => t.filter(col('x').gt(-0)).sort('x'),
      ]) {
        await expect(goOn('t', cursor, other)).rejects.toMatchObject({
          code: 'INVALID_CURSOR',
          message: expect.stringMatching(/another query/),
        });
      }
      const [a, b] = [-0, 0].map((zero) => planDigest(sf.table('t').filter(col('x').gt(zero)).plan));
      expect(a).not.toBe(b);
    });

    it('of SQL, whose constants count too', async () => {
      const least = (x: number) => sf.sql('select id, x from t where x > $1 order by x desc, id', [x]);
      const whole = [...(await least(2).collect())];
      expect(await allPages(least(2), 100)).toEqual(whole);
      const { next } = await least(2).page({ size: 10 });
      await expect(least(3).page({ size: 10, after: next as string })).rejects.toMatchObject({
        code: 'INVALID_CURSOR',
      });
    });

    it('of a table that was dropped, and made anew', async () => {
      await sf.createTable('gone', rowsFrom(0, 100), { schema: SCHEMA });
      const cursor = await first('gone');
      await sf.drop('gone');
      await expect(goOn('gone', cursor)).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
      await sf.createTable('gone', rowsFrom(0, 100), { schema: SCHEMA });
      await expect(goOn('gone', cursor)).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
    });

    it('of a version that was replaced: still there, until it is collected', async () => {
      await sf.createTable('old', rowsFrom(0, 100), { schema: SCHEMA });
      const whole = await sf.table('old').sort('x').collect();
      const cursor = await first('old');
      await sf.createTable('old', rowsFrom(500, 520), { schema: SCHEMA, mode: 'replace' });
      expect((await goOn('old', cursor)).rows).toEqual(whole.slice(10, 20));
      await sf.createTable('old', rowsFrom(500, 530), { schema: SCHEMA, mode: 'replace', graceMs: 0 });
      await expect(goOn('old', cursor)).rejects.toMatchObject({ code: 'VERSION_COLLECTED', hint: expect.any(String) });
    });
  });
});

describe('while rows are appended and slots move', () => {
  const cluster = testCluster({ shards: 3 });
  let sf: Shardfold;
  beforeAll(async () => {
    sf = await connect({ url: cluster.url });
  });
  afterAll(() => sf.close());

  /** Pages through a table that grows and moves. @param pinned false: the twin, whose pages each see the newest version */
  async function readThrough(
    build: (t: Query) => Query,
    pinned: boolean,
  ): Promise<{ found: object[]; whole: object[] }> {
    const name = `t ${pinned} ${planDigest(build(sf.table('t')).plan)}`;
    await sf.createTable(name, rowsFrom(0, 500), { schema: SCHEMA, chunkRows: 70 });
    const query = build(sf.table(name));
    const whole = [...(await query.collect())];
    let added = 500;
    const moves: Promise<void>[] = [];
    const { chunks } = await openTable(sf.link, name, sf.link.context());
    const grow = async (page: number): Promise<void> => {
      await sf.table(name).append(rowsFrom(added, added + 30), { graceMs: 60_000 });
      added += 30;
      // Beside the reading, by which the link hears of it.
      if (page % 3 === 0) moves.push(moveSlot(sf.link, chunks[(page / 3) % chunks.length]?.slot ?? 0));
    };
    if (pinned) {
      const found = await allPages(query, 60, grow);
      await Promise.all(moves);
      return { found, whole };
    }
    const found: object[] = [];
    for (let page = 0; page < 9; page++) {
      found.push(...(await query.page({ size: 60, offset: page * 60 })).rows);
      await grow(page);
    }
    await Promise.all(moves);
    return { found: found.slice(0, whole.length), whole };
  }

  it.each(QUERIES)('%s', async (_, build) => {
    const { found, whole } = await readThrough(build, true);
    expect(found).toEqual(whole);
  });

  it('the twin, which is not pinned, misses rows or gives them twice', async () => {
    const { found, whole } = await readThrough((t) => t.sort('n'), false);
    expect(found).not.toEqual(whole);
  });
});
