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

it('an option of another method is told, and the hint lists those of this one', async () => {
  const [v, m] = [
    await sf().vector('v').set([3, 1, 2]),
    await sf()
      .matrix('m')
      .set([
        [2, 1],
        [1, 3],
      ]),
  ];
  const run = 'maxInFlight, sliceUnits, timeout, signal, onProgress, onReceipt';
  const write = `${run}, waitReplicas, graceMs`;
  const set = 'timeout, signal, waitReplicas, graceMs';
  const refused: [string, string, (options: never) => Promise<unknown>][] = [
    ['waitReplicas', run, (options) => v.sum(options)],
    ['bins', run, (options) => v.mean(options)],
    ['q', run, (options) => v.quantile(0.5, options)],
    ['graceMs', run, (options) => v.slice(0, 1, options)],
    ['graceMs', run, (options) => v.gather([0], options)],
    ['chunkRows', write, (options) => v.slice(0, 1, 'made', options)],
    ['type', write, (options) => v.slice(0, 1, 'made', options)],
    ['alignWith', write, (options) => v.gather([0], 'made', options)],
    ['descending', write, (options) => v.axpy(1, v, 'made', options)],
    ['descending', write, (options) => v.map(col('value'), 'made', options)],
    ['descending', write, (options) => v.cumsum('made', options)],
    ['chunkRows', `${write}, descending`, (options) => v.sort('made', options)],
    ['p', `${run}, bins, edges`, (options) => v.histogram(Object.assign({ bins: 2 }, options))],
    ['p', `${run}, bins, edges`, (options) => v.histogram(Object.assign({ edges: [0, 2] }, options))],
    ['type', `${set}, alignWith, chunkRows`, (options) => v.set([1], options)],
    ['maxInFlight', `${set}, alignWith, chunkRows`, (options) => v.set([1], options)],
    ['chunkRows', `${set}, type, alignWith`, (options) => m.set([[1]], options)],
    ['type', run, (options) => m.get(options)],
    ['type', run, (options) => m.gram(options)],
    ['maxInFlight', 'timeout, signal', (options) => m.shape(options)],
    ['alignWith', `${write}, type`, (options) => m.matmul('m', 'made', options)],
    ['constant', `${write}, type`, (options) => m.scale(2, 'made', options)],
    ['u', `${write}, type, constant`, (options) => m.standardize('made', options)],
    ['timeout', 'axis, p', (options) => m.norms(Object.assign({ axis: 'rows' }, options))],
    ['axis', `${run}, metric`, (options) => m.rowTopK([1, 1], 1, options)],
    ['u', `${write}, type, q`, (options) => m.qr(options)],
    ['q', `${write}, type, u`, (options) => m.svd(1, options)],
    ['u', `${write}, type, scores`, (options) => m.pca(1, options)],
  ];
  for (const [name, options, work] of refused) {
    await expect(work({ [name]: 1 } as never)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(new RegExp(`^there is no option ${name}\\b`)),
      hint: `the options are ${options}`,
    });
  }
  await expect(m.qr(null as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect((await sf().tables()).map(({ name }) => name)).not.toContain('made');
  expect(await v.get()).toEqual(Float64Array.of(3, 1, 2));
});
