/** What vectors refuse, and how they say so; nothing is changed then. */
import { col, connect } from '../../src/index.js';
import { openTable } from '../../src/storage/catalog.js';
import { testCluster } from '../harness/cluster.js';
import { keysOf } from '../storage/tables.js';
import { numbers, testShardfold } from './vectors.js';

const sf = testShardfold();
const one = testShardfold(1);

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

  it('of options in the place of the vector, and of factors that are text', async () => {
    const vector = await sf().vector('kept').set([1, 2]);
    const slip = { code: 'INVALID_ARGUMENT', message: 'the vector to write is an object' };
    await expect(vector.axpy(1, 'x', { graceMs: 0 } as never)).rejects.toMatchObject({
      ...slip,
      hint: 'options come fourth: axpy(a, x, into, options)',
    });
    await expect(vector.scale(1, { graceMs: 0 } as never)).rejects.toMatchObject({
      ...slip,
      hint: 'options come third: scale(a, into, options)',
    });
    const factor = { code: 'INVALID_ARGUMENT', message: 'the factor is "2"' };
    await expect(vector.axpy('2' as never, 'x')).rejects.toMatchObject(factor);
    await expect(vector.scale('2' as never)).rejects.toMatchObject(factor);
    expect(await vector.get()).toEqual(Float64Array.of(1, 2));
  });

  it('of chunks that are gone: DATA_LOSS, naming table, chunk and key', async () => {
    const a = await sf().vector('whole').set(numbers(1000), { chunkRows: 100 });
    const b = await sf().vector('holed').set(numbers(1000), { alignWith: a });
    const { tableId } = await openTable(sf().link, 'holed', sf().link.context());
    const lost = (await keysOf(sf().link)).find((name) => name.includes(`:${tableId}:`) && name.includes('.7:'));
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
    const more = [a.distance(b), a.mul(b), b.map(col('value').neg()), b.cumsum(), b.sort(), b.gather([1, 750])];
    for (const work of more) await expect(work).rejects.toMatchObject(loss);
    await expect(b.slice(0, 1000, 'never')).rejects.toMatchObject(loss);
    expect(await b.slice(0, 700)).toEqual(numbers(1000).subarray(0, 700));
    expect(await a.get()).toEqual(numbers(1000));
    await sf().drop('holed');
  });
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

it('a slip in an option of vectors and matrices is told', async () => {
  const slip = { metrc: 'cosine' } as never;
  await expect(sf().matrix('m').rowTopK([1], 1, slip)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(
    sf()
      .vector('v')
      .sort('w', { decending: true } as never),
  ).rejects.toMatchObject({
    message: 'there is no option decending; did you mean descending?',
  });
  await expect(
    sf()
      .vector('v')
      .set([1], { alignwith: 'w' } as never),
  ).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
});
