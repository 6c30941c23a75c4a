// Whole orders, at once and in passes with bounded memory, as DuckDB has them.
import fc from 'fast-check';
import { Draw } from '../harness/oracle/draw.js';
import { Duck } from '../harness/oracle/duckdb.js';
import {
  different,
  drawOrder,
  type Engine,
  engineCopy,
  gathered,
  orderedRows,
  outcome,
  SEED,
  storedRows,
  textOf,
  Worlds,
} from '../harness/oracle/orders.js';
import { drawTable } from '../harness/oracle/table.js';
import { describeTable, SOAK, store } from '../harness/oracle/world.js';

let duck: Duck;
beforeAll(async () => {
  duck = await Duck.open();
});
afterAll(() => duck.close());

/** A sort in passes holds at least a batch. */
const LEAST = 8192;

async function property({ runs, large }: { runs: number; large: boolean }): Promise<number> {
  let engine: Engine | undefined;
  let worlds: Worlds | undefined;
  let [count, passes] = [0, 0];
  try {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        if (worlds === undefined || count++ % 3 === 0) {
          await worlds?.close();
          engine = await engineCopy();
          worlds = await Worlds.open(engine, [1, 3]);
        }
        const { sortRows } = engine as Engine;
        const draw = new Draw(g);
        const table = drawTable(draw, large);
        const snapshots = await worlds.store(table, store as never);
        await duck.load(table);
        for (let i = 0; i < 2; i++) {
          const asked = drawOrder(draw, table);
          const expected = await orderedRows(duck, asked);
          if (expected === undefined) continue;
          const wanted = expected.length === 0 ? [] : storedRows(table, expected);
          for (const { work, order, way } of worlds.ways(snapshots, asked)) {
            for (const memory of [undefined, 1]) {
              let most = 0;
              const onHeld = (rows: number) => {
                most = Math.max(most, rows);
              };
              const found = await outcome(() => gathered(sortRows(work, order, { onHeld, ...(memory && { memory }) })));
              const what = `${way}, memory ${memory}: ${textOf(asked)}\n${describeTable(table)}`;
              if (found.result === undefined) {
                if (found.code !== 'NUMERIC_OVERFLOW') throw new Error(`${found.code}: ${what}`);
                continue;
              }
              const wrong = different(found.result, wanted);
              if (wrong !== undefined) throw new Error(`${wrong}: ${what}`);
              if (memory !== undefined && most > LEAST) throw new Error(`${most} rows held: ${what}`);
              if (memory !== undefined && expected.length > LEAST) passes += 1;
            }
          }
        }
      }),
      { numRuns: runs * SOAK, endOnFailure: true, ...SEED },
    );
  } finally {
    await worlds?.close();
  }
  return passes;
}

it('small tables', async () => void (await property({ runs: 4, large: false })), 3_600_000);
it(
  'tables that do not fit are sorted in passes, and so many rows at most are held',
  async () => expect(await property({ runs: 2, large: true })).toBeGreaterThan(0),
  3_600_000,
);
