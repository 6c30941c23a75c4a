/**
 * The R factor of a matrix by TSQR (Demmel, Grigori, Hoemmen & Langou 2012): Householder reflections on runs of rows in the shards, and
 * a tree of R factors in a fixed order in this process. Runs of rows follow from the number of columns and the blocks alone: the same bits on any shards.
 */

import { runTasks } from '../engine/schedule.js';
import { factorOf, joinFactors } from '../kernels/householder.js';
import { KERNELS } from '../kernels/index.js';
import type { ChunkMeta } from '../storage/types.js';
import { type Change, changeHere, packedChange } from './change.js';
import type { Work } from './matrix-elementwise.js';
import type { MatrixSnapshot } from './matrix-open.js';
import { readValueRange } from './matrix-read.js';
import type { Reduced } from './reduce.js';
import { callsOf, RowAccount } from './row-calls.js';
import { LapTree, reduceRows } from './row-reduce.js';

/** Of wider rows a factor in 3 ms would be of fewer rows than it has: their blocks are pulled, and factored here. */
const WIDEST_IN_SHARDS = 40;
/** Nanoseconds of a row of so many columns, as measured. */
const rowCost = (width: number): number => 15 * width * width + 135 * width + 150;
const CALL_NS = 1e6;

export interface TsqrWork {
  readonly change: Change;
  /** A number a row that stands as a last column. */
  readonly beside?: Float64Array;
}

/** @returns the factor, flat: row by row from the diagonal on, which is not negative; undefined of no rows */
export async function tsqr(
  work: Work,
  matrix: MatrixSnapshot,
  factored: TsqrWork,
): Promise<Reduced<Float64Array | undefined>> {
  return matrix.cols <= WIDEST_IN_SHARDS ? inShards(work, matrix, factored) : here(work, matrix, factored);
}

async function inShards(
  work: Work,
  matrix: MatrixSnapshot,
  { change, beside }: TsqrWork,
): Promise<Reduced<Float64Array | undefined>> {
  const { cols } = matrix;
  const width = cols + (beside ? 1 : 0);
  const { shift, factors } = packedChange(change);
  const params = { cols, ...(shift && { shift }), factors };
  let result: Float64Array | undefined;
  const receipt = await reduceRows(work, matrix, {
    kernel: KERNELS.qr,
    rowsOfCall: Math.max(2 * width, Math.floor(CALL_NS / rowCost(width))),
    params: ({ chunk, firstRow, rows }) => {
      const from = chunk.firstRow / cols + firstRow;
      return beside ? { ...params, beside: beside.subarray(from, from + rows) } : params;
    },
    finished: (_lap, partial) => {
      result = partial;
    },
  });
  return { result, receipt };
}

/** Blocks are the leaves. One block a shard is on its way at a time, or two. */
async function here(
  { link, run, context }: Work,
  matrix: MatrixSnapshot,
  { change, beside }: TsqrWork,
): Promise<Reduced<Float64Array | undefined>> {
  const { table, cols, blockRows } = matrix;
  const account = new RowAccount({ link, run, context }, matrix, 1);
  account.receipt.because('rows of more than 40 columns are factored here');
  const plan = { rowsOfCall: blockRows };
  const tree = new LapTree(matrix, plan, joinFactors);
  const schedule = { ...run, sliceUnits: undefined, wholeChunks: () => true, context };
  await runTasks(link, table.chunks, schedule, async ({ chunk }, shard, inner) => {
    const values = await readValueRange(link, matrix, chunk, { start: 0, count: chunk.rows }, inner);
    const rows = changeHere({ data: values, shape: [chunk.rows / cols, cols] }, change);
    const first = chunk.firstRow / cols;
    tree.add(callFor(matrix, chunk, plan), factorOf(columnsOf(rows.data, rows.shape, beside?.subarray(first))));
    account.done(callFor(matrix, chunk, plan), shard, 'client');
    return 0;
  });
  return { result: matrix.rows === 0 ? undefined : tree.result(), receipt: account.finish() };
}

const callFor = (matrix: MatrixSnapshot, chunk: ChunkMeta, plan: { rowsOfCall: number }) => {
  const [call] = callsOf(matrix, chunk, plan);
  return call as NonNullable<typeof call>;
};

/** The columns of row-major numbers, and one more. */
export function columnsOf(
  data: Float64Array,
  [rows, cols]: readonly [number, number],
  beside: Float64Array | undefined,
): Float64Array[] {
  const columns = Array.from({ length: cols }, (_, j) =>
    Float64Array.from({ length: rows }, (_, i) => data[i * cols + j] as number),
  );
  return beside ? [...columns, beside.slice(0, rows)] : columns;
}
