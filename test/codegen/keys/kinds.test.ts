// Keys of every type under one pattern, read by every kind of source.
import type { KeyCall } from '../../../src/codegen/keys/call.js';
import type { KeyColumn, KeyKind, KeyOrigin, PackedType } from '../../../src/plan/keys/source.js';
import type { ColumnType } from '../../../src/storage/types.js';
import { uniquePrefix } from '../../harness/cluster.js';
import { type Found, keySource, readTwice, Server, type Value } from './read.js';

let server: Server;
const tag = `{${uniquePrefix()}}`;
const key = (name: string): string => `${tag}:${name}`;

const column = (name: string, type: ColumnType, from: KeyOrigin): KeyColumn => ({ name, type, from });
const KEY = column('key', 'utf8', { of: 'key' });
const ATTRIBUTES = [
  column('slot', 'int32', { of: 'slot' }),
  column('shard', 'utf8', { of: 'shard' }),
  column('type', 'utf8', { of: 'type' }),
  column('ttl', 'int64', { of: 'ttl' }),
  column('memory', 'int64', { of: 'memory' }),
];
const field = (name: string, type: ColumnType): KeyColumn => column(name, type, { of: 'field', field: name });

const doubles = (...values: number[]): Buffer => Buffer.from(Float64Array.from(values).buffer);

const NAMES = [
  'hash',
  'other',
  'text',
  'json',
  'packed',
  'empty',
  'zset',
  'list',
  'set',
  'stream',
  'gone',
  'expired',
  'bi\0\xff',
];

beforeAll(async () => {
  server = await Server.open();
  const [call, latin1] = [server.call.bind(server), (text: string) => Buffer.from(text, 'latin1')];
  await call('HSET', key('hash'), 'a', '1.5', 'b', 'x', 'it\'s "odd"\n', '7');
  await call('HSET', key('other'), 'z', '1');
  await call('SET', key('text'), '12');
  await call('SET', key('json'), '{"a":[1,2]}');
  await call('SET', key('packed'), doubles(1, -0, 2.5));
  await call('SET', key('empty'), '');
  await call('ZADD', key('zset'), '2.5', 'b', '-inf', 'a', '1e300', latin1('\xff\0'), '0', 'z');
  await call('RPUSH', key('list'), '1', 'x', '', '3');
  await call('SADD', key('set'), '1', '2', 'x');
  await call('XADD', key('stream'), '*', 'a', '1');
  await call('SET', key('expired'), '5', 'PX', '1');
  await call('SET', latin1(key('bi\0\xff')), '8', 'EX', '1000');
  await new Promise((resolve) => setTimeout(resolve, 20));
});
afterAll(() => server.link.close());

const keys = NAMES.map((name) => Buffer.from(key(name), 'latin1'));
const named = (rows: readonly Value[][]): Value[][] =>
  rows.map((row) => row.map((value) => (typeof value === 'string' ? value.replace(`${tag}:`, '') : value)));

async function read(kind: KeyKind, columns: readonly KeyColumn[], packed?: PackedType): Promise<Found> {
  const found = await readTwice(server, keySource(kind, columns, packed && { packed }), keys);
  return { ...found, rows: named(found.rows) };
}

describe('keys of many types', () => {
  it('are read as hashes', async () => {
    const odd = `it's "odd"\n`;
    const columns = [KEY, field('a', 'float64'), field('b', 'utf8'), field('a', 'int32'), field(odd, 'int32')];
    expect(await read('hashes', columns)).toMatchObject({
      rows: [
        ['hash', 1.5, 'x', 2, 7],
        ['other', null, null, null, null],
      ],
      keys: 2,
      counted: 2,
      otherType: 9,
      unparsable: 0,
    });
    expect(await read('hashes', [KEY])).toMatchObject({ rows: [['hash'], ['other']], keys: 2, otherType: 9 });
    const many = Array.from({ length: 60 }, (_, i) => field(i === 57 ? 'a' : `f${i}`, 'float64'));
    const wide = await read('hashes', many);
    expect(wide.rows).toEqual([many.map((_, i) => (i === 57 ? 1.5 : null)), many.map(() => null)]);
  });

  it('are counted where a value cannot be read, and the first of them is named', async () => {
    const found = await read('hashes', [KEY, field('b', 'int32'), field('b', 'date')]);
    expect(found).toMatchObject({ unparsable: 2, first: `${key('hash')} 1` });
    expect(found.rows).toEqual([
      ['hash', undefined, undefined],
      ['other', null, null],
    ]);
  });

  it('are read as strings, with what every key has', async () => {
    const found = await read('strings', [KEY, column('value', 'int64', { of: 'value' }), ...ATTRIBUTES]);
    const shape = found.rows.map((row) => [...row.slice(0, 6), Number(row[7]) > 0 && Number(row[7])]);
    expect(found.rows.map(([name, value]) => [name, value])).toEqual([
      ['text', 12],
      ['json', undefined],
      ['packed', undefined],
      ['empty', undefined],
      ['bi\0\xff', 8],
    ]);
    expect(found).toMatchObject({ keys: 5, counted: 5, otherType: 6, unparsable: 3, first: `${key('json')} 1` });
    expect(shape.map((row) => row.slice(2, 5))).toEqual(new Array(5).fill([7, 'here:1', 'string']));
    expect(found.rows.map(([, , , , , ttl]) => ttl)).toEqual([null, null, null, null, 1000]);
    expect(found.rows.every(([, , , , , , memory]) => Number(memory) > 40)).toBe(true);
    expect(await read('strings', [KEY])).toMatchObject({ keys: 5, otherType: 6 });
  });

  it('are read as JSON', async () => {
    const found = await read('json', [KEY, column('b', 'int32', { of: 'path', path: ['a', 1] })]);
    expect(found.rows).toEqual([
      ['text', null],
      ['json', 2],
      ['packed', undefined],
      ['empty', undefined],
      ['bi\0\xff', null],
    ]);
    expect(found).toMatchObject({ keys: 5, unparsable: 2, first: `${key('packed')} 1`, otherType: 6 });
  });

  it('are read as keys', async () => {
    const typed = await read('keys', [KEY, column('type', 'utf8', { of: 'type' })]);
    const types = ['hash', 'hash', 'string', 'string', 'string', 'string', 'zset', 'list', 'set', 'stream', 'string'];
    const there = NAMES.filter((name) => name !== 'gone' && name !== 'expired');
    expect(typed).toMatchObject({ rows: there.map((name, i) => [name, types[i]]), keys: 11, otherType: 0 });
    expect(await read('keys', [KEY])).toMatchObject({ rows: there.map((name) => [name]), keys: 11, counted: 11 });
  });

  it('are read member by member', async () => {
    const [member, score] = [column('member', 'utf8', { of: 'member' }), column('score', 'float64', { of: 'score' })];
    expect(await read('zset', [KEY, member, score])).toMatchObject({
      rows: [
        ['zset', 'a', -Infinity],
        ['zset', 'z', 0],
        ['zset', 'b', 2.5],
        ['zset', '\xff\0', 1e300],
      ],
      keys: 1,
      counted: 4,
      otherType: 10,
    });
    const [index, element] = [column('index', 'int32', { of: 'index' }), column('value', 'int32', { of: 'element' })];
    expect(await read('list', [KEY, index, element])).toMatchObject({
      rows: [
        ['list', 0, 1],
        ['list', 1, undefined],
        ['list', 2, undefined],
        ['list', 3, 3],
      ],
      keys: 1,
      unparsable: 2,
    });
    const set = await read('set', [KEY, member]);
    expect(set.rows.map(String).sort()).toEqual(['set,1', 'set,2', 'set,x']);
    // What is not read is not fetched, but its rows are there.
    for (const [kind, count] of [
      ['zset', 4],
      ['list', 4],
      ['set', 3],
    ] as const) {
      expect(await read(kind, [KEY])).toMatchObject({ rows: new Array(count).fill([kind]), keys: 1, counted: count });
    }
  });

  it('are read as packed numbers', async () => {
    const columns = [KEY, column('index', 'int32', { of: 'index' }), column('value', 'float64', { of: 'element' })];
    expect(await read('packed', columns, 'float64')).toMatchObject({
      rows: [
        ['packed', 0, 1],
        ['packed', 1, -0],
        ['packed', 2, 2.5],
      ],
      keys: 5,
      counted: 3,
      otherType: 6,
      unparsable: 3,
      first: `${key('text')} 2`,
    });
    const values = [0, 1, 200, 255, 256, 65535, -1, 2 ** 31 - 1, -(2 ** 31), 0.5];
    const bytes = Buffer.from(Int32Array.from(values).buffer);
    const more = Buffer.concat(new Array(40).fill(bytes));
    await server.call('SET', key('more'), more);
    const arrays = [Int32Array, Float32Array, Uint16Array, Uint8Array] as const;
    for (const [i, type] of (['int32', 'float32', 'uint16', 'uint8'] as const).entries()) {
      const { rows } = await server.read(keySource('packed', columns, { packed: type }), [key('more')], { max: 9999 });
      const theirs = new (arrays[i] as Int32ArrayConstructor)(Uint8Array.from(more).buffer);
      expect(rows.map(([, , value]) => value)).toEqual([...theirs]);
      expect(rows.map(([, index]) => index)).toEqual([...theirs.keys()]);
    }
  });
});

describe('keys with too many members', () => {
  const slice = (start: number, count: number, more: { after?: Buffer; given?: Buffer[] } = {}): KeyCall => ({
    mode: 'members',
    slot: 7,
    start,
    count,
    after: Buffer.alloc(0),
    ...more,
  });

  it('are reported instead of read', async () => {
    for (const [kind, members] of [
      ['zset', 4],
      ['list', 4],
      ['set', 3],
    ] as const) {
      const name = Buffer.from(key(kind));
      const source = keySource(kind, [column('m', 'utf8', { of: kind === 'list' ? 'element' : 'member' })]);
      const few = await server.read(source, [name], { max: members - 1 });
      expect(few).toMatchObject({ rows: [], keys: 0, counted: 0, large: [{ key: name, members }] });
      expect(await server.read(source, [name], { max: members })).toMatchObject({ keys: 1, large: [] });
    }
    const packed = keySource('packed', [column('v', 'float64', { of: 'element' })], { packed: 'float64' });
    expect(await server.read(packed, [key('packed')], { max: 2 })).toMatchObject({ keys: 0, large: [{ members: 3 }] });
  });

  it('are read slice by slice: sorted sets after the last member, wherever that is now', async () => {
    const name = key('board');
    const all = Array.from({ length: 50 }, (_, i) => [String(Math.floor(i / 5)), `m${i % 5}\xff`] as const);
    for (const [score, member] of all)
      await server.call('ZADD', name, score, Buffer.from(`${member}${score}`, 'latin1'));
    const source = keySource('zset', [
      column('member', 'utf8', { of: 'member' }),
      column('score', 'float64', { of: 'score' }),
    ]);
    const seen: Value[] = [];
    let after: Buffer = Buffer.alloc(0);
    let [next, counted] = [0, 0];
    for (let turn = 0; ; turn++) {
      const found = await server.read(source, [name], { call: slice(next, 7, { after }) });
      seen.push(...found.rows.map(([member]) => member as string));
      counted += found.keys;
      if (found.rows.length === 0) break;
      ({ after, next } = found.slice);
      // The last member goes, and others come before it and behind.
      await server.call('ZREM', name, Buffer.from(String(seen.at(-1)), 'latin1'));
      await server.call('ZADD', name, '-5', `early${turn}`, '100', 'late');
    }
    const expected = all.map(([score, member]) => `${member}${score}`);
    expect(seen.filter((member) => member !== 'late').sort()).toEqual([...expected].sort());
    expect(new Set(seen).size).toBe(seen.length);
    expect(counted).toBe(1);
  });

  it('are read slice by slice: lists while they stay as they are, packed numbers, members that are named', async () => {
    const list = keySource('list', [column('index', 'int32', { of: 'index' }), column('v', 'utf8', { of: 'element' })]);
    const first = await server.read(list, [key('list')], { call: slice(0, 2) });
    expect(first).toMatchObject({
      rows: [
        [0, '1'],
        [1, 'x'],
      ],
      keys: 1,
      counted: 2,
      slice: { members: 4, next: 2 },
    });
    const second = await server.read(list, [key('list')], { call: slice(2, 9, { after: first.slice.after }) });
    expect(second).toMatchObject({
      rows: [
        [2, ''],
        [3, '3'],
      ],
      keys: 0,
      slice: { members: 4, next: 4 },
    });
    const moved = await server.read(list, [key('list')], { call: slice(3, 9, { after: first.slice.after }) });
    expect(moved).toMatchObject({ rows: [], keys: 0, slice: { members: 4, next: -1 } });

    const packed = keySource(
      'packed',
      [column('i', 'int32', { of: 'index' }), column('v', 'float64', { of: 'element' })],
      { packed: 'float64' },
    );
    const one = await server.read(packed, [key('packed')], { call: slice(0, 1) });
    expect(one).toMatchObject({ keys: 1, counted: 1, slice: { members: 3, next: 1 } });
    const two = await server.read(packed, [key('packed')], { call: slice(1, 9, { after: one.slice.after }) });
    expect(two).toMatchObject({
      rows: [
        [1, -0],
        [2, 2.5],
      ],
      keys: 0,
      counted: 2,
      slice: { members: 3, next: 3 },
    });

    const set = keySource('set', [column('m', 'utf8', { of: 'member' })]);
    const given = ['2', 'no', 'x'].map((member) => Buffer.from(member));
    const named = await server.read(set, [key('set')], { call: slice(0, 3, { given }) });
    expect(named).toMatchObject({ rows: [['2'], ['x']], keys: 1, counted: 2, slice: { members: 3 } });
    const gone = await server.read(set, [key('gone')], { call: slice(3, 3, { given }) });
    expect(gone).toMatchObject({ rows: [], keys: 0, slice: { members: 0 } });
  });
});
