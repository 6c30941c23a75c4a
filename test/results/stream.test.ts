// Results in batches: back pressure, leaving early, failures, the receipt.
import { slotOf } from '../../src/cluster/slots.js';
import { col, Shardfold } from '../../src/index.js';
import { linkWith } from '../harness/oracle/links.js';
import { fixture, ROWS, type Row } from './fixture.js';

const t = fixture();
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A connection that counts the chunks it pulls, and what is on its way. */
function watched(delay = 0) {
  const seen = { pulled: 0, open: 0 };
  const link = linkWith(t.sf.link, async (call, next) => {
    if (call.command[0] !== 'MGET') return next();
    slotOf(call.key);
    seen.pulled += 1;
    seen.open += 1;
    if (delay > 0) await pause(delay);
    return next().finally(() => {
      seen.open -= 1;
    });
  });
  return { sf: new Shardfold(link), seen };
}

it('gives the rows in order, a batch a chunk, and the receipt at the end', async () => {
  const stream = t.sf.table('all').stream();
  const rows: Row[] = [];
  const sizes: number[] = [];
  for await (const batch of stream) {
    expect(Array.isArray(batch)).toBe(true);
    sizes.push(batch.length);
    rows.push(...batch);
  }
  expect(rows).toEqual(t.rows);
  expect(sizes).toEqual([100, 100, 100, 100, 100, 100, 100]);
  expect(await stream.receipt).toMatchObject({ table: 'all', chunks: { expected: 7, computed: 7 } });
});

it('cuts batches, which are typed columns too', async () => {
  const sizes: number[] = [];
  let sum = 0;
  for await (const { length, columns, nulls } of t.sf.table('all').select('id', 'i32').stream({ batchRows: 64 })) {
    sizes.push(length);
    expect(columns.id).toBeInstanceOf(Int32Array);
    expect(nulls.i32).toHaveLength(length);
    for (const id of columns.id as Int32Array) sum += id;
  }
  expect(sizes.slice(0, 4)).toEqual([64, 36, 64, 36]);
  expect(sum).toBe((ROWS * (ROWS - 1)) / 2);
});

it('reads nothing ahead of a busy reader but a few chunks', async () => {
  const { sf, seen } = watched();
  let batches = 0;
  for await (const _ of sf.table('all').stream()) {
    batches += 1;
    await pause(15);
    expect(seen.pulled).toBeLessThanOrEqual(batches + 4);
  }
  expect(seen).toEqual({ pulled: 7, open: 0 });
});

it('a loop that is left ends all work', async () => {
  const { sf, seen } = watched(5);
  const stream = sf.table('all').stream();
  for await (const batch of stream) {
    expect(batch).toHaveLength(100);
    break;
  }
  const { pulled } = seen;
  expect(pulled).toBeLessThan(7);
  expect(await stream.receipt).toBeUndefined();
  await pause(60);
  expect(seen).toEqual({ pulled, open: 0 });
});

it('an abort ends the loop and the receipt with ABORTED', async () => {
  const { sf, seen } = watched(5);
  const controller = new AbortController();
  const stream = sf.table('all').stream({ signal: controller.signal });
  let rows = 0;
  const loop = async () => {
    for await (const batch of stream) {
      rows += batch.length;
      controller.abort();
    }
  };
  await expect(loop()).rejects.toMatchObject({ code: 'ABORTED' });
  await expect(stream.receipt).rejects.toMatchObject({ code: 'ABORTED' });
  expect(rows).toBe(100);
  await pause(30);
  expect(seen.open).toBe(0);
});

it('a slow reader is no lack of progress', async () => {
  let rows = 0;
  for await (const batch of t.sf.table('all').stream({ timeout: 200 })) {
    rows += batch.length;
    if (rows === 200) await pause(400);
  }
  expect(rows).toBe(ROWS);
});

it('says before it reads what is wrong, and is read once', async () => {
  const stream = t.sf.table('all').select('nope').stream();
  await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'UNKNOWN_COLUMN' });
  expect(() => stream[Symbol.asyncIterator]()).toThrow('this stream is being read already');
  expect(() => t.sf.table('all').stream({ batchRows: 0 })).toThrow('batchRows is 0');
  expect(() => t.sf.table('all').stream({ batchrows: 1 } as object)).toThrow('did you mean batchRows?');
});

it('gives groups and no rows at all', async () => {
  const groups = t.sf
    .table('all')
    .groupBy('flag')
    .agg({ n: col('id').count() })
    .stream();
  for await (const batch of groups) expect(batch).toHaveLength(3);
  const none = t.sf.table('all').filter(col('id').lt(0)).stream();
  for await (const _ of none) throw new Error('a batch of nothing');
  expect(await none.receipt).toMatchObject({ chunks: { expected: 7, pruned: 7 } });
});
