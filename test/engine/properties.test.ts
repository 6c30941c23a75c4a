// Random plans over random tables: in the shards as on the client side, bit for bit, and as DuckDB and exact arithmetic say.
import { jest } from '@jest/globals';
import type { Shardfold } from '../../src/shardfold.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { Duck } from '../harness/oracle/duckdb.js';
import { describeJoins, loadJoined } from '../harness/oracle/joined.js';
import type { Classes } from '../harness/oracle/plan.js';
import {
  checkPlan,
  describePlan,
  forRandomJoins,
  forRandomPlans,
  store,
  storeJoined,
} from '../harness/oracle/world.js';

let duck: Duck;
beforeAll(async () => {
  duck = await Duck.open();
});
afterAll(() => duck.close());

/** A process makes at most 256 kernels; a fresh copy of the package counts them anew. */
async function freshCopy(): Promise<{ sf: Shardfold; classes: Classes }> {
  jest.resetModules();
  const { connect, Expr, AggregateExpr } = await import('../../src/index.js');
  return { sf: await connect({ url: sharedUrl(3), prefix: uniquePrefix() }), classes: { Expr, AggregateExpr } };
}

const SIDES = [{ side: 'shards', sliceUnits: 1 }, { side: 'client' }, { side: 'shards' }] as const;

async function property(options: { runs: number; plans: number; large?: boolean; rows?: boolean }): Promise<void> {
  let copy: { sf: Shardfold; classes: Classes } | undefined;
  let count = 0;
  try {
    await forRandomPlans(options, async (table, plans) => {
      if (copy === undefined || count++ % 4 === 0) {
        await copy?.sf.close();
        copy = await freshCopy();
      }
      const { sf, classes } = copy;
      const name = await store(sf, table);
      await duck.load(table);
      for (const plan of plans) {
        const places = SIDES.map((side) => ({ sf, classes, name, options: side }));
        const wrong = await checkPlan(places, plan, duck);
        if (wrong !== undefined) throw new Error(`${wrong}\n${describePlan(table, plan)}`);
      }
      await sf.drop(name);
    });
  } finally {
    await copy?.sf.close();
  }
}

async function joins(options: { runs: number; plans: number; large?: boolean; rows?: boolean }): Promise<void> {
  let copy: { sf: Shardfold; classes: Classes } | undefined;
  let count = 0;
  try {
    await forRandomJoins(options, async (world, plans) => {
      if (copy === undefined || count++ % 4 === 0) {
        await copy?.sf.close();
        copy = await freshCopy();
      }
      const { sf, classes } = copy;
      const { name, query, drop } = await storeJoined(sf, world);
      await loadJoined(duck, world);
      for (const plan of plans) {
        const places = SIDES.map((side) => ({ sf, classes, name, query, options: side }));
        const wrong = await checkPlan(places, plan, duck);
        if (wrong !== undefined) {
          throw new Error(`${wrong}\n${describePlan(world.left, plan)}\n${describeJoins(world)}`);
        }
      }
      await drop();
    });
  } finally {
    await copy?.sf.close();
  }
}

it('aggregates over small tables', () => property({ runs: 9, plans: 5 }), 3_600_000);
it('aggregates over tables of several units and chunks', () => property({ runs: 1, plans: 5, large: true }), 3_600_000);
it('rows', () => property({ runs: 7, plans: 4, rows: true }), 3_600_000);
it('aggregates over joins', () => joins({ runs: 7, plans: 4 }), 3_600_000);
it('aggregates over joins of several units', () => joins({ runs: 1, plans: 4, large: true }), 3_600_000);
it('rows of joins', () => joins({ runs: 5, plans: 3, rows: true }), 3_600_000);
