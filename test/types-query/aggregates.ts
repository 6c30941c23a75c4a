/** Types of aggregates: null where a group, or the whole table, may hold no value. Never run. */
import { col, corr, count, covar, covarPop, defineAggregate, type Expr } from '../../src/index.js';
import { expectRows } from './expect.js';
import { flights } from './tables.js';

// A whole table may have no rows: all but counts may be null.
expectRows(
  flights.agg({ n: count(), known: col('delay').count(), sum: col('distance').sum(), mean: col('delay').mean() }),
).is<{ n: number; known: number; sum: number | null; mean: number | null }>(true);
expectRows(flights.agg({ first: col('day').min(), last: col('landed').max(), least: col('origin').min() })).is<{
  first: Date | null;
  last: Date | null;
  least: string | null;
}>(true);

// A group has rows: null only where the column may be.
expectRows(
  flights.groupBy('origin', 'late').agg({
    n: count(),
    distance: col('distance').sum(),
    delay: col('delay').sum(),
    far: col('distance').max(),
    mean: col('distance').mean(),
    spread: col('distance').std(),
    population: col('distance').varPop(),
  }),
).is<{
  origin: string | null;
  late: boolean;
  n: number;
  distance: number;
  delay: number | null;
  far: number;
  mean: number;
  spread: number | null;
  population: number;
}>(true);

// Decimals sum to decimals, bools to numbers.
expectRows(
  flights.groupBy('origin').agg({ fare: col('fare').sum(), tax: col('tax').sum(), late: col('late').sum() }),
).is<{ origin: string | null; fare: `${number}` | null; tax: `${number}`; late: number }>(true);
expectRows(flights.groupBy('late').agg({ n: col('delay').gt(60).sum() })).is<{ late: boolean; n: number | null }>(true);

// Names: given by an object, by `as`, or those of the column.
expectRows(flights.groupBy('late').agg(count(), col('distance').max(), col('delay').min().as('least'))).is<{
  late: boolean;
  count: number;
  distance: number;
  least: number | null;
}>(true);
expectRows(flights.agg(count().as('rows'), { far: col('distance').max() })).is<{ rows: number; far: number | null }>(
  true,
);

// A filter of its own may leave no row, but a count is a number.
expectRows(
  flights.groupBy('late').agg({
    n: count({ where: col('delay').gt(60) }),
    sum: col('distance').sum({ where: col('delay').gt(60) }),
  }),
).is<{ late: boolean; n: number; sum: number | null }>(true);

// Aggregates combine with each other, with keys and with constants.
expectRows(
  flights.groupBy(col('origin').as('airport')).agg({
    range: col('distance').max().sub(col('distance').min()),
    share: col('delay').sum().div(count()),
    named: col('airport').neq('JFK').and(count().gt(1)),
  }),
).is<{ airport: string | null; range: number; share: number | null; named: boolean | null }>(true);

// Keys that are expressions.
expectRows(flights.groupBy(col('distance').div(100).as('hundreds'), 'late').agg({ n: count() })).is<{
  hundreds: number;
  late: boolean;
  n: number;
}>(true);

// Rows and positions: the value of some row, null where that may be.
expectRows(
  flights.groupBy('late').agg({
    first: col('origin').first(),
    last: col('landed').last(),
    farthest: col('destination').argMax(col('distance')),
    worst: col('destination').argMax(col('delay')),
    latest: col('landed').argMin('distance'),
  }),
).is<{ late: boolean; first: string | null; last: Date; farthest: string; worst: string | null; latest: Date }>(true);

// Quantiles keep the type; sketches and counts are numbers.
expectRows(
  flights.groupBy('late').agg({
    median: col('distance').median(),
    tax: col('tax').quantile(0.9),
    when: col('day').median(),
    about: col('tax').approxQuantile(0.5, { relativeError: 0.001 }),
    origins: col('origin').countDistinct(),
    days: col('day').approxCountDistinct(),
  }),
).is<{
  late: boolean;
  median: number;
  tax: `${number}`;
  when: Date | null;
  about: number;
  origins: number;
  days: number;
}>(true);

// Bools, weights, pairs.
expectRows(
  flights.groupBy('late').agg({
    any: col('late').any(),
    all: col('delay').gt(0).all(),
    mean: col('tax').weightedMean(col('distance')),
    weighted: col('tax').weightedMean(col('delay')),
    corr: corr(col('distance'), col('speed')),
    covar: covar(col('distance'), col('speed')),
    covarPop: covarPop(col('distance'), col('delay')),
  }),
).is<{
  late: boolean;
  any: boolean;
  all: boolean | null;
  mean: number;
  weighted: number | null;
  corr: number;
  covar: number | null;
  covarPop: number | null;
}>(true);

// Lists.
interface Bin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}
expectRows(
  flights.groupBy('late').agg({
    top: col('distance').topK(3),
    delays: col('delay').topK(3),
    list: col('origin').collectList({ limit: 10 }),
    bins: col('speed').histogram({ bins: 10 }),
    edges: col('delay').histogram({ edges: [0, 1, 2] }),
  }),
).is<{
  late: boolean;
  top: number[];
  delays: number[] | null;
  list: (string | null)[];
  bins: Bin[];
  edges: Bin[] | null;
}>(true);
expectRows(flights.agg({ top: col('distance').topK(3) })).is<{ top: number[] | null }>(true);

// Aggregates of users' own: what `finish` gives, null of no rows.
const meanOf = defineAggregate({
  init: { total: 0, n: 0 },
  step: ({ total, n }, x: Expr) => ({ total: total.add(x), n: n.add(1) }),
  merge: (a, b) => ({ total: a.total.add(b.total), n: a.n.add(b.n) }),
  finish: ({ total, n }) => total.div(n),
});
expectRows(flights.agg({ mean: meanOf(col('distance')), some: meanOf(1, { where: col('late') }) })).is<{
  mean: number | null;
  some: number | null;
}>(true);

// The first of equal rows, or of rows that are equal in some columns.
expectRows(flights.select('origin', 'late').distinct('late')).is<{ origin: string | null; late: boolean }>(true);
