// Keys with too many members for one call, read in slices while others write to them; and a server without cluster mode.
import { connectCluster } from '../../../src/cluster/connect.js';
import type { Argument, ClusterLink, Reply } from '../../../src/cluster/types.js';
import { SCAN_NAMES, SET_NAMES } from '../../../src/codegen/keys/scan-lua.js';
import { Names, NamesHeld } from '../../../src/engine/keys/names.js';
import { type CollectOptions, col, count, type Query, Shardfold } from '../../../src/index.js';
import { testCluster } from '../../harness/cluster.js';
import { around } from './moves.js';

const cluster = testCluster({ clusterMode: false });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());

const send = (...command: Argument[]): Promise<Reply> =>
  link.call({ key: command[1] as Argument, command, readOnly: false, idempotent: true }, link.context());

/** In commands of a thousand. */
async function sendMany(name: string, key: string, items: readonly (readonly string[])[]): Promise<void> {
  for (let i = 0; i < items.length; i += 1000) await send(name, key, ...items.slice(i, i + 1000).flat());
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const total = (count: number): number => (count * (count - 1)) / 2;

/** A connection on which something happens after each slice of a key. */
function betweenSlices(what: (slice: number) => Promise<unknown>): Shardfold {
  let slices = 0;
  return new Shardfold(
    around(link, async (command, next) => {
      const tried = await next();
      // A call in mode `members` (3) declares the key alone.
      const call = command[4];
      if (command[2] === '1' && Buffer.isBuffer(call) && call.readDoubleLE(0) === 3) await what(slices++);
      return tried;
    }),
  );
}

async function only(query: Query, options: CollectOptions = {}) {
  const result = await query.collect(options);
  return { row: result[0] as Record<string, unknown>, keys: result.receipt.keys?.[0] };
}

describe('a large sorted set', () => {
  const members = 12_000;
  const name = (i: number): string => `m${String(i).padStart(6, '0')}`;
  beforeAll(() =>
    sendMany(
      'ZADD',
      'board:1',
      range(members).map((i) => [`${i >> 1}`, name(i)]),
    ),
  );

  it('gives each member that keeps its score once, whatever comes and goes beside it', async () => {
    // Members with a score of a half are those that come and go.
    const disturbed = betweenSlices(async (slice) => {
      await sendMany(
        'ZADD',
        'board:1',
        range(300).map((i) => [`${(slice + i * 20) % 6000}.5`, `new ${slice} ${i}`]),
      );
      // What was read last may be among those that go.
      const halves = (await send('ZRANGE', 'board:1', '0', '-1')) as Buffer[];
      const gone = halves.filter((member) => String(member).startsWith(`new ${slice - 1} `));
      if (gone.length > 0) await send('ZREM', 'board:1', ...gone);
    });
    const whole = disturbed
      .zset('board:*')
      .filter(col('member').lt('n'))
      .agg({ n: count(), sum: col('score').sum(), members: col('member').countDistinct() });
    const { row, keys } = await only(whole);
    expect(row).toEqual({ n: members, sum: 2 * total(members / 2), members });
    expect(keys?.keys).toEqual({ enumerated: 1, matched: 1, otherType: 0, inSlices: 1 });
  });
});

describe('a large list', () => {
  const elements = 9000;
  beforeAll(() =>
    sendMany(
      'RPUSH',
      'queue:1',
      range(elements).map((i) => [`${i}`]),
    ),
  );
  const query = (sf: Shardfold): Query => sf.list('queue:*', 'int32').agg({ n: count(), sum: col('value').sum() });

  it('counts as it stood at one time: it is read again where it was another one by the next slice', async () => {
    const disturbed = betweenSlices(async (slice) => {
      // As long as before, but every place is another one's.
      if (slice === 1 || slice === 4) await send('LMOVE', 'queue:1', 'queue:1', 'LEFT', 'RIGHT');
      if (slice === 2) await send('RPUSH', 'queue:1', '-1');
    });
    const { row, keys } = await only(query(disturbed));
    expect(row).toEqual({ n: elements + 1, sum: total(elements) - 1 });
    expect(keys).toMatchObject({ rows: elements + 1, keys: { enumerated: 1, matched: 1, inSlices: 1 } });
    await send('RPOP', 'queue:1');
    await send('LREM', 'queue:1', '1', '-1');
  });

  it('is an error that names it where it never holds still', async () => {
    const restless = betweenSlices(() => send('LMOVE', 'queue:1', 'queue:1', 'LEFT', 'RIGHT'));
    await expect(query(restless).collect({ timeout: 400 })).rejects.toMatchObject({
      code: 'KEY_CHANGED',
      message: expect.stringMatching(
        /^list\("queue:\*"\): key queue:1 .* changed while it was read in slices, \d+ times$/,
      ),
      hint: expect.stringContaining('COPY'),
    });
  });
});

it('gives each member of a large set once, where SSCAN gives some twice', async () => {
  const members = 9000;
  await sendMany(
    'SADD',
    'tags:1',
    range(members).map((i) => [`tag ${i}`]),
  );
  let listed = 0;
  const doubling = new Shardfold(
    around(link, async (command, next) => {
      const tried = await next();
      if (command[1] !== SET_NAMES.sha1 || !('reply' in tried)) return tried;
      const reply = tried.reply as readonly [Reply, Reply, Reply, Reply, readonly Reply[]];
      listed += 1;
      return { reply: [...reply.slice(0, 4), [...reply[4], ...reply[4].slice(0, 5)]] };
    }),
  );
  const { row, keys } = await only(doubling.set('tags:*').agg({ n: count(), members: col('member').countDistinct() }));
  expect(row).toEqual({ n: members, members });
  expect(listed).toBeGreaterThan(0);
  expect(keys?.keys).toEqual({ enumerated: 1, matched: 1, otherType: 0, inSlices: 1 });
});

it('gives the numbers of a large packed string once', async () => {
  const numbers = Float64Array.from({ length: 20_000 }, (_, i) => i);
  await send('SET', 'vec:1', Buffer.from(numbers.buffer));
  const { row, keys } = await only(
    new Shardfold(link).packed('vec:*', 'float64').agg({ sum: col('value').sum(), last: col('index').max() }),
  );
  expect(row).toEqual({ sum: total(20_000), last: 19_999 });
  expect(keys?.keys.inSlices).toBe(1);
});

it('begins a packed string again that is another one by the next slice', async () => {
  const count = 20_000;
  const set = (value: number) => send('SET', 'vec:2', Buffer.from(new Float64Array(count).fill(value).buffer));
  await set(1);
  const disturbed = betweenSlices(async (slice) => {
    if (slice === 1 || slice === 3) await set(slice + 1);
  });
  const query = disturbed.packed('vec:2', 'float64').agg({ low: col('value').min(), high: col('value').max() });
  const { row, keys } = await only(query);
  expect(row).toEqual({ low: 4, high: 4 });
  expect(keys).toMatchObject({ rows: count, keys: { enumerated: 1, matched: 1, inSlices: 1 } });
});

describe('names', () => {
  it('are held once each, however many there are, and can be told again', () => {
    const held = new Names(new NamesHeld('keys("*")'));
    const name = (i: number): Buffer => Buffer.from(`${'x'.repeat(i % 50)}${i}`);
    const added = range(6000).filter((i) => held.add(name(i % 4000)));
    expect(added).toEqual(range(4000));
    expect(held.size).toBe(4000);
    expect(held.slice(3990, 4000).map(String)).toEqual(range(10).map((i) => String(name(3990 + i))));
    expect(held.at(0).equals(name(0))).toBe(true);
    expect(held.add(Buffer.alloc(2 ** 21))).toBe(true);
    expect(held.add(Buffer.alloc(0))).toBe(true);
    expect(held.add(Buffer.alloc(0))).toBe(false);
  });

  it('are an error beyond what is held, of all that hold any', () => {
    const most = new NamesHeld('keys("*")', 10);
    const [one, two] = [new Names(most), new Names(most)];
    for (const i of range(5)) one.add(Buffer.from(`${i}`));
    for (const i of range(5)) two.add(Buffer.from(`${i}`));
    two.drop();
    for (const i of range(5)) expect(one.add(Buffer.from(`more ${i}`))).toBe(true);
    expect(() => one.add(Buffer.from('last'))).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_KEYS', message: expect.stringContaining('10 names') }),
    );
  });
});

describe('a server without cluster mode', () => {
  const keys = 5000;
  beforeAll(async () => {
    await Promise.all(range(keys).map((i) => send('HSET', `order:${i}`, 'v', `${i}`)));
    await send('SET', 'order:text', 'no hash');
  });
  const query = (sf: Shardfold): Query => sf.hashes('order:*', { v: 'int32' }).agg({ n: count(), sum: col('v').sum() });

  it('gives every key once, where SCAN gives some twice', async () => {
    let scans = 0;
    const doubling = around(link, async (command, next) => {
      const tried = await next();
      if (command[1] !== SCAN_NAMES.sha1 || !('reply' in tried)) return tried;
      const reply = tried.reply as readonly [Reply, Reply, Reply, Reply, readonly Reply[]];
      scans += 1;
      return { reply: [...reply.slice(0, 4), [...reply[4], ...reply[4]]] };
    });
    const { row, keys: receipt } = await only(query(new Shardfold(doubling)));
    expect(row).toEqual({ n: keys, sum: total(keys) });
    expect(scans).toBeGreaterThan(0);
    expect(receipt).toMatchObject({
      slots: { expected: 0, visited: 0, notNeeded: 0 },
      keys: { enumerated: keys + 1, matched: keys, otherType: 1 },
      visits: [],
    });
  });

  it('begins its SCAN again where the server was started again, and reads no key twice', async () => {
    let scans = 0;
    const restarted = around(link, async (command, next) => {
      if (command[1] !== SCAN_NAMES.sha1) return next();
      // One step a call, so that there are many.
      const tried = await next([...command.slice(0, -1), '0']);
      if (++scans === 5) {
        await link.callNode(link.nodes()[0]?.id as string, ['SAVE'], link.context(), true);
        await cluster.restart(cluster.nodes[0]?.port as number);
      }
      return tried;
    });
    const { row, keys: receipt } = await only(query(new Shardfold(restarted)));
    expect(row).toEqual({ n: keys, sum: total(keys) });
    expect(receipt?.keys.enumerated).toBe(keys + 1);
    // 256 names a step.
    expect(scans).toBeGreaterThan(keys / 256 + 5);
  });

  it('asks for a key without any SCAN where the pattern names one', async () => {
    const { row, keys: receipt } = await only(
      new Shardfold(link).hashes('order:17', { v: 'int32' }).agg({ n: count(), sum: col('v').sum() }),
    );
    expect(row).toEqual({ n: 1, sum: 17 });
    expect(receipt?.keys.enumerated).toBe(1);
  });
});
