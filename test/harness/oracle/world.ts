/** One table on a cluster and in DuckDB, and plans run over it on every side. */
import fc from 'fast-check';
import type { CollectOptions } from '../../../src/engine/options.js';
import type { Query } from '../../../src/query/query.js';
import type { Shardfold } from '../../../src/shardfold.js';
import { fromPhysical } from '../../../src/storage/schema.js';
import { SOAK } from '../soak.js';
import { disagreement, type Outcome, outcomeOf, sameBits } from './check.js';
import { Draw } from './draw.js';
import type { Duck } from './duckdb.js';
import { drawJoined, type JoinedWorld, joinedQuery } from './joined.js';
import { type Classes, drawPlan, type OraclePlan, toQuery } from './plan.js';
import { drawTable, type OracleTable, type Stored } from './table.js';

export { SOAK };

/** Draws a table and plans over it, and hands both to `check`. */
export function forRandomPlans(
  options: { runs: number; plans: number; large?: boolean; rows?: boolean },
  check: (table: OracleTable, plans: readonly OraclePlan[]) => Promise<void>,
): Promise<void> {
  const { runs, plans, large = false, rows = false } = options;
  const seed = process.env.SHARDFOLD_SEED === undefined ? {} : { seed: Number(process.env.SHARDFOLD_SEED) };
  return fc.assert(
    fc.asyncProperty(fc.gen(), async (g) => {
      const draw = new Draw(g);
      const table = drawTable(draw, large);
      const list = draw.list(plans, () => drawPlan(draw, table, rows));
      await check(table, list);
    }),
    { numRuns: runs * SOAK, endOnFailure: true, ...seed },
  );
}

/** As `forRandomPlans`, over joins of tables. */
export function forRandomJoins(
  options: { runs: number; plans: number; large?: boolean; rows?: boolean },
  check: (world: JoinedWorld, plans: readonly OraclePlan[]) => Promise<void>,
): Promise<void> {
  const { runs, plans, large = false, rows = false } = options;
  const seed = process.env.SHARDFOLD_SEED === undefined ? {} : { seed: Number(process.env.SHARDFOLD_SEED) };
  return fc.assert(
    fc.asyncProperty(fc.gen(), async (g) => {
      const draw = new Draw(g);
      const world = drawJoined(draw, large);
      await check(
        world,
        draw.list(plans, () => drawPlan(draw, world.joined, rows)),
      );
    }),
    { numRuns: runs * SOAK, endOnFailure: true, ...seed },
  );
}

/** The tables of joins, and the query of the joins. */
export async function storeJoined(sf: Shardfold, { left, joins }: JoinedWorld) {
  const name = await store(sf, left);
  const names = [name];
  for (const { how, right } of joins) names.push(await store(sf, right, how === 'zip' ? { alignWith: name } : {}));
  const [table, ...rights] = names.map((each): Query => sf.table(each));
  return {
    name,
    query: joinedQuery(table as Query, rights, joins),
    drop: () => Promise.all(names.map((each) => sf.drop(each))),
  };
}

let made = 0;

/** The table under a name of its own. */
export async function store(
  sf: Shardfold,
  { columns, chunkRows }: OracleTable,
  options: { readonly alignWith?: string } = {},
): Promise<string> {
  const name = `oracle ${made++}`;
  const data = columns.map((column) => [
    column.name,
    column.values.map((value) => (value === null ? null : fromPhysical(column.type, value))),
  ]);
  const schema = Object.fromEntries(columns.map((column) => [column.name, column.type]));
  await sf.createTable(name, Object.fromEntries(data), { schema, chunkRows, ...options });
  return name;
}

/** A table somewhere, and how plans over it are run. */
export interface Place {
  readonly sf: Shardfold;
  readonly classes: Classes;
  readonly name: string;
  /** What plans are run over, where it is not that table. */
  readonly query?: Query;
  readonly options: CollectOptions;
}

export const run = ({ sf, classes, name, query, options }: Place, plan: OraclePlan): Promise<Outcome> =>
  outcomeOf(plan, () => toQuery(query ?? sf.table(name), plan, classes).collect(options));

/** The table of a failure, for the values drawn one by one show nothing. */
export function describeTable({ columns, rows, chunkRows }: OracleTable): string {
  const show = (value: Stored): string => (Object.is(value, -0) ? '-0' : String(JSON.stringify(value) ?? value));
  const lines = columns.map(
    ({ name, type, values }) => `${name} ${type} [${values.slice(0, 12).map(show).join(', ')}…]`,
  );
  return [`${rows} rows in chunks of ${chunkRows}`, ...lines].join('\n');
}

export function describePlan(table: OracleTable, { where, end }: OraclePlan): string {
  const result =
    end.kind === 'rows'
      ? `${end.columns.map(({ sql, name }) => `${sql} AS ${name}`).join(', ')} limit ${end.limit}`
      : `${end.aggregates.map(({ aggregate, arg }) => `${aggregate}(${arg?.sql ?? '*'})`).join(', ')} by ${end.keys.map(({ sql }) => sql).join(', ')}`;
  return `${describeTable(table)}\nwhere ${where.map(({ sql }) => sql).join(' AND ') || 'true'}\n${result}`;
}

/** Every way to run a plan gives the bits of the first, and DuckDB agrees. */
export async function checkPlan(places: readonly Place[], plan: OraclePlan, duck: Duck): Promise<string | undefined> {
  let first: Outcome | undefined;
  for (const place of places) {
    const outcome = await run(place, plan);
    first ??= outcome;
    // A test of the shards that computes on the client side would test nothing.
    if (place.options.side === 'shards' && outcome.code === undefined && /256/.test(outcome.reason ?? '')) {
      return 'the kernels of this process are used up';
    }
    if (!sameBits(first, outcome)) {
      return `${JSON.stringify(place.options)} differs:\n${showOutcome(first)}\n${showOutcome(outcome)}`;
    }
  }
  return first === undefined ? 'nothing was run' : disagreement(duck, plan, first);
}

function showOutcome(outcome: Outcome): string {
  if (outcome.code !== undefined) return `${outcome.code}: ${outcome.message}`;
  const rows = outcome.rows
    .slice(0, 8)
    .map((row) => row.map((value) => (Object.is(value, -0) ? '-0' : String(value))).join(' | '));
  return `${outcome.rows.length} rows: ${rows.join(' // ')}`;
}
