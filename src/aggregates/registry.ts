/** All aggregates by name. */

import type { Aggregate } from './aggregate.js';
import { count } from './count.js';
import { corr, covar, covarPop } from './covariance.js';
import { approxCountDistinct, countDistinct } from './distinct.js';
import { max, min } from './extremes.js';
import { histogram } from './histogram.js';
import { collectList, topK } from './lists.js';
import { all, any } from './logic.js';
import { mean } from './mean.js';
import { argMax, argMin, first, last } from './positions.js';
import { median, quantile } from './quantiles.js';
import { approxQuantile } from './sketch.js';
import { sum } from './sum.js';
import { populationDeviation, populationVariance, sampleDeviation, sampleVariance } from './variance.js';
import { weightedMean } from './weighted-mean.js';

export const AGGREGATES: Readonly<Record<Aggregate['name'], Aggregate>> = {
  count,
  sum,
  mean,
  min,
  max,
  var: sampleVariance,
  std: sampleDeviation,
  varPop: populationVariance,
  stdPop: populationDeviation,
  first,
  last,
  argMin,
  argMax,
  median,
  quantile,
  approxQuantile,
  countDistinct,
  approxCountDistinct,
  any,
  all,
  corr,
  covar,
  covarPop,
  weightedMean,
  histogram,
  topK,
  collectList,
};
