/** Products that are computed and written in the shards: the bits of those that are written from here, and who else writes or dies. */

import { runOptions } from '../../src/engine/options.js';
import type { VectorReceipt } from '../../src/index.js';
import { Matrix } from '../../src/linalg/matrix.js';
import type { Work } from '../../src/linalg/matrix-elementwise.js';
import { pcaOf, qrOf, svdOfRows, type Target } from '../../src/linalg/matrix-factors.js';
import { matmulInto } from '../../src/linalg/matrix-matmul.js';
import { type MatrixSnapshot, openMatrix } from '../../src/linalg/matrix-open.js';
import { writeOf } from '../../src/linalg/matrix-set.js';
import type { Shardfold } from '../../src/shardfold.js';
import { fsck } from '../../src/storage/fsck.js';
import { keysOf, watchedLink } from '../storage/tables.js';
import { bits, expectSame, expectSoundMatrix, numbers, testShardfold } from './vectors.js';

const one = testShardfold(1);
const sf = testShardfold();
const five = testShardfold(5);

const open = (name: string, of: Shardfold = sf()) => openMatrix(of.link, name, of.link.context());
const numbersOf = async (name: string, of: Shardfold = sf()) => (await of.matrix(name).get()).data;
const odd = [Number.NaN, -0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 1e308, -7];

/** Block by block in the slots of the other. */
async function expectAligned(name: string, other: string, of: Shardfold = sf()) {
  const [made, from] = [await open(name, of), await open(other, of)];
  const places = ({ table, cols }: MatrixSnapshot) => table.chunks.map(({ slot, rows }) => [slot, rows / cols]);
  // Of one block nothing tells how long blocks are to be: it is as long as others are.
  if (from.table.chunks.length > 1) expect(made.blockRows).toBe(from.blockRows);
  else expect(made.blockRows).toBe(Math.floor(65_024 / made.cols));
  expect(places(made)).toEqual(places(from));
}

/** A product, what it says of itself, and whether it was made in the shards. */
async function watched(left: string, right: string, into: string, type: 'float64' | 'float32' = 'float64') {
  let projected = 0;
  const link = watchedLink(sf().link, (call) => {
    if (String(call.command[1]).startsWith('project_')) projected += 1;
    return call;
  });
  const receipts: VectorReceipt[] = [];
  await new Matrix(link, left).matmul(right, into, { type, onReceipt: (receipt) => void receipts.push(receipt) });
  return { receipt: receipts[0] as VectorReceipt, projected };
}

const times: Made = async (work, matrix, { into, write }) => {
  const b = await openMatrix(work.link, 'right', work.context);
  return matmulInto(work, { a: matrix, b, into }, write);
};

type Made = (work: Work, matrix: MatrixSnapshot, target: Target) => Promise<unknown>;
const MADE: Record<string, Made> = {
  q: qrOf,
  u: (work, matrix, target) => svdOfRows(work, matrix, Math.min(3, matrix.cols), target),
  scores: (work, matrix, target) => pcaOf(work, matrix, Math.min(2, matrix.cols), target),
  product: times,
};

describe('the same bits as when it is written from here', () => {
  const same = async (name: string, of: Shardfold, type: 'float64' | 'float32') => {
    const context = of.link.context();
    const work = { link: of.link, run: runOptions({}), context };
    const write = writeOf({ type });
    const made = MADE[name] as Made;
    await made(work, await open('left', of), { into: 'here', write: { ...write, fromHere: true } });
    await made(work, await open('left', of), { into: 'there', write });
    const found = await numbersOf('there', of);
    expectSame(found, await numbersOf('here', of));
    expect((await open('there', of)).type).toBe(type);
    await expectAligned('there', 'left', of);
    // In place, where the result has as many columns.
    const { cols } = await open('there', of);
    if (cols === (await open('left', of)).cols) {
      await of.matrix('left').scale(1, 'kept');
      await made(work, await open('kept', of), { into: 'kept', write });
      expectSame(await numbersOf('kept', of), found);
    }
    return bits(found);
  };

  // Blocks that are smaller than they need be, so that a few rows lie in several; so may the results of products.
  it.each([
    ['q', 1200, 8, 4064],
    ['q', 1, 1, 4064],
    ['u', 3000, 8, 10_840],
    ['scores', 5000, 8, 16_256],
    ['scores', 70, 33, 65_024],
    ['product', 1200, 8, 4064],
    ['product', 9000, 8, 65_024],
    ['product', 1, 8, 8],
    ['product', 12, 8, 96],
    ['product', 0, 8, 65_024],
  ])('%s of [%i, %i] in chunks of %i', async (name, rows, cols, chunkRows) => {
    const data = numbers(rows * cols, 3);
    const found: Buffer[] = [];
    for (const of of [one(), sf(), five()]) {
      await of.createTable('left', { [`row[${cols}]`]: data }, { chunkRows, mode: 'replace' });
      await of.matrix('right').set(numbers(cols * cols, 4), [cols, cols]);
      found.push(await same(name, of, 'float64'));
    }
    for (const other of found) expect(other.equals(found[0] as Buffer)).toBe(true);
    await same(name, sf(), 'float32');
    await expectSoundMatrix(sf().link, 'there');
  });

  it('of NaN, infinities, and numbers that are packed narrowly', async () => {
    const whole = Float64Array.from({ length: 27_000 }, (_, i) => i % 200);
    await sf()
      .matrix('right')
      .set(Float64Array.of(1, 0, -1, 1e-300, 2, 0, -1, 1, 1e-10), [3, 3]);
    for (const data of [whole, Float64Array.from(whole, (i) => odd[i % odd.length] as number)]) {
      await sf().matrix('left').set(data, [9000, 3]);
      await same('product', sf(), 'float64');
      await expectSoundMatrix(sf().link, 'there');
    }
  });
});

describe('what travels', () => {
  it.each([
    [31, 'shards'],
    [32, 'client'],
  ] as const)('the rows of %i columns, or what they are multiplied by: what weighs less', async (cols, way) => {
    const rows = 3000;
    await sf()
      .matrix('left')
      .set(numbers(rows * cols, 5), [rows, cols]);
    const receipts: VectorReceipt[] = [];
    await sf()
      .matrix('left')
      .qr({ q: 'q', onReceipt: (receipt) => void receipts.push(receipt) });
    expect(receipts.map(({ written }) => written)).toEqual([{ way, rows, bytes: 8 * rows * cols }]);
  });

  it('are the calls, with the right side in each', async () => {
    const [rows, cols] = [30_000, 16];
    await sf()
      .matrix('left')
      .set(numbers(rows * cols), [rows, cols]);
    await sf()
      .matrix('right')
      .set(numbers(cols * 8), [cols, 8]);
    const { receipt, projected } = await watched('left', 'right', 'made');
    expect(receipt).toMatchObject({ table: 'left', chunks: { expected: 8, computed: 8 }, computedOn: { shards: 8 } });
    expect(receipt.written).toEqual({ way: 'shards', rows, bytes: rows * 8 * 8 });
    expect(projected).toBeGreaterThan(8);
    const moved = receipt.bytesSent + receipt.bytesReceived;
    expect(moved).toBeLessThan(receipt.calls * (8 * cols * 8 + 500));
    expect(moved).toBeLessThan((rows * 8 * 8) / 4);
  });

  it('is the product where it is wider, its chunks would be crumbs, or the right side weighs more than the rows', async () => {
    const cases: [rows: number, k: number, n: number, inShards: boolean][] = [
      [9000, 8, 9, false],
      [8200, 16, 1, true],
      [8200, 17, 1, false],
      [800, 17, 1, true],
      [8200, 16, 16, true],
      [100, 100, 81, false],
      [100, 40, 40, true],
      [100, 60, 60, false],
      [100, 100, 64, false],
      [100, 129, 64, false],
    ];
    for (const [rows, k, n, inShards] of cases) {
      await sf()
        .matrix('left')
        .set(numbers(rows * k), [rows, k]);
      await sf()
        .matrix('right')
        .set(numbers(k * n), [k, n]);
      const { receipt, projected } = await watched('left', 'right', 'made');
      expect([projected > 0, receipt.written?.way, receipt.written?.rows]).toEqual([
        inShards,
        inShards ? 'shards' : 'client',
        rows,
      ]);
      expect(await sf().matrix('made').shape()).toEqual([rows, n]);
    }
  });
});

it('float32: a finite value beyond its range is refused by its place, an infinity is not', async () => {
  const data = numbers(9000 * 8);
  data[8100 * 8] = 3e38;
  await sf().matrix('left').set(data, [9000, 8]);
  const right = new Float64Array(64);
  for (let i = 0; i < 8; i++) right[9 * i] = 1;
  right[1] = 2;
  await sf().matrix('right').set(right, [8, 8]);
  const beyond = {
    code: 'INVALID_VALUE',
    message: expect.stringMatching(/^row 8100, column c1: 5\.9+\d*e\+38|^row 8100, column c1: 6e\+38/),
    hint: "type: 'float64', the default",
  };
  const before = await keysOf(sf().link);
  await expect(watched('left', 'right', 'never', 'float32')).rejects.toMatchObject(beyond);
  expect(await keysOf(sf().link)).toEqual(before);
  const work = { link: sf().link, run: runOptions({}), context: sf().link.context() };
  const write = { ...writeOf({ type: 'float32' }), fromHere: true };
  await expect(times(work, await open('left'), { into: 'never', write })).rejects.toMatchObject(beyond);
  data[8100 * 8] = Number.POSITIVE_INFINITY;
  await sf().matrix('left').set(data, [9000, 8]);
  await watched('left', 'right', 'made', 'float32');
  expect([await sf().matrix('made').at(8100, 0), await sf().matrix('made').at(0, 0)]).toEqual([
    Number.POSITIVE_INFINITY,
    Math.fround(data[0] as number),
  ]);
});

describe('others that write, and writers that die', () => {
  const made = { old: numbers(9000 * 8, 5), left: numbers(9000 * 8, 6), right: numbers(64, 7) };
  const prepare = async () => {
    await sf().matrix('left').set(made.left, [9000, 8]);
    await sf().matrix('right').set(made.right, [8, 8]);
    await sf().matrix('target').set(made.old, [9000, 8]);
  };

  it.each<[what: string, into: string, work: (left: Matrix) => Promise<unknown>]>([
    ['the left side, in the shards', 'left', (left) => left.matmul('right', 'left')],
    ['the left side, from here', 'left', (left) => left.matmul('broad', 'left')],
    ['the right side, in the shards', 'right', (left) => left.matmul('right', 'right')],
    ['the right side, from here', 'broad', (left) => left.matmul('broad', 'broad')],
    ['the matrix that is factored', 'left', (left) => left.qr({ q: 'left' })],
    ['the second one of a sum', 'target', (left) => left.add('target', 'target')],
  ])('%s is not lost where it was replaced as what becomes of it began', async (_what, into, work) => {
    await prepare();
    await sf().matrix('broad').set(numbers(72), [8, 9]);
    let met = false;
    const link = watchedLink(sf().link, async (call) => {
      if (!met && String(call.command[1]).startsWith('table_stage')) {
        met = true;
        await sf()
          .matrix(into)
          .set([[7, 8, 9]]);
      }
      return call;
    });
    await expect(work(new Matrix(link, 'left'))).rejects.toMatchObject({
      code: 'WRITE_CONFLICT',
      message: `"${into}" was replaced while this write began`,
    });
    expect(await numbersOf(into)).toEqual(Float64Array.of(7, 8, 9));
  });

  it('what a matrix shall lie beside is not exchanged for one of other blocks meanwhile', async () => {
    await sf().matrix('target').set(made.old, [9000, 8]);
    await sf().matrix('large').set(made.old, [9000, 8]);
    await sf().createTable('beside', { 'row[8]': made.left }, { chunkRows: 4064, mode: 'replace' });
    let looks = 0;
    const link = watchedLink(sf().link, async (call) => {
      // Once its blocks are known, and before the writer looks at it.
      if (String(call.command[1]).endsWith('tables') && String(call.command.at(-1)) === 'beside' && ++looks === 2)
        await sf().matrix('beside').set(made.right, [8, 8], { alignWith: 'large' });
      return call;
    });
    await expect(new Matrix(link, 'target').set(made.left, [9000, 8], { alignWith: 'beside' })).rejects.toMatchObject({
      code: 'WRITE_CONFLICT',
      message: '"beside" was replaced while this write began',
    });
    expect(looks).toBeGreaterThan(1);
    expectSame(await numbersOf('target'), made.old);
  });

  it('replies that are lost, parts that are lost, and a writer that stops between parts', async () => {
    await prepare();
    const repeating = watchedLink(sf().link, async (call) => {
      if (call.command[0] === 'FCALL') await sf().link.call(call, sf().link.context());
      return call;
    });
    await sf().matrix('left').matmul('right', 'expected');
    await new Matrix(repeating, 'left').matmul('right', 'twice');
    expectSame(await numbersOf('twice'), await numbersOf('expected'));
    await expectSoundMatrix(sf().link, 'twice');

    const failing = (nth: number, fail: (target: string) => Promise<void>) => {
      let parts = 0;
      return watchedLink(sf().link, async (call) => {
        if (String(call.command[1]).startsWith('project_') && ++parts === nth) await fail(String(call.command[4]));
        return call;
      });
    };
    const lost = failing(5, async (target) => {
      const unlink = { key: target, command: ['UNLINK', target], readOnly: false, idempotent: true };
      await sf().link.call(unlink, sf().link.context());
    });
    await expect(new Matrix(lost, 'left').matmul('right', 'target')).rejects.toMatchObject({ code: 'CLUSTER_DOWN' });
    const killed = failing(7, () => Promise.reject(new Error('killed')));
    await expect(new Matrix(killed, 'left').matmul('right', 'target')).rejects.toThrow('killed');
    expectSame(await numbersOf('target'), made.old);
    expect(await fsck(sf().link, {}, sf().link.context())).toMatchObject({ findings: [] });
  });

  it('what is no matrix is not replaced', async () => {
    await prepare();
    await sf().createTable('flights', [{ origin: 'SEA' }]);
    const left = sf().matrix('left');
    const refused = { code: 'SCHEMA_MISMATCH' };
    await expect(left.matmul('right', 'flights')).rejects.toMatchObject(refused);
    await expect(left.qr({ q: 'flights' })).rejects.toMatchObject(refused);
    expect(await sf().table('flights').collect()).toMatchObject([{ origin: 'SEA' }]);
  });
});
