// Questions to three million real flights.
import { flightsQuestions } from '../../scripts/bench/data/questions.mjs';
import * as api from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { type Judge, openJudge } from './judge.js';

const FLIGHTS = 'node_modules/vega-datasets/data/flights-3m.parquet';

let sf: api.Shardfold;
let judge: Judge;
beforeAll(async () => {
  judge = await openJudge();
  await judge.connection.run(`CREATE VIEW flights AS SELECT * FROM '${FLIGHTS}'`);
  sf = await api.connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  await sf.createTable('flights', FLIGHTS);
});
afterAll(async () => {
  await sf.drop('flights');
  await sf.close();
  judge.close();
});

test.each(flightsQuestions(api).map((question) => [question.name, question] as const))('%s', async (_, question) => {
  await judge.agrees(question, sf, 'flights');
});
