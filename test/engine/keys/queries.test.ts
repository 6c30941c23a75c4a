// Steps of queries over keys: what runs in the shards, what runs here, pages and ranks, hidden columns, slots that need not be visited.

import type { Expr } from '../../../src/expr/expr.js';
import { col, connect, count, defineAggregate, type Shardfold } from '../../../src/index.js';
import { sharedUrl, uniquePrefix } from '../../harness/cluster.js';

const SIDES = ['auto', 'client'] as const;
const REGIONS = ['eu', 'us', null, 'asia'] as const;
/** Orders 0 … 299: prices that tie, fields that are missing, one that cannot be read. */
const orders = Array.from({ length: 300 }, (_, id) => ({
  id,
  price: id % 7 === 6 ? null : (id * 37) % 50,
  region: REGIONS[id % 4] ?? null,
}));

let sf: Shardfold;
const prefix = uniquePrefix();

const send = (key: string, ...command: string[]) =>
  sf.link.call(
    { key, command: [command[0] as string, key, ...command.slice(1)], readOnly: false, idempotent: true },
    sf.link.context(),
  );

beforeAll(async () => {
  sf = await connect({ url: sharedUrl(3) });
  await Promise.all([
    ...orders.map(({ id, price, region }) =>
      send(
        `${prefix}:o:${id}`,
        'HSET',
        'id',
        String(id),
        ...(price === null ? [] : ['price', String(price)]),
        ...(region === null ? [] : ['region', region]),
      ),
    ),
    send(`${prefix}:o:bad`, 'HSET', 'id', 'none'),
    send(`${prefix}:o:text`, 'SET', 'x'),
    send(`${prefix}:board:a`, 'ZADD', '5', 'ann', '5', 'bob', '7', 'cy'),
    send(`${prefix}:board:b`, 'ZADD', '5', 'ann', '-inf', 'dee'),
    send(`${prefix}:many`, 'SADD', ...Array.from({ length: 1200 }, (_, i) => `m${i}`)),
  ]);
});
afterAll(() => sf.close());

const query = () => sf.hashes(`${prefix}:o:*`, { id: 'int32', price: 'float64', region: 'utf8' });
const known = () => query().filter(col('id').isNotNull());

describe.each(SIDES)('side %s', (side) => {
  it('gives rows, sorted and cut, in the same order as here', async () => {
    const rows = await known()
      .sort(['price', 'id'], { descending: true })
      .limit(20)
      .select('id', 'price')
      .collect({ side });
    const expected = [...orders]
      .sort((a, b) => (b.price ?? -1) - (a.price ?? -1) || b.id - a.id)
      .slice(0, 20)
      .map(({ id, price }) => ({ id, price }));
    expect([...rows]).toEqual(expected);
  });

  it('takes nulls first where that is asked for', async () => {
    const rows = await known()
      .sort([col('price').asc({ nulls: 'first' }), 'id'])
      .limit(3)
      .collect({ side });
    expect(rows.map(({ id }) => id)).toEqual([6, 13, 20]);
  });

  it('joins with keys, and folds what was joined', async () => {
    const sizes = known().groupBy('region').agg({ rows: count() });
    const rows = await known()
      .join(sizes, { on: 'region' })
      .agg({ rows: col('rows').sum(), joined: count() })
      .collect({ side });
    expect([...rows]).toEqual([{ rows: 3 * 75 * 75, joined: 225 }]);
  });

  it('counts what cannot be read, and passes over other types', async () => {
    const rows = await query()
      .agg({ n: col('id').count(), rows: count() })
      .collect({ side });
    expect([...rows]).toEqual([{ n: 300, rows: 301 }]);
    const [keys] = rows.receipt.keys ?? [];
    expect(keys?.computedOn).toBe(side === 'client' ? 'client' : 'shards');
    expect(keys?.unparsable).toEqual({ count: 1, first: { key: `${prefix}:o:bad`, column: 'id' } });
    expect(keys?.keys).toMatchObject({ matched: 301, otherType: 1 });
    expect(keys?.slots).toMatchObject({ expected: 16384, visited: 16384 });
  });

  it('refuses what cannot be read where that is asked for', async () => {
    const strict = sf.hashes(`${prefix}:o:*`, { id: 'int32' }, { strict: true });
    await expect(strict.agg({ n: count(), least: col('id').min() }).collect({ side })).rejects.toMatchObject({
      code: 'UNPARSABLE_VALUE',
      message: expect.stringContaining(`${prefix}:o:bad`),
    });
  });

  it('takes any rows up to a limit, and stops there', async () => {
    const rows = await query().limit(5).collect({ side });
    expect(new Set(rows.map(({ key }) => key)).size).toBe(5);
    expect(rows.receipt.keys?.[0]?.slots.notNeeded).toBeGreaterThan(0);
  });

  it('cuts unions, however many rows their parts have', async () => {
    const many = sf.set(`${prefix}:many`).select('member');
    const none = many.filter(col('member').eq('none'));
    expect(await none.union(many).limit(2).collect({ side })).toHaveLength(2);
    expect(await many.union(many).slice(2395, 9).collect({ side })).toHaveLength(5);
  });
});

it('pages a whole order without a gap, ties by key and member', async () => {
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await sf.zset(`${prefix}:board:*`).sort('score', 'desc').page({ size: 2, after });
    seen.push(...page.rows.map(({ key, member }) => `${key.slice(-1)} ${member}`));
    after = page.next;
  } while (after !== undefined);
  expect(seen).toEqual(['a cy', 'a ann', 'a bob', 'b ann', 'b dee']);
});

it('pages behind nulls, from an offset, and refuses pages of groups', async () => {
  const all = known().sort(col('price').desc()).select('id', 'price');
  const first = await all.page({ size: 255 });
  const second = await all.page({ size: 255, after: first.next });
  const whole = await all.page({ size: 300 });
  expect([...first.rows, ...second.rows]).toEqual([...whole.rows]);
  expect(second.rows.at(-1)?.price).toBeNull();
  const offset = await all.page({ size: 10, offset: 250 });
  expect([...offset.rows]).toEqual(whole.rows.slice(250, 260));
  await expect(known().groupBy('region').agg({ n: count() }).page({ size: 2 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
});

it('counts more members of a sorted set than two bytes hold', async () => {
  const key = `${prefix}:large`;
  const members = (from: number) => Array.from({ length: 1000 }, (_, i) => [String(from + i), `m${from + i}`]).flat();
  await Promise.all(Array.from({ length: 70 }, (_, i) => send(key, 'ZADD', ...members(1000 * i))));
  const whole = await sf
    .zset(key)
    .agg({ n: count(), most: col('score').max() })
    .collect();
  expect([...whole]).toEqual([{ n: 70_000, most: 69_999 }]);
  const sums = await sf
    .zset(key)
    .agg({ n: count(), total: col('score').sum() })
    .collect();
  expect([...sums]).toEqual([{ n: 70_000, total: (70_000 * 69_999) / 2 }]);
  expect(sums.receipt.keys?.[0]?.keys.inSlices).toBe(1);
});

it("folds into aggregates of users' own", async () => {
  const twice = defineAggregate({
    init: { sum: 0 },
    step: ({ sum }, value: Expr) => ({ sum: sum.add(value.mul(2)) }),
    merge: (a, b) => ({ sum: a.sum.add(b.sum) }),
    finish: ({ sum }) => sum,
  });
  const rows = await known()
    .agg({ twice: twice(col('id')) })
    .collect();
  expect([...rows]).toEqual([{ twice: 300 * 299 }]);
});

it('reads text that looks like a number for long in one pass', async () => {
  const key = `${prefix}:odd`;
  const spaces = `y${' '.repeat(200_000)}x`;
  await send(
    key,
    'HSET',
    'a',
    spaces,
    'b',
    `${'1'.repeat(5000)}x`,
    'c',
    `${'1'.repeat(4000)}e`,
    'd',
    ` ${' '.repeat(99)}7 `,
  );
  const schemas = (['float64', 'int64', 'decimal(2)', 'timestamp', 'date', 'timestamp(s)'] as const).map((type) =>
    sf.hashes(key, { a: type, b: type, c: type, d: type, e: type }),
  );
  for (const [i, query] of schemas.entries()) {
    const [shards, client] = await Promise.all(SIDES.map((side) => query.collect({ side })));
    expect([...(client ?? [])]).toEqual([...(shards ?? [])]);
    expect(shards?.[0]).toMatchObject({ a: null, b: null, c: null });
    if (i < 2) expect(shards?.[0]?.d).toBe(7);
    if (i > 0) expect(shards?.[0]?.e).toBeNull();
  }
});

it('tells the rank of a score', async () => {
  expect(await sf.zset(`${prefix}:board:*`).sort('score', 'desc').rank(5)).toBe(1);
  const below = orders.filter(({ price }) => price !== null && price < 25).length;
  expect(await known().sort('price').rank(25)).toBe(below);
});

it('has columns that only come where they are named', async () => {
  const rows = await query()
    .withColumns({ twice: col('id').mul(2) })
    .filter(col('id').eq(7).and(col('ttl').isNull()))
    .collect();
  expect([...rows]).toEqual([{ key: `${prefix}:o:7`, id: 7, price: 9, region: 'asia', twice: 14 }]);
  const facts = await query().filter(col('id').eq(7)).select('type', 'shard', 'slot', 'memory').collect();
  expect(facts[0]).toMatchObject({ type: 'hash', shard: expect.stringMatching(/:\d+$/) });
  expect(facts[0]?.memory).toBeGreaterThan(50);
});

it('visits only slots that the filter leaves', async () => {
  const one = await query()
    .filter(col('key').eq(`${prefix}:o:7`))
    .collect();
  expect(one.map(({ id }) => id)).toEqual([7]);
  expect(one.receipt.keys?.[0]?.slots).toMatchObject({ expected: 1, visited: 1 });
  const [slot] = (await query().filter(col('id').eq(7)).select('slot').collect()).map((row) => row.slot as number);
  const there = await query()
    .filter(col('slot').eq(slot as number))
    .select('id')
    .collect();
  expect(there.map(({ id }) => id)).toContain(7);
  expect(there.receipt.keys?.[0]?.slots.expected).toBe(1);
});

it('goes on with tables: union, and into one', async () => {
  const name = uniquePrefix();
  await known().sort('id').select('id', 'price').into(name);
  const both = await sf
    .table(name)
    .union(known().select('id', 'price'))
    .agg({ n: count(), total: col('price').sum() })
    .collect();
  const total = orders.reduce((sum, { price }) => sum + (price ?? 0), 0);
  expect([...both]).toEqual([{ n: 600, total: 2 * total }]);
  expect(both.receipt).toMatchObject({ tables: expect.anything(), keys: [expect.anything()] });
  await sf.drop(name);
});

it('explains what it would do', async () => {
  const text = await query()
    .filter(col('price').gt(3))
    .groupBy('region')
    .agg({ n: count() })
    .explain({ kernels: false });
  expect(text).toContain(`hashes("${prefix}:o:*"), in 16,384 slots`);
  expect(text).toContain('columns   price (float64), region (utf8)');
  expect(text).toContain('folded in the shards, slot by slot');
});
