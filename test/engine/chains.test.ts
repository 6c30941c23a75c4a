// Random chains of steps in any order: in the shards as on the client side, in every form of a result, and as DuckDB says.

import { jest } from '@jest/globals';
import fc from 'fast-check';
import type { Shardfold } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { collected, SIDES, wrongChain } from '../harness/oracle/chain-run.js';
import { settle } from '../harness/oracle/chain-settle.js';
import { type ChainEnv, rowsOfStage } from '../harness/oracle/chain-stage.js';
import { drawChain, drawChainWorld, stagesOf } from '../harness/oracle/chains.js';
import { Draw } from '../harness/oracle/draw.js';
import { Duck } from '../harness/oracle/duckdb.js';
import { describeTable, SOAK, store } from '../harness/oracle/world.js';

let duck: Duck;
beforeAll(async () => {
  duck = await Duck.open();
});
afterAll(() => duck.close());

/** A process makes at most 256 kernels; a fresh copy of the package counts them anew. */
async function freshCopy(shards: 1 | 3 | 5): Promise<{ sf: Shardfold; classes: ChainEnv['classes'] }> {
  jest.resetModules();
  const { connect, Expr, AggregateExpr } = await import('../../src/index.js');
  return { sf: await connect({ url: sharedUrl(shards), prefix: uniquePrefix() }), classes: { Expr, AggregateExpr } };
}

let chains = 0;
const SHARDS = [3, 1, 5] as const;

async function world(draw: Draw, options: { chains: number; large: boolean; nth: number }): Promise<void> {
  const { sf, classes } = await freshCopy(SHARDS[options.nth % SHARDS.length] as 1 | 3 | 5);
  try {
    const drawn = drawChainWorld(draw, { large: options.large, few: options.nth % 8 === 7 });
    const names: string[] = [];
    for (const [i, table] of drawn.tables.entries()) {
      names.push(await store(sf, table, drawn.aligned && i === 1 ? { alignWith: names[0] as string } : {}));
    }
    const env: ChainEnv = { classes, table: (nth) => sf.table(names[nth] as string) };
    const pool = await stagesOf(duck, drawn);
    const fail = (wrong: string, text: string): Error =>
      new Error(`${wrong}\n${text}\n${drawn.tables.map((table, i) => `${i}: ${describeTable(table)}`).join('\n')}`);
    for (let i = 0; i < options.chains; i++) {
      const settled = async (of: Parameters<typeof settle>[1]): Promise<boolean> => {
        const outcome = await collected(() => of.stage.build(env), of.stage.columns, SIDES[0] as object).catch(
          (error) => {
            throw fail(String((error as Error).stack), of.stage.text);
          },
        );
        const { wrong, ends } = await settle(duck, of, outcome);
        if (wrong !== undefined) throw fail(wrong, of.stage.text);
        return ends !== true;
      };
      const stage = await drawChain({ draw, duck, settle: settled }, pool);
      const expected = await rowsOfStage(duck, stage);
      try {
        const wrong = await wrongChain({ sf, query: () => stage.build(env), draw }, stage, expected);
        if (wrong !== undefined) throw new Error(wrong);
      } catch (error) {
        throw fail(String((error as Error).stack), stage.text);
      }
      chains++;
    }
  } finally {
    await sf.close();
  }
}

it.each([
  { large: false, runs: 3, chains: 5 },
  { large: true, runs: 1, chains: 3 },
])(
  'large: $large',
  async ({ large, runs, chains: each }) => {
    // A failure names both.
    const { SHARDFOLD_SEED: known, SHARDFOLD_PATH: path } = process.env;
    const seed = { ...(known !== undefined && { seed: Number(known) }), ...(path !== undefined && { path }) };
    let nth = 0;
    chains = 0;
    await fc.assert(
      fc.asyncProperty(fc.gen(), (g) => world(new Draw(g), { chains: each, large, nth: nth++ })),
      { numRuns: runs * SOAK, endOnFailure: true, ...seed },
    );
    expect(chains).toBe(runs * SOAK * each);
  },
  3_600_000,
);
