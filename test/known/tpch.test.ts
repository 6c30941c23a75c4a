// Queries 1 and 6 of TPC-H.
import { loadIntoDuckdb, sourceOf } from '../../scripts/bench/data/columns.mjs';
import { lineitemTable } from '../../scripts/bench/data/lineitem.mjs';
import { tpchQuestions } from '../../scripts/bench/data/questions.mjs';
import * as api from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { type Judge, openJudge } from './judge.js';

let sf: api.Shardfold;
let judge: Judge;
beforeAll(async () => {
  const table = lineitemTable({ rows: 150_000 });
  judge = await openJudge();
  await loadIntoDuckdb(judge.connection, 'lineitem', table);
  sf = await api.connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  await sf.createTable('lineitem', sourceOf(table));
});
afterAll(async () => {
  await sf.close();
  judge.close();
});

test.each(tpchQuestions(api).map((question) => [question.name, question] as const))('%s', async (_, question) => {
  await judge.agrees(question, sf, 'lineitem');
});

test('the rows are spread as the specification has them', async () => {
  // The counts of query 1 that are published for scale 1, as shares of its 6,001,215 rows.
  const flags = await sf
    .table('lineitem')
    .filter(api.col('l_shipdate').ltEq('1998-09-02'))
    .groupBy('l_returnflag', 'l_linestatus')
    .agg({ n: api.count() })
    .collect<{ n: number; l_returnflag: string; l_linestatus: string }>();
  const shares = flags.map(({ l_returnflag, l_linestatus, n }) => [l_returnflag + l_linestatus, n / 150_000] as const);
  expect(shares.map(([flag]) => flag)).toEqual(['AF', 'NF', 'NO', 'RF']);
  for (const [i, share] of [0.246, 0.0065, 0.487, 0.246].entries()) expect(shares[i]?.[1]).toBeCloseTo(share, 2);
});
