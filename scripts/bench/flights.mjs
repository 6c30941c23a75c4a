// Four questions to three million flights, each in the shards; pulled packed into this process and computed by the same plan; and by
// DuckDB in process on the same columns. The first, a filtered group-by, also as it is done without any of this: by HMGET over one hash a
// row. That takes a sample of the rows and its time is scaled to all, which flatters it: a cluster of three million hashes is no faster.
import { DuckDBInstance } from '@duckdb/node-api';
import { createCluster } from 'redis';
import { flightsQuestions } from './data/questions.mjs';
import { interleave, row } from './lib.mjs';

export const name = 'flights';
export const title =
  'Three million flights on three shards (medians of five runs; server ns a row: the time in the kernels)';

const SAMPLE_ROWS = 60_000;
const PIPELINE = 1000;

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

/** Integers and strings are the same and floats nearly so, or the race is void. */
function sameAnswer(what, ours, theirs) {
  const same = (mine, other) =>
    typeof other === 'number' ? Math.abs(other - mine) <= 1e-9 * (1 + Math.abs(other)) : String(mine) === String(other);
  const sameRow = (row, i) => Object.keys(row).every((column) => same(ours[i]?.[column], row[column]));
  if (ours.length !== theirs.length || !theirs.every(sameRow)) throw new Error(`${what} and DuckDB disagree`);
}

/** @returns a case for `interleave` */
const measured = (query, side, rows) => async () => {
  const from = performance.now();
  const { receipt } = await query.collect({ side });
  const ms = performance.now() - from;
  return { ms, bytes: receipt.bytesSent + receipt.bytesReceived, nsRow: (receipt.serverMs * 1e6) / rows };
};

const timed = (work) => async () => {
  await work();
};

async function ask({ name, query, sql, keys }, { flights, duck, rows }) {
  const ordered = keys.length > 0 ? `${sql} ORDER BY ${keys.join(', ')}` : sql;
  const asked = query(flights);
  const truth = await duck.rows(ordered);
  sameAnswer(`${name} in the shards`, await asked.collect({ side: 'shards' }), truth);
  sameAnswer(`${name} on the client side`, await asked.collect({ side: 'client' }), truth);
  const [shards, client, engine] = await interleave([
    measured(asked, 'shards', rows),
    measured(asked, 'client', rows),
    timed(() => duck.rows(ordered)),
  ]);
  return [
    row(`${name}: in the shards`, shards.ms, 'ms'),
    row(`${name}: in the shards, kernels`, shards.nsRow, 'ns a row'),
    row(`${name}: in the shards, moved`, shards.bytes / 1e6, 'MB'),
    row(`${name}: pulled packed into the client`, client.ms, 'ms'),
    row(`${name}: pulled, moved`, client.bytes / 1e6, 'MB'),
    row(`${name}: DuckDB in process`, engine, 'ms'),
    row(`${name}: pulling against the shards`, client.ms / shards.ms, '×'),
    row(`${name}: DuckDB against the shards`, engine / shards.ms, '×'),
  ];
}

/** The question by pipelined HMGETs of a sample, in turns with the shards. */
async function byHashes(env, question, { flights, duck, rows }) {
  const sample = await duck.rows(
    `SELECT origin, delay, distance FROM flights USING SAMPLE ${SAMPLE_ROWS} ROWS (reservoir, 1)`,
  );
  env.note(`writing ${SAMPLE_ROWS} hashes …`);
  const store = await hashes((await env.cluster()).url, sample);
  try {
    const asked = question.query(flights);
    const [sampled, shards] = await interleave([
      timed(() => store.groupBy()),
      timed(() => asked.collect({ side: 'shards' })),
    ]);
    const scaled = (sampled / sample.length) * rows;
    return [
      row(`${question.name}: HMGET, one hash a row, ${sample.length} rows`, sampled, 'ms'),
      row(`${question.name}: HMGET, scaled to ${rows} rows`, scaled, 'ms'),
      row(`${question.name}: HMGET, scaled, against the shards`, scaled / shards, '×', { atLeast: 20 }),
    ];
  } finally {
    await store.close();
  }
}

export async function run(env) {
  const all = flightsQuestions(await env.shardfold());
  const flights = await env.flights();
  const duck = await duckdb(env.flightsFile);
  try {
    const [{ rows }] = await duck.rows('SELECT count(*)::DOUBLE AS rows FROM flights');
    const results = [];
    for (const question of all) results.push(...(await ask(question, { flights, duck, rows })));
    return [...results, ...(await byHashes(env, all[0], { flights, duck, rows }))];
  } finally {
    duck.close();
  }
}
