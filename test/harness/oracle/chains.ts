/** Random chains of steps over random tables, each step in DuckDB as well. */
import { drawDistinct, drawGroups, type GroupStep } from './chain-groups.js';
import { drawPair, drawUnion, isSmall, zipStep } from './chain-pairs.js';
import { drawDrop, drawFilter, drawRename, drawSelect, drawSlice, drawSort, drawWithColumns } from './chain-rows.js';
import { look, type Stage, type Step, stageOf, tableStage } from './chain-stage.js';
import type { Draw } from './draw.js';
import type { Duck } from './duckdb.js';
import { drawTable, type OracleTable, type Stored } from './table.js';

export interface ChainWorld {
  readonly tables: readonly OracleTable[];
  /** Whether the second lies beside the first. */
  readonly aligned: boolean;
}

/** @param few whether the first table may have next to no rows */
export function drawChainWorld(draw: Draw, { large, few }: { large: boolean; few: boolean }): ChainWorld {
  let first = drawTable(draw, large);
  for (let i = 0; i < 20 && first.rows < 5 && !few; i++) first = drawTable(draw, large);
  const second = drawTable(draw, false);
  const aligned = draw.chance(0.3);
  return { tables: [first, aligned ? beside(second, first) : second, drawTable(draw, false)], aligned };
}

function beside({ columns, rows }: OracleTable, first: OracleTable): OracleTable {
  const filled = columns.map((column) => ({
    ...column,
    values: Array.from(
      { length: first.rows },
      (_, i): Stored => (rows === 0 ? null : (column.values[i % rows] ?? null)),
    ),
  }));
  return { ...first, columns: filled };
}

export async function stagesOf(duck: Duck, { tables, aligned }: ChainWorld): Promise<Stage[]> {
  const stages: Stage[] = [];
  for (const [nth, table] of tables.entries()) {
    await duck.load(table, `t${nth}`);
    const stage = tableStage(table, nth);
    const { outside: mayOverflow } = await look(duck, stage.sql, stage.columns);
    stages.push({ ...stage, mayOverflow });
  }
  const [left, right] = stages as [Stage, Stage];
  const zipped = aligned ? await stageOf(duck, left, zipStep(left, right)) : undefined;
  return zipped === undefined ? stages : [zipped, zipped, ...stages];
}

const isGroups = (step: Step): step is GroupStep => 'aggregates' in step;

/** What to do with a stage whose values are within bounds: takes ours. @returns false where the chain ends */
export type Settle = (of: { before: Stage; step: GroupStep; stage: Stage }) => Promise<boolean>;

/** A random chain of steps; stages of it may be read by later ones, and are added to the pool. */
export async function drawChain(
  { draw, duck, settle }: { draw: Draw; duck: Duck; settle: Settle },
  pool: Stage[],
): Promise<Stage> {
  const starts = pool.slice(0, 4);
  const filled = starts.filter(({ rows }) => rows > 0);
  let stage = draw.pick(filled.length > 0 && draw.chance(0.95) ? filled : starts);
  let groups = 0;
  for (let left = draw.int(1, 7), tries = 0; left > 0 && tries < 20; tries++) {
    const drawn = await drawStep(draw, duck, { stage, pool, groups });
    if (drawn === undefined) continue;
    const next = await stageOf(duck, stage, drawn);
    if (next === undefined || (next.mayOverflow && !stage.mayOverflow && draw.chance(0.9))) continue;
    // Few rows tell little.
    if (next.rows === 0 && stage.rows > 0 && draw.chance(0.9)) continue;
    if (next.rows < 3 && stage.rows > 10 && draw.chance(0.6)) continue;
    if (isGroups(drawn)) {
      groups++;
      if (!drawn.settled && !(await settle({ before: stage, step: drawn, stage: next }))) return stage;
    }
    left--;
    stage = isGroups(drawn) && !drawn.settled ? await again(duck, next) : next;
    if (stage.text.split('\n').length <= 3 && pool.length < 12) pool.push(stage);
  }
  return stage;
}

/** Samples of the values that were put in. */
async function again(duck: Duck, stage: Stage): Promise<Stage> {
  const { columns } = await look(duck, stage.sql, stage.columns);
  return { ...stage, columns };
}

async function drawStep(
  draw: Draw,
  duck: Duck,
  { stage, pool, groups }: { stage: Stage; pool: readonly Stage[]; groups: number },
): Promise<Step | undefined> {
  if (stage.columns.length > 14) return drawSelect(draw, stage);
  const kind = draw.int(0, 19);
  if (kind <= 3) return drawFilter(draw, stage);
  if (kind <= 5) return drawWithColumns(draw, stage);
  if (kind === 6) return drawSelect(draw, stage);
  if (kind === 7) return drawDrop(draw, stage);
  if (kind === 8) return drawRename(draw, stage);
  if (kind <= 10) return drawSort(draw, stage);
  if (kind <= 12) return drawSlice(draw, stage);
  if (kind === 13) return drawDistinct(draw, stage);
  if (kind === 14) return stage.rows < 30_000 ? drawUnion(draw, stage, pool) : undefined;
  if (kind <= 17) {
    const pair = drawPair(draw, stage, pool);
    return pair !== undefined && (await isSmall(duck, pair)) ? pair.step : undefined;
  }
  return groups < 3 ? drawGroups(draw, stage) : undefined;
}
