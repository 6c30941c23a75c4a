/** Random SQL over keys: one answer wherever it is computed, and DuckDB's to the same text over the dumped tables. */
import type { CollectOptions } from '../../../src/engine/options.js';
import type { KeySchema } from '../../../src/query/keys-schemas.js';
import type { Shardfold } from '../../../src/shardfold.js';
import { type Outcome, show, toStored } from '../oracle/check.js';
import type { Draw } from '../oracle/draw.js';
import { type Duck, isOverflow } from '../oracle/duckdb.js';
import { type Cell, differs, isDecided, type Rows, spreadsFar, type Theirs, wrongRows } from './sql-judge.js';
import type { SqlSource } from './sql-source.js';
import { drawStatement, type Statement } from './sql-statement.js';
import type { KeyPlace } from './world.js';

/** Statements that were asked, those of them that DuckDB answered, those that are errors of ours, and runs of ours. */
export const counts = { asked: 0, answered: 0, errors: 0, runs: 0 };

/** Of joined rows, or as many as the largest source has. */
const MOST_ROWS = 20_000;

const filled = (text: string, source: (n: number) => string, aggregate: (name: string) => string): string =>
  text
    .replace(/⟦(\d+)⟧/g, (_, n: string) => source(Number(n)))
    .replace(/⟪(\w+)⟫/g, (_, name: string) => aggregate(name));

const ofOurs = ({ text, order, making }: Statement, sf: Shardfold, bare: boolean): string =>
  filled(
    `${text}${order}`.replace(/⟦(\d+):\w+⟧/g, '⟦$1⟧'),
    (n) => making.mentions[n]?.ours(sf, bare) ?? '',
    (name) => name,
  );

/** A text whose constants beside comparisons are parameters, and those. */
function withParameters(text: string): { text: string; parameters: (string | number)[] } {
  const parameters: (string | number)[] = [];
  const made = text.replace(
    /( (?:<>|<=|>=|=|<|>) )(?:'((?:[^']|'')*)'|(-?\d+)(?![\d.e]))/g,
    (_, operator: string, constant: string | undefined, digits: string) => {
      parameters.push(constant === undefined ? Number(digits) : constant.replaceAll("''", "'"));
      return `${operator}$${parameters.length}`;
    },
  );
  return { text: made, parameters };
}

/** With the values of aggregates that are compared with exact arithmetic, in their place. */
const ofDuck = (text: string, { making }: Statement): string =>
  filled(
    text.replace(/⟦(\d+):(\w+)⟧/g, '⟦$1⟧ AS "$2"'),
    (n) => making.mentions[n]?.duck ?? '',
    () => 'list',
  );

async function theirsOf(duck: Duck, statement: Statement): Promise<Theirs | undefined> {
  const { text, order } = statement;
  try {
    const all = (await duck.lists(ofDuck(text, statement))) as Rows<Cell>;
    return { all, cut: order === '' ? all : ((await duck.lists(ofDuck(`${text}${order}`, statement))) as Rows<Cell>) };
  } catch (error) {
    if (isOverflow(error)) return undefined;
    throw new Error(`${String(error)}\n${ofDuck(`${text}${order}`, statement)}`);
  }
}

/** An error of ours where DuckDB has an answer: whole numbers beyond ±2^53, or a variance that is not finite. */
async function isJustified(duck: Duck, statement: Statement, code: string, { all }: Theirs): Promise<boolean> {
  if (code === 'OUT_OF_RANGE') return spreadsFar(statement.inexact, all);
  if (code !== 'NUMERIC_OVERFLOW') return false;
  const { making, totals } = statement;
  const sums = totals === undefined ? [] : await duck.lists(ofDuck(totals, statement));
  if (sums.flat().some((value) => typeof value === 'bigint' || Math.abs(Number(value)) >= 2 ** 53)) return true;
  for (const { sql, from } of making.wide) {
    const whole = `CASE WHEN typeof(${sql}) LIKE '%INT%' THEN TRY_CAST(${sql} AS HUGEINT) END`;
    if (await duck.leavesRange([whole], ofDuck(from, statement))) return true;
  }
  return false;
}

interface Asked {
  readonly statement: Statement;
  readonly sf: Shardfold;
  readonly options: CollectOptions;
  /** Of what the keys hold, for a statement that does not say it, and takes its constants as parameters. */
  readonly schemas?: Readonly<Record<string, KeySchema>>;
}

async function answer({ statement, sf, options, schemas }: Asked): Promise<Outcome> {
  const whole = ofOurs(statement, sf, schemas !== undefined);
  const { text, parameters } = schemas === undefined ? { text: whole, parameters: [] } : withParameters(whole);
  counts.runs++;
  try {
    const { rows, columns, nulls, types, receipt } = await sf
      .sql(text, parameters, schemas === undefined ? {} : { schemas })
      .collectColumns(options);
    if (/256/.test(receipt.computedOn.reason ?? '')) throw new TypeError('the kernels of this process are used up');
    const names = Object.keys(columns).sort().join('\n');
    if (names !== [...statement.names].sort().join('\n')) throw new TypeError(`columns ${names}`);
    const value = (name: string, row: number) =>
      nulls[name]?.[row] ? null : toStored(types[name] as never, columns[name]?.[row]);
    return {
      code: undefined,
      rows: Array.from({ length: rows }, (_, row) => statement.names.map((name) => value(name, row))),
    };
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    if (typeof code !== 'string') throw new Error(`${String((error as Error).stack)}\n${text}`);
    return { code, message };
  }
}

const showOutcome = (outcome: Outcome): string =>
  outcome.code === undefined
    ? `${outcome.rows.length} rows: ${outcome.rows
        .slice(0, 8)
        .map((row) => row.map(show).join(' | '))
        .join(' // ')}`
    : `${outcome.code}: ${outcome.message}`;

/** A statement that reads not too much, mostly one that finds something. */
async function drawAsked(
  { draw, duck }: { draw: Draw; duck: Duck },
  sources: readonly SqlSource[],
): Promise<{ statement: Statement; theirs: Theirs | undefined }> {
  const most = Math.max(MOST_ROWS, ...sources.map(({ rows }) => rows));
  for (let tries = 0; ; tries++) {
    const statement = drawStatement(draw, sources);
    const counted = statement.making.froms.map((from) => `(SELECT count(*) FROM ${ofDuck(from, statement)})`);
    const [sizes = []] = await duck.rows(`SELECT ${counted.join(', ')}`).catch((error: unknown) => {
      if (isOverflow(error)) return [[0]];
      throw new Error(`${String(error)}\n${counted.join('\n')}`);
    });
    if (sizes.some((size) => Number(size) > most)) continue;
    const theirs = await theirsOf(duck, statement);
    if (tries >= 4 || (theirs !== undefined && theirs.cut.length > 0)) return { statement, theirs };
  }
}

/** @param places the first of them gives the bits of all @throws where they differ, or DuckDB says otherwise */
export async function checkStatement(
  { draw, duck, places }: { draw: Draw; duck: Duck; places: readonly KeyPlace[] },
  sources: readonly SqlSource[],
): Promise<void> {
  const { statement, theirs } = await drawAsked({ draw, duck }, sources);
  counts.asked++;
  if (theirs !== undefined) counts.answered++;
  const schemas = Object.assign({}, ...sources.map((source) => source.schemas)) as Record<string, KeySchema>;
  const runs = places.map((place) => ({ ...place, schemas: undefined as Asked['schemas'] }));
  if (draw.chance(0.3)) runs.push({ ...draw.pick(runs), schemas });
  let first: Outcome | undefined;
  for (const { name, sf, options, schemas } of runs) {
    const outcome = await answer({ statement, sf, options, ...(schemas && { schemas }) });
    const fail = (wrong: string): Error =>
      new Error(
        `${name} ${JSON.stringify(options)}: ${wrong}\n${ofOurs(statement, sf, schemas !== undefined)}\n${showOutcome(outcome)}\n${ofDuck(`${statement.text}${statement.order}`, statement)}`,
      );
    const other = first && differs(statement, first, outcome);
    if (first !== undefined && other !== undefined) throw fail(`${other}\n${showOutcome(first)}`);
    if (first === undefined && outcome.code !== undefined) counts.errors++;
    const isNew = first === undefined || !isDecided(statement);
    first ??= outcome;
    if (!isNew || theirs === undefined) continue;
    if (outcome.code === undefined) {
      const wrong = wrongRows(statement, outcome.rows, theirs);
      if (wrong !== undefined) throw fail(wrong);
    } else if (!(await isJustified(duck, statement, outcome.code, theirs))) throw fail(outcome.code);
  }
}
