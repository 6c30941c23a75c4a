/** The diagonal of a matrix. */

import { runTasks } from '../engine/schedule.js';
import { ShardfoldError } from '../errors.js';
import { KERNELS } from '../kernels/index.js';
import { callKernel } from './call.js';
import type { Work } from './matrix-elementwise.js';
import { type MatrixSnapshot, showShape } from './matrix-open.js';
import { VectorReceiptBuilder } from './receipt.js';
import type { Reduced } from './reduce.js';
import { Resident } from './sources.js';

/** min(rows, columns) numbers, picked in the shards. */
export async function readDiagonal(work: Work, { table, rows, cols }: MatrixSnapshot): Promise<Reduced<Float64Array>> {
  const { link, run, context } = work;
  const sources = [new Resident(table)];
  const receipt = new VectorReceiptBuilder(table, sources);
  const values = new Float64Array(Math.min(rows, cols));
  const crossed = table.chunks.filter(({ firstRow }) => firstRow / cols < values.length);
  receipt.notNeeded(table.chunks.length - crossed.length);
  const schedule = { ...run, sliceUnits: undefined, wholeChunks: () => true, context };
  await runTasks(link, crossed, schedule, async ({ chunk }, shard, inner) => {
    const first = chunk.firstRow / cols;
    const slice = { chunk, firstRow: 0, rows: Math.min(chunk.rows / cols, values.length - first) };
    const params = { cols, first, width: 1 };
    const call = { kernel: KERNELS.diagonal, params, sources };
    const { partial, microseconds } = await callKernel(link, call, slice, inner);
    values.set(partial, first);
    receipt.call(shard, microseconds);
    receipt.computed(shard, 'shards');
    return microseconds;
  });
  return { result: values, receipt: receipt.done(context) };
}

/** The sum of the diagonal, compensated (Neumaier 1974). @throws SHAPE_MISMATCH where the matrix is not square */
export async function traceOf(work: Work, matrix: MatrixSnapshot): Promise<Reduced<number>> {
  if (matrix.rows !== matrix.cols) {
    throw new ShardfoldError(
      'SHAPE_MISMATCH',
      `matrix "${matrix.table.name}" of shape ${showShape(matrix)} is not square: it has no trace`,
      { hint: 'diag() gives the diagonal of any matrix' },
    );
  }
  const { result: values, receipt } = await readDiagonal(work, matrix);
  let [sum, compensation] = [0, 0];
  for (const value of values) {
    const total = sum + value;
    compensation += Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum;
    sum = total;
  }
  return { result: Number.isFinite(sum) ? sum + compensation : sum, receipt };
}
