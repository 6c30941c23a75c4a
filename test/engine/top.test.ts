// The first rows of random orders over random tables, on every side, as DuckDB has them; ties in the order of the table.
import fc from 'fast-check';
import { Draw } from '../harness/oracle/draw.js';
import { Duck } from '../harness/oracle/duckdb.js';
import {
  different,
  drawOrder,
  type Engine,
  engineCopy,
  orderedRows,
  outcome,
  rowsOf,
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

async function property({ runs, orders, large }: { runs: number; orders: number; large: boolean }): Promise<void> {
  let engine: Engine | undefined;
  let worlds: Worlds | undefined;
  let count = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        if (worlds === undefined || count++ % 3 === 0) {
          await worlds?.close();
          engine = await engineCopy();
          worlds = await Worlds.open(engine);
        }
        const draw = new Draw(g);
        const table = drawTable(draw, large);
        const snapshots = await worlds.store(table, store as never);
        await duck.load(table);
        for (let i = 0; i < orders; i++) {
          const asked = drawOrder(draw, table);
          const range = { offset: draw.pick([0, 0, 1, 7]), limit: draw.pick([0, 1, 2, 5, 10, 100, 1000]) };
          const expected = await orderedRows(duck, asked);
          const first = expected?.[Math.floor(expected.length / 3)];
          let code: string | undefined;
          for (const { work, order, way } of worlds.ways(snapshots, asked)) {
            const { topRows } = engine as Engine;
            const fail = (what: string): never => {
              throw new Error(`${way}: ${what}\n${textOf(asked)} ${JSON.stringify(range)}\n${describeTable(table)}`);
            };
            const found = await outcome(() => topRows(work, order, range));
            if (found.result === undefined) {
              // Whoever fails, all fail.
              code ??= found.code;
              if (expected !== undefined && found.code !== 'NUMERIC_OVERFLOW') fail(`${found.code}`);
              if (found.code !== code) fail(`${found.code} instead of ${code}`);
              continue;
            }
            if (code !== undefined) fail(`no ${code}`);
            if (expected === undefined) continue;
            const wanted = expected.slice(range.offset, range.offset + range.limit);
            const wrong = different([rowsOf(found.result.keys)], [wanted]);
            if (wrong !== undefined) fail(`row numbers: ${wrong}`);
            const values = different(found.result.columns, wanted.length === 0 ? [] : storedRows(table, wanted));
            if (values !== undefined) fail(values);
            if (work.options.side === 'shards' && found.result.receipt.computedOn.client > 0) fail('pulled');
            if (first === undefined) continue;
            // The page after a row.
            const whole = await topRows(work, order, { limit: Math.floor(expected.length / 3) + 1 });
            const after = whole.keys.at(-1);
            if (after?.row !== first) fail(`row ${after?.row} instead of ${first} at ${whole.keys.length - 1}`);
            if (after === undefined) continue;
            const page = await topRows(work, order, { limit: 5, after });
            const place = expected.indexOf(first);
            const wrongPage = different([rowsOf(page.keys)], [expected.slice(place + 1, place + 6)]);
            if (wrongPage !== undefined) fail(`after row ${first}: ${wrongPage}`);
          }
        }
      }),
      {
        numRuns: runs * SOAK,
        endOnFailure: true,
        ...SEED,
      },
    );
  } finally {
    await worlds?.close();
  }
}

it('small tables', () => property({ runs: 8, orders: 3, large: false }), 3_600_000);
it('tables of several units and chunks', () => property({ runs: 2, orders: 3, large: true }), 3_600_000);
