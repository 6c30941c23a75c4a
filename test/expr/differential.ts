// Expressions over a table of edge values: in the shards, on the client side and as rows, bit for bit, and as DuckDB says.
import { col, connect, type Expr, type Shardfold } from '../../src/index.js';
import { fromPhysical } from '../../src/storage/schema.js';
import type { ColumnType } from '../../src/storage/types.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { Duck } from '../harness/oracle/duckdb.js';
import type { OracleTable, Stored } from '../harness/oracle/table.js';

/** An expression of ours, and DuckDB's. */
export type Case = readonly [expr: Expr, sql: string];

export interface Options {
  /** Within so many units in the last place, for functions of the C library. */
  readonly ulps?: number;
}

export type EdgeColumns = Readonly<Record<string, readonly [ColumnType, readonly Stored[]]>>;

export class Differential {
  readonly sf: Shardfold;
  readonly duck: Duck;
  readonly #rows: number;

  constructor(sf: Shardfold, duck: Duck, rows: number) {
    this.sf = sf;
    this.duck = duck;
    this.#rows = rows;
  }

  /** Every value of a column stands in a row of its own; shorter columns begin again. */
  static async open(columns: EdgeColumns, chunkRows = 65_024): Promise<Differential> {
    const rows = Math.max(...Object.values(columns).map(([, values]) => values.length));
    const filled = Object.entries({ ...columns, row: ['int32', Array.from({ length: rows }, (_, i) => i)] as const });
    const table: OracleTable = {
      rows,
      chunkRows,
      columns: filled.map(([name, [type, values]]) => ({
        name,
        type,
        values: Array.from({ length: rows }, (_, i) => values[i % values.length] as Stored),
        samples: [],
      })),
    };
    const duck = await Duck.open();
    await duck.load(table);
    const sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
    const data = table.columns.map(({ name, type, values }) => [
      name,
      values.map((value) => (value === null ? null : fromPhysical(type, value))),
    ]);
    const schema = Object.fromEntries(table.columns.map(({ name, type }) => [name, type]));
    await sf.createTable('t', Object.fromEntries(data), { schema, chunkRows });
    return new Differential(sf, duck, rows);
  }

  async close(): Promise<void> {
    await this.sf.close();
    this.duck.close();
  }

  /** @param cases at most a few at a time share one kernel */
  async check(cases: readonly Case[], { ulps = 0 }: Options = {}): Promise<void> {
    const wrong: string[] = [];
    for (let first = 0; first < cases.length; first += 6) {
      wrong.push(...(await this.#some(cases.slice(first, first + 6), ulps)));
    }
    if (wrong.length > 0) throw new Error(`${wrong.length} differ:\n${wrong.slice(0, 25).join('\n')}`);
  }

  async #some(cases: readonly Case[], ulps: number): Promise<string[]> {
    const named = cases.map(([expr], i) => expr.as(`e${i}`));
    const rows = await this.sf
      .table('t')
      .select('row', ...named)
      .collect();
    const maxima = Object.fromEntries(cases.map(([expr], i) => [`e${i}`, expr.max()]));
    const grouped = this.sf.table('t').groupBy('row').agg(maxima).sort('row');
    const [shards, client] = [await grouped.collect({ side: 'shards' }), await grouped.collect({ side: 'client' })];
    if (shards.receipt.computedOn.client > 0) throw new Error(`not in the shards: ${shards.receipt.computedOn.reason}`);
    const theirs = await this.duck.rows(`SELECT ${cases.map(([, sql]) => sql).join(', ')} FROM t ORDER BY "#"`);
    const inputs = await this.duck.rows('SELECT * FROM t ORDER BY "#"');
    const wrong: string[] = [];
    for (let row = 0; row < this.#rows; row++) {
      for (const [i, [, sql]] of cases.entries()) {
        const values = [shards, client, rows].map((list) => stored(list[row]?.[`e${i}`]));
        const their = comparable(theirs[row]?.[i]);
        const [inShard, onClient, asRow] = values;
        const alike = near(inShard, onClient, ulps) && near(onClient, asRow, 0) && near(asRow, their, ulps);
        if (!alike)
          wrong.push(
            `${sql} of ${inputs[row]?.slice(1).map(show).join(', ')}: ${values.map(show)} (shard, client, row) instead of ${show(their)}`,
          );
      }
    }
    return wrong;
  }
}

const show = (value: unknown): string =>
  Object.is(value, -0) ? '-0' : typeof value === 'string' ? JSON.stringify(value) : String(value);

const comparable = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

/** As DuckDB's values are stored: ms, days, scaled integers. */
function stored(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'boolean') return Number(value);
  return value;
}

const DAY_MS = 86_400_000;

/** Equal to the last bit, or by so many of them; days are told as their midnight, decimals by their digits. */
function near(a: unknown, b: unknown, ulps: number): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a === 'number' && typeof b === 'number') {
    if (Math.abs(a - b) <= ulps * Math.max(Math.abs(a) * 2 ** -52, 5e-324)) return true;
    return a !== 0 && a === b * DAY_MS && Number.isInteger(b);
  }
  return (
    typeof a === 'string' && typeof b === 'number' && /^-?\d+(\.\d+)?$/.test(a) && Number(a.replace('.', '')) === b
  );
}

export const c = col;
