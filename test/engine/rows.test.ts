// Rows back: how many chunks are pulled at once, what a failure leaves, and what the receipt and the progress say.
import { slotOf } from '../../src/cluster/slots.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { col, connect, Shardfold } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { linkWith } from '../harness/oracle/links.js';

const rows = 60_000;
let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  const columns = {
    id: Int32Array.from({ length: rows }, (_, i) => i),
    s: Array.from({ length: rows }, (_, i) => (i % 9 === 0 ? null : `name ${i % 7}`)),
    y: Array.from({ length: rows }, (_, i) => (i % 9 === 0 ? null : i / 8 + 0.1)),
  };
  await sf.createTable('t', columns, { chunkRows: 5000 });
  await sf.vector('v').set(columns.id, { chunkRows: 5000 });
});
afterAll(() => sf.close());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The most columns pulled from one shard at once, and how many in all. */
function watch(link: ClusterLink) {
  const now = new Map<string, number>();
  const seen = { most: 0, calls: 0 };
  const watched = linkWith(link, async (call, next) => {
    if (call.command[0] !== 'MGET') return next();
    const { address } = link.ownerOf(slotOf(call.key));
    const count = (now.get(address) ?? 0) + 1;
    now.set(address, count);
    seen.calls += 1;
    seen.most = Math.max(seen.most, count);
    await pause(3);
    return next().finally(() => now.set(address, (now.get(address) ?? 0) - 1));
  });
  return { sf: new Shardfold(watched), seen };
}

it.each([1, 2])('rows and vectors: at most %i chunks on their way from a shard', async (maxInFlight) => {
  const { sf: watched, seen } = watch(sf.link);
  expect(await watched.table('t').select('id').collect({ maxInFlight })).toHaveLength(rows);
  expect(seen).toEqual({ most: maxInFlight, calls: 12 });
  const values = await watched.vector('v').get({ maxInFlight });
  expect(values).toEqual(Float64Array.from({ length: rows }, (_, i) => i));
  expect(seen).toEqual({ most: maxInFlight, calls: 24 });
});

it('progress counts units, and the receipt all that is stored of the columns read', async () => {
  const events: { unitsDone: number; unitsTotal: number; rowsDone: number; rowsTotal: number }[] = [];
  const onProgress = (event: (typeof events)[number]) => void events.push(event);
  const { receipt } = await sf.table('t').select('s', 'y').collect({ onProgress });
  const units = events.map(({ unitsDone, unitsTotal }) => ({ unitsDone, unitsTotal }));
  expect(units).toEqual(Array.from({ length: 12 }, (_, i) => ({ unitsDone: i + 1, unitsTotal: 12 })));
  expect(events.at(-1)).toMatchObject({ rowsDone: rows, rowsTotal: rows });
  for (const { rowsDone } of events) expect(rowsDone).toBeLessThanOrEqual(rows);
  // All of it was pulled: chunk by chunk, dictionaries and validity bitmaps included.
  expect(receipt.bytesReceived).toBeGreaterThan(receipt.bytesStored);
  expect(receipt.bytesReceived).toBeLessThan(1.02 * receipt.bytesStored + 5000);
  const done: number[] = [];
  await sf.vector('v').get({ onProgress: ({ unitsDone }) => void done.push(unitsDone) });
  expect(done).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
});

it('a chunk that fails ends the pulling of the others', async () => {
  const { sf: watched, seen } = watch(sf.link);
  const overflow = watched.table('t').select(col('id').add(2147483647).as('n'));
  await expect(overflow.collect()).rejects.toMatchObject({
    code: 'NUMERIC_OVERFLOW',
    message: expect.stringMatching(/chunk 0, from row 0/),
  });
  const { calls } = seen;
  expect(calls).toBeLessThanOrEqual(4);
  await pause(50);
  expect(seen.calls).toBe(calls);
});

it('both sides say where arithmetic left its type', async () => {
  const overflow = sf
    .table('t')
    .filter(col('id').gtEq(21_000))
    .agg({ n: col('id').mul(2147483647).max() });
  for (const side of ['shards', 'client'] as const) {
    const error = await overflow.collect({ side, maxInFlight: 1 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'NUMERIC_OVERFLOW',
      message: expect.stringMatching(/int32 \(chunk (\d+), from row \d+\)/),
      slot: expect.any(Number),
      hint: expect.any(String),
    });
  }
});
