// HyperLogLogs and set intersections, against the servers' own PFCOUNT and SINTERCARD with all keys in one slot.
import { connectCluster } from '../../../src/cluster/connect.js';
import { slotOf } from '../../../src/cluster/slots.js';
import type { ClusterLink, Reply } from '../../../src/cluster/types.js';
import type { ShortcutReceipt } from '../../../src/engine/keys/shortcut-receipt.js';
import { HyperLogLogs } from '../../../src/query/keys/hyperloglogs.js';
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
    const end = await halfMove(link, slotOf('moving'), many.slice(3, 8));
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
