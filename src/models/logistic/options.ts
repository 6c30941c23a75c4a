/** What a logistic regression is asked for. */

import { checkOptions } from '../../engine/check-options.js';
import { COLLECT_OPTIONS, type CollectOptions } from '../../engine/options.js';
import { showValue } from '../../errors.js';
import {
  checkNames,
  checkNotNegative,
  checkNullRule,
  checkWhole,
  invalid,
  MOST_COLUMNS,
  type NullRule,
} from '../common/columns.js';

export interface LogisticOptions extends CollectOptions {
  /** The column that is explained: a bool, or numbers that are 0 or 1. */
  readonly y: string;
  /** Columns that explain it: numbers, and columns of texts or bools, which become one 0/1 column a value but the first (by bytes; false). */
  readonly x: readonly string[];
  /** Whether there is a constant term; true by default. */
  readonly intercept?: boolean;
  /**
   * λ ≥ 0: λ/2 Σ β² over all coefficients but the intercept is added to the negative log-likelihood (1 / C of scikit-learn); 0 by default.
   * With a penalty there are no standard errors.
   */
  readonly l2?: number;
  /** 25 by default. */
  readonly maxIterations?: number;
  /** It has converged when no coefficient moves by more than this, relative to one and the greatest, of columns scaled to variance 1; 1e-8 by default. */
  readonly tolerance?: number;
  /** What to do with rows that have a null in a column: `drop` (the default) leaves them out, `error` refuses them. */
  readonly nulls?: NullRule;
}

const OWN = ['y', 'x', 'intercept', 'l2', 'maxIterations', 'tolerance', 'nulls'];

/** @throws INVALID_ARGUMENT, PLAN_TOO_LARGE */
export function checkLogistic(options: LogisticOptions): void {
  checkOptions(options, [...COLLECT_OPTIONS, ...OWN]);
  const { y, x, intercept, l2, maxIterations, tolerance, nulls } = options;
  if (typeof y !== 'string') throw invalid(`y is ${showValue(y)}`, "the name of a column: y: 'delayed'");
  checkNames(x, 'x', MOST_COLUMNS - 2);
  if (x.includes(y)) throw invalid(`"${y}" is y and among x`, 'a column cannot explain itself');
  if (intercept !== undefined && typeof intercept !== 'boolean')
    throw invalid(`intercept is ${showValue(intercept)}`, 'true or false');
  checkNotNegative('l2', l2);
  checkWhole('maxIterations', maxIterations, [1, 10_000]);
  checkNotNegative('tolerance', tolerance);
  checkNullRule(nulls);
}
