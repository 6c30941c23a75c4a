/** Rows to train on, and rows to test on. */

import { checkOptions } from '../engine/check-options.js';
import { showValue } from '../errors.js';
import type { Query } from '../query/query.js';
import { invalid } from './common/columns.js';
import { queryOf } from './common/query-of.js';

export interface SplitOptions {
  /** Which part of the rows to test on, between 0 and 1; 0.25 by default. */
  readonly test?: number;
  /** Other rows for another seed; 1 by default. */
  readonly seed?: number;
}

/**
 * Each row of the table belongs to one of two queries, by a hash of its number: the same rows each time, wherever the table lies and
 * whatever else the query filters. Of a query that is rows of tables; of a limit, groups or keys it is an error when it is run.
 * @throws INVALID_ARGUMENT
 */
export function trainTestSplit<S extends object>(
  query: Query<S>,
  options: SplitOptions = {},
): { readonly train: Query<S>; readonly test: Query<S> } {
  checkOptions(options, ['test', 'seed']);
  const { test = 0.25, seed = 1 } = options;
  if (typeof test !== 'number' || !(test > 0 && test < 1))
    throw invalid(`test is ${showValue(test)}`, 'the part of the rows to test on, between 0 and 1: 0.25');
  queryOf(query);
  return { train: query.sample(test, { seed, rest: true }), test: query.sample(test, { seed }) };
}
