/** The rows that score best against one. */

import { ShardfoldError, showValue } from '../errors.js';
import { KERNELS } from '../kernels/index.js';
import { byScore, type Metric, type RowScore } from '../kernels/topk.js';
import { callKernel } from './call.js';
import type { Work } from './matrix-elementwise.js';
import type { MatrixSnapshot } from './matrix-open.js';
import { rowsOfSums } from './matrix-sums.js';
import { numbersOf, type VectorLike } from './operands.js';
import type { Reduced } from './reduce.js';
import { overRows, RowAccount } from './row-calls.js';
import { checkCount } from './shapes.js';
import { Resident } from './sources.js';

const MOST_ROWS = 10_000;
/** Rows beyond which those that cannot be among the best are let go. */
const HELD = 20_000;
const METRICS: readonly string[] = ['dot', 'cosine', 'euclidean'] satisfies Metric[];

export interface RowQuery {
  readonly query: VectorLike;
  readonly k: number;
  readonly metric: Metric;
}

/** Before anything is read. @throws INVALID_ARGUMENT */
export function checkRowQuery(k: number, metric: Metric): void {
  checkCount('k', k, MOST_ROWS);
  if (METRICS.includes(metric)) return;
  throw new ShardfoldError('INVALID_ARGUMENT', `the metric is ${showValue(metric)}`, {
    hint: "one of 'dot', 'cosine', 'euclidean'",
  });
}

/** Each call tells its k best at most; this process holds 20,000 beyond k. */
export async function rowTopKOf(
  work: Work,
  matrix: MatrixSnapshot,
  { query: asked, k, metric }: RowQuery,
): Promise<Reduced<RowScore[]>> {
  const { cols, table } = matrix;
  const query = await numbersOf(work, asked, { what: 'the query', length: cols, matrix });
  const params = { cols, k, metric, query, norm: metric === 'cosine' ? Math.hypot(...chunked(query)) : 1 };
  const account = new RowAccount(work, matrix, 1);
  const source = new Resident(table);
  const order = byScore(metric);
  let best: RowScore[] = [];
  const prune = (): void => {
    best = best.sort(order).slice(0, k);
  };
  await overRows(work, matrix, { rowsOfCall: rowsOfSums(cols), account }, async (call, shard, inner) => {
    const kernelCall = { kernel: KERNELS.topk, params, sources: [source] };
    const { partial, microseconds } = await callKernel(work.link, kernelCall, call, inner);
    account.receipt.call(shard, microseconds);
    const first = call.chunk.firstRow / cols;
    for (const { row, score } of partial) best.push({ row: first + row, score });
    if (best.length > k + HELD) prune();
    return microseconds;
  });
  prune();
  return { result: best, receipt: account.finish() };
}

/** Lengths of runs of a vector, few enough to be arguments of one call. */
function chunked(vector: Float64Array): number[] {
  const lengths: number[] = [];
  for (let from = 0; from < vector.length; from += 1024)
    lengths.push(Math.hypot(...vector.subarray(from, from + 1024)));
  return lengths;
}
