// What a look at some keys says of them, and queries that leave it to that.

import { slotOf } from '../../../src/cluster/slots.js';
import { sampledGroups } from '../../../src/engine/keys/sample/groups.js';
import { guessOfJson, guessOfTexts } from '../../../src/engine/keys/sample/guess-type.js';
import { sampleKeys } from '../../../src/engine/keys/sample/sample.js';
import { connect, type Shardfold } from '../../../src/index.js';
import { sharedUrl, uniquePrefix } from '../../harness/cluster.js';

const prefix = uniquePrefix();
let sf: Shardfold;

function send(...command: readonly (string | Buffer)[]) {
  return sf.link.call({ key: command[1] ?? '', command, readOnly: false, idempotent: true }, sf.link.context());
}

beforeAll(async () => {
  sf = await connect({ url: sharedUrl(3) });
  const work: Promise<unknown>[] = [];
  const more = (...command: readonly (string | Buffer)[]) =>
    work.push(send(command[0] ?? '', `${prefix}${command[1]}`, ...command.slice(2)));
  for (let i = 0; i < 40; i++) {
    const rare = i === 7 ? ['only here', 'x'] : [];
    more(
      'HSET',
      `order:${i}`,
      'price',
      `${i}.5`,
      'qty',
      String(i),
      'zip',
      `0${i}`,
      'day',
      '2024-02-29',
      'created_at',
      String(1.7e9 + i),
      ...rare,
    );
    const doc = {
      city: 'Köln',
      n: i,
      at: '2024-01-01T00:00:00Z',
      lines: [{ price: 1.5 }, 3],
      deep: { key: true, none: null },
      mixed: i % 4 ? i : 'x',
    };
    more('SET', `doc:${i}`, JSON.stringify(doc));
  }
  more('HSET', 'order:odd', Buffer.from([0xff]), '1', 'key', '', '', 'empty');
  more('SET', 'mixed:n', '17');
  more('SET', 'mixed:text', 'not a number');
  more('SET', 'mixed:json', '{"a":1}');
  more('SET', 'mixed:half', '{"a":');
  more('SET', 'mixed:bytes', Buffer.from(new Float64Array([1, 2]).buffer));
  more('RPUSH', 'mixed:list', '1', '2');
  more('ZADD', 'mixed:board', '1', 'a');
  more('SADD', 'mixed:set', 'a');
  more('XADD', 'mixed:stream', '*', 'a', 'b');
  await Promise.all(work);
});
afterAll(() => sf.close());

const groups = async (pattern: string, count = 300) => {
  const sample = await sampleKeys(sf.link, { pattern: prefix + pattern, count }, sf.link.context());
  return { ...sample, groups: sampledGroups(sample.keys) };
};

it('fields of hashes, their types, and how many keys have them', async () => {
  const { groups: found, isAll } = await groups('order:*');
  expect(isAll).toBe(true);
  expect(found).toHaveLength(1);
  const columns = (found[0]?.columns ?? []).map(({ name, type, from, present }) => [name, type, from, present]);
  expect(columns.slice(0, 5).sort()).toEqual([
    ['created_at', 'timestamp(s)', { field: 'created_at' }, 40],
    ['day', 'date', { field: 'day' }, 40],
    ['price', 'float64', { field: 'price' }, 40],
    ['qty', 'int64', { field: 'qty' }, 40],
    ['zip', 'utf8', { field: 'zip' }, 40],
  ]);
  expect(columns.slice(5).sort()).toEqual([
    ['field', 'utf8', { field: '' }, 1],
    ['key_', 'utf8', { field: 'key' }, 1],
    ['only here', 'utf8', { field: 'only here' }, 1],
  ]);
});

it('paths into JSON', async () => {
  const { groups: found } = await groups('doc:*');
  expect(found.map(({ kind, keys }) => [kind, keys])).toEqual([['json', 40]]);
  expect(
    found[0]?.columns?.map(({ name, type, from, example }) => [name, type, 'path' in from && from.path, example]),
  ).toEqual([
    ['city', 'utf8', ['city'], 'Köln'],
    ['n', 'int64', ['n'], expect.any(String)],
    ['at', 'timestamp', ['at'], '2024-01-01T00:00:00Z'],
    ['lines_0_price', 'float64', ['lines', 0, 'price'], '1.5'],
    ['deep_key', 'bool', ['deep', 'key'], 'true'],
    ['mixed', 'int64', ['mixed'], expect.any(String)],
  ]);
});

it('kinds of keys', async () => {
  const { groups: found } = await groups('mixed:*');
  expect(Object.fromEntries(found.map(({ title, keys, kind, value }) => [title, [keys, kind, value?.type]]))).toEqual({
    strings: [3, 'strings', 'utf8'],
    'strings of JSON': [1, 'json', undefined],
    'strings of bytes': [1, 'packed', undefined],
    lists: [1, 'list', 'int64'],
    'sorted sets': [1, 'zset', undefined],
    sets: [1, 'set', undefined],
    'keys of type stream': [1, undefined, undefined],
  });
});

it('no more keys than are asked for', async () => {
  const { keys, isAll } = await groups('*', 10);
  expect([keys.length, isAll]).toEqual([10, false]);
  expect(await groups('none:*')).toMatchObject({ keys: [], isAll: true, groups: [] });
});

it('the same keys each time: the first ones by slot and name', async () => {
  const own = uniquePrefix();
  const names = Array.from({ length: 2000 }, (_, i) => `${own}:${i}`);
  await Promise.all(names.map((name, i) => send('HSET', name, 'n', i % 100 === 7 ? 'none' : String(i))));
  const sorted = names.toSorted((a, b) => slotOf(a) - slotOf(b) || (a < b ? -1 : 1));
  for (const [count, type] of [[1], [150, 'hash'], [1999]] as const) {
    const options = { pattern: `${own}:*`, count, ...(type && { type }) };
    const { keys, isAll } = await sampleKeys(sf.link, options, sf.link.context());
    expect([keys.map(({ key }) => String(key)), isAll]).toEqual([sorted.slice(0, count).sort(), false]);
  }
  // Of one slot, too.
  const tagged = Array.from({ length: 500 }, (_, i) => `{${own}}:${i}`);
  await Promise.all(tagged.map((name) => send('SET', name, '1')));
  const tag = await sampleKeys(sf.link, { pattern: `{${own}}:*`, count: 50 }, sf.link.context());
  expect([tag.keys.map(({ key }) => String(key)), tag.isAll]).toEqual([tagged.toSorted().slice(0, 50), false]);
  const all = await sampleKeys(sf.link, { pattern: `${own}:*`, count: 2000 }, sf.link.context());
  expect([all.keys.length, all.isAll]).toEqual([2000, true]);
});

it('SQL without columns takes those of a sample', async () => {
  const [row] = await sf
    .sql(`SELECT sum(qty) AS qty, count(*) AS n, max(created_at) AS last FROM hashes('${prefix}order:*')`)
    .collect();
  expect(row).toEqual({ qty: 780, n: 41, last: new Date(1.7e12 + 39_000) });
  const docs = sf.sql(
    `SELECT city, sum(lines_0_price) AS p, count(ttl) AS ttl FROM json('${prefix}doc:*') GROUP BY city`,
  );
  expect(await docs.collect()).toEqual([{ city: 'Köln', p: 60, ttl: 0 }]);
  expect(await sf.sql(`SELECT sum(value) AS s FROM list('${prefix}mixed:*')`).collect()).toEqual([{ s: 3 }]);
  await expect(sf.sql(`SELECT * FROM hashes('${prefix}none:*')`).collect()).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
  await expect(sf.sql(`SELECT * FROM packed('${prefix}mixed:*')`).collect()).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
});

it('types that texts look like', () => {
  const guess = (name: string, ...texts: string[]) => guessOfTexts({ name, texts });
  expect(guess('x', '1', '-20', '')).toBe('int64');
  expect(guess('x', '1', '9007199254740993')).toBe('utf8');
  expect(guess('x', '007')).toBe('utf8');
  expect(guess('x', '1', '2.5', 'nan', '-inf', '.5', '1e9')).toBe('float64');
  expect(guess('x', 'true', 'FALSE')).toBe('bool');
  expect(guess('x', '1', 'true')).toBe('utf8');
  expect(guess('x', '2024-02-29', '2024-01-01 10:00')).toBe('timestamp');
  expect(guess('x', '2023-02-29')).toBe('utf8');
  expect(guess('x', '')).toBe('utf8');
  expect(guess('updatedAt', '1700000000000')).toBe('timestamp(ms)');
  expect(guess('updatedAt', '1700000000', '5')).toBe('int64');
  expect(guess('x', '1700000000')).toBe('int64');
  expect(guess('format', '1700000000')).toBe('int64');
  expect(guessOfJson('x', ['1', '2'])).toBe('utf8');
  expect(guessOfJson('x', [true, false, 1])).toBe('bool');
  expect(guessOfJson('at', [1700000000])).toBe('timestamp(s)');
});
