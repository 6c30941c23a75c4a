/** Random chains of steps over keys: rows have no order before a sort that decides it, and what depends on one is not asked of them. */
import type { GroupStep } from '../oracle/chain-groups.js';
import { drawDistinct, drawGroups } from '../oracle/chain-groups.js';
import { drawPair, drawUnion, isSmall } from '../oracle/chain-pairs.js';
import {
  drawDrop,
  drawFilter,
  drawRename,
  drawSelect,
  drawSlice,
  drawSort,
  drawWithColumns,
} from '../oracle/chain-rows.js';
import { look, type Stage, type Step, stageOf } from '../oracle/chain-stage.js';
import type { Settle } from '../oracle/chains.js';
import type { Draw } from '../oracle/draw.js';
import type { Duck } from '../oracle/duckdb.js';
import { identifier } from '../oracle/sql.js';

/** Stages whose rows have no order. */
export type Loose = WeakSet<Stage>;

interface Chain {
  readonly draw: Draw;
  readonly duck: Duck;
  readonly loose: Loose;
  readonly settle: Settle;
}

interface Drawn {
  readonly step: Step;
  /** Undefined: as the stage before, and the others that it reads. */
  readonly order?: 'none' | 'sorted' | 'total';
}

const ANY_ROW = new Set(['first', 'last', 'argMin', 'argMax']);
const isGroups = (step: Step): step is GroupStep => 'aggregates' in step;

async function drawStep(
  { draw, duck, loose }: Chain,
  stage: Stage,
  pool: readonly Stage[],
  groups: number,
): Promise<Drawn | undefined> {
  if (stage.columns.length > 14) return { step: drawSelect(draw, stage) };
  const isLoose = loose.has(stage);
  const kind = draw.int(0, 19);
  if (kind <= 3) return { step: drawFilter(draw, stage) };
  if (kind <= 5) return { step: drawWithColumns(draw, stage) };
  if (kind === 6) return { step: drawSelect(draw, stage) };
  if (kind === 7) return one(drawDrop(draw, stage));
  if (kind === 8) return { step: drawRename(draw, stage) };
  if (kind <= 10) return { step: drawSort(draw, stage), order: 'sorted' };
  if (kind <= 12) return isLoose ? undefined : { step: drawSlice(draw, stage) };
  if (kind === 13) {
    const step = drawDistinct(draw, stage);
    return isLoose && !step.text.endsWith('distinct ') ? undefined : { step, order: 'total' };
  }
  if (kind === 14) return stage.rows < 30_000 ? { step: drawUnion(draw, stage, pool) } : undefined;
  if (kind <= 16) {
    const pair = drawPair(draw, stage, pool);
    return pair !== undefined && (await isSmall(duck, pair)) ? { step: pair.step } : undefined;
  }
  if (groups >= 2) return undefined;
  const step = drawGroups(draw, stage);
  const needsOrder = step.aggregates.some(({ aggregate }) => ANY_ROW.has(aggregate));
  return isLoose && needsOrder ? undefined : { step, order: 'total' };
}

const one = (step: Step | undefined): Drawn | undefined => step && { step };

/** Whether the keys of a sort tell all rows apart. */
async function isTotal(duck: Duck, { from, order }: Step, rows: number): Promise<boolean> {
  const keys = order
    .filter((key) => key !== '"#"')
    .map((key, i) => `${key.replace(/ (ASC|DESC)? ?NULLS (FIRST|LAST)$/, '')} AS o${i}`);
  const [count] = await duck.rows(`SELECT count(*) FROM (SELECT DISTINCT ${keys.join(', ')} FROM ${from})`);
  return Number(count?.[0]) === rows;
}

/** As `drawChain` of tables. */
export async function drawKeyChain(chain: Chain, pool: Stage[]): Promise<Stage> {
  const { draw, duck, loose, settle } = chain;
  const filled = pool.slice(0, 3).filter(({ rows }) => rows > 0);
  let stage = draw.pick(filled.length > 0 ? filled : pool.slice(0, 3));
  let groups = 0;
  for (let left = draw.int(1, 6), tries = 0; left > 0 && tries < 20; tries++) {
    const drawn = await drawStep(chain, stage, pool, groups);
    if (drawn === undefined) continue;
    const { step, order } = drawn;
    const next = await stageOf(duck, stage, step);
    if (next === undefined || (next.mayOverflow && !stage.mayOverflow && draw.chance(0.9))) continue;
    if (next.rows < 3 && stage.rows > 3 && draw.chance(0.8)) continue;
    const inherits = loose.has(stage) || step.others.some((other) => loose.has(other));
    let made = next;
    if (isGroups(step)) {
      groups++;
      if (!step.settled && !(await settle({ before: stage, step, stage: next }))) return stage;
      if (!step.settled) made = { ...next, columns: (await look(duck, next.sql, next.columns)).columns };
    }
    const decided = order === 'total' || !inherits || (order === 'sorted' && (await isTotal(duck, step, next.rows)));
    if (!decided) loose.add(made);
    left--;
    stage = made;
    if (stage.text.split('\n').length <= 3 && pool.length < 10) pool.push(stage);
  }
  return stage;
}

/** The rows of a source as DuckDB has them; `nth` of the tables that the chain reads. */
export async function sourceStage(
  duck: Duck,
  nth: number,
  facts: { table: { columns: Stage['columns']; rows: number } },
): Promise<Stage> {
  const { columns, rows } = facts.table;
  const known = columns.map(({ name, type, samples }) => ({ name, type, samples }));
  const { outside: mayOverflow } = await look(duck, `t${nth}`, known);
  return {
    sql: `t${nth}`,
    columns: known,
    rows,
    build: (env) => env.table(nth),
    text: `keys ${nth} (${known.map(({ name }) => identifier(name)).join(', ')})`,
    mayOverflow,
    plain: nth,
  };
}
