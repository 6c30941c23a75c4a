import { type Aggregate, numberOf } from './aggregate.js';

/** Number of non-null values; of rows where it has no argument. */
export const count: Aggregate = {
  name: 'count',
  takes: () => true,
  accepts: 'values of any type',
  resultType: () => 'int64',
  requires: () => ['valid'],
  finish: (states) => numberOf(states, 'valid'),
};
