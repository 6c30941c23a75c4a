/** k-means over the rows of a query: seeds by k-means++ (Arthur & Vassilvitskii 2007), then Lloyd's iterations (1982). */

import { checkOptions } from '../../engine/check-options.js';
import { COLLECT_OPTIONS, type CollectOptions } from '../../engine/options.js';
import { ShardfoldError } from '../../errors.js';
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
  refuseOverflow,
} from '../common/columns.js';
import { type Fitting, onOneVersion } from '../common/fitting.js';
import { momentsOf } from '../common/moments.js';
import { NotConverged } from '../common/not-converged.js';
import { counted, signif } from '../common/print.js';
import { lloyd, type Task } from './lloyd.js';
import { KMeansModel } from './model.js';

export interface KMeansOptions extends CollectOptions {
  /** Columns of numbers (bools count as 0 and 1), at most 64. They are taken as they are: bring them to like scales before. */
  readonly x: readonly string[];
  /** Number of clusters, at most 1,024, and at most 1,024 by the number of columns: the centers travel with every call. */
  readonly k: number;
  /** What the choice of the first centers depends on, beside the rows and how they lie in chunks; 1 by default. */
  readonly seed?: number;
  /** 300 by default. */
  readonly maxIterations?: number;
  /**
   * It has converged when the squares of the centers' moves add up to at most this times the mean variance of the columns; 1e-4 by default. 0:
   * when no row changes its cluster (moves that are rounding alone do not count).
   */
  readonly tolerance?: number;
  /** What to do with rows that have a null in a column: `drop` (the default) leaves them out, `error` refuses them. */
  readonly nulls?: NullRule;
}

const OPTIONS = [...COLLECT_OPTIONS, 'x', 'k', 'seed', 'maxIterations', 'tolerance', 'nulls'];
const MOST_CENTRES = 1024;
const MOST_COORDINATES = 1024;

/**
 * @throws INVALID_ARGUMENT (k beyond the rows, or beyond the rows that differ), UNKNOWN_COLUMN, TYPE_MISMATCH, INVALID_VALUE (nulls that are
 *   refused), OUT_OF_RANGE (NaN, infinities), PLAN_TOO_LARGE, WRITE_CONFLICT, NOT_CONVERGED (a `NotConverged` whose `last` is the model as far
 *   as it came, where `maxIterations` came first)
 */
export async function kMeans(source: Query, options: KMeansOptions): Promise<KMeansModel> {
  check(options);
  return onOneVersion(source, options, (fitting) => fitted(fitting, options));
}

async function fitted(fitting: Fitting, options: KMeansOptions): Promise<KMeansModel> {
  const { x, k, seed = 1, maxIterations = 300, tolerance = 1e-4, nulls } = options;
  const columns = await numberColumns(fitting, x, 'kMeans');
  const { n, dropped, squares } = await momentsOf(fitting, { columns, names: x, nulls });
  if (k > n)
    throw invalid(`k is ${k}, and there ${n === 1 ? 'is' : 'are'} ${counted(n)}`, 'fewer clusters, or more rows');
  const task = { fitting, columns, names: x, n, deviations: squares.map((each) => Math.sqrt(each / n)) };
  const seeds = await seedsOf(task, k, seed);
  const totalSumOfSquares = squares.reduce((sum, each) => sum + each, 0);
  const enough = (tolerance * totalSumOfSquares) / (n * x.length);
  let centers = seeds;
  let moved = Number.POSITIVE_INFINITY;
  let iterations = 0;
  while (moved > enough && iterations < maxIterations) {
    const step = await lloyd(task, centers);
    ({ moved, next: centers } = step);
    iterations += 1;
  }
  const { sizes, inertias } = await lloyd(task, centers);
  const found = { centers, sizes, inertias, iterations, converged: moved <= enough, totalSumOfSquares };
  const model = new KMeansModel({ x, seed, n, dropped, ...found }, fitting.receipt);
  if (!model.converged) throw notConverged(model, moved, enough);
  return model;
}

function notConverged(model: KMeansModel, moved: number, enough: number): NotConverged<KMeansModel> {
  const { iterations, inertia } = model;
  const reason = `the centers still move after the most iterations, ${iterations}: the squares of their moves add up to ${signif(moved, 3)}, and ${signif(enough, 3)} is enough`;
  return new NotConverged(reason, model, {
    shown: `the sum of squares within clusters is ${signif(inertia, 7)}`,
    hint: 'raise maxIterations or tolerance; the model as far as it came is `last` of this error',
  });
}

function check(options: KMeansOptions): void {
  checkOptions(options, OPTIONS);
  const { x, k, seed, maxIterations, tolerance, nulls } = options;
  checkNames(x, 'x');
  if (k === undefined) throw invalid('k is missing', 'the number of clusters: k: 3');
  checkWhole('k', k, [1, MOST_CENTRES]);
  if (k * x.length > MOST_COORDINATES) {
    const message = `${k} centers of ${x.length} columns are ${k * x.length} numbers: at most ${MOST_COORDINATES}`;
    throw new ShardfoldError('PLAN_TOO_LARGE', message, { hint: 'fewer clusters, or fewer columns' });
  }
  checkWhole('seed', seed, [0, 2 ** 32 - 1]);
  checkWhole('maxIterations', maxIterations, [1, 1_000_000]);
  checkNotNegative('tolerance', tolerance);
  checkNullRule(nulls);
}

/** Each centre is a row, drawn with the square of its distance from the centers before. */
async function seedsOf(task: Task, k: number, seed: number): Promise<readonly number[]> {
  const { fitting, columns, names } = task;
  const centers: number[] = [];
  for (let draw = 0; draw < k; draw++) {
    const { flat } = await fitting.pass('seeding', columns, [seed, draw, ...centers]);
    refuseOverflow(flat, names);
    if (flat[0] === 0) throw await tooAlike(task, k, draw);
    centers.push(...flat.slice(1));
  }
  return centers;
}

/** Numbers of this size and above differ by more than `LEAST_DIFFERENCE`, or not at all. */
const SMALL = 1e-140;
/** The square of what is less is 0. */
const LEAST_DIFFERENCE = 1.6e-162;

async function tooAlike({ fitting, columns, n }: Task, k: number, draw: number): Promise<ShardfoldError> {
  const differ = `k is ${k}, and only ${draw} of the ${counted(n)} differ`;
  const small = columns.map((column): Expr => column.neq(0).and(column.abs().lt(SMALL)));
  const [found] = await fitting.source
    .filter(small.reduce((any, each) => any.or(each)))
    .limit(1)
    .collect(fitting.run);
  return found === undefined
    ? invalid(differ, `at most ${draw} ${draw === 1 ? 'cluster' : 'clusters'} of these rows`)
    : invalid(`${differ} by more than ${LEAST_DIFFERENCE}, below which squares are 0`, 'multiply the columns by 1e150');
}
