/** Orders of rows, drawn and asked of DuckDB; and the engine below queries, in fresh copies. */
import { jest } from '@jest/globals';
import type { ResultValue } from '../../../src/aggregates/index.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import type { Entry } from '../../../src/codegen/rows-entries.js';
import type { Columns } from '../../../src/engine/local-table.js';
import { type RunOptions, runOptions } from '../../../src/engine/options.js';
import type { RowWork } from '../../../src/engine/scan-spec.js';
import type { Physical } from '../../../src/expr/typed.js';
import type { OrderBy } from '../../../src/plan/relation.js';
import type { TableSnapshot } from '../../../src/storage/types.js';
import { sharedUrl, uniquePrefix } from '../cluster.js';
import type { Draw } from './draw.js';
import type { Duck } from './duckdb.js';
import { drawAny, drawBool, type OracleExpr, scopeOf } from './exprs.js';
import { shuffled } from './links.js';
import type { OracleTable } from './table.js';

export interface OracleKey {
  readonly expr: OracleExpr;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface OracleOrder {
  readonly filter: OracleExpr | undefined;
  readonly keys: readonly OracleKey[];
}

export function drawOrder(draw: Draw, table: OracleTable): OracleOrder {
  const scope = scopeOf(table);
  const filter = draw.chance(0.4) ? drawBool(draw, scope, draw.int(0, 2)) : undefined;
  const keys = draw.list(draw.pick([1, 1, 1, 2, 2, 3, 5]), () => ({
    expr: draw.chance(0.75)
      ? ([...scope.values()][draw.int(0, scope.size - 1)] as OracleExpr)
      : drawAny(draw, scope, draw.int(0, 2)),
    descending: draw.chance(0.5),
    nullsFirst: draw.chance(0.5),
  }));
  return { filter, keys };
}

/** Numbers of the rows that pass, in order; undefined where DuckDB fails. */
export async function orderedRows(duck: Duck, { filter, keys }: OracleOrder): Promise<number[] | undefined> {
  const by = keys.map(
    ({ expr, descending, nullsFirst }) =>
      `${expr.sql} ${descending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`,
  );
  // Constants in ORDER BY would be taken for places of columns.
  const list = keys.map((_, i) => by[i]?.replace(keys[i]?.expr.sql ?? '', `k${i}`));
  const inner = keys.map(({ expr }, i) => `${expr.sql} AS k${i}`).join(', ');
  const where = filter === undefined ? '' : ` WHERE ${filter.sql}`;
  try {
    const rows = await duck.rows(
      `SELECT "#" FROM (SELECT "#", ${inner} FROM t${where}) ORDER BY ${list.join(', ')}, "#"`,
    );
    return rows.map(([row]) => Number(row));
  } catch (error) {
    if (/Out of Range|overflow/i.test(String(error))) return undefined;
    throw error;
  }
}

/** The engine in a copy of its own, for a process makes at most 256 kernels. */
export async function engineCopy() {
  jest.resetModules();
  return import('./engine.js');
}
export type Engine = Awaited<ReturnType<typeof engineCopy>>;

/** A way of running things, on a cluster of so many shards. */
export const WAYS: readonly (readonly [shards: 1 | 3 | 5, options: Partial<RunOptions>, shuffle: boolean])[] = [
  [3, { side: 'client' }, false],
  [1, { side: 'shards', sliceUnits: 1 }, false],
  [3, { side: 'shards', sliceUnits: 2 }, true],
  [5, { side: 'shards', sliceUnits: 4, maxInFlight: 4 }, true],
  [3, { side: 'shards', sliceUnits: 8 }, false],
  [3, { side: 'auto' }, false],
];

/** The same tables on clusters of 1, 3 and 5 shards. */
export class Worlds {
  readonly #engine: Engine;
  readonly #links: Map<number, ClusterLink>;

  private constructor(engine: Engine, links: Map<number, ClusterLink>) {
    this.#engine = engine;
    this.#links = links;
  }

  static async open(engine: Engine, shards: readonly (1 | 3 | 5)[] = [1, 3, 5]): Promise<Worlds> {
    const links = new Map<number, ClusterLink>();
    for (const count of shards) {
      links.set(count, await engine.connectCluster({ url: sharedUrl(count), prefix: uniquePrefix() }));
    }
    return new Worlds(engine, links);
  }

  link(shards: number): ClusterLink {
    return this.#links.get(shards) as ClusterLink;
  }

  async store(
    table: OracleTable,
    store: (sf: never, table: OracleTable) => Promise<string>,
  ): Promise<Map<number, TableSnapshot>> {
    const snapshots = new Map<number, TableSnapshot>();
    for (const [shards, link] of this.#links) {
      const name = await store(new this.#engine.Shardfold(link) as never, table);
      snapshots.set(shards, await this.#engine.openTable(link, name, link.context()));
    }
    return snapshots;
  }

  /** Work over all columns of a table, in every way. */
  ways(
    snapshots: Map<number, TableSnapshot>,
    { filter, keys }: OracleOrder,
  ): { work: RowWork; order: OrderBy[]; way: string }[] {
    return WAYS.flatMap(([shards, options, shuffle]) => {
      const snapshot = snapshots.get(shards);
      if (snapshot === undefined) return [];
      const link = shuffle ? shuffled(this.link(shards), 3) : this.link(shards);
      const work = workOn(this.#engine, { link, snapshot, options }, filter);
      return [{ work, order: ordersOn(this.#engine, snapshot, keys), way: `${shards} ${JSON.stringify(options)}` }];
    });
  }

  async close(): Promise<void> {
    for (const link of this.#links.values()) await link.close();
  }
}

const scopeOn = ({ schema }: TableSnapshot) =>
  new Map(schema.map(({ name, type }, index) => [name, { kind: 'column' as const, type, index }]));

export function workOn(
  engine: Engine,
  { link, snapshot, options }: { link: ClusterLink; snapshot: TableSnapshot; options: Partial<RunOptions> },
  filter?: OracleExpr,
): RowWork {
  const scope = scopeOn(snapshot);
  const part = {
    filter: filter && engine.bindBool(filter.expr.node, scope),
    scope,
    source: { kind: 'table' as const, snapshot },
    lookups: [],
  };
  const spec = engine.rowSpec(part, snapshot.schema, [], snapshot);
  return { link, spec, options: { ...runOptions({}), ...options }, context: link.context() };
}

export function ordersOn(engine: Engine, snapshot: TableSnapshot, keys: readonly OracleKey[]): OrderBy[] {
  return keys.map(({ expr, descending, nullsFirst }) => ({
    expr: engine.bind(expr.expr.node, scopeOn(snapshot)),
    descending,
    nullsFirst,
  }));
}

/** The rows of a table as they are stored, by their numbers. */
export function storedRows({ columns }: OracleTable, rows: readonly number[]): Physical[][] {
  return columns.map(({ values }) =>
    rows.map((row) => {
      const value = values[row] ?? null;
      return typeof value === 'string' ? Buffer.from(value).toString('latin1') : value;
    }),
  );
}

/** Bit for bit. @returns what differs */
export function different(found: Columns, wanted: readonly (readonly Physical[])[]): string | undefined {
  for (const [c, column] of wanted.entries()) {
    const ours = found[c] ?? [];
    if (ours.length !== column.length) return `${ours.length} rows instead of ${column.length}`;
    for (const [i, value] of column.entries()) {
      if (!Object.is(ours[i], value)) return `row ${i}, column ${c}: ${String(ours[i])} instead of ${String(value)}`;
    }
  }
  return undefined;
}

/** All batches behind each other. */
export async function gathered(batches: AsyncGenerator<Columns, unknown>): Promise<ResultValue[][]> {
  const out: ResultValue[][] = [];
  for await (const batch of batches) {
    batch.forEach((values, i) => {
      out[i] ??= [];
      for (const value of values) out[i]?.push(value);
    });
  }
  return out;
}

/** Runs something that may fail with a code of ours. */
export async function outcome<Result>(run: () => Promise<Result>): Promise<{ result?: Result; code?: string }> {
  try {
    return { result: await run() };
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code !== 'string') throw error;
    return { code };
  }
}

export const rowsOf = (entries: readonly Entry[]): number[] => entries.map(({ row }) => row);
export const textOf = ({ filter, keys }: OracleOrder): string =>
  `where ${filter?.sql ?? 'true'} order by ${keys.map(({ expr, descending, nullsFirst }) => `${expr.sql} ${descending ? 'desc' : 'asc'} nulls ${nullsFirst ? 'first' : 'last'}`).join(', ')}`;

/** `SHARDFOLD_SEED` repeats a failure. */
export const SEED = process.env.SHARDFOLD_SEED === undefined ? {} : { seed: Number(process.env.SHARDFOLD_SEED) };
