/** One random keyspace on servers and in DuckDB, and what is asked of it on every side. */
import { pour } from '../../../scripts/bench/data/pour.mjs';
import type { CollectOptions } from '../../../src/engine/options.js';
import { col } from '../../../src/expr/expr.js';
import type { Query } from '../../../src/query/query.js';
import type { Shardfold } from '../../../src/shardfold.js';
import { uniquePrefix } from '../cluster.js';
import { type Outcome, outcomeOf } from '../oracle/check.js';
import type { Draw } from '../oracle/draw.js';
import type { Duck } from '../oracle/duckdb.js';
import { type Classes, drawPlan, type OraclePlan, toQuery } from '../oracle/plan.js';
import { identifier } from '../oracle/sql.js';
import { describeTable } from '../oracle/world.js';
import { queryOf } from './api.js';
import { sameResult, wrongResult } from './check.js';
import { dump } from './dump.js';
import { type Facts, factsOf, HIDDEN } from './facts.js';
import { drawKeyspace, type Keyspace, type KINDS, type Size } from './keyspace.js';
import type { SpaceSource } from './space.js';

/** Servers that hold the keyspace, and how plans are run there. */
export interface KeyPlace {
  readonly name: string;
  readonly sf: Shardfold;
  readonly classes: Classes;
  readonly options: CollectOptions;
}

/** A source, and what DuckDB made of a dump of it as table `t<nth>`. */
export interface Known {
  readonly source: SpaceSource;
  readonly hidden: readonly string[];
  readonly facts: Facts;
}

/** @param ports of a node of each of the servers that get the keys; the first is dumped */
export async function makeWorld(
  draw: Draw,
  duck: Duck,
  { ports, kinds, size }: { ports: readonly number[]; kinds: readonly (typeof KINDS)[number][]; size?: Size },
): Promise<{ space: Keyspace; known: Known[] }> {
  const space = drawKeyspace(draw, uniquePrefix(), kinds, size);
  await Promise.all(ports.map((port) => pour(port, space.commands)));
  const known: Known[] = [];
  for (const [nth, source] of space.sources.entries()) {
    const hidden = HIDDEN.filter(() => draw.chance(0.3));
    const keys = await dump(ports[0] as number, source.pattern);
    known.push({ source, hidden, facts: await factsOf(duck, keys, { source, name: `t${nth}`, hidden }) });
  }
  return { space, known };
}

/** Removes what `makeWorld` wrote: others share the servers. */
export async function dropWorld({ commands }: Keyspace, ports: readonly number[]): Promise<void> {
  await Promise.all(
    ports.map((port) =>
      pour(
        port,
        commands.map((words) => ['UNLINK', words[1] as string]),
      ),
    ),
  );
}

/** With the columns that are asked for by name. */
export function knownQuery(sf: Shardfold, { source, hidden, facts }: Known): Query {
  const query = queryOf(sf, source);
  return hidden.length === 0 ? query : query.select(...facts.table.columns.map(({ name }) => name));
}

const describe = ({ source, facts }: Known, plan?: OraclePlan): string =>
  [
    `${source.kind}(${source.pattern}) ${JSON.stringify(source.columns)}`,
    describeTable(facts.table),
    ...(plan === undefined
      ? []
      : [`where ${plan.where.map(({ sql }) => sql).join(' AND ') || 'true'}`, planText(plan)]),
  ].join('\n');

const planText = ({ end }: OraclePlan): string =>
  end.kind === 'rows'
    ? `${end.columns.map(({ sql, name }) => `${sql} AS ${name}`).join(', ')} limit ${end.limit}`
    : `${end.aggregates.map(({ aggregate, arg, by, where }) => `${aggregate}(${arg?.sql ?? '*'}, ${by?.sql ?? ''})${where ? ` where ${where.sql}` : ''}`).join(', ')} by ${end.keys.map(({ sql }) => sql).join(', ')}`;

const showOutcome = (outcome: Outcome): string =>
  outcome.code === undefined
    ? `${outcome.rows.length} rows: ${outcome.rows
        .slice(0, 8)
        .map((row) => row.join(' | '))
        .join(' // ')}`
    : `${outcome.code}: ${outcome.message}`;

/** Runs a random plan everywhere: the bits of the first place, and what DuckDB says. @throws where they differ */
export async function checkKeyPlan(
  { draw, duck, places }: { draw: Draw; duck: Duck; places: readonly KeyPlace[] },
  known: Known,
  nth: number,
): Promise<void> {
  const plan = drawPlan(draw, known.facts.table, draw.chance(0.25));
  await duck.rows(`CREATE OR REPLACE VIEW t AS SELECT * FROM t${nth}`);
  let first: Outcome | undefined;
  for (const { name, sf, classes, options } of places) {
    const fail = (wrong: string): Error =>
      new Error(`${name} ${JSON.stringify(options)}: ${wrong}\n${describe(known, plan)}`);
    const outcome = await outcomeOf(plan, () => toQuery(knownQuery(sf, known), plan, classes).collect(options)).catch(
      (error: Error) => {
        throw fail(String(error.stack));
      },
    );
    if (outcome.code === undefined && /256/.test(outcome.reason ?? ''))
      throw fail('the kernels of this process are used up');
    first ??= outcome;
    if (!sameResult(plan, first, outcome))
      throw fail(`differs from ${places[0]?.name}:\n${showOutcome(first)}\n${showOutcome(outcome)}`);
  }
  const wrong = first && (await wrongResult(duck, plan, first));
  if (wrong !== undefined) throw new Error(`${wrong}\n${describe(known, plan)}`);
}

/** All rows of a source, and what the receipt says of its keys, against the dump. */
export async function checkAll(
  { duck, place: { name, sf, options } }: { duck: Duck; place: KeyPlace },
  known: Known,
  nth: number,
): Promise<void> {
  const fail = (wrong: string): Error => new Error(`${name} ${JSON.stringify(options)}: ${wrong}\n${describe(known)}`);
  await duck.rows(`CREATE OR REPLACE VIEW t AS SELECT * FROM t${nth}`);
  const { keys, otherType, unparsable, table } = known.facts;
  const columns = table.columns.map((column) => ({
    ...column,
    expr: col(column.name),
    sql: identifier(column.name),
    wide: [],
  }));
  const plan: OraclePlan = { steps: [], where: [], wide: [], end: { kind: 'rows', columns } };
  const rows = await knownQuery(sf, known).collect(options);
  const wrong = await wrongResult(duck, plan, await outcomeOf(plan, async () => rows));
  if (wrong !== undefined) throw fail(wrong);
  const [counted] = rows.receipt.keys ?? [];
  const ours = {
    keys: counted?.keys.matched,
    otherType: counted?.keys.otherType,
    rows: known.source.kind === 'packed' && options.side === 'client' ? table.rows : counted?.rows,
    unparsable: counted?.unparsable.count,
  };
  const theirs = { keys, otherType, rows: table.rows, unparsable };
  if (JSON.stringify(ours) === JSON.stringify(theirs)) return;
  throw fail(
    `${JSON.stringify(ours)} instead of ${JSON.stringify(theirs)}, first ${JSON.stringify(counted?.unparsable.first)}`,
  );
}
