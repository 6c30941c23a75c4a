/** Random steps over the rows of one query: conditions, columns, orders and cuts. */
import { col } from '../../../src/expr/expr.js';
import { ownExpr, plainColumns, type Stage, type Step, type StepColumn, scopeOfStage } from './chain-stage.js';
import type { Draw } from './draw.js';
import { drawAny, drawBool, type OracleExpr, type OracleScope } from './exprs.js';
import { identifier } from './sql.js';

const IN_PLACE = ['"#"'];

export const wideOf = (exprs: readonly OracleExpr[], { sql }: Stage): Step['wide'] =>
  exprs.flatMap(({ wide }) => wide.map((each) => ({ sql: each, from: sql })));

export function drawFilter(draw: Draw, stage: Stage): Step {
  const predicate = drawBool(draw, scopeOfStage(stage), draw.int(0, 2));
  return {
    text: `filter ${predicate.sql}`,
    columns: plainColumns(stage),
    from: `${stage.sql} WHERE ${predicate.sql}`,
    order: IN_PLACE,
    wide: wideOf([predicate], stage),
    others: [],
    build: (query, env) => query.filter(ownExpr(env, predicate.expr)),
  };
}

const isNull = ({ expr }: OracleExpr): boolean => expr.node.kind === 'literal' && expr.node.value === null;

/** An expression that is not null as such: that has no type with us. */
export function drawTyped(draw: Draw, scope: OracleScope, depth: number): OracleExpr {
  const drawn = drawAny(draw, scope, depth);
  return isNull(drawn) ? drawTyped(draw, scope, depth) : drawn;
}

export const isTyped = (exprs: readonly OracleExpr[]): boolean => !exprs.some(isNull);

let names = 0;
export const newName = (draw: Draw): string => draw.pick([`n${names++}`, `new ${names++}`, `"${names++}"`]);

export function drawWithColumns(draw: Draw, stage: Stage): Step {
  const scope = scopeOfStage(stage);
  const made = new Map(
    draw.list(draw.int(1, 2), (): [string, OracleExpr] => [
      draw.chance(0.6) ? newName(draw) : draw.pick([...scope.keys()]),
      drawTyped(draw, scope, 2),
    ]),
  );
  const columns = new Map(plainColumns(stage).map((column): [string, StepColumn] => [column.name, column]));
  for (const [name, { type, sql }] of made) columns.set(name, { name, type, sql });
  return {
    text: `withColumns ${[...made].map(([name, { sql }]) => `${sql} AS ${name}`).join(', ')}`,
    columns: [...columns.values()],
    from: stage.sql,
    order: IN_PLACE,
    wide: wideOf([...made.values()], stage),
    others: [],
    build: (query, env) => query.withColumns(...[...made].map(([name, { expr }]) => ownExpr(env, expr, name))),
  };
}

export const shuffledNames = (draw: Draw, list: readonly string[]): string[] =>
  list
    .map((name) => ({ name, place: draw.int(0, 1000) }))
    .sort((a, b) => a.place - b.place)
    .map(({ name }) => name);

export function drawSelect(draw: Draw, stage: Stage): Step {
  const scope = scopeOfStage(stage);
  const kept = shuffledNames(draw, [...scope.keys()]).slice(0, draw.int(1, Math.min(6, scope.size)));
  const made = draw.chance(0.4) ? [drawTyped(draw, scope, 2)] : [];
  const name = newName(draw);
  return {
    text: `select ${[...kept, ...made.map(({ sql }) => `${sql} AS ${name}`)].join(', ')}`,
    columns: [
      ...kept.map((each) => ({ name: each, type: scope.get(each)?.type ?? 'int32', sql: identifier(each) })),
      ...made.map(({ type, sql }) => ({ name, type, sql })),
    ],
    from: stage.sql,
    order: IN_PLACE,
    wide: wideOf(made, stage),
    others: [],
    build: (query, env) => query.select(...kept, ...made.map(({ expr }) => ownExpr(env, expr, name))),
  };
}

export function drawDrop(draw: Draw, stage: Stage): Step | undefined {
  const all = stage.columns.map(({ name }) => name);
  if (all.length < 2) return undefined;
  const dropped = shuffledNames(draw, all).slice(0, draw.int(1, all.length - 1));
  return {
    text: `drop ${dropped.join(', ')}`,
    columns: plainColumns(stage).filter(({ name }) => !dropped.includes(name)),
    from: stage.sql,
    order: IN_PLACE,
    wide: [],
    others: [],
    build: (query) => query.drop(...dropped),
  };
}

/** New names, or those of others: two columns may change places. */
export function drawRename(draw: Draw, stage: Stage): Step {
  const all = shuffledNames(
    draw,
    stage.columns.map(({ name }) => name),
  );
  const [a, b] = all as [string, string | undefined];
  const renames = b !== undefined && draw.chance(0.5) ? { [a]: b, [b]: a } : { [a]: newName(draw) };
  return {
    text: `rename ${JSON.stringify(renames)}`,
    columns: plainColumns(stage).map((column) => ({ ...column, name: renames[column.name] ?? column.name })),
    from: stage.sql,
    order: IN_PLACE,
    wide: [],
    others: [],
    build: (query) => query.rename(renames),
  };
}

export function drawSort(draw: Draw, stage: Stage): Step {
  const scope = scopeOfStage(stage);
  const keys = draw.list(draw.pick([1, 1, 2, 2, 3]), () => {
    const name = draw.pick([...scope.keys()]);
    const expr = draw.chance(0.75)
      ? ({ ...scope.get(name), expr: col(name) } as OracleExpr)
      : drawTyped(draw, scope, 1);
    return { expr, descending: draw.chance(0.5), nulls: draw.pick(['first', 'last'] as const) };
  });
  const order = keys.map(
    ({ expr, descending, nulls }) => `${expr.sql} ${descending ? 'DESC' : 'ASC'} NULLS ${nulls.toUpperCase()}`,
  );
  return {
    text: `sort ${order.join(', ')}`,
    columns: plainColumns(stage),
    from: stage.sql,
    order: [...order, ...IN_PLACE],
    wide: wideOf(
      keys.map(({ expr }) => expr),
      stage,
    ),
    others: [],
    build: (query, env) =>
      query.sort(
        keys.map(({ expr, descending, nulls }) => {
          const own = ownExpr(env, expr.expr);
          return descending ? own.desc({ nulls }) : own.asc({ nulls });
        }),
      ),
  };
}

export function drawSlice(draw: Draw, stage: Stage): Step {
  const few = draw.chance(0.7) ? 40 : stage.rows + 2;
  const offset = draw.chance(0.5) ? 0 : draw.int(0, Math.min(few, stage.rows + 1));
  const count = draw.chance(0.15) ? undefined : draw.pick([0, 1, draw.int(0, few), draw.int(0, stage.rows + 1)]);
  return {
    text: `slice ${offset} ${count}`,
    columns: plainColumns(stage),
    from: `${stage.sql} WHERE "#" >= ${offset}${count === undefined ? '' : ` AND "#" < ${offset + count}`}`,
    order: IN_PLACE,
    wide: [],
    others: [],
    build: (query) => (offset === 0 && count !== undefined ? query.limit(count) : query.slice(offset, count)),
  };
}
