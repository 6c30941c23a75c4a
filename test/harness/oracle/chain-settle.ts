/** Aggregates that are right within bounds: ours are checked, and take the place of DuckDB's for the steps that follow. */
import type { GroupStep } from './chain-groups.js';
import { rowsOfStage, type Stage } from './chain-stage.js';
import { keyText, type Outcome, show, wrongAggregate } from './check.js';
import { type Duck, type Found, isOverflow } from './duckdb.js';
import type { Stored } from './table.js';

/** The values of each aggregate in every group, nulls left out. */
async function valuesOf(duck: Duck, { sql }: Stage, { keys, aggregates }: GroupStep): Promise<Map<string, Found[][]>> {
  const args = aggregates.map(({ arg, where }) =>
    arg === undefined ? 'NULL' : where === undefined ? arg.sql : `CASE WHEN ${where.sql} THEN ${arg.sql} END`,
  );
  const flat = await duck.rows(
    `SELECT ${[...keys.map((key) => key.sql), ...args].join(', ')} FROM ${sql} ORDER BY "#"`,
  );
  const groups = new Map<string, Found[][]>();
  for (const row of flat) {
    const key = keyText(row.slice(0, keys.length));
    let lists = groups.get(key);
    if (lists === undefined) {
      lists = aggregates.map(() => []);
      groups.set(key, lists);
    }
    for (const [i, list] of lists.entries()) {
      const value = row[keys.length + i] as Found;
      if (value !== null) list.push(value);
    }
  }
  return groups;
}

export interface Settled {
  readonly wrong?: string;
  /** The chain ends here: an error of ours that is right. */
  readonly ends?: boolean;
}

/** Compares, and puts our values into the table of the stage. */
export async function settle(
  duck: Duck,
  { before, step, stage }: { before: Stage; step: GroupStep; stage: Stage },
  outcome: Outcome,
): Promise<Settled> {
  let groups: Map<string, Found[][]>;
  try {
    groups = await valuesOf(duck, before, step);
  } catch (error) {
    // Computed there for rows that are left out otherwise.
    if (isOverflow(error)) return { ends: true };
    throw error;
  }
  if (outcome.code !== undefined) {
    const lists = [...groups.values()].flat();
    if (outcome.code === 'NUMERIC_OVERFLOW' && (stage.mayOverflow || lists.some(isWide))) return { ends: true };
    const numbers = lists.flat().filter((value): value is number => typeof value === 'number');
    const far = numbers.some((value) => !Number.isFinite(value) || Math.abs(value) > 1e150);
    if (outcome.code === 'OUT_OF_RANGE' && far) return { ends: true };
    return { wrong: `${outcome.code}: ${outcome.message}` };
  }
  const theirs = await rowsOfStage(duck, stage);
  if (outcome.rows.length !== theirs.length)
    return { wrong: `${outcome.rows.length} groups instead of ${theirs.length}` };
  const count = step.keys.length;
  for (const [r, row] of outcome.rows.entries()) {
    const their = theirs[r] as Stored[];
    const lists = groups.get(keyText(row.slice(0, count))) ?? step.aggregates.map(() => []);
    for (const [c, value] of row.entries()) {
      const aggregate = step.aggregates[c - count];
      const name = stage.columns[c]?.name;
      if (aggregate === undefined) {
        if (!Object.is(value, their[c]))
          return { wrong: `group ${r}, ${name}: ${show(value)} instead of ${show(their[c] as Stored)}` };
        continue;
      }
      const wrong = wrongAggregate(aggregate, value, their[c] as Found, lists[c - count] as Found[]);
      if (wrong !== undefined) return { wrong: `group ${r}, ${name}: ${wrong}` };
    }
  }
  const columns = stage.columns.map((column, c) => ({ ...column, values: outcome.rows.map((row) => row[c] ?? null) }));
  await duck.load({ columns, rows: outcome.rows.length, chunkRows: 1 }, stage.sql);
  return {};
}

function isWide(list: readonly Found[]): boolean {
  let sum = 0;
  for (const value of list) if (typeof value === 'bigint' || Number.isInteger(value)) sum += Math.abs(Number(value));
  return sum > 2 ** 53;
}
