// A filtered group-by over three million flights, four ways: in the shards; pulled packed into this process and computed by the same plan; by
// DuckDB in process on the same columns; and as it is done without any of this, by HMGET over one hash a row. The last takes a
// sample of the rows and its time is scaled to all, which flatters it: a cluster of three million hashes is no faster.
import { DuckDBInstance } from '@duckdb/node-api';
import { createCluster } from 'redis';
import { interleave, row } from './lib.mjs';

export const name = 'group-by';
export const title =
  'select origin, count(*), avg(delay), max(delay) from flights where distance > 500 group by origin (medians of five runs)';

const SAMPLE_ROWS = 60_000;
const PIPELINE = 1000;
const SQL = `SELECT origin, count(*) AS n, avg(delay) AS mean, max(delay) AS most FROM flights WHERE distance > 500 GROUP BY origin`;

async function duckdb(file) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run('CREATE TABLE flights AS SELECT origin, delay, distance FROM read_parquet($1)', [file]);
  const rows = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS();
  return { rows, close: () => connection.closeSync() };
}

/** One hash a row, spread over the shards by their names. */
async function hashes(url, sample) {
  const cluster = createCluster({ rootNodes: [{ url }] });
  await cluster.connect();
  const key = (i) => `hashes:${i}`;
  const inPipelines = async (work) => {
    for (let from = 0; from < sample.length; from += PIPELINE) {
      await Promise.all(Array.from({ length: Math.min(PIPELINE, sample.length - from) }, (_, i) => work(from + i)));
    }
  };
  await inPipelines((i) => {
    const { origin, delay, distance } = sample[i];
    return cluster.hSet(key(i), { origin, delay: String(delay), distance: String(distance) });
  });
  return {
    async groupBy() {
      const groups = new Map();
      await inPipelines(async (i) => {
        const [origin, delay, distance] = await cluster.hmGet(key(i), ['origin', 'delay', 'distance']);
        if (!(Number(distance) > 500)) return;
        let group = groups.get(origin);
        if (group === undefined) {
          group = { n: 0, sum: 0, most: Number.NEGATIVE_INFINITY };
          groups.set(origin, group);
        }
        group.n += 1;
        group.sum += Number(delay);
        group.most = Math.max(group.most, Number(delay));
      });
      return groups;
    },
    async close() {
      await inPipelines((i) => cluster.unlink(key(i)));
      await cluster.close();
    },
  };
}

/** Counts and maxima are exact and means nearly so, or the race is void. */
function sameAnswer(what, ours, theirs) {
  const byOrigin = new Map(theirs.map((group) => [group.origin, group]));
  const same = ({ origin, n, mean, most }) => {
    const other = byOrigin.get(origin);
    return (
      other &&
      Number(other.n) === n &&
      Number(other.most) === most &&
      Math.abs(other.mean - mean) <= 1e-9 * (1 + Math.abs(mean))
    );
  };
  if (ours.length !== theirs.length || !ours.every(same)) throw new Error(`${what} and DuckDB disagree`);
}

export async function run(env) {
  const { col, count } = await env.shardfold();
  const flights = await env.flights();
  const query = flights
    .filter(col('distance').gt(500))
    .groupBy('origin')
    .agg({ n: count(), mean: col('delay').mean(), most: col('delay').max() });

  const duck = await duckdb(env.flightsFile);
  const [{ rows }] = await duck.rows('SELECT count(*)::DOUBLE AS rows FROM flights');
  const sample = await duck.rows(
    `SELECT origin, delay, distance FROM flights USING SAMPLE ${SAMPLE_ROWS} ROWS (reservoir, 1)`,
  );
  env.note(`writing ${SAMPLE_ROWS} hashes …`);
  const store = await hashes((await env.cluster()).url, sample);
  try {
    const truth = await duck.rows(SQL);
    sameAnswer('the shards', await query.collect({ side: 'shards' }), truth);
    sameAnswer('the client side', await query.collect({ side: 'client' }), truth);
    const time = (work) => async () => {
      await work();
    };
    const [shards, client, engine, sampled] = await interleave([
      time(() => query.collect({ side: 'shards' })),
      time(() => query.collect({ side: 'client' })),
      time(() => duck.rows(SQL)),
      time(() => store.groupBy()),
    ]);
    const scaled = (sampled / sample.length) * rows;
    return [
      row('in the shards', shards, 'ms'),
      row('pulled packed into the client', client, 'ms'),
      row('DuckDB in process', engine, 'ms'),
      row(`HMGET, one hash a row, ${sample.length} rows`, sampled, 'ms'),
      row(`HMGET, scaled to ${rows} rows`, scaled, 'ms'),
      row('HMGET against the shards', scaled / shards, '×', { atLeast: 20 }),
      row('pulling against the shards', client / shards, '×'),
      row('DuckDB against the shards', engine / shards, '×'),
    ];
  } finally {
    await store.close();
    duck.close();
  }
}
