/** k-means over the rows of a query: seeds by k-means++ (Arthur & Vassilvitskii 2007), then Lloyd's iterations (1982). */

import { checkOptions } from '../../engine/check-options.js';
import { COLLECT_OPTIONS, type CollectOptions } from '../../engine/options.js';
import type { Expr } from '../../expr/expr.js';
import type { Query } from '../../query/query.js';
import {
  checkNames,
  checkNotNegative,
  checkNullRule,
  checkWhole,
  invalid,
  type NullRule,
  numberColumns,
  refuseInfinite,
} from '../common/columns.js';
import { Fitting } from '../common/fitting.js';
import { momentsOf } from '../common/moments.js';
import { onOneVersion } from '../linear/passes.js';
import { KMeansModel } from './model.js';

export interface KMeansOptions extends CollectOptions {
  /** Columns of numbers (bools count as 0 and 1), at most 64. They are taken as they are: bring them to like scales before. */
  readonly x: readonly string[];
  /** Number of clusters, at most 1,024. */
  readonly k: number;
  /** What the choice of the first centres depends on, beside the data; 1 by default. */
  readonly seed?: number;
  /** 300 by default. */
  readonly maxIterations?: number;
  /** It has converged when the squares of the centres' moves add up to at most this times the mean variance of the columns; 1e-4 by default. */
  readonly tolerance?: number;
  /** What to do with rows that have a null in a column: `drop` (the default) leaves them out, `error` refuses them. */
  readonly nulls?: NullRule;
}

const OPTIONS = [...COLLECT_OPTIONS, 'x', 'k', 'seed', 'maxIterations', 'tolerance', 'nulls'];
const MOST_COLUMNS = 64;
const MOST_CENTRES = 1024;

/** What the fit works on. */
interface Task {
  readonly fitting: Fitting;
  readonly columns: readonly Expr[];
  readonly names: readonly string[];
  readonly n: number;
}

/**
 * @throws INVALID_ARGUMENT (k beyond the rows, or beyond the rows that differ), UNKNOWN_COLUMN, TYPE_MISMATCH, INVALID_VALUE (nulls that are
 *   refused), OUT_OF_RANGE (NaN, infinities), PLAN_TOO_LARGE, WRITE_CONFLICT
 */
export async function kMeans(source: Query, options: KMeansOptions): Promise<KMeansModel> {
  check(options);
  return onOneVersion(() => fitted(source, options));
}

async function fitted(source: Query, options: KMeansOptions): Promise<KMeansModel> {
  const { x, k, seed = 1, maxIterations = 300, tolerance = 1e-4, nulls } = options;
  const fitting = new Fitting(source, options);
  const columns = await numberColumns(fitting, x, 'kMeans');
  const { n, dropped, squares } = await momentsOf(fitting, { columns, names: x, nulls });
  if (k > n) throw invalid(`k is ${k}, and there are ${n} rows`, 'fewer clusters, or more rows');
  const task = { fitting, columns, names: x, n };
  const seeds = await seedsOf(task, k, seed);
  const totalSumOfSquares = squares.reduce((sum, each) => sum + each, 0);
  const enough = (tolerance * totalSumOfSquares) / (n * x.length);
  let centres = seeds;
  let converged = false;
  let iterations = 0;
  while (!converged && iterations < maxIterations) {
    const step = await lloyd(task, centres);
    converged = step.moved <= enough;
    centres = step.next;
    iterations += 1;
  }
  const { sizes, inertias } = await lloyd(task, centres);
  const found = { centres, sizes, inertias, iterations, converged, totalSumOfSquares };
  return new KMeansModel({ x, seed, n, dropped, ...found }, fitting.receipt);
}

function check(options: KMeansOptions): void {
  checkOptions(options, OPTIONS);
  const { x, k, seed, maxIterations, tolerance, nulls } = options;
  checkNames(x, 'x', MOST_COLUMNS);
  if (k === undefined) throw invalid('k is missing', 'the number of clusters: k: 3');
  checkWhole('k', k, [1, MOST_CENTRES]);
  checkWhole('seed', seed, [0, 2 ** 32 - 1]);
  checkWhole('maxIterations', maxIterations, [1, 1_000_000]);
  checkNotNegative('tolerance', tolerance);
  checkNullRule(nulls);
}

/** Each centre is a row, drawn with the square of its distance from the centres before. */
async function seedsOf({ fitting, columns, names, n }: Task, k: number, seed: number): Promise<readonly number[]> {
  const centres: number[] = [];
  for (let draw = 0; draw < k; draw++) {
    const { flat } = await fitting.pass('seeding', columns, [seed, draw, ...centres]);
    refuseInfinite(flat, names);
    if (flat[0] === 0) {
      throw invalid(`k is ${k}, and only ${draw} of the ${n} rows differ`, `at most ${draw} clusters of these rows`);
    }
    centres.push(...flat.slice(1));
  }
  return centres;
}

interface Step {
  readonly next: readonly number[];
  /** Sum of the squares of the moves. */
  readonly moved: number;
  readonly sizes: readonly number[];
  /** Of each cluster the sum of the squared distances from its centre. */
  readonly inertias: readonly number[];
}

/**
 * Centres move to the means of their rows. A centre without rows moves to the row that is farthest from its own centre, the first of
 * several; of several such centres one a step, the lowest first.
 */
async function lloyd({ fitting, columns, names }: Task, centres: readonly number[]): Promise<Step> {
  const { flat } = await fitting.pass('clusters', columns, centres);
  refuseInfinite(flat, names);
  const width = columns.length;
  const [farthest, ...row] = flat.slice(0, width + 1);
  const [next, sizes, inertias]: [number[], number[], number[]] = [[], [], []];
  let mayMove = farthest !== 0;
  for (let at = width + 1; at < flat.length; at += width + 2) {
    const [size = 0, ...sums] = flat.slice(at, at + width + 1);
    const centre = centres.slice(next.length, next.length + width);
    if (size > 0) next.push(...centre.map((value, i) => value + (sums[i] as number) / size));
    else next.push(...(mayMove ? row : centre));
    mayMove &&= size > 0;
    sizes.push(size);
    inertias.push(flat[at + width + 1] as number);
  }
  const moved = next.reduce((sum, value, i) => sum + (value - (centres[i] as number)) ** 2, 0);
  return { next, moved, sizes, inertias };
}
