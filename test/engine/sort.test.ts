// Whole orders, at once and in passes with bounded memory, as DuckDB has them.
import fc from 'fast-check';
import { runOptions } from '../../src/engine/options.js';
import { bytesHeld } from '../../src/engine/order-way.js';
import { sortRows } from '../../src/engine/sort.js';
import { connect } from '../../src/index.js';
import type { Part, RowsRelation } from '../../src/plan/relation.js';
import { rowSpec } from '../../src/plan/rows-spec.js';
import { openTable } from '../../src/storage/catalog.js';
import { testCluster } from '../harness/cluster.js';
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
import { relationOf } from '../harness/passes.js';

let duck: Duck;
beforeAll(async () => {
  duck = await Duck.open();
});
afterAll(() => duck.close());

/** A sort in passes holds at least a batch. */
const LEAST = 8192;

async function property({ runs, large }: { runs: number; large: boolean }): Promise<void> {
  let engine: Engine | undefined;
  let worlds: Worlds | undefined;
  let count = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        if (worlds === undefined || count++ % 3 === 0) {
          await worlds?.close();
          engine = await engineCopy();
          worlds = await Worlds.open(engine, [1, 3]);
        }
        const { sortRows: sort } = engine as Engine;
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
              const found = await outcome(() => gathered(sort(work, order, { onHeld, ...(memory && { memory }) })));
              const what = `${way}, memory ${memory}: ${textOf(asked)}\n${describeTable(table)}`;
              if (found.result === undefined) {
                if (found.code !== 'NUMERIC_OVERFLOW') throw new Error(`${found.code}: ${what}`);
                continue;
              }
              const wrong = different(found.result, wanted);
              if (wrong !== undefined) throw new Error(`${wrong}: ${what}`);
              if (memory !== undefined && most > LEAST) throw new Error(`${most} rows held: ${what}`);
            }
          }
        }
      }),
      { numRuns: runs * SOAK, endOnFailure: true, ...SEED },
    );
  } finally {
    await worlds?.close();
  }
}

it('small tables', () => property({ runs: 4, large: false }), 3_600_000);
it('large tables', () => property({ runs: 2, large: true }), 3_600_000);

describe('what does not fit', () => {
  const cluster = testCluster({ shards: 3 });
  const rows = 30_000;
  /** Each value several times, and each chunk with values of all ranges. */
  const values = Float64Array.from({ length: rows }, (_, i) => (i * 7919) % 10_007);

  it('is sorted in passes, and so many rows at most are held', async () => {
    const sf = await connect({ url: cluster.url });
    try {
      await sf.createTable('t', { v: values, i: values.map((_, i) => i) }, { chunkRows: 8128 });
      const context = sf.link.context();
      const snapshot = await openTable(sf.link, 't', context);
      const relation = relationOf(sf.table('t').sort('v', 'desc').plan, snapshot) as RowsRelation;
      const order = relation.order[0] ?? [];
      const exprs = order.map(({ expr }) => expr);
      const spec = rowSpec(relation.parts[0] as Part, relation.outputs, exprs, snapshot);
      const work = { link: sf.link, spec, options: runOptions({}), context };
      let most = 0;
      const onHeld = (held: number) => {
        most = Math.max(most, held);
      };
      const [, numbers] = await gathered(sortRows(work, order, { memory: 1, onHeld }));
      const expected = [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
      expect(numbers).toEqual(expected);
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThanOrEqual(LEAST);
      // Counted as they are held: 16 bytes for each of three values, however narrow they are stored.
      expect(bytesHeld(spec, order)).toBeGreaterThan(rows * 3 * 16);
    } finally {
      await sf.close();
    }
  }, 120_000);
});
