// The six questions of the demo, as a program asks them, and in SQL for DuckDB, which judges the answers.
import { col, count } from 'shardfold';

export const QUESTIONS = [
  {
    title: 'How many flights were more than an hour late?',
    query: (flights) => flights.filter(col('delay').gt(60)).agg({ flights: count() }),
    sql: 'SELECT count(*) AS flights FROM flights WHERE delay > 60',
  },
  {
    title: 'The mean delay in June, in minutes. (Zone maps pass over the chunks that hold other months only.)',
    query: (flights) => flights.filter(col('date').gtEq(new Date('2001-06-01'))).agg({ minutes: col('delay').mean() }),
    sql: "SELECT avg(delay) AS minutes FROM flights WHERE date >= TIMESTAMP '2001-06-01'",
  },
  {
    title: 'The ten airports whose flights of more than 500 miles were latest.',
    query: (flights) =>
      flights
        .filter(col('distance').gt(500))
        .groupBy('origin')
        .agg({ flights: count(), mean: col('delay').mean(), max: col('delay').max() })
        .sort('mean', 'desc')
        .limit(10),
    sql: `SELECT origin, count(*) AS flights, avg(delay) AS mean, max(delay) AS max FROM flights
          WHERE distance > 500 GROUP BY origin ORDER BY mean DESC, origin LIMIT 10`,
    keys: ['origin'],
  },
  {
    title: 'The extremes: minutes of delay, miles, first and last departure.',
    query: (flights) =>
      flights.agg({
        earliest: col('delay').min(),
        latest: col('delay').max(),
        shortest: col('distance').min(),
        longest: col('distance').max(),
        first: col('date').min(),
        last: col('date').max(),
      }),
    sql: `SELECT min(delay) AS earliest, max(delay) AS latest, min(distance) AS shortest, max(distance) AS longest,
          min(date) AS first, max(date) AS last FROM flights`,
  },
  {
    title: 'A dot product of two columns: delay · distance.',
    query: (flights) => flights.agg({ dot: col('delay').mul(col('distance')).sum() }),
    sql: 'SELECT sum(delay * distance) AS dot FROM flights',
  },
  {
    title: 'The hours lost by delays, the first quarter of an hour of each left out.',
    query: (flights) => flights.filter(col('delay').gt(15)).agg({ hours: col('delay').sub(15).div(60).sum() }),
    // DuckDB's plain sum of floats depends on its threads; fsum compensates, as ours does.
    sql: 'SELECT fsum((delay - 15) / 60) AS hours FROM flights WHERE delay > 15',
  },
];

/** The query as it stands above, without what is around it. */
export function sourceOf({ query }) {
  const lines = query
    .toString()
    .replace(/^\(flights\) =>\s*/, '')
    .split('\n');
  const indents = lines.slice(1).map((line) => /^ */.exec(line)[0].length);
  const shift = Math.max(0, Math.min(...indents) - (lines.length > 1 && lines[1].trimStart().startsWith('.') ? 2 : 0));
  return lines.map((line, i) => (i === 0 ? line : line.slice(shift)));
}
