/** All aggregates by name. */

import type { AggregateName } from '../expr/expr.js';
import type { Aggregate } from './aggregate.js';
import { count } from './count.js';
import { max, min } from './extremes.js';
import { mean } from './mean.js';
import { sum } from './sum.js';
import { populationDeviation, populationVariance, sampleDeviation, sampleVariance } from './variance.js';

export type { Aggregate, AggregateArg, StateKind, States } from './aggregate.js';

export const AGGREGATES: Readonly<Record<AggregateName, Aggregate>> = {
  count,
  sum,
  mean,
  min,
  max,
  var: sampleVariance,
  std: sampleDeviation,
  varPop: populationVariance,
  stdPop: populationDeviation,
};
