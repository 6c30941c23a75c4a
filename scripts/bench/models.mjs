// A regression of the delays of three million flights on eight predictors: in the shards; on the client side by the same plan; by pulling
// the predictors and solving the normal equations in plain JavaScript; and, of one predictor, against DuckDB's regr_slope in process.
// And how long everyone else waits while models are fitted in the shards.
import { DuckDBInstance } from '@duckdb/node-api';
import { Matrix, solve } from 'ml-matrix';
import { run as latency } from './latency.mjs';
import { interleave, row } from './lib.mjs';

export const name = 'models';
export const title = 'A regression on three million flights on three shards, 8 predictors (medians of three runs)';

const RUNS = 3;
const X = ['distance', 'far', 'hour', 'late', 'month', 'summer', 'weekend', 'hub'];
const HUBS = ['ATL', 'DEN', 'DFW', 'LAX', 'ORD', 'PHX'];

function predictors({ col, when }) {
  const flag = (condition) => when(condition).then(1).otherwise(0);
  const hour = col('date').hour();
  const month = col('date').month();
  return {
    far: flag(col('distance').gt(1000)),
    hour,
    late: flag(hour.gtEq(18)),
    month,
    summer: flag(month.gtEq(6).and(month.ltEq(8))),
    weekend: flag(col('date').dayOfWeek().isIn([0, 6])),
    hub: flag(col('origin').isIn(HUBS)),
  };
}

/** As one would write it: no refinement, no residuals. */
async function pulled(query) {
  const { columns, rows } = await query.select('delay', ...X).collectColumns();
  const given = X.map((name) => columns[name]);
  const p = given.length + 1;
  const sums = new Float64Array(p * p);
  const moments = new Float64Array(p);
  const x = new Float64Array(p);
  x[0] = 1;
  for (let r = 0; r < rows; r++) {
    for (let j = 1; j < p; j++) x[j] = given[j - 1][r];
    const y = columns.delay[r];
    for (let i = 0; i < p; i++) {
      moments[i] += x[i] * y;
      for (let j = i; j < p; j++) sums[i * p + j] += x[i] * x[j];
    }
  }
  const normal = Matrix.from1DArray(p, p, sums);
  for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) normal.set(i, j, normal.get(j, i));
  return solve(normal, Matrix.columnVector(Array.from(moments))).to1DArray();
}

function same(what, ours, theirs) {
  const differs = ours.findIndex((value, i) => Math.abs(value - theirs[i]) > 1e-6 * Math.max(1, Math.abs(value)));
  if (differs >= 0) throw new Error(`${what}: coefficient ${differs} is ${theirs[differs]}, not ${ours[differs]}`);
}

async function duckdb(file) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run('CREATE TABLE flights AS SELECT delay, distance FROM read_parquet($1)', [file]);
  return {
    slope: async () => {
      const reader = await connection.runAndReadAll(
        'SELECT regr_slope(delay, distance) AS slope, regr_intercept(delay, distance) AS intercept FROM flights',
      );
      const [{ slope, intercept }] = reader.getRowObjectsJS();
      return [intercept, slope];
    },
    close: () => connection.closeSync(),
  };
}

const estimates = ({ coefficients }) => coefficients.map(({ estimate }) => estimate);

export async function run(env) {
  const api = await env.shardfold();
  const sf = await env.client();
  const query = (await env.flights()).withColumns(predictors(api));
  const regression = (side, method) => sf.linearRegression(query, { y: 'delay', x: X, method, side });
  const one = (side) => sf.linearRegression('flights', { y: 'delay', x: ['distance'], side });
  const duck = await duckdb(env.flightsFile);
  try {
    const model = await regression('shards', 'qr');
    same('pulled', estimates(model), await pulled(query));
    same('DuckDB', estimates(await one('shards')), await duck.slope());
    const { receipt } = model;
    const cases = [
      () => regression('shards', 'qr'),
      () => regression('shards', 'normal'),
      () => regression('client', 'qr'),
      () => pulled(query),
      () => one('auto'),
      () => duck.slope(),
    ].map((work) => async () => void (await work()));
    const [shards, normal, client, plain, simple, slope] = await interleave(cases, RUNS);
    const others = await latency(env, () => regression('shards', 'qr'));
    return [
      row('in the shards: QR and refinement', shards, 'ms'),
      row('in the shards: normal equations', normal, 'ms'),
      row('on the client side: QR and refinement', client, 'ms'),
      row('pulled, normal equations in plain JavaScript', plain, 'ms'),
      row('pulled against QR in the shards', plain / shards, '×'),
      row('pulled against normal equations in the shards', plain / normal, '×'),
      row('in the shards: moved', (receipt.bytesSent + receipt.bytesReceived) / 1e6, 'MB'),
      row('in the shards: passes', receipt.passes ?? Number.NaN, ''),
      row('one predictor, side auto', simple, 'ms'),
      row('one predictor, DuckDB in process', slope, 'ms'),
      ...others.map((each) => ({ ...each, name: `GET meanwhile: ${each.name}` })),
    ];
  } finally {
    duck.close();
  }
}
