// Trains on three million real flights that lie in a real three-shard cluster: a regression of the delay, the odds to be late, clusters;
// scores them on flights that were not trained on, predicts in the shards, and keeps a model in the cluster.
//   npm run train [-- --days N]
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { col, connect, count, score, trainTestSplit } from 'shardfold';
import { startLocalCluster } from 'shardfold/local';
import { root } from './bundle.mjs';

const FILE = join(root, 'node_modules/vega-datasets/data/flights-3m.parquet');
const { values } = parseArgs({ options: { days: { type: 'string', default: '31' } } });
const end = new Date(Date.UTC(2001, 0, 1 + Number(values.days)));

const timed = async (what, work) => {
  const from = performance.now();
  const result = await work();
  const { receipt } = result;
  const moved = receipt === undefined ? '' : `, ${(receipt.bytesReceived / 1e6).toFixed(2)} MB came here`;
  console.log(`\n# ${what}: ${((performance.now() - from) / 1000).toFixed(1)} s${moved}\n`);
  return result;
};

const cluster = await startLocalCluster({ shards: 3 });
const sf = await connect({ url: cluster.url });
try {
  await timed('three million flights, imported', () => sf.createTable('flights', FILE));
  const flights = sf
    .table('flights')
    .filter(col('date').lt(end))
    .withColumns({ hour: col('date').hour(), weekday: col('date').dayOfWeek(), late: col('delay').gt(30) });
  const { train, test } = trainTestSplit(flights, { test: 0.25, seed: 1 });
  const x = ['distance', 'hour', 'weekday'];

  const delay = await timed('linear regression of the delay', () => sf.linearRegression(train, { y: 'delay', x }));
  console.log(`${delay}`);

  const late = await timed('logistic regression: late or not', () => sf.logisticRegression(train, { y: 'late', x }));
  console.log(`${late}`);

  const clusters = await timed('four clusters', () => sf.kMeans(train, { x: ['delay', 'distance'], k: 4, seed: 1 }));
  console.log(`${clusters}`);

  console.log('\n# on the flights that were not trained on\n');
  const { rmse, mae, r2 } = await score.regression(delay.predict(test, { as: 'expected' }), {
    actual: 'delay',
    predicted: 'expected',
  });
  const { auc, logLoss, accuracy, confusion } = await score.binary(late.predict(test, { as: 'chance' }), {
    actual: 'late',
    predicted: 'chance',
  });
  console.table({ delay: { rmse, mae, r2 }, late: { auc, logLoss, accuracy } });
  console.table(confusion);

  const kept = await timed('predictions of all flights of these days, written in the shards', () =>
    late.predict(flights, { as: 'chance' }).select('date', 'origin', 'delay', 'chance').into('expected'),
  );
  console.log(`${kept.rows} rows`);
  console.table([
    ...(await sf
      .table('expected')
      .groupBy('origin')
      .agg({ flights: count(), chance: col('chance').mean(), late: col('delay').gt(30).cast('int32').mean() })
      .filter(col('flights').gt(1000))
      .sort('chance', 'desc')
      .limit(5)
      .collect()),
  ]);

  await sf.saveModel('late', late);
  const again = await sf.loadModel('late');
  console.log(`the model is kept in the cluster: ${again.coefficients.length} coefficients of ${again.n} flights`);
} finally {
  await sf.close();
  await cluster.stop();
}
