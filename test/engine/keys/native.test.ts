// HyperLogLogs and set intersections, against the servers' own PFCOUNT and SINTERCARD with all keys in one slot.
import { jest } from '@jest/globals';
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink, Reply } from '../../../src/cluster/types.js';
import type { ShortcutReceipt } from '../../../src/engine/keys/shortcut-receipt.js';
import { HyperLogLogs } from '../../../src/query/keys/hyperloglogs.js';
import { intersectCount } from '../../../src/query/keys/intersect.js';
import { connect } from '../../../src/shardfold.js';
import { testCluster } from '../../harness/cluster.js';
import { halfMove } from './half-moved.js';

const cluster = testCluster({ shards: 3 });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());

type Word = string | Buffer;

const send = (name: string, key: Word, ...rest: Word[]): Promise<Reply> =>
  link.call({ key, command: [name, key, ...rest], readOnly: false, idempotent: true }, link.context());

const range = (from: number, to: number, prefix = 'v'): string[] =>
  Array.from({ length: to - from }, (_, i) => `${prefix}${from + i}`);

describe('HyperLogLogs', () => {
  const sides = ['client', 'shards'] as const;
  const count = (keys: readonly Word[], side: (typeof sides)[number] = 'client') =>
    new HyperLogLogs(link, keys).count({ side });

  /** What the server says of the same strings in one slot. */
  async function oracle(keys: readonly string[]): Promise<number> {
    const copies: string[] = [];
    for (const key of keys) {
      const text = (await send('GET', key)) as Buffer | null;
      if (text === null) continue;
      await send('SET', `{oracle}${key}`, text);
      copies.push(`{oracle}${key}`);
    }
    await send('DEL', '{oracle}');
    await send('PFMERGE', '{oracle}', ...copies);
    const found = Number(await send('PFCOUNT', '{oracle}'));
    for (const key of ['{oracle}', ...copies]) await send('DEL', key);
    return found;
  }

  const sizes = [0, 1, 2, 7, 60, 400, 1500, 3000, 12_000, 30_000];
  const keys = sizes.map((size) => `visits:${size}`);
  beforeAll(async () => {
    for (const [i, size] of sizes.entries()) {
      const key = keys[i] as string;
      await send('PFADD', key);
      // Overlapping, so that the union is no sum.
      for (let at = 0; at < size; at += 3000)
        await send('PFADD', key, ...range(at, Math.min(size, at + 3000), i % 2 === 0 ? 'v' : 'w'));
    }
    // Dense by PFMERGE, though it has few values.
    await send('PFMERGE', '{dense}a', '{dense}b');
    await send('PFADD', '{dense}a', ...range(0, 3000, 'x'));
  });

  it.each(sides)('counts as PFCOUNT does, merged on the %s', async (side) => {
    const sets: string[][] = [
      ...keys.map((key) => [key]),
      keys,
      ['{dense}a', ...keys.slice(0, 4)],
      ['{dense}a', 'none', ...keys],
    ];
    for (let i = 0; i < 6; i++) sets.push(keys.filter(() => Math.random() < 0.4).concat('visits:7'));
    for (const set of sets) expect([set, await count(set, side)]).toEqual([set, await oracle(set)]);
    expect(await count(['none', 'neither'], side)).toBe(0);
  });

  it.each(sides)('counts keys of one slot that a call cannot hold, merged on the %s', async (side) => {
    const many = range(0, 40, '{tag}:');
    for (const [i, key] of many.entries()) await send('PFADD', key, ...range(900 * i, 900 * i + 3000));
    let receipt: ShortcutReceipt | undefined;
    const found = await new HyperLogLogs(link, [...many, '{tag}:none']).count({
      side,
      onReceipt: (r) => {
        receipt = r;
      },
    });
    expect(found).toBe(await oracle(many));
    expect(receipt).toMatchObject({ keys: 41, missing: 1, otherType: 0 });
    expect(receipt?.calls).toBeGreaterThan(3);
    expect(receipt?.bytesReceived).toBeGreaterThan(0);
    expect(receipt?.longestCallMs).toBeGreaterThan(0);
  });

  it('counts the keys under a pattern, but for those that are none', async () => {
    const many = ['pattern:1', 'pattern:2', '{one}pattern:3'];
    for (const [i, key] of many.entries()) await send('PFADD', key, ...range(500 * i, 500 * i + 1500));
    await send('SET', 'pattern:text', 'HYLL');
    await send('SADD', 'pattern:set', 'x');
    for (const side of sides) {
      let receipt: ShortcutReceipt | undefined;
      const onReceipt = (r: ShortcutReceipt) => {
        receipt = r;
      };
      expect(await new HyperLogLogs(link, '*pattern:*').count({ side, onReceipt })).toBe(await oracle(many));
      expect(receipt).toMatchObject({ keys: 5, missing: 0, otherType: 2 });
    }
    expect(await new HyperLogLogs(link, 'nothing:*').count()).toBe(0);
    expect(() => new HyperLogLogs(link, '')).toThrow('the pattern is empty');
  });

  it('writes nothing', async () => {
    const before = await send('GET', 'visits:400');
    await send('PFADD', 'visits:400', 'a new one');
    const stale = await send('GET', 'visits:400');
    expect(stale).not.toEqual(before);
    await count(keys);
    expect(await send('GET', 'visits:400')).toEqual(stale);
  });

  it('names a key that is no HyperLogLog, and one that is corrupt', async () => {
    await send('SET', 'text', 'HYLLO');
    await send('SET', 'empty', '');
    await send('RPUSH', 'list', 'x');
    const short = (await send('GET', 'visits:60')) as Buffer;
    await send('SET', Buffer.from('corrupt\xff', 'latin1'), short.subarray(0, -1));
    const dense = (await send('GET', 'visits:30000')) as Buffer;
    await send('SET', 'short', dense.subarray(0, -1));
    for (const side of sides) {
      const refused = (key: Word, code: string, message: string) =>
        expect(count([...keys, key], side)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
      await refused('text', 'TYPE_MISMATCH', 'key "text" is no HyperLogLog, but a string');
      await refused('empty', 'TYPE_MISMATCH', 'key "empty" is no HyperLogLog, but a string');
      await refused('short', 'TYPE_MISMATCH', 'key "short" is no HyperLogLog, but a string');
      await refused('list', 'TYPE_MISMATCH', 'key "list" is no HyperLogLog, but a list');
      await refused(
        Buffer.from('corrupt\xff', 'latin1'),
        'INVALID_VALUE',
        'key "corrupt\\xff" holds a HyperLogLog that is corrupt',
      );
    }
  });

  it('counts while keys of one slot lie on two nodes', async () => {
    const many = range(0, 12, '{moving}:');
    for (const [i, key] of many.entries()) await send('PFADD', key, ...range(100 * i, 100 * i + 300));
    const expected = await oracle(many);
    const end = await halfMove(link, '{moving}', many.slice(3, 8));
    for (const side of sides) {
      let receipt: ShortcutReceipt | undefined;
      const onReceipt = (r: ShortcutReceipt) => {
        receipt = r;
      };
      expect(await new HyperLogLogs(link, [...many, '{moving}:none']).count({ side, onReceipt })).toBe(expected);
      // Their batch was divided.
      expect(receipt?.retries).toMatchObject({ TRYAGAIN: expect.any(Number), ASK: expect.any(Number) });
    }
    await end();
    expect(await count(many)).toBe(expected);
  });

  it('refuses what are no keys', () => {
    expect(() => new HyperLogLogs(link, [])).toThrow('there are no keys');
    expect(() => new HyperLogLogs(link, [1 as unknown as string])).toThrow('a key is 1');
  });
});

describe('intersections of sets', () => {
  const add = async (key: Word, members: readonly Word[]) => {
    for (let at = 0; at < members.length; at += 2000) await send('SADD', key, ...members.slice(at, at + 2000));
  };

  it('counts what is in all of them, on one shard and on many', async () => {
    const long = 'x'.repeat(100);
    const values: Word[] = [...range(0, 300), ...range(0, 20, long), Buffer.from('\xff\xfe', 'latin1'), ''];
    for (let round = 0; round < 25; round++) {
      const tag = round % 2 === 0 ? '{common}' : '';
      const sets = Array.from({ length: 1 + (round % 5) }, (_, i) => ({
        key: `${tag}set:${round}:${i}`,
        members: values.filter(() => Math.random() < 0.75),
      }));
      for (const { key, members } of sets) await add(key, members);
      const [first, ...others] = sets.map(({ members }) => new Set(members));
      const expected = [...(first as Set<Word>)].filter((value) => others.every((set) => set.has(value))).length;
      const keys = sets.map(({ key }) => key);
      expect(await intersectCount(link, [...keys, keys[0] as string])).toBe(expected);
      expect(await intersectCount(link, keys, { limit: 7 })).toBe(Math.min(7, expected));
      expect(await intersectCount(link, [...keys, 'none'])).toBe(0);
    }
  });

  it('reads large sets in slices, and holds no more than it may', async () => {
    for (const tag of ['', '{large}']) {
      await add(`${tag}a`, range(0, 20_000));
      await add(`${tag}b`, range(5000, 30_000));
      await add(
        `${tag}c`,
        range(5000, 50_000, '').map((n) => (Number(n) % 2 ? `v${n}` : n)),
      );
      const keys = [`${tag}a`, `${tag}b`, `${tag}c`];
      let receipt: ShortcutReceipt | undefined;
      const onReceipt = (r: ShortcutReceipt) => {
        receipt = r;
      };
      expect(await intersectCount(link, keys, { onReceipt })).toBe(7500);
      expect(receipt).toMatchObject({ keys: 3, missing: 0 });
      expect(receipt?.calls).toBeGreaterThan(20);
      expect(await intersectCount(link, keys, { limit: 5000 })).toBe(5000);
      await expect(intersectCount(link, keys, { maxValues: 7499 })).rejects.toMatchObject({ code: 'TOO_MANY_VALUES' });
    }
  });

  it('counts while sets of one slot lie on two nodes, and while one moves', async () => {
    const keys = ['{half}a', '{half}b', '{half}c'];
    for (const [i, key] of keys.entries()) await add(key, range(100 * i, 100 * i + 1000));
    await add('{half}large', range(0, 30_000));
    await add('{half}larger', range(10_000, 45_000));
    const end = await halfMove(link, '{half}', ['{half}b']);
    expect(await intersectCount(link, keys)).toBe(800);
    expect(await intersectCount(link, [...keys, '{half}none'])).toBe(0);
    // The large sets move between two slices of one of them: its cursor means nothing to the other node.
    let slices = 0;
    const send = link.call.bind(link);
    const call = jest.spyOn(link, 'call').mockImplementation(async (...given) => {
      if (given[0].command.length === 7 && ++slices === 5) await end();
      return send(...given);
    });
    let receipt: ShortcutReceipt | undefined;
    const onReceipt = (r: ShortcutReceipt) => {
      receipt = r;
    };
    expect(await intersectCount(link, ['{half}large', '{half}larger'], { onReceipt })).toBe(20_000);
    call.mockRestore();
    expect(receipt?.retries).toMatchObject({ SCAN_RESTARTED: 1 });
    expect(await intersectCount(link, keys)).toBe(800);
  });

  it('names a key that is no set, though another is missing', async () => {
    await send('SET', 'no set', 'x');
    for (const keys of [['no set'], ['a', 'no set'], ['none', 'a', 'no set']]) {
      await expect(intersectCount(link, keys)).rejects.toMatchObject({
        code: 'TYPE_MISMATCH',
        message: 'key "no set" is no set, but a string',
      });
    }
  });

  it('refuses options and keys that are none', async () => {
    await expect(intersectCount(link, ['a'], { limit: 0 })).rejects.toThrow('limit is 0');
    await expect(intersectCount(link, ['a'], { limits: 1 } as object)).rejects.toThrow('did you mean limit?');
    await expect(intersectCount(link, 'a' as unknown as string[])).rejects.toThrow('the keys are "a"');
  });

  it.each<[unknown, RegExp]>([
    [null, /the options are null/],
    [5, /the options are 5/],
    [[], /the options are an array/],
    [{ onReceipt: 5 }, /onReceipt is 5/],
    [{ onReceipt: null }, /onReceipt is null/],
    [{ signal: 5 }, /signal is 5/],
    [{ signal: {} }, /signal is an object/],
  ])('refuses options that are %j', async (given, message) => {
    await using sf = await connect({ url: cluster.url });
    const options = given as object;
    const takers: (() => Promise<unknown>)[] = [
      () => intersectCount(link, ['a'], options),
      () => new HyperLogLogs(link, 'nosuch:*').count(options),
      () => sf.vector('nosuch').sum(options),
    ];
    // Those that tell of no receipt do not look at it.
    if (!('onReceipt' in Object(given)))
      takers.push(
        () => sf.keys('nosuch:*').collect(options),
        () => sf.keys('nosuch:*').delete(options),
        () => sf.tables(options),
        () => sf.createTable('nosuch', [], options),
      );
    for (const take of takers) {
      await expect(take()).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(message),
        hint: expect.any(String),
      });
    }
    const text = () => sf.sql('select 1', [], options as never);
    if (given === null || typeof given === 'number') expect(text).toThrow(message);
  });
});

describe('a server without cluster mode', () => {
  const server = testCluster({ shards: 1, clusterMode: false });

  it('counts, intersects and pages', async () => {
    await using sf = await connect({ url: server.url });
    const on = (name: string, key: string, ...rest: string[]): Promise<Reply> =>
      sf.link.call({ key, command: [name, key, ...rest], readOnly: false, idempotent: true }, sf.link.context());
    for (let i = 0; i < 3; i++) {
      await on('PFADD', `visits:${i}`, ...range(300 * i, 300 * i + 900));
      await on('SADD', `tags:${i}`, ...range(i, 5000 + i));
      await on('ZADD', `board:${i}`, ...range(0, 200).flatMap((member, n) => [`${n % 40}`, member]));
    }
    expect(await sf.hyperloglog('visits:*').count()).toBe(
      Number(await on('PFCOUNT', 'visits:0', 'visits:1', 'visits:2')),
    );
    expect(await sf.intersectCount(['tags:0', 'tags:1', 'tags:2'])).toBe(4998);
    const board = sf.zset('board:*').sort('score', 'desc');
    const first = await board.page({ size: 20 });
    expect(first.rows.map(({ key, score }) => `${key} ${score}`)).toEqual([
      ...[0, 1, 2].flatMap((key) => Array.from({ length: 5 }, () => `board:${key} 39`)),
      ...Array.from({ length: 5 }, () => 'board:0 38'),
    ]);
    const second = await board.page({ size: 20, after: first.next });
    expect((await board.page({ size: 20, offset: 20 })).rows).toEqual(second.rows);
  });
});
