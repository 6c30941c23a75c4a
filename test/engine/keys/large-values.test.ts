// Strings too large for a call: read in slices, computed here, and the same answer as of small ones, wherever they lie.
import { connectCluster } from '../../../src/cluster/connect.js';
import type { Argument, ClusterLink, Reply } from '../../../src/cluster/types.js';
import { VALUE_SLICE } from '../../../src/engine/keys/value-piece.js';
import { MOST_VALUE_BYTES, ValuesHeld } from '../../../src/engine/keys/values-held.js';
import { type CollectOptions, col, count, type Query, Shardfold, type ShardfoldError } from '../../../src/index.js';
import { sharedUrl, testCluster, uniquePrefix } from '../../harness/cluster.js';
import { exactOf, isNearest, SCALE } from '../../harness/oracle/rational.js';
import { around, readsValue } from './moves.js';

const alone = testCluster({ clusterMode: false });
const prefix = uniquePrefix();
const links = new Map<string, ClusterLink>();
const WORLDS = ['alone', 'one shard', 'three shards'] as const;
const linkTo = (world: (typeof WORLDS)[number]): ClusterLink => links.get(world) as ClusterLink;

const sender =
  (link: ClusterLink) =>
  (...command: Argument[]): Promise<Reply> =>
    link.call({ key: command[1] as Argument, command, readOnly: false, idempotent: true }, link.context());
const send = (...command: Argument[]): Promise<Reply> => sender(linkTo('alone'))(...command);

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const [KB, MB] = [2 ** 10, 2 ** 20];

/** Bytes of each, but the smallest. */
const SIZES = [
  ...range(40).map((i) => 60 * i),
  ...range(6).map((i) => (12 + 3 * i) * KB),
  ...range(4).map((i) => (200 + i) * KB),
  VALUE_SLICE,
  VALUE_SLICE + 1,
  3 * MB,
];
const CITIES = ['Köln', 'Oslo', 'Rome', null, 'Bath'];
const docs = SIZES.map((size, i) => ({
  key: `${prefix}:d${i}`,
  city: CITIES[i % CITIES.length] as string | null,
  n: (i * 37) % 100,
  price: i % 9 === 8 ? null : (i * 1001) / 7 - 300.1,
  paid: i % 3 === 0,
  size,
}));
type Doc = Omit<(typeof docs)[number], 'key'>;
const textOf = ({ city, n, price, paid, size }: Doc): string => {
  const pad = 'lorem ä "ipsum" [{ '.repeat(Math.max(0, Math.floor((size - 300) / 22)));
  const at = `2024-02-29T00:00:${String(n % 60).padStart(2, '0')}`;
  const text = JSON.stringify({ pad, city, n, lines: [{ price, deep: [[]] }], paid, at });
  return text + ' '.repeat(Math.max(0, size - Buffer.byteLength(text)));
};
const isLarge = ({ size }: Doc): boolean => size > 16 * KB;

beforeAll(async () => {
  for (const [world, url] of [
    ['alone', alone.url],
    ['one shard', sharedUrl(1)],
    ['three shards', sharedUrl(3)],
  ] as const) {
    const link = await connectCluster({ url });
    links.set(world, link);
    const set = sender(link);
    for (const doc of docs) await set('SET', doc.key, textOf(doc), ...(doc.n % 2 === 0 ? ['EX', '5000'] : []));
    // No JSON, and nothing that is asked for.
    await set('SET', `${prefix}:broken`, `${'{"city":'.padEnd(100 * KB)}"x"`);
    await set('SET', `${prefix}:strange`, JSON.stringify({ city: 5, n: 'x', pad: 'x'.repeat(50 * KB) }));
    await set('HSET', `${prefix}:other`, 'a', '1');
  }
}, 60_000);
afterAll(async () => {
  // Others use these clusters, too.
  const keys = [...docs.map(({ key }) => key), `${prefix}:broken`, `${prefix}:strange`];
  for (const world of ['one shard', 'three shards'] as const) {
    for (const key of keys) await sender(linkTo(world))('UNLINK', key);
  }
  for (const link of links.values()) await link.close();
});

const COLUMNS = {
  city: 'utf8',
  n: 'int32',
  price: { path: 'lines[0].price', type: 'float64' },
  paid: 'bool',
  at: 'timestamp',
} as const;
const documents = (sf: Shardfold, pattern = `${prefix}:*`) => sf.jsonStrings(pattern, COLUMNS);

/** As JSON, for bits of floats are shown. */
const plain = (rows: readonly unknown[]): unknown[] => JSON.parse(JSON.stringify([...rows])) as unknown[];
const byKey = (rows: readonly Record<string, unknown>[]) =>
  plain([...rows].sort((a, b) => ((a.key as string) < (b.key as string) ? -1 : 1)));

describe.each(WORLDS.flatMap((world) => (['shards', 'client'] as const).map((side) => ({ world, side }))))(
  '$world, on the side of the $side',
  ({ world, side }) => {
    let sf: Shardfold;
    beforeAll(() => {
      sf = new Shardfold(linkTo(world));
    });
    const options: CollectOptions = { side };

    it('folds them', async () => {
      const result = await documents(sf)
        .agg({
          rows: count(),
          n: col('n').sum(),
          price: col('price').sum(),
          mean: col('price').mean(),
          cities: col('city').countDistinct(),
          first: col('city').min(),
          last: col('at').max(),
          median: col('n').median(),
        })
        .collect(options);
      const [row] = result;
      const prices = docs.flatMap(({ price }) => (price === null ? [] : [price]));
      const exact = exactOf(prices);
      const numbers = docs.map(({ n }) => n).sort((a, b) => a - b);
      expect(numbers.length % 2).toBe(1);
      expect(row).toMatchObject({
        rows: docs.length + 2,
        n: numbers.reduce((sum, n) => sum + n, 0),
        cities: 4,
        first: 'Bath',
        median: numbers[(numbers.length - 1) / 2],
      });
      expect(isNearest(row?.price as number, exact.sum, 1n << SCALE)).toBe(true);
      expect(isNearest(row?.mean as number, exact.sum, exact.n << SCALE)).toBe(true);
      const receipt = result.receipt.keys?.[0];
      expect(receipt).toMatchObject({
        keys: { matched: docs.length + 2, otherType: 1 },
        rows: docs.length + 2,
        // The text that is no JSON counts once, the other one by its columns.
        unparsable: { count: 3, first: { key: expect.stringMatching(/broken|strange/) } },
        slots: world === 'alone' ? { visited: 0 } : { visited: 16384 },
      });
      const there = side === 'client' ? docs.filter(({ size }) => size > 256 * KB) : docs.filter(isLarge);
      expect(receipt?.readHere?.keys).toBe(there.length + (side === 'client' ? 0 : 2));
      expect(receipt?.readHere?.bytes).toBeGreaterThan(4 * MB);
    });

    it('groups and filters them', async () => {
      const rows = await documents(sf)
        .filter(col('n').gt(20).and(col('paid')))
        .groupBy('city')
        .agg({ rows: count(), low: col('price').min(), days: col('at').max(), pairs: col('n').add(1).sum() })
        .collect(options);
      const kept = docs.filter(({ n, paid }) => n > 20 && paid);
      const expected = CITIES.map((city) => {
        const own = kept.filter((doc) => doc.city === city);
        const prices = own.flatMap(({ price }) => (price === null ? [] : [price]));
        return { city, rows: own.length, low: Math.min(...prices), pairs: own.reduce((sum, { n }) => sum + n + 1, 0) };
      });
      const sorted = [...rows].map(({ days: _, ...row }) => row).sort((a, b) => `${a.city}`.localeCompare(`${b.city}`));
      expect(sorted).toEqual(expected.sort((a, b) => `${a.city}`.localeCompare(`${b.city}`)));
    });

    it('gives the first rows of an order, with what is known of the keys', async () => {
      const rows = await documents(sf)
        .filter(col('price').isNotNull())
        .select('key', 'city', 'price', 'type', 'slot', 'ttl', 'memory')
        .sort('price', 'desc')
        .limit(12)
        .collect(options);
      const expected = docs
        .filter(({ price }) => price !== null)
        .sort((a, b) => (b.price as number) - (a.price as number))
        .slice(0, 12);
      expect(rows.map(({ key, city, price, type }) => ({ key, city, price, type }))).toEqual(
        expected.map(({ key, city, price }) => ({ key, city, price, type: 'string' })),
      );
      for (const [i, { slot, ttl, memory }] of rows.entries()) {
        const { n, size } = expected[i] as (typeof docs)[number];
        expect(slot === null).toBe(world === 'alone');
        expect(ttl).toEqual(n % 2 === 0 ? expect.any(Number) : null);
        expect(memory).toBeGreaterThan(Math.max(size, 50));
      }
    });

    it('scans them', async () => {
      const rows = await documents(sf).select('key', 'city', 'n', 'price', 'paid').collect(options);
      const none = { city: null, n: null, price: null, paid: null };
      const all = [
        ...docs.map(({ key, city, n, price, paid }) => ({ key, city, n, price, paid })),
        { key: `${prefix}:broken`, ...none },
        { key: `${prefix}:strange`, ...none },
      ];
      expect(byKey(rows)).toEqual(byKey(all));
      expect(rows.receipt.keys?.[0]?.unparsable.count).toBe(3);
      const some = await documents(sf).limit(3).collect(options);
      expect(some.length).toBe(3);
    });

    it('reads texts as they are', async () => {
      const texts = sf.strings(`${prefix}:d*`, 'utf8');
      const [found] = await texts
        .agg({ bytes: col('value').length().sum(), most: col('value').max() })
        .collect(options);
      const bytes = docs.map(textOf);
      expect(found?.bytes).toBe(bytes.reduce((sum, text) => sum + [...text].length, 0));
      expect(found?.most).toBe(bytes.reduce((most, text) => (text > most ? text : most)));
    });

    it('names a key that a strict source cannot read', async () => {
      const strict = sf.jsonStrings(`${prefix}:strange`, COLUMNS, { strict: true });
      await expect(strict.agg({ n: col('n').sum() }).collect(options)).rejects.toMatchObject({
        code: 'UNPARSABLE_VALUE',
        message: expect.stringContaining(`column "n" in key ${prefix}:strange`),
      });
    });
  },
);

/** A connection on which something is looked at, or happens, after each call. */
const after = (what: (command: readonly Argument[], reply: Reply) => Promise<unknown> | undefined): Shardfold =>
  new Shardfold(
    around(linkTo('alone'), async (command, next) => {
      const tried = await next();
      if ('reply' in tried) await what(command, tried.reply);
      return tried;
    }),
  );

/** After each slice of a large value. */
function afterSlices(what: (slice: number) => Promise<unknown> | undefined): Shardfold {
  let slices = 0;
  return after((command) => (readsValue(command) ? what(slices++) : undefined));
}

const bytesIn = (reply: Reply): number =>
  Array.isArray(reply)
    ? reply.reduce((sum: number, each) => sum + bytesIn(each as Reply), 0)
    : Buffer.isBuffer(reply)
      ? reply.length
      : 0;

it('never reads more than a slice at once', async () => {
  const calls: number[] = [];
  const values: number[] = [];
  const watched = after((command, reply) => {
    (readsValue(command) ? values : calls).push(bytesIn(reply));
    return undefined;
  });
  const [found] = await documents(watched)
    .agg({ n: col('n').sum() })
    .collect();
  expect(found).toEqual({ n: docs.reduce((sum, { n }) => sum + n, 0) });
  // With the bytes that must stand there as before, and a header.
  expect(Math.max(...values)).toBe(VALUE_SLICE + 64 + 32);
  expect(Math.max(...calls)).toBeLessThan(16 * KB);
  // Whatever fits into a slice is read in one step.
  const slices = docs.filter(isLarge).map(({ size }) => Math.ceil(size / VALUE_SLICE));
  expect(values.length).toBe(slices.reduce((sum, each) => sum + each, 0) + 2);
});

describe('a large value that changes while it is read', () => {
  const key = `${prefix}-moving`;
  const make = (a: number, more = 0): string =>
    JSON.stringify({ a, pad: `${String.fromCharCode(97 + a)}`.repeat(2 * MB + more), b: a });
  beforeEach(() => send('SET', key, make(1)));
  const query = (sf: Shardfold): Query =>
    sf.jsonStrings(key, { a: 'int32', b: 'int32' }).agg({ n: count(), a: col('a').sum(), b: col('b').sum() });
  const run = async (sf: Shardfold) => {
    const result = await query(sf).collect();
    return { row: result[0], keys: result.receipt.keys?.[0] };
  };

  it('is begun again, and counts once', async () => {
    let slices = 0;
    const { row, keys } = await run(
      afterSlices(async (slice) => {
        slices += 1;
        // As long as before; then of another length; then shorter than what was read.
        if (slice === 1) await send('SET', key, make(2));
        if (slice === 4) await send('SET', key, make(3, 1));
        if (slice === 7) await send('SET', key, '{"a":4,"b":4}');
      }),
    );
    expect(row).toEqual({ n: 1, a: 4, b: 4 });
    expect(keys).toMatchObject({ rows: 1, keys: { enumerated: 1, matched: 1 }, readHere: { keys: 1, bytes: 13 } });
    expect(slices).toBe(10);
  });

  it('counts nowhere where it is deleted, and as of another type where it is that', async () => {
    const gone = await run(afterSlices((slice) => (slice === 1 ? send('DEL', key) : undefined)));
    expect(gone.row).toEqual({ n: 0, a: null, b: null });
    expect(gone.keys).toMatchObject({ rows: 0, keys: { enumerated: 1, matched: 0, otherType: 0 } });
    await send('SET', key, make(1));
    const other = await run(
      afterSlices(async (slice) => {
        if (slice !== 0) return;
        await send('DEL', key);
        await send('RPUSH', key, 'x');
      }),
    );
    expect(other.keys).toMatchObject({ rows: 0, keys: { enumerated: 1, matched: 0, otherType: 1 } });
    await send('DEL', key);
  });

  it('is an error that names it where it never holds still', async () => {
    let more = 0;
    const restless = afterSlices(() => send('SET', key, make(1, ++more % 7)));
    await expect(query(restless).collect({ timeout: 400 })).rejects.toMatchObject({
      code: 'KEY_CHANGED',
      message: expect.stringMatching(/^json\(.*\): key .*-moving .* changed while it was read in slices, \d+ times$/),
      hint: expect.stringContaining('COPY'),
    });
  });
});

it('answers of 20 MB in three shards as of anything else', async () => {
  const link = linkTo('three shards');
  const key = `${prefix}-vast`;
  const doc = { city: 'Bern', n: 7, price: 0.1, paid: true, size: 20 * MB };
  await sender(link)('SET', key, textOf(doc));
  const result = await documents(new Shardfold(link), `${prefix}*`)
    .filter(col('n').eq(7).or(col('n').eq(0)))
    .groupBy('city')
    .agg({ rows: count(), price: col('price').sum() })
    .collect();
  expect(result.find(({ city }) => city === 'Bern')).toEqual({ city: 'Bern', rows: 1, price: 0.1 });
  expect(result.reduce((sum, { rows }) => sum + rows, 0)).toBe(docs.filter(({ n }) => n === 0 || n === 7).length + 1);
  expect(result.receipt.keys?.[0]).toMatchObject({ rows: docs.length + 3, slots: { visited: 16384 } });
  await sender(link)('DEL', key);
});

it('names a value of more than 64 MiB', async () => {
  const key = `${prefix}-huge`;
  await send('SETRANGE', key, String(64 * MB), 'x');
  const texts = new Shardfold(linkTo('alone')).strings(key, 'int64').agg({ n: count(), sum: col('value').sum() });
  await expect(texts.collect()).rejects.toMatchObject({
    code: 'VALUE_TOO_LARGE',
    message: `strings("${key}"): key ${key} holds 67,108,865 bytes, and at most 67,108,864 of a value come here`,
    hint: expect.stringContaining('narrower pattern'),
  });
  await send('DEL', key);
});

it.each(['shards', 'client'] as const)('reads packed numbers beyond a slice on the side of the %s', async (side) => {
  const key = `${prefix}-packed`;
  const numbers = 100_000;
  await send('SET', key, Buffer.from(Float64Array.from(range(numbers)).buffer));
  const result = await new Shardfold(linkTo('alone'))
    .packed(key, 'float64')
    .agg({ n: count(), sum: col('value').sum(), last: col('index').max() })
    .collect({ side });
  expect([...result]).toEqual([{ n: numbers, sum: (numbers * (numbers - 1)) / 2, last: numbers - 1 }]);
  expect(result.receipt.keys?.[0]).toMatchObject({ rows: numbers, keys: { enumerated: 1, matched: 1 } });
  await send('DEL', key);
});

it('holds few at a time: 64 MiB in all, or one', () => {
  const held = new ValuesHeld();
  expect(held.hasRoom(MOST_VALUE_BYTES)).toBe(true);
  held.change(40 * MB);
  expect([held.hasRoom(24 * MB), held.hasRoom(24 * MB + 1)]).toEqual([true, false]);
  held.change(-40 * MB);
  expect(held.hasRoom(MOST_VALUE_BYTES)).toBe(true);
});

it('names the key in what its row raises', async () => {
  const key = `${prefix}-raising`;
  await send('SET', key, JSON.stringify({ pad: 'x'.repeat(40 * KB), a: -1 }));
  const sf = new Shardfold(linkTo('alone'));
  const roots = sf.jsonStrings(key, { a: 'float64' }).agg({ root: col('a').sqrt().sum() });
  await expect(roots.collect()).rejects.toMatchObject({
    code: 'OUT_OF_RANGE',
    message: expect.stringContaining(`(in key ${key} on `),
  });
  await send('DEL', key);
});

it('is not deleted by what it holds: that is an error, before it, and the job goes on without it', async () => {
  const link = linkTo('three shards');
  const sf = new Shardfold(link);
  const own = uniquePrefix();
  const set = sender(link);
  for (const i of range(30)) await set('SET', `${own}:${i}`, JSON.stringify({ a: i % 2 }));
  // More than is reported, but not too much to be decoded there.
  await set('SET', `${own}:some`, JSON.stringify({ a: 1, pad: 'x'.repeat(40 * KB) }));
  await set('SET', `${own}:large`, JSON.stringify({ a: 1, pad: 'x'.repeat(70 * KB) }));
  const odd = sf.jsonStrings(`${own}:*`, { a: 'int32' }).filter(col('a').eq(1));
  const refusal = { code: 'VALUE_TOO_LARGE', message: expect.stringContaining(`key ${own}:large holds 7`) };
  await expect(odd.delete({ dryRun: true })).rejects.toMatchObject(refusal);
  const error = (await odd.delete().catch((reason: unknown) => reason)) as ShardfoldError;
  expect(error).toMatchObject(refusal);
  expect(error.resume).toBeTruthy();
  expect(await set('EXISTS', `${own}:large`)).toBe(1);
  await set('DEL', `${own}:large`);
  await odd.delete({ resume: error.resume as string });
  const [left] = await sf.strings(`${own}:*`, 'utf8').agg({ n: count() }).collect();
  expect(left).toEqual({ n: 15 });
});
