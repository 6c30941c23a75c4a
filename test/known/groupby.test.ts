// The group-by questions of the H2O.ai database benchmark over its table, made smaller.
import { loadIntoDuckdb, sourceOf } from '../../scripts/bench/data/columns.mjs';
import { groupByTable } from '../../scripts/bench/data/groupby.mjs';
import { groupByQuestions } from '../../scripts/bench/data/questions.mjs';
import * as api from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { type Judge, openJudge } from './judge.js';

let sf: api.Shardfold;
let judge: Judge;
beforeAll(async () => {
  const table = groupByTable({ rows: 60_000 });
  judge = await openJudge();
  await loadIntoDuckdb(judge.connection, 'x', table);
  sf = await api.connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  await sf.createTable('x', sourceOf(table));
});
afterAll(async () => {
  await sf.close();
  judge.close();
});

test.each(groupByQuestions(api).map((question) => [question.name, question] as const))('%s', async (_, question) => {
  await judge.agrees(question, sf, 'x');
});
