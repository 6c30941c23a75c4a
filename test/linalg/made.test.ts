/** Vectors made of vectors: arithmetic, maps, prefix sums, order, and choice by index, against plain JavaScript and exact sums. */
import fc from 'fast-check';
import { col, count, lit, type VectorReceipt, when } from '../../src/index.js';
import { sliceInto } from '../../src/linalg/slice.js';
import { sortInto } from '../../src/linalg/sort.js';
import { Vector } from '../../src/linalg/vector.js';
import { openTable } from '../../src/storage/catalog.js';
import { fsck } from '../../src/storage/fsck.js';
import { watchedLink } from '../storage/tables.js';
import { abs, exact, expectSame, expectSound, finite, numbers, testShardfold } from './vectors.js';

const sf = testShardfold();
const one = testShardfold(1);
const five = testShardfold(5);
const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const value = col('value');

const any = fc.oneof(
  { weight: 4, arbitrary: finite },
  { weight: 1, arbitrary: fc.constantFrom(nan, infinity, -infinity, 0, -0) },
);

const receiptsOf = () => {
  const receipts: VectorReceipt[] = [];
  return { receipts, onReceipt: (receipt: VectorReceipt) => void receipts.push(receipt) };
};

const RULES = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
} as const;
type Method = keyof typeof RULES;
const METHODS = Object.keys(RULES) as Method[];

describe('arithmetic', () => {
  it('is that of JavaScript, of any numbers, aligned or not, by vector and by number', async () => {
    const pairs = fc.array(fc.tuple(any, any), { minLength: 1, maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(pairs, any, fc.boolean(), async (data, k, aligned) => {
        const [a, b] = [0, 1].map((side) => Float64Array.from(data, (pair) => pair[side] as number)) as [
          Float64Array,
          Float64Array,
        ];
        const x = await sf().vector('any x').set(a, { chunkRows: 40 });
        const y = sf().vector(aligned ? 'any y' : 'any z');
        await y.set(b, aligned ? { alignWith: x } : { chunkRows: 7 });
        for (const method of METHODS) {
          expect(await (await x[method](y, 'any made')).get()).toEqual(
            a.map((v, i) => RULES[method](v, b[i] as number)),
          );
          await sf().vector('any made').set([1]);
          expect(await (await x[method](k, 'any made')).get()).toEqual(a.map((v) => RULES[method](v, k)));
        }
        await expectSound(sf().link, 'any made');
      }),
      { numRuns: 8 },
    );
  });

  it('takes the place of the vector unless told otherwise, and says what travelled', async () => {
    const [x, y] = [await sf().vector('own').set([1, 2, 3]), await sf().vector('travels').set([4, 5, 6])];
    const { receipts, onReceipt } = receiptsOf();
    expect(await x.mul(y, x, { onReceipt })).toEqual(x);
    expect(await x.get()).toEqual(Float64Array.of(4, 10, 18));
    expect(receipts).toMatchObject([{ table: 'own', travelled: { vector: 'travels' }, computedOn: { shards: 1 } }]);
    await x.sub(x);
    expect(await x.get()).toEqual(new Float64Array(3));
    expect(await (await sf().vector('nil').set([])).add(1)).toEqual(sf().vector('nil'));
    expect(await sf().vector('nil').get()).toEqual(new Float64Array(0));
  });
});

describe('map', () => {
  it('computes an expression where the values lie, into this vector or another', async () => {
    const data = numbers(70_003);
    for (const connection of [sf(), one(), five()]) {
      const x = await connection.vector('mapped').set(data);
      const { receipts, onReceipt } = receiptsOf();
      const y = await x.map(value.abs().sqrt().add(lit(1).div(value)), 'made', { onReceipt });
      expectSame(
        await y.get(),
        data.map((v) => Math.sqrt(Math.abs(v)) + 1 / v),
      );
      expect(receipts).toMatchObject([{ written: { way: 'shards', rows: 70_003 }, computedOn: { client: 0 } }]);
      await y.dot(x, { onReceipt });
      expect(receipts[1]).not.toHaveProperty('travelled');
      await x.map(value.gt(0));
      expectSame(
        await x.get(),
        data.map((v) => (v > 0 ? 1 : 0)),
      );
    }
    await expectSound(sf().link, 'made');
  });

  it('gives NaN for null, and changes nothing where a value has no result', async () => {
    const x = await sf().vector('gaps').set([-1, 4, 9]);
    await expect(x.map(value.sqrt())).rejects.toMatchObject({ code: 'OUT_OF_RANGE' });
    await x.map(when(value.gtEq(0)).then(value.sqrt()), 'roots');
    expect(await sf().vector('roots').get()).toEqual(Float64Array.of(nan, 2, 3));
    expect(await x.get()).toEqual(Float64Array.of(-1, 4, 9));
    expect(await (await (await sf().vector('nil').set([])).map(value.add(1))).get()).toEqual(new Float64Array(0));
  });
});

describe('cumsum', () => {
  it.each([0, 1, 65, 8129, 65_025, 130_100])('of %i values, the same bits on 1, 3 and 5 shards', async (size) => {
    const data = numbers(size).map((v, i) => Math.abs(v) * 10 ** (i % 7));
    const sums: Float64Array[] = [];
    for (const connection of [sf(), one(), five()]) {
      const made = await (await connection.vector('summed').set(data, { chunkRows: 16_256 })).cumsum('sums');
      sums.push(await made.get());
    }
    for (const each of sums.slice(1)) expectSame(each, sums[0] as Float64Array);
    // Of what is not negative no prefix is less than the one before, across chunks too.
    expect((sums[0] as Float64Array).every((v, i, all) => i === 0 || v >= (all[i - 1] as number))).toBe(true);
    await expectSound(sf().link, 'sums');
  });

  it('rounds each exact prefix once', async () => {
    const lists = fc.array(finite, { minLength: 1, maxLength: 150 });
    await fc.assert(
      fc.asyncProperty(lists, fc.constantFrom(7, 64, 65_024), async (data, chunkRows) => {
        const sums = await (await (await sf().vector('prefixes').set(data, { chunkRows })).cumsum()).get();
        let [truth, size] = [0n, 0n];
        for (const [i, v] of data.entries()) {
          truth += exact(v);
          size += abs(exact(v));
          const error = abs(exact(sums[i] as number) - truth);
          expect(error <= (abs(truth) >> 53n) + (size >> 90n) + 1n).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('carries NaN on, and tells calls of both passes', async () => {
    const x = await sf().vector('odd sums').set([1, nan, 2, infinity, 3], { chunkRows: 2 });
    const { receipts, onReceipt } = receiptsOf();
    expect(await (await x.cumsum(x, { onReceipt })).get()).toEqual(Float64Array.of(1, nan, nan, nan, nan));
    expect(receipts).toMatchObject([{ chunks: { computed: 3 }, computedOn: { shards: 3 } }]);
    const calls = Object.values(receipts[0]?.shards ?? {}).reduce((sum, share) => sum + share.calls, 0);
    expect(calls).toBe(5);
  });
});

describe('order and choice', () => {
  /** Stable; NaN is the greatest. */
  const sorted = (data: Float64Array, descending: boolean): Float64Array => {
    const order = (a: number, b: number) =>
      Number.isNaN(a) || Number.isNaN(b) ? +Number.isNaN(a) - +Number.isNaN(b) : a - b;
    return Float64Array.from([...data].sort((a, b) => (descending ? order(b, a) : order(a, b))));
  };

  it('sort, slice and gather give what lists give', async () => {
    const lists = fc.array(any, { minLength: 1, maxLength: 150 });
    await fc.assert(
      fc.asyncProperty(lists, fc.boolean(), fc.nat(), fc.nat(), async (list, descending, p, q) => {
        const data = Float64Array.from(list);
        const x = await sf().vector('list').set(data, { chunkRows: 40 });
        const made = await x.sort('ordered', { descending });
        expect(await made.get()).toEqual(sorted(data, descending));
        // As if it were too long to be held.
        await sortInto(sf().link, { name: 'list', into: 'merged' }, { descending }, 0);
        expect(await sf().vector('merged').get()).toEqual(sorted(data, descending));
        const [from, to] = [p % (data.length + 1), q % (data.length + 1)].toSorted((a, b) => a - b) as [number, number];
        expect(await x.slice(from, to)).toEqual(data.slice(from, to));
        expect(await (await x.slice(from, to, 'cut')).get()).toEqual(data.slice(from, to));
        const indices = Array.from({ length: p % 300 }, (_, i) => (i * (q % 1000)) % data.length);
        const wanted = Float64Array.from(indices, (i) => data[i] as number);
        expect(await x.gather(indices)).toEqual(wanted);
        expect(await (await x.gather(indices, 'chosen')).get()).toEqual(wanted);
      }),
      { numRuns: 15 },
    );
    await expectSound(sf().link, 'chosen');
  });

  it('work in place, on 1, 3 and 5 shards alike', async () => {
    const data = numbers(70_003);
    const shuffled = Uint32Array.from(data, (_, i) => (i * 7919) % data.length);
    for (const connection of [sf(), one(), five()]) {
      const x = await connection.vector('in place').set(data);
      const { receipts, onReceipt } = receiptsOf();
      await x.gather(shuffled, x, { onReceipt });
      expectSame(
        await x.get(),
        data.map((_, i) => data[shuffled[i] as number] as number),
      );
      await x.sort(x, { onReceipt });
      expectSame(await x.get(), data.toSorted());
      await x.slice(65_000, 65_100, x, { onReceipt });
      expectSame(await x.get(), data.toSorted().slice(65_000, 65_100));
      expect(receipts).toMatchObject([
        { chunks: { computed: 2 }, computedOn: { shards: 2 }, written: { way: 'client', rows: 70_003 } },
        { written: { way: 'client', rows: 70_003 } },
        { chunks: { computed: 2 }, computedOn: { shards: 2 }, written: { way: 'shards', rows: 100, bytes: 800 } },
      ]);
    }
  });

  it('read no more than they need', async () => {
    const x = await sf().vector('far').set(numbers(10_000), { chunkRows: 1000 });
    const { receipts, onReceipt } = receiptsOf();
    expect(await x.slice(2500, 2600, { onReceipt })).toEqual(numbers(10_000).slice(2500, 2600));
    expect(await x.gather(new Set([9999, 3]), { onReceipt })).toEqual(
      Float64Array.of(numbers(10_000)[9999] as number, numbers(10_000)[3] as number),
    );
    expect(receipts).toMatchObject([{ chunks: { computed: 1 } }, { chunks: { computed: 2, notNeeded: 8 } }]);
    expect(receipts[1]?.bytesReceived).toBeLessThan(3000);
    expect(await x.gather([])).toEqual(new Float64Array(0));
    expect(await (await sf().vector('nil').set([])).sort()).toEqual(sf().vector('nil'));
  });
});

describe('cut vectors', () => {
  it('are those of lists, bit by bit, on 1, 3 and 5 shards', async () => {
    const cases = fc.tuple(
      fc.array(any, { minLength: 1, maxLength: 150 }),
      fc.integer({ min: 1, max: 50 }),
      fc.nat(),
      fc.nat(),
    );
    for (const connection of [sf(), one(), five()]) {
      await fc.assert(
        fc.asyncProperty(cases, async ([list, chunkRows, p, q]) => {
          const data = Float64Array.from(list);
          const [from, to] = [p % (data.length + 1), q % (data.length + 1)].toSorted((a, b) => a - b) as [
            number,
            number,
          ];
          const x = await connection.vector('whole').set(data, { chunkRows });
          // As if no seed put all chunks where they are cut.
          await sliceInto(connection.link, { name: 'whole', into: 'part', from, to }, {}, () => undefined);
          expectSame(await connection.vector('part').get(), data.slice(from, to));
          const made = await x.slice(from, to, 'part');
          expectSame(await made.get(), data.slice(from, to));
          // A slice of a slice, and in place.
          const [low, high] = [(to - from) >> 2, (to - from) >> 1];
          expectSame(await (await made.slice(low, high, made)).get(), data.slice(from + low, from + high));
          await expectSound(connection.link, 'part');
        }),
        { numRuns: 5 },
      );
    }
  });

  it('lie beside what they are cut from: nothing but calls travels', async () => {
    const data = numbers(40_000);
    const x = await sf().vector('long').set(data, { chunkRows: 6000 });
    const y = await sf().vector('longer').set(data.toReversed(), { alignWith: x });
    const { receipts, onReceipt } = receiptsOf();
    const [a, b] = [await x.slice(7001, 39_999, 'a', { onReceipt }), await y.slice(7001, 39_999, 'b')];
    const [receipt] = receipts as [VectorReceipt];
    expect(receipt).toMatchObject({
      chunks: { expected: 7, computed: 6, notNeeded: 1 },
      computedOn: { shards: 6, client: 0 },
      bytesStored: 8 * 34_000,
      written: { way: 'shards', rows: 32_998, bytes: 8 * 32_998 },
    });
    expect(receipt.bytesReceived / receipt.calls).toBeLessThan(200);
    expect(receipt.bytesSent / receipt.calls).toBeLessThan(500);
    const [ours, theirs] = [data.slice(7001, 39_999), data.toReversed().slice(7001, 39_999)];
    await a.dot(b, { onReceipt });
    expect(receipts[1]).not.toHaveProperty('travelled');
    await (await a.sub(b, 'a - b', { onReceipt })).norm();
    expect(receipts[2]).not.toHaveProperty('travelled');
    expectSame(
      await sf().vector('a - b').get(),
      ours.map((v, i) => v - (theirs[i] as number)),
    );
    const fresh = await sf().vector('as long').set(theirs);
    expect(await a.dot(fresh, { onReceipt })).toBe(await a.dot(b));
    expect(receipts[3]).toMatchObject({ travelled: { vector: 'as long' } });
    // In place, too, its chunks keep their lengths, so that both still meet.
    await a.sort(a);
    expectSame(await a.get(), ours.toSorted());
    await a.dot(b, { onReceipt });
    expect(receipts[4]).not.toHaveProperty('travelled');
    await a.gather(
      Array.from(ours, (_, i) => i),
      a,
    );
    await sliceInto(sf().link, { name: 'a', into: 'a', from: 0, to: 32_998 }, { onReceipt }, () => undefined);
    await a.dot(b, { onReceipt });
    expect(receipts[5]).toMatchObject({ written: { way: 'client', rows: 32_998 } });
    expect(receipts[6]).not.toHaveProperty('travelled');
  });

  it('are vectors and tables as others are', async () => {
    const data = numbers(1000).map((v) => Math.round(v * 1000));
    const x = await sf().vector('numbers').set(data, { chunkRows: 128 });
    const [part, rest] = [data.slice(200, 700), data.slice(300, 600)];
    const made = await x.slice(200, 700, 'piece');
    const sum = part.reduce((a, b) => a + b);
    expect(await made.sum()).toBe(sum);
    expect(await sf().sql('SELECT sum(value) AS s, count(*) AS n FROM piece WHERE value > 0').collect()).toMatchObject([
      { s: part.filter((v) => v > 0).reduce((a, b) => a + b), n: part.filter((v) => v > 0).length },
    ]);
    expectSame(await made.gather([499, 0, 56, 57]), Float64Array.of(...[499, 0, 56, 57].map((i) => part[i] as number)));
    expect((await (await made.cumsum('sums')).get()).at(-1)).toBe(sum);
    expectSame(await (await made.slice(100, 400, 'fewer')).get(), rest);
    await sf()
      .table('piece')
      .append([{ value: 1 }, { value: -0 }]);
    expectSame(await made.get(), Float64Array.of(...part, 1, -0));
    await expectSound(sf().link, 'piece');
    expect(await (await made.slice(300, 300, 'none')).get()).toEqual(new Float64Array(0));
    await sf()
      .table('none')
      .append([{ value: 5 }]);
    expect(await sf().vector('none').get()).toEqual(Float64Array.of(5));
    expectSame(await (await made.set(rest)).get(), rest);
    await made.slice(0, 0, made);
    expect(await made.get()).toEqual(new Float64Array(0));
    await expectSound(sf().link, 'piece');
  });
});

describe('refusals', () => {
  it('come before anything is written', async () => {
    const x = await sf().vector('kept').set([1, 2, 3]);
    const two = await sf().vector('two').set([1, 2]);
    await sf().createTable('flights', [{ origin: 'SEA', delay: 3 }]);
    const wrong: [() => Promise<unknown>, object][] = [
      [() => x.add(two), { code: 'NOT_ALIGNED', message: 'vector "kept" has 3 values and "two" 2' }],
      [() => x.add(''), { code: 'INVALID_ARGUMENT' }],
      [() => x.add(two, ''), { code: 'INVALID_ARGUMENT' }],
      [() => x.add({} as never), { code: 'INVALID_ARGUMENT' }],
      [() => x.sub(1, {} as never), { hint: 'options come third: sub(y, into, options)' }],
      [() => x.mul(one().vector('kept')), { code: 'INVALID_ARGUMENT' }],
      [() => x.div('flights'), { code: 'SCHEMA_MISMATCH' }],
      [() => x.div(2, 'flights'), { code: 'SCHEMA_MISMATCH' }],
      [() => x.map('value' as never), { code: 'INVALID_ARGUMENT' }],
      [() => x.map(col('x') as never), { code: 'UNKNOWN_COLUMN' }],
      [() => x.map(count() as never), { code: 'INVALID_ARGUMENT' }],
      [() => x.map(value, 'flights'), { code: 'SCHEMA_MISMATCH' }],
      [() => x.map(value, {} as never), { hint: 'options come third: map(expression, into, options)' }],
      [() => x.cumsum({} as never), { hint: 'options come second: cumsum(into, options)' }],
      [() => x.cumsum('flights'), { code: 'SCHEMA_MISMATCH' }],
      [() => x.sort({ descending: true } as never), { hint: 'options come second: sort(into, { descending: true })' }],
      [() => x.sort(x, { descending: 1 as never }), { code: 'INVALID_ARGUMENT' }],
      [() => x.sort(x, 'desc' as never), { code: 'INVALID_ARGUMENT' }],
      [() => x.sort('flights'), { code: 'SCHEMA_MISMATCH' }],
      [() => x.slice(1, 4), { code: 'OUT_OF_RANGE', message: expect.stringContaining('"kept"') }],
      [() => x.slice(-1, 2), { code: 'OUT_OF_RANGE' }],
      [() => x.slice(2, 1, 'never'), { code: 'OUT_OF_RANGE' }],
      [() => x.slice(0.5, 2), { code: 'OUT_OF_RANGE' }],
      [() => x.slice(0, 2, ''), { code: 'INVALID_ARGUMENT' }],
      [() => x.slice(0, 2, 'flights'), { code: 'SCHEMA_MISMATCH' }],
      [() => x.gather([0, 3]), { code: 'OUT_OF_RANGE', message: 'index 1 is 3, and vector "kept" has 3 values' }],
      [() => x.gather([0, -1], 'never'), { code: 'OUT_OF_RANGE' }],
      [() => x.gather([0.5]), { code: 'INVALID_ARGUMENT', message: 'index 0 is 0.5' }],
      [() => x.gather(7 as never), { code: 'INVALID_ARGUMENT' }],
      [() => x.gather([0], 'flights'), { code: 'SCHEMA_MISMATCH' }],
      [() => sf().vector('nobody').add(1), { code: 'TABLE_NOT_FOUND' }],
    ];
    for (const [work, error] of wrong) await expect(work()).rejects.toMatchObject(error);
    expect(await x.get()).toEqual(Float64Array.of(1, 2, 3));
    expect((await openTable(sf().link, 'kept', sf().link.context())).version).toBe(1);
    await expect(openTable(sf().link, 'never', sf().link.context())).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
  });

  it.each(['gather', 'map', 'slice', 'sort'] as const)('of a %s whose vector is replaced meanwhile', async (method) => {
    const x = await sf().vector(`overtaken ${method}`).set([3, 1, 2]);
    let met = false;
    const link = watchedLink(sf().link, async (call) => {
      if (!met && String(call.command[1]).startsWith('table_stage')) {
        met = true;
        await x.set([10, 20, 30, 40]);
      }
      return call;
    });
    const same = new Vector(link, x.name);
    const work = {
      gather: () => same.gather([2, 0], same),
      map: () => same.map(value),
      slice: () => same.slice(1, 3, same),
      sort: () => same.sort(),
    };
    await expect(work[method]()).rejects.toMatchObject({ code: 'WRITE_CONFLICT' });
    expect(await x.get()).toEqual(Float64Array.of(10, 20, 30, 40));
    expect(await fsck(sf().link, {}, sf().link.context())).toMatchObject({ findings: [] });
  });
});
