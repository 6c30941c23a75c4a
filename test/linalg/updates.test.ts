/** axpy and scale: right to the bit, whole or not at all, whoever dies, races or is asked twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { ClusterLink, KeyedCall } from '../../src/cluster/types.js';
import { connect, type VectorReceipt } from '../../src/index.js';
import { Vector } from '../../src/linalg/vector.js';
import { openTable } from '../../src/storage/catalog.js';
import { fsck } from '../../src/storage/fsck.js';
import { numberStats } from '../../src/storage/number-stats.js';
import { testCluster } from '../harness/cluster.js';
import { keysOf, watchedLink } from '../storage/tables.js';
import { finite, numbers, SIZES, testShardfold } from './vectors.js';

const sf = testShardfold();
const one = testShardfold(1);
const five = testShardfold(5);

const bits = (values: Float64Array): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
/** A matcher would take seconds over a megabyte. */
const expectSame = (found: Float64Array, expected: Float64Array) =>
  expect(bits(found).equals(bits(expected))).toBe(true);
const axpyOf = (a: number, x: Float64Array, y: Float64Array): Float64Array =>
  y.map((value, i) => value + a * (x[i] as number));

/** Nothing is wrong with the tables, whose checksums and zone maps were made in the shards. */
async function expectSound(link: ClusterLink, name: string): Promise<void> {
  expect(await fsck(link, { checksums: true } as Parameters<typeof fsck>[1], link.context())).toMatchObject({
    findings: [],
  });
  const values = await new Vector(link, name).get();
  const { chunks } = await openTable(link, name, link.context());
  for (const { firstRow, rows, columns } of chunks) {
    const { min, max, hasNaN } = numberStats(values.slice(firstRow, firstRow + rows), undefined);
    const zone = [columns[0]?.min, columns[0]?.max];
    expect(zone).toEqual([min ?? Number.NaN, hasNaN ? Number.NaN : max]);
  }
}

describe('the values', () => {
  it.each(SIZES)('of axpy and scale over %i values, on 1, 3 and 5 shards', async (size) => {
    const [x, y] = [numbers(size, 7), numbers(size, 9)];
    for (const connection of [sf(), one(), five()]) {
      const vy = await connection.vector('y').set(y);
      const vx = await connection.vector('x').set(x, { alignWith: vy });
      expect(await vy.axpy(-1.7, vx)).toEqual(vy);
      expectSame(await vy.get(), axpyOf(-1.7, x, y));
      await vx.scale(0.1);
      expectSame(
        await vx.get(),
        x.map((value) => value * 0.1),
      );
    }
    await expectSound(sf().link, 'y');
  });

  it('of any numbers, packed in any way, aligned or not', async () => {
    const odd = fc.oneof(
      finite,
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0),
    );
    const pairs = fc.array(fc.tuple(odd, odd), { minLength: 1, maxLength: 150 });
    await fc.assert(
      fc.asyncProperty(pairs, odd, fc.boolean(), async (data, a, aligned) => {
        const [x, y] = [0, 1].map((side) => Float64Array.from(data, (pair) => pair[side] as number)) as [
          Float64Array,
          Float64Array,
        ];
        const vy = await sf().vector('any y').set(y, { chunkRows: 70 });
        const vx = sf().vector(aligned ? 'any x' : 'any z');
        await vx.set(x, aligned ? { alignWith: vy } : { chunkRows: 11 });
        await vy.axpy(a, vx);
        expect(await vy.get()).toEqual(axpyOf(a, x, y));
        await vx.scale(a);
        expect(await vx.get()).toEqual(x.map((value) => value * a));
        await expectSound(sf().link, 'any y');
        await expectSound(sf().link, vx.name);
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  it('are stored as one canonical NaN', async () => {
    const vector = await sf().vector('nan').set([0, 1, 2]);
    await vector.scale(Number.POSITIVE_INFINITY);
    const values = await vector.get();
    expect(bits(values).subarray(0, 8).toString('hex')).toBe('000000000000f87f');
    expect(values).toEqual(Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY));
  });

  it('go into another vector where asked, beside the first', async () => {
    const y = await sf().vector('from').set(numbers(20_000));
    const x = await sf().vector('by').set(numbers(20_000, 3));
    const receipts: VectorReceipt[] = [];
    const z = await y.axpy(2, x, 'made', { onReceipt: (receipt) => void receipts.push(receipt) });
    expect(z.name).toBe('made');
    expect(await z.get()).toEqual(axpyOf(2, await x.get(), await y.get()));
    expect(await y.get()).toEqual(numbers(20_000));
    expect(receipts[0]).toMatchObject({
      table: 'from',
      chunks: { computed: 1 },
      travelled: { vector: 'by', bytes: 160_000 },
    });
    await z.dot(y, { onReceipt: (receipt) => void receipts.push(receipt) });
    expect(receipts[1]).not.toHaveProperty('travelled');
    await z.axpy(-1, y, z);
    await y.scale(3, z);
    expect(await z.get()).toEqual(numbers(20_000).map((value) => value * 3));
    await z.axpy(1, z);
    expect(await z.get()).toEqual(numbers(20_000).map((value) => value * 3 + value * 3));
  });
});

describe('refusals', () => {
  it('of tables that are no vectors, by what they are', async () => {
    await sf().createTable('flights', [{ origin: 'SEA', delay: 3 }]);
    await sf().createTable('gaps', { value: [1.5, null, 2.5] });
    const vector = sf().vector('flights');
    const mismatch = { code: 'SCHEMA_MISMATCH', message: expect.stringContaining('origin (utf8), delay (') };
    for (const work of [vector.sum(), vector.get(), vector.scale(2), vector.set([1]), vector.dot(vector)]) {
      await expect(work).rejects.toMatchObject(mismatch);
    }
    const fine = await sf().vector('fine').set([1, 2, 3]);
    await expect(fine.scale(2, 'flights')).rejects.toMatchObject(mismatch);
    await expect(sf().vector('gaps').sum()).rejects.toMatchObject({
      code: 'INVALID_VALUE',
      message: 'table "gaps" is no vector: 1 of its 3 values are null',
    });
    await expect(sf().vector('fien').sum()).rejects.toMatchObject({
      code: 'TABLE_NOT_FOUND',
      message: 'there is no table "fien"',
    });
    await expect(fine.axpy(1, await sf().vector('short').set([1]))).rejects.toMatchObject({ code: 'NOT_ALIGNED' });
    expect(await fine.get()).toEqual(Float64Array.of(1, 2, 3));
  });

  it('of what is no number, by its place', async () => {
    const vector = sf().vector('never');
    await expect(vector.set([1, 2, null as unknown as number])).rejects.toMatchObject({
      code: 'INVALID_VALUE',
      message: expect.stringContaining('row 2'),
    });
    await expect(vector.set(7 as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(vector.set(BigInt64Array.of(1n) as never)).rejects.toMatchObject({ code: 'INVALID_VALUE' });
    await expect(vector.scale('2' as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(vector.dot(one().vector('never'))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(vector.sum()).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
    const holes = [1, 2, 3];
    delete holes[1];
    await expect(vector.set(holes)).rejects.toMatchObject({ code: 'INVALID_VALUE' });
    expect(await (await vector.set(new Set([3, 4]))).get()).toEqual(Float64Array.of(3, 4));
  });

  it('of chunks that are gone: DATA_LOSS, naming table, chunk and key', async () => {
    const a = await sf().vector('whole').set(numbers(1000), { chunkRows: 100 });
    const b = await sf().vector('holed').set(numbers(1000), { alignWith: a });
    const key = (await keysOf(sf().link)).find((name) => name.includes(`.7:`)) as string;
    const { tableId } = await openTable(sf().link, 'holed', sf().link.context());
    const lost = (await keysOf(sf().link)).find((name) => name.includes(`:${tableId}:`) && name.includes('.7:'));
    expect(key).toBeDefined();
    await sf().link.call(
      { key: lost as string, command: ['UNLINK', lost as string], readOnly: false, idempotent: true },
      sf().link.context(),
    );
    const loss = {
      code: 'DATA_LOSS',
      message: expect.stringMatching(/table "holed", chunk 7, column "value": key \S+ is missing/),
    };
    await expect(b.sum()).rejects.toMatchObject(loss);
    await expect(b.norm()).rejects.toMatchObject(loss);
    await expect(b.get()).rejects.toMatchObject(loss);
    await expect(a.dot(b)).rejects.toMatchObject(loss);
    await expect(b.dot(a)).rejects.toMatchObject(loss);
    await expect(a.axpy(1, b)).rejects.toMatchObject(loss);
    await expect(b.scale(2)).rejects.toMatchObject(loss);
    expect(await a.get()).toEqual(numbers(1000));
    await sf().drop('holed');
  });
});

describe('writers', () => {
  it('that race: one wins, the others say WRITE_CONFLICT and change nothing', async () => {
    const vector = await sf().vector('raced').set(numbers(20_000));
    let expected = numbers(20_000);
    for (let round = 0; round < 4; round++) {
      const factors = [2, 3, 5];
      const ends = await Promise.allSettled(factors.map((factor) => vector.scale(factor)));
      for (const [i, end] of ends.entries()) {
        if (end.status === 'fulfilled') expected = expected.map((value) => value * (factors[i] as number));
        else expect(end.reason).toMatchObject({ code: 'WRITE_CONFLICT', retryable: true });
      }
      expect(ends.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
      // Products of 2, 3 and 5 round alike in any order only while they are exact; these are not, so the order shows.
      const found = await vector.get();
      expect(Math.max(...found.map((value, i) => Math.abs(value / (expected[i] as number) - 1)))).toBeLessThan(1e-15);
      expected = found;
    }
  });

  it('whose table was replaced as they began start from nothing old', async () => {
    const vector = await sf().vector('overtaken').set([1, 2, 3]);
    let met = false;
    const link = watchedLink(sf().link, async (call) => {
      if (!met && String(call.command[1]).startsWith('table_stage')) {
        met = true;
        await vector.set([10, 20, 30, 40]);
      }
      return call;
    });
    const scaling = new Vector(link, 'overtaken').scale(2);
    await expect(scaling).rejects.toMatchObject({ code: 'WRITE_CONFLICT' });
    expect(await vector.get()).toEqual(Float64Array.of(10, 20, 30, 40));
  });

  it('that lose every first reply still write each value once', async () => {
    const [x, y] = [numbers(10_000, 5), numbers(10_000, 6)];
    await sf().vector('lossy y').set(y);
    await sf().vector('lossy x').set(x, { alignWith: 'lossy y' });
    // Each call of a function reaches the servers twice: as after a connection that was lost before its reply.
    const link = repeating(sf().link);
    await new Vector(link, 'lossy y').axpy(0.3, 'lossy x');
    expectSame(await sf().vector('lossy y').get(), axpyOf(0.3, x, y));
    await expectSound(sf().link, 'lossy y');
  });

  it('that find a part of what they wrote gone give up', async () => {
    await sf().vector('failed over').set(numbers(20_000));
    let parts = 0;
    const link = watchedLink(sf().link, async (call) => {
      if (String(call.command[1]).startsWith('scale_') && ++parts === 3) {
        const target = call.command[4] as string;
        await sf().link.call(
          { key: target, command: ['UNLINK', target], readOnly: false, idempotent: true },
          sf().link.context(),
        );
      }
      return call;
    });
    const work = new Vector(link, 'failed over').scale(2);
    await expect(work).rejects.toMatchObject({ code: 'CLUSTER_DOWN', message: expect.stringContaining('lost a part') });
    expect(await sf().vector('failed over').get()).toEqual(numbers(20_000));
  });

  it('that are aborted change nothing', async () => {
    await sf().vector('aborted').set(numbers(30_000));
    const abort = new AbortController();
    const link = watchedLink(sf().link, (call) => {
      if (String(call.command[1]).startsWith('scale_')) abort.abort();
      return call;
    });
    const work = new Vector(link, 'aborted').scale(2, 'aborted', { signal: abort.signal });
    await expect(work).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await sf().vector('aborted').get()).toEqual(numbers(30_000));
    await expect(sf().vector('aborted').sum({ signal: abort.signal })).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

function repeating(link: ClusterLink): ClusterLink {
  return watchedLink(link, async (call: KeyedCall) => {
    if (call.command[0] === 'FCALL') await link.call(call, link.context());
    return call;
  });
}

describe('a writer that dies', () => {
  const { emitWarning } = process;
  beforeAll(() => {
    // A write that cannot be taken back says so; here that is the point.
    process.emitWarning = () => undefined;
  });
  afterAll(() => {
    process.emitWarning = emitWarning;
  });

  const alone = testShardfold();

  it('after any call leaves the old values or the new, and fsck collects the rest', async () => {
    const { link } = alone();
    const [x, y] = [numbers(9000, 1), numbers(9000, 2)];
    const outcomes = new Set<string>();
    for (let n = 1; ; n++) {
      const vector = await alone().vector('dying').set(y, { graceMs: 0 });
      await alone().vector('with').set(x, { graceMs: 0 });
      await fsck(link, { repair: true, graceMs: 0 }, link.context());
      const before = await keysOf(link);
      let calls = 0;
      const dying = watchedLink(link, async (call) => {
        if (++calls < n) return call;
        if (calls === n) await link.call(call, link.context());
        throw new Error('killed');
      });
      await new Vector(dying, 'dying').axpy(3, 'with').catch((error) => expect(String(error)).toMatch(/killed/));
      const found = bits(await vector.get());
      const isOld = found.equals(bits(y));
      outcomes.add(isOld ? 'old' : 'new');
      if (!isOld) expect(found.equals(bits(axpyOf(3, x, y)))).toBe(true);
      if (isOld) await expire(link, 'dying');
      await fsck(link, { repair: true, graceMs: 0 }, link.context());
      expect(await fsck(link, {}, link.context())).toMatchObject({ findings: [] });
      if (isOld) expect(await keysOf(link)).toEqual(before);
      else expect((await keysOf(link)).length).toBe(before.length);
      expect(bits(await vector.get()).equals(found)).toBe(true);
      if (calls < n) break;
    }
    expect(outcomes).toEqual(new Set(['old', 'new']));
  }, 120_000);

  /** Ends the leases of a table's staged writes, as time would. */
  async function expire(link: ClusterLink, name: string): Promise<void> {
    const { tableId, prefix } = await openTable(link, name, link.context());
    const key = `${prefix}:{${tableId}}:${tableId}`;
    const fields = await link.call(
      { key, command: ['HGETALL', key], readOnly: true, idempotent: true },
      link.context(),
    );
    const flat = (fields as Buffer[]).map(String);
    for (const [i, text] of flat.entries()) {
      if (i % 2 === 0 || !text.startsWith('W ')) continue;
      const command = ['HSET', key, flat[i - 1] as string, text.replace(/^W \d+/, 'W 1')];
      await link.call({ key, command, readOnly: false, idempotent: true }, link.context());
    }
    await sleep(2);
  }
});

describe('a full server', () => {
  const cluster = testCluster({ shards: 1, clusterMode: false });

  it('says so, and keeps the old values', async () => {
    const full = await connect({ url: cluster.url });
    try {
      const vector = await full.vector('v').set(numbers(1000));
      const [node] = full.link.nodes();
      const admin = (command: string[]) => full.link.callNode(node?.id as string, command, full.link.context());
      await admin(['CONFIG', 'SET', 'maxmemory', '1']);
      await expect(vector.scale(2)).rejects.toMatchObject({
        code: 'SERVER_REFUSES_WRITES',
        hint: expect.stringContaining('maxmemory'),
      });
      expect(await vector.get()).toEqual(numbers(1000));
      expect(await vector.sum()).toBeDefined();
      await admin(['CONFIG', 'SET', 'maxmemory', '0']);
      await vector.scale(2);
      expect(await vector.get()).toEqual(numbers(1000).map((value) => value * 2));
    } finally {
      await full.close();
    }
  });
});
