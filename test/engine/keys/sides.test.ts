// Every kind of source over keys of all types: computed in the shards, and from raw reads on the client side.
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import { col, connect, type Expr, lit, type Query, type Shardfold } from '../../../src/index.js';
import { sharedUrl, uniquePrefix } from '../../harness/cluster.js';

let sf: Shardfold;
let link: ClusterLink;
const prefix = uniquePrefix();
const pattern = `${prefix}:*`;

const doubles = (values: readonly number[]): Buffer => Buffer.from(Float64Array.from(values).buffer);
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** What a value may be: sometimes what nobody expected. */
const TEXTS = [
  '1',
  '-2.5',
  '',
  'x',
  '1e3',
  'true',
  '2024-02-29',
  '2024-02-29T12:34:56.789Z',
  '1700000000',
  ' 7 ',
  '\xff',
  'nan',
];
const DOCUMENTS = [
  '{"city":"Köln","lines":[{"price":19.99,"ok":true}],"at":1700000000.5}',
  '{"city":5,"lines":[{"price":"x","ok":1}],"at":"2024-02-29"}',
  '{"lines":[]}',
  '[1,2',
  '{"city":"a\nb"}',
  'null',
];

beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(3) });
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  const context = link.context();
  const call = (...command: (string | Buffer)[]) =>
    link.call({ key: command[1] as string, command, readOnly: false, idempotent: true }, context);
  const text = (i: number): Buffer => Buffer.from(TEXTS[i % TEXTS.length] as string, 'latin1');
  await Promise.all(
    range(60).flatMap((i) => [
      call('HSET', `${prefix}:h${i}`, 'a', text(i), `Unit "Price"`, text(i + 5), i % 3 === 0 ? 'b' : 'c', text(i + 1)),
      call('SET', `${prefix}:s${i}`, text(i), ...(i % 5 === 0 ? ['EX', '5000'] : [])),
      call('SET', `${prefix}:j${i}`, DOCUMENTS[i % DOCUMENTS.length] as string),
      call('ZADD', `${prefix}:z${i}`, ...range((i % 4) + 1).flatMap((k) => [String(k - i / 3), `m${k}`])),
      call('RPUSH', `${prefix}:l${i}`, ...range((i % 3) + 1).map((k) => text(i + k))),
      call('SADD', `${prefix}:m${i}`, ...range((i % 3) + 1).map((k) => text(i + k))),
    ]),
  );
  await call('SET', `${prefix}:p`, doubles(range(3000).map((i) => i / 7)));
  await call('ZADD', `${prefix}:large`, ...range(2500).flatMap((i) => [String(i % 90), `m${i}`]));
  await call('RPUSH', `${prefix}:long`, ...range(2500).map(String));
  await call('SADD', `${prefix}:many`, ...range(2500).map((i) => `m${i}`));
});
afterAll(async () => {
  await sf.close();
  await link.close();
});

const queries: Record<string, () => Query<Record<string, unknown>>> = {
  hashes: () =>
    sf
      .hashes(pattern, {
        a: 'float64',
        price: { field: 'Unit "Price"', type: 'decimal(2)' },
        b: 'timestamp',
        time: { field: 'a', type: 'timestamp(s)' },
        flag: { field: 'c', type: 'bool' },
      })
      .select('key', 'a', 'price', 'b', 'time', 'flag', 'slot', 'ttl', 'type'),
  strings: () => sf.strings(pattern, 'int64').select('key', 'value', 'ttl', 'type', 'shard'),
  texts: () => sf.strings(pattern, 'utf8').select('key', 'value'),
  json: () =>
    sf
      .jsonStrings(pattern, {
        city: 'utf8',
        price: { path: 'lines[0].price', type: 'float64' },
        ok: { path: ['lines', 0, 'ok'], type: 'bool' },
        at: 'timestamp(s)',
        day: { path: 'at', type: 'date' },
      })
      .select('key', 'city', 'price', 'ok', 'at', 'day', 'type'),
  packed: () => sf.packed(`${prefix}:[sp]*`, 'float64').select('key', 'index', 'value'),
  zset: () => sf.zset(pattern).select('key', 'member', 'score', 'slot'),
  list: () => sf.list(pattern, 'float32').select('key', 'index', 'value'),
  set: () => sf.set(pattern).select('key', 'member'),
  keys: () => sf.keys(pattern).select('key', 'type', 'ttl', 'slot', 'shard', 'memory'),
};

/** A time to live runs down between two reads. */
function shown(name: string, value: unknown): unknown {
  if (typeof value !== 'number') return value;
  return name === 'ttl' ? 'some' : Object.is(value, -0) ? '-0' : String(value);
}

const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row, shown)).sort();

it.each(Object.keys(queries))('%s', async (name) => {
  const query = queries[name] as (typeof queries)[string];
  const [shards, client] = [await query().collect({ side: 'shards' }), await query().collect({ side: 'client' })];
  expect(sorted([...client])).toEqual(sorted([...shards]));
  expect(shards.length).toBeGreaterThan(50);
  const [there, here] = [shards.receipt.keys?.[0], client.receipt.keys?.[0]];
  expect(here?.keys.matched).toBe(there?.keys.matched);
  expect(here?.keys.otherType).toBe(there?.keys.otherType);
  expect(here?.rows).toBe(there?.rows);
  expect(here?.unparsable.count).toBe(there?.unparsable.count);
  expect(shards.receipt.keys?.map(({ computedOn }) => computedOn)).toEqual(['shards']);
});

it('hashes of more fields than Lua has locals', async () => {
  const names = range(250).map((i) => `f${i}`);
  const key = `${uniquePrefix()}:wide`;
  const command = ['HSET', key, ...names.flatMap((name, i) => [name, String(i)])];
  await link.call({ key, command, readOnly: false, idempotent: true }, link.context());
  const wide = sf.hashes(`${key}*`, Object.fromEntries(names.map((name) => [name, 'int32' as const])));
  for (const side of ['shards', 'client'] as const) {
    expect([...(await wide.collect({ side }))]).toEqual([
      { key, ...Object.fromEntries(names.map((name, i) => [name, i])) },
    ]);
  }
  const total = names.slice(0, 40).reduce<Expr>((sum, name) => sum.add(col(name)), lit(0));
  expect([...(await wide.select(total.as('total')).collect({ side: 'shards' }))]).toEqual([{ total: 780 }]);
  expect(await wide.filter(col('f249').gt(0)).update({ total })).toMatchObject({ matched: 1, written: 1 });
  const written = await link.call(
    { key, command: ['HGET', key, 'total'], readOnly: true, idempotent: true },
    link.context(),
  );
  expect(String(written)).toBe('780');
  // The last of many columns cannot be read, and is needed.
  await link.call(
    { key, command: ['HSET', key, 'f39', 'x', 'total', '0'], readOnly: false, idempotent: true },
    link.context(),
  );
  expect(await wide.filter(col('f249').gt(0)).update({ total })).toMatchObject({
    written: 0,
    skipped: { unparsable: 1 },
  });
});
