/** Products of a matrix and a vector. */

import { KERNELS } from '../kernels/index.js';
import type { Columns } from '../kernels/rows.js';
import { callKernel } from './call.js';
import type { Work } from './matrix-elementwise.js';
import type { MatrixSnapshot } from './matrix-open.js';
import { numbersOf, type VectorLike } from './operands.js';
import type { Reduced } from './reduce.js';
import { overRows, RowAccount } from './row-calls.js';
import { reduceRows } from './row-reduce.js';
import { Resident } from './sources.js';

/** Columns that a call takes: of wider rows the vector would take as many bytes as they do. */
const PANEL = 1024;
/** Values of a call: under a millisecond. */
const CALL_VALUES = 24_576;

const columnRuns = (cols: number): Columns[] =>
  Array.from({ length: Math.ceil(cols / PANEL) }, (_, i) => ({
    from: i * PANEL,
    width: Math.min(PANEL, cols - i * PANEL),
  }));

export const rowsOfSums = (cols: number): number => Math.max(1, Math.floor(CALL_VALUES / Math.min(cols, PANEL)));

/** A·v, a number a row. What this process holds: the result, once for every 1,024 columns. */
export async function matvecOf(
  work: Work,
  matrix: MatrixSnapshot,
  operand: VectorLike,
): Promise<Reduced<Float64Array>> {
  const { cols, rows, table } = matrix;
  const vector = await numbersOf(work, operand, { what: 'the vector', length: cols, matrix });
  const runs = columnRuns(cols);
  const parts = runs.map(() => new Float64Array(rows));
  const account = new RowAccount(work, matrix, runs.length);
  const source = new Resident(table);
  const plan = { rowsOfCall: rowsOfSums(cols), laps: runs.length, account };
  await overRows(work, matrix, plan, async (call, shard, inner) => {
    const columns = runs[call.lap] as Columns;
    const params = { cols, columns, vector: vector.subarray(columns.from, columns.from + columns.width) };
    const kernelCall = { kernel: KERNELS.matvec, params, sources: [source] };
    const { partial, microseconds } = await callKernel(work.link, kernelCall, call, inner);
    account.receipt.call(shard, microseconds);
    (parts[call.lap] as Float64Array).set(partial, call.chunk.firstRow / cols + call.firstRow);
    return microseconds;
  });
  const [result, ...others] = parts as [Float64Array, ...Float64Array[]];
  for (const part of others) for (let i = 0; i < rows; i++) result[i] = (result[i] as number) + (part[i] as number);
  return { result, receipt: account.finish() };
}

/** vᵀ·A, a number a column. */
export async function vecmatOf(
  work: Work,
  matrix: MatrixSnapshot,
  operand: VectorLike,
): Promise<Reduced<Float64Array>> {
  const { cols, rows } = matrix;
  const vector = await numbersOf(work, operand, { what: 'the vector', length: rows, matrix });
  const runs = columnRuns(cols);
  const result = new Float64Array(cols);
  const receipt = await reduceRows(work, matrix, {
    kernel: KERNELS.vecmat,
    rowsOfCall: rowsOfSums(cols),
    laps: runs.length,
    params: (call) => {
      const from = call.chunk.firstRow / cols + call.firstRow;
      return { cols, columns: runs[call.lap] as Columns, vector: vector.subarray(from, from + call.rows) };
    },
    finished: (lap, partial) => {
      const columns = runs[lap] as Columns;
      result.set(KERNELS.vecmat.finish(partial, { cols, columns, vector }), columns.from);
    },
  });
  return { result, receipt };
}
