/** The kernels on rows of a matrix, on packed keys, against the same sums written plainly: to the bit, in every encoding. */

import { callFunction } from '../../src/functions/call.js';
import { factorOf, joinFactors } from '../../src/kernels/householder.js';
import { KERNELS } from '../../src/kernels/index.js';
import type { Kernel, NumberEncoding } from '../../src/kernels/kernel.js';
import { packStrips } from '../../src/kernels/matmul.js';
import { finishSums, mergeSums, type Sums } from '../../src/kernels/sums.js';
import { byScore } from '../../src/kernels/topk.js';
import { encodeColumn } from '../../src/storage/encode.js';
import { type Bench, ENCODINGS, onServers, valuesOf } from './oracle.js';

/** Some rows of a matrix that lies in a key. */
interface Rows {
  readonly values: Float64Array;
  readonly cols: number;
  readonly first: number;
  readonly count: number;
}

const at = ({ values, cols, first }: Rows, i: number, j: number): number => values[(first + i) * cols + j] as number;
const columnOf = (rows: Rows, j: number): Float64Array =>
  Float64Array.from({ length: rows.count }, (_, i) => at(rows, i, j));
const steps = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** A matrix of three rows more than are asked for, before and after. */
function rowsOf(encoding: NumberEncoding, count: number, cols: number): Rows {
  return { values: valuesOf(encoding, (count + 6) * cols), cols, first: 3, count };
}

async function run<Params, Partial, Result>(
  bench: Bench,
  kernel: Kernel<Params, Partial, Result>,
  { values, first, count }: Rows,
  params: Params,
): Promise<Partial> {
  const { meta, data } = encodeColumn('float64', { kind: 'number', values });
  const key = bench.key();
  await bench.command('SET', key, data);
  const operand = { ...meta, encoding: meta.encoding as NumberEncoding, bytes: data.length };
  const call = {
    name: kernel.name,
    key,
    keys: [key],
    args: kernel.encode({ firstRow: first, rows: count }, [operand], params),
    readOnly: true,
    idempotent: true,
  };
  const [partial, , rows] = (await callFunction(bench.link, call, bench.context())) as [Buffer, number, number];
  expect(rows).toBe(count);
  return kernel.decode(partial);
}

/** Plain within 128 rows, compensated between. */
function blocked(count: number, width: number, term: (row: number, i: number) => number): Sums {
  let all: Sums | undefined;
  for (let from = 0; from < count; from += 128) {
    const sums = new Float64Array(width);
    for (let row = from; row < Math.min(from + 128, count); row++) {
      for (let i = 0; i < width; i++) sums[i] = (sums[i] as number) + term(row, i);
    }
    const block = { sums, errors: new Float64Array(width) };
    all = all ? mergeSums(all, block) : block;
  }
  return all as Sums;
}

function pairwise(terms: readonly number[]): number {
  const [first = 0] = terms;
  if (terms.length <= 1) return first;
  const half = terms.length / 2;
  return pairwise(terms.slice(0, half)) + pairwise(terms.slice(half));
}

/** Runs of 64, then smaller powers of two. */
function byRuns(terms: readonly number[]): number {
  let [sum, done, size] = [0, 0, 64];
  for (; done < terms.length; done += size) {
    while (size > terms.length - done) size /= 2;
    sum += pairwise(terms.slice(done, done + size));
  }
  return sum;
}

const SHAPES: [number, number][] = [
  [1, 1],
  [130, 3],
  [5, 16],
  [300, 17],
  [40, 45],
  [3, 130],
];

onServers((bench) => {
  describe.each(ENCODINGS)('of %s', (encoding) => {
    it.each(SHAPES)('multiply %i rows of %i columns to the bit', async (count, cols) => {
      const rows = rowsOf(encoding, count, cols);
      const { gram, matmul, matvec, vecmat } = KERNELS;
      const left = { from: 0, width: cols };
      const params = { cols, left };
      const squares = gram.finish(await run(bench(), gram, rows, params), params);
      const expected = finishSums(
        blocked(count, cols * cols, (row, i) => at(rows, row, Math.floor(i / cols)) * at(rows, row, i % cols)),
      ) as Float64Array;
      expect(squares).toEqual(expected.map((value, i) => (Math.floor(i / cols) <= i % cols ? value : 0)));

      const right = valuesOf('f64', 19 * cols);
      const factor = packStrips(right, 19, { from: 0, count: cols }, { from: 0, width: 19 });
      const product = await run(bench(), matmul, rows, { cols, columns: left, factors: [factor] });
      const plain = Float64Array.from({ length: count * 19 }, (_, n) =>
        steps(cols).reduce((sum, k) => sum + at(rows, Math.floor(n / 19), k) * (right[k * 19 + (n % 19)] as number), 0),
      );
      expect(product).toEqual(plain);

      const vector = valuesOf('f64', Math.max(cols, count));
      const across = await run(bench(), matvec, rows, { cols, columns: left, vector: vector.subarray(0, cols) });
      expect(across).toEqual(
        Float64Array.from({ length: count }, (_, i) =>
          byRuns(steps(cols).map((j) => at(rows, i, j) * (vector[j] as number))),
        ),
      );
      const down = await run(bench(), vecmat, rows, { cols, columns: left, vector: vector.subarray(0, count) });
      expect(down).toEqual(blocked(count, cols, (row, j) => (vector[row] as number) * at(rows, row, j)));
    });

    it.each(SHAPES)('factor %i rows of %i columns to the bit', async (count, cols) => {
      const rows = rowsOf(encoding, count, cols);
      const shift = valuesOf('f64', cols);
      const beside = valuesOf('f32', count);
      const shifted = steps(cols).map((j) => columnOf(rows, j).map((value) => value - (shift[j] as number)));
      const found = await run(bench(), KERNELS.qr, rows, { cols, shift, beside });
      expect(found).toEqual(factorOf([...shifted, beside.slice()]));
      const factor = packStrips(shift, 1, { from: 0, count: cols }, { from: 0, width: 1 });
      const projected = await run(bench(), KERNELS.qr, rows, { cols, factors: [factor] });
      const length = steps(count).map((i) =>
        steps(cols).reduce((sum, j) => sum + at(rows, i, j) * (shift[j] as number), 0),
      );
      expect(projected).toEqual(factorOf([Float64Array.from(length)]));
    });
  });

  it('take runs of columns of wide rows', async () => {
    const rows = rowsOf('f64', 20, 100);
    const { gram, matvec } = KERNELS;
    const params = { cols: 100, left: { from: 16, width: 32 }, right: { from: 90, width: 10 } };
    const block = gram.finish(await run(bench(), gram, rows, params), params);
    const sums = blocked(20, 320, (row, i) => at(rows, row, 16 + Math.floor(i / 10)) * at(rows, row, 90 + (i % 10)));
    expect(block).toEqual(finishSums(sums));
    const vector = Float64Array.of(1, 2, 3);
    const across = await run(bench(), matvec, rows, { cols: 100, columns: { from: 7, width: 3 }, vector });
    expect(across).toEqual(
      Float64Array.from({ length: 20 }, (_, i) => at(rows, i, 7) + at(rows, i, 8) * 2 + at(rows, i, 9) * 3),
    );
  });

  it.each(['dot', 'cosine', 'euclidean'] as const)('tell the rows that score best by %s', async (metric) => {
    const values = valuesOf('u8', 200 * 3).map((value) => value % 5);
    values[30] = Number.NaN;
    const rows = { values, cols: 3, first: 0, count: 200 };
    const query = Float64Array.of(1, -2, 3);
    const norm = Math.sqrt(14);
    const scores = steps(200).map((i) => {
      const row = [0, 1, 2].map((j) => at(rows, i, j));
      const sum = (term: (value: number, j: number) => number): number =>
        term(row[0] as number, 0) + term(row[1] as number, 1) + term(row[2] as number, 2);
      if (metric === 'euclidean') return Math.sqrt(sum((value, j) => (value - (query[j] as number)) ** 2));
      const dot = sum((value, j) => value * (query[j] as number));
      return metric === 'dot' ? dot : dot / (Math.sqrt(sum((value) => value * value)) * norm);
    });
    const all = scores.map((score, row) => ({ score, row })).sort(byScore(metric));
    for (const k of [1, 7, 200, 300]) {
      const params = { cols: 3, k, metric, query, norm };
      const found = KERNELS.topk.finish(await run(bench(), KERNELS.topk, rows, params), params);
      expect(found).toEqual(all.slice(0, k));
    }
  });

  it('refuse a key of another length', async () => {
    const key = bench().key();
    await bench().command('SET', key, Buffer.alloc(80));
    const operand = { encoding: 'f64' as const, base: 0, step: 0, bytes: 88 };
    const args = KERNELS.gram.encode({ firstRow: 0, rows: 1 }, [operand], { cols: 1, left: { from: 0, width: 1 } });
    const call = { name: 'gram', key, keys: [key], args, readOnly: true, idempotent: true };
    await expect(callFunction(bench().link, call, bench().context())).rejects.toMatchObject({ code: 'DATA_LOSS' });
  });
});

it('joins factors as one factor of all rows, up to rounding', () => {
  const [a, b] = [valuesOf('u16', 60), valuesOf('u8', 24)];
  const columns = (values: Float64Array) =>
    steps(4).map((j) => Float64Array.from({ length: values.length / 4 }, (_, i) => values[4 * i + j] as number));
  const joined = joinFactors(factorOf(columns(a)), factorOf(columns(b)));
  const whole = factorOf(columns(Float64Array.of(...a, ...b)));
  for (const [i, value] of whole.entries()) expect(Math.abs((joined[i] as number) / value - 1)).toBeLessThan(1e-9);
});
