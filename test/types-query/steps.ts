/** Rows after each step, as the compiler sees them: `npm run check` is the test. Never run. */
import { col, count, lit, type Query, type ResultRow, type Rows, type Table } from '../../src/index.js';
import { expectRows, expectType } from './expect.js';
import { anything, flights, sf } from './tables.js';

interface Flights {
  origin: string | null;
  destination: string;
  delay: number | null;
  distance: number;
  speed: number;
  fare: `${number}` | null;
  tax: `${number}`;
  late: boolean;
  day: Date | null;
  landed: Date;
}
type All = { [K in keyof Flights]: Flights[K] };

expectRows(flights).is<All>(true);
expectRows(sf.table<Flights>('flights')).is<Flights>(true);

// Steps that keep the columns.
expectRows(flights.filter(col('delay').gt(60))).is<All>(true);
expectRows(flights.filter(col('delay').gt(60).and(col('origin').eq('JFK')).or(col('day').isNull()))).is<All>(true);
expectRows(flights.distinct()).is<All>(true);
expectRows(flights.sort('delay').limit(3).slice(1, 2).head()).is<All>(true);
expectRows(flights.sort(['origin', col('delay').neg()], { nulls: 'first' })).is<All>(true);
expectRows(flights.sort([col('delay').desc({ nulls: 'first' }), col('origin').asc(), 'day'])).is<All>(true);

// Columns chosen, made, left out, called otherwise.
expectRows(flights.select('origin', 'distance')).is<{ origin: string | null; distance: number }>(true);
expectRows(flights.select(col('fare'), col('tax').as('levy'))).is<{
  fare: `${number}` | null;
  levy: `${number}`;
}>(true);
expectRows(flights.select('late').withColumns(lit(1).as('one'), col('late').not().as('early'))).is<{
  late: boolean;
  one: number;
  early: boolean;
}>(true);
expectRows(flights.select('origin', 'delay').withColumns(col('delay').gt(0).as('delay'))).is<{
  origin: string | null;
  delay: boolean | null;
}>(true);
expectRows(flights.select('origin', 'delay', 'day').drop('origin', 'day')).is<{ delay: number | null }>(true);
expectRows(flights.select('origin', 'delay').rename({ origin: 'from', delay: 'minutes' })).is<{
  from: string | null;
  minutes: number | null;
}>(true);
expectRows(flights.select('origin', 'delay').rename({})).is<{ origin: string | null; delay: number | null }>(true);

// Every step may follow every other.
expectRows(
  flights
    .withColumns(col('distance').div(col('speed')).as('hours'))
    .filter(col('hours').gt(2))
    .groupBy('origin')
    .agg({ flights: count(), hours: col('hours').mean() })
    .filter(col('flights').gt(10))
    .select(col('origin').as('airport'), col('hours').mul(60).as('minutes'))
    .sort('minutes', 'desc'),
).is<{ airport: string | null; minutes: number }>(true);

// Rows of several queries: a value may be what it may be in any of them.
expectRows(flights.select('distance').union(flights.select(col('delay').as('distance')))).is<{
  distance: number | null;
}>(true);
expectRows(flights.select('late').union(flights.select('late'), flights.select('late'))).is<{ late: boolean }>(true);

// Names that the compiler cannot know: rows as without a schema.
declare const name: string;
expectRows(flights.select('origin', col('delay').add(1))).is<ResultRow>(true);
expectRows(flights.select(col('delay').as(name))).is<ResultRow>(true);
expectRows(flights.groupBy(col('delay').mod(60)).agg(count())).is<ResultRow>(true);

// Without a schema any name will do, and any value may come.
expectRows(anything).is<ResultRow>(true);
expectRows(
  anything
    .select('x', col('y').add(col('z')).as('w'))
    .drop('x')
    .rename({ w: 'v' }),
).is<ResultRow>(true);
expectRows(anything.groupBy('x').agg({ n: count() }).sort('whatever')).is<ResultRow>(true);
expectRows(anything.union(flights, flights.agg(count()))).is<ResultRow>(true);

// A query of known rows fits where any query will do, and a table where a query will.
export function print(query: Query): Query {
  return query.head();
}
print(flights);
print(flights.select('origin'));
const table: Table<All> = flights;
const query: Query<All> = table;
expectType(query.collect()).is<Promise<Rows<All>>>(true);

// The shape may still be asserted.
expectType(anything.collect<{ n: number }>()).is<Promise<Rows<{ n: number }>>>(true);

// Expressions by the names of the columns that they make, alone and beside others.
expectRows(flights.select({ from: col('origin'), minutes: col('distance').mul(2) })).is<{
  from: string | null;
  minutes: number;
}>(true);
expectRows(flights.select('late', { hours: col('delay').div(60) }, col('tax').as('levy'))).is<{
  late: boolean;
  hours: number | null;
  levy: `${number}`;
}>(true);
expectRows(flights.select('late', 'delay').withColumns({ delay: col('delay').gt(0), one: lit(1) })).is<{
  late: boolean;
  delay: boolean | null;
  one: number;
}>(true);
expectRows(flights.select('delay').withColumns({ a: lit(1) }, col('delay').neg().as('b'))).is<{
  delay: number | null;
  a: number;
  b: number | null;
}>(true);
expectRows(anything.select({ x: col('y') })).is<ResultRow>(true);
