// Ranks, keys at ranks, and quantiles by counting, as DuckDB has them.
import fc from 'fast-check';
import { Draw } from '../harness/oracle/draw.js';
import { Duck } from '../harness/oracle/duckdb.js';
import {
  drawOrder,
  type Engine,
  engineCopy,
  orderedRows,
  outcome,
  SEED,
  textOf,
  Worlds,
  workOn,
} from '../harness/oracle/orders.js';
import { identifier } from '../harness/oracle/sql.js';
import { drawTable } from '../harness/oracle/table.js';
import { describeTable, SOAK, store } from '../harness/oracle/world.js';

let duck: Duck;
beforeAll(async () => {
  duck = await Duck.open();
});
afterAll(() => duck.close());

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
        const { selectRank, rankOf } = engine as Engine;
        const draw = new Draw(g);
        const table = drawTable(draw, large);
        const snapshots = await worlds.store(table, store as never);
        await duck.load(table);
        for (let i = 0; i < 2; i++) {
          const asked = drawOrder(draw, table);
          const expected = await orderedRows(duck, asked);
          if (expected === undefined) continue;
          const rank = draw.pick([0, 3, expected.length - 1, expected.length >> 1, expected.length + 2]);
          for (const { work, order, way } of worlds.ways(snapshots, asked)) {
            const what = `${way}: rank ${rank} ${textOf(asked)}\n${describeTable(table)}`;
            const found = await outcome(() => selectRank(work, order, Math.max(0, rank)));
            if (found.result === undefined) {
              if (found.code !== 'NUMERIC_OVERFLOW') throw new Error(`${found.code} ${what}`);
              continue;
            }
            const { total, entry } = found.result;
            if (total !== expected.length || entry?.row !== expected[Math.max(0, rank)]) {
              throw new Error(`row ${entry?.row} of ${total} instead of ${expected[Math.max(0, rank)]}: ${what}`);
            }
            if (entry === undefined) continue;
            const back = await rankOf(work, order, entry.keys);
            // Ties stand before it, as many as there are.
            const least = (await selectRank(work, order, back.rank)).entry?.keys.map(plain);
            if (back.rank > Math.max(0, rank) || JSON.stringify(least) !== JSON.stringify(entry.keys.map(plain))) {
              throw new Error(`rank ${back.rank} of ${entry.keys}: ${what}`);
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

const plain = (value: unknown): unknown => (typeof value === 'number' ? String(value + 0) : value);

it('ranks in small tables', () => property({ runs: 5, large: false }), 3_600_000);
it('ranks in tables of several units and chunks', () => property({ runs: 2, large: true }), 3_600_000);

it('quantiles', async () => {
  const engine = await engineCopy();
  const worlds = await Worlds.open(engine, [1, 3]);
  try {
    await fc.assert(
      fc.asyncProperty(fc.gen(), fc.boolean(), async (g, large) => {
        const draw = new Draw(g);
        const table = drawTable(draw, large);
        const snapshots = await worlds.store(table, store as never);
        await duck.load(table);
        const qs = [0, 1, 0.5, 0.25, 0.9, draw.int(0, 1000) / 1000];
        for (const [index, { name, type }] of table.columns.entries()) {
          if (!['float64', 'int32', 'int64'].includes(type)) continue;
          const wanted: (number | null)[] = [];
          for (const q of qs) {
            const [[value] = [null]] = await duck.rows(
              `SELECT quantile_cont(CAST(${identifier(name)} AS DOUBLE), ${q}) FROM t`,
            );
            wanted.push(value as number | null);
          }
          for (const [shards, snapshot] of snapshots) {
            const work = workOn(engine, {
              link: worlds.link(shards),
              snapshot,
              options: { side: shards === 1 ? 'client' : 'shards' },
            });
            const { values } = await engine.quantiles(work, { kind: 'column', type, index }, qs);
            // -0 and 0 are equal; infinities of both signs have nothing between them.
            if (JSON.stringify(values.map(plain)) !== JSON.stringify(wanted.map(plain))) {
              throw new Error(`${name} ${type}: ${values} instead of ${wanted} at ${qs}\n${describeTable(table)}`);
            }
          }
        }
      }),
      { numRuns: 6 * SOAK, endOnFailure: true, ...SEED },
    );
  } finally {
    await worlds.close();
  }
}, 3_600_000);
