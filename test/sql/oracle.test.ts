/** Random SQL text: here, in the shards and on the client side, and in DuckDB. */
import fc from 'fast-check';
import { connect, type Shardfold } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { Draw } from '../harness/oracle/draw.js';
import { SOAK } from '../harness/oracle/world.js';
import { SqlDuck } from './duck.js';
import { drawTables, type Plain, type SqlTable } from './random.js';
import { drawQuery } from './random-query.js';

let sf: Shardfold;
let duck: SqlDuck;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  duck = await SqlDuck.open();
});
afterAll(async () => {
  await sf.close();
  duck.close();
});

async function store({ name, columns, rows }: SqlTable): Promise<void> {
  const schema = Object.fromEntries(columns.map((column) => [column.name, column.type]));
  const data = columns.map(({ name: column, type }, i) => {
    const values = rows.map((row) => row[i] as Plain);
    if (type === 'timestamp' || type === 'date') {
      return [column, values.map((value) => (value === null ? null : new Date(Number(value))))];
    }
    return [
      column,
      values.map((value) => (value !== null && type === 'decimal(2)' ? Number(value).toFixed(2) : value)),
    ];
  });
  await sf.createTable(name, Object.fromEntries(data), { schema, chunkRows: 16, mode: 'replace' });
}

async function ours(text: string, side: 'shards' | 'client'): Promise<Plain[][]> {
  const { rows, columns, nulls, types } = await sf.sql(text).collectColumns({ side });
  return Array.from({ length: rows }, (_, row) =>
    Object.entries(columns).map(([name, values]): Plain => {
      if (nulls[name]?.[row] === 1 || values[row] === null) return null;
      const value = values[row] as number | string;
      const type = types[name] ?? '';
      if (type === 'bool') return value === 1;
      if (type === 'date') return Number(value) * 86_400_000;
      return type.startsWith('decimal') ? Number(value) : value;
    }),
  );
}

/** The order of rows that are not ordered. */
const sorted = (rows: readonly Plain[][]): Plain[][] =>
  [...rows].sort((a, b) => {
    const [x, y] = [keyOf(a), keyOf(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  });
const keyOf = (row: readonly Plain[]): string =>
  row
    .map((value) => (typeof value === 'number' ? value.toPrecision(7).padStart(30) : `${typeof value} ${value}`))
    .join('|');

/** Floats by another order of adding; everything else must be the same. */
function near(a: Plain, b: Plain): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1);
}

const sameRow = (a: readonly Plain[], b: readonly Plain[] | undefined): boolean =>
  a.every((value, k) => near(value, b?.[k] as Plain));

const sameRows = (a: readonly Plain[][], b: readonly Plain[][]): boolean =>
  a.length === b.length && a.every((row, i) => sameRow(row, b[i]));

function sameInAnyOrder(a: readonly Plain[][], b: readonly Plain[][]): boolean {
  const left = [...b];
  return (
    a.length === b.length &&
    a.every((row) => {
      const at = left.findIndex((other) => sameRow(row, other));
      return at >= 0 && left.splice(at, 1).length === 1;
    })
  );
}

it('means what it means in DuckDB, on both sides', async () => {
  const seed = process.env.SHARDFOLD_SEED === undefined ? {} : { seed: Number(process.env.SHARDFOLD_SEED) };
  let [asked, compared] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (g) => {
      const draw = new Draw(g);
      const tables = drawTables(draw);
      for (const table of tables) {
        await store(table);
        await duck.load(table);
      }
      for (const text of draw.list(12, () => drawQuery(draw))) {
        asked += 1;
        // What fails there (an overflow, say) need not fail here.
        const theirs = await duck.rows(text).catch((error: Error) => {
          if (process.env.SHOW_SKIPPED) process.stderr.write(`${text}\n${error.message}\n`);
          return undefined;
        });
        if (theirs === undefined) continue;
        compared += 1;
        const shards = await ours(text, 'shards').catch((error: Error) => {
          throw new Error(`${text}\n${error.message}`, { cause: error });
        });
        expect({ text, rows: await ours(text, 'client') }).toEqual({ text, rows: shards });
        const inOrder = / ORDER BY /.test(text);
        const [a, b] = inOrder ? [shards, theirs] : [sorted(shards), sorted(theirs)];
        // Of numbers that differ beyond their seventh digit either order is one.
        const isSame = sameRows(a, b) || (!inOrder && sameInAnyOrder(a, b));
        if (!isSame) expect({ text, rows: a }).toEqual({ text, rows: b });
      }
    }),
    { numRuns: 5 * SOAK, endOnFailure: true, ...seed },
  );
  expect(compared).toBeGreaterThan(0.9 * asked);
}, 3_600_000);
