/** Random steps that bring in the rows of another query: unions, joins, conditions on other rows. */
import { col, type Expr, lit } from '../../../src/expr/expr.js';
import type { ColumnType } from '../../../src/storage/types.js';
import { newName, shuffledNames, wideOf } from './chain-rows.js';
import {
  type ChainColumn,
  type ChainEnv,
  ownExpr,
  plainColumns,
  type Stage,
  type Step,
  scopeOfStage,
} from './chain-stage.js';
import type { Draw } from './draw.js';
import { type Duck, isOverflow } from './duckdb.js';
import { drawNumber, isNumeric, type OracleExpr } from './exprs.js';
import { identifier, sqlType } from './sql.js';

const isInteger = (type: ColumnType): boolean => type === 'int32' || type === 'int64';
const isTime = (type: ColumnType): boolean => type === 'timestamp' || type === 'date';
/** The most rows that a join may come to. */
const MOST_ROWS = 3000;

function wider(a: ColumnType, b: ColumnType): ColumnType | undefined {
  if (a === b) return a;
  if (isInteger(a) && isInteger(b)) return 'int64';
  return isNumeric(a) && isNumeric(b) ? 'float64' : undefined;
}

/** Rows of others with columns of the same names, found among theirs or null, in any order. */
export function drawUnion(draw: Draw, stage: Stage, pool: readonly Stage[]): Step {
  const others = draw.list(draw.pick([1, 1, 2]), () => draw.pick(pool));
  const types = stage.columns.map(({ type }) => type);
  const picked = others.map((other) =>
    stage.columns.map(({ name }, i): { name: string; from: ChainColumn | undefined } => {
      const fits = other.columns.filter(
        ({ type }) => type === types[i] || (draw.chance(0.2) && wider(types[i] as ColumnType, type)),
      );
      const from = fits.length > 0 && draw.chance(0.95) ? draw.pick(fits) : undefined;
      if (from !== undefined) types[i] = wider(types[i] as ColumnType, from.type) as ColumnType;
      return { name, from };
    }),
  );
  const inputs = [
    `SELECT 0 AS u, "#", ${stage.columns.map(({ name }, i) => `CAST(${identifier(name)} AS ${sqlType(types[i] as ColumnType)}) AS v${i}`).join(', ')} FROM ${stage.sql}`,
    ...others.map((other, nth) => {
      const columns = picked[nth]?.map(
        ({ from }, i) =>
          `CAST(${from === undefined ? 'NULL' : identifier(from.name)} AS ${sqlType(types[i] as ColumnType)}) AS v${i}`,
      );
      return `SELECT ${nth + 1} AS u, "#", ${columns?.join(', ')} FROM ${other.sql}`;
    }),
  ];
  const shuffled = picked.map((columns) => {
    const order = shuffledNames(
      draw,
      columns.map(({ name }) => name),
    );
    return order.map((name) => columns.find((column) => column.name === name) as (typeof columns)[number]);
  });
  const exprs = shuffled.map((columns) =>
    columns.map(({ name, from }): Expr => (from === undefined ? lit(null).as(name) : col(from.name).as(name))),
  );
  return {
    text: `union ${others.map((other, i) => `(${other.text.replaceAll('\n', ' |')} | select ${shuffled[i]?.map(({ name, from }) => `${from?.name ?? 'NULL'} AS ${name}`).join(', ')})`).join(', ')}`,
    columns: stage.columns.map(({ name }, i) => ({ name, type: types[i] as ColumnType, sql: `v${i}` })),
    from: `(${inputs.join(' UNION ALL ')})`,
    order: ['u', '"#"'],
    wide: [],
    others,
    build: (query, env) =>
      query.union(
        ...others.map((other, i) => other.build(env).select(...(exprs[i] as Expr[]).map((each) => ownExpr(env, each)))),
      ),
  };
}

interface Key {
  readonly left: OracleExpr;
  readonly right: ChainColumn;
}

/** In a form that DuckDB compares as we do. */
function keySql({ left, right }: Key): string {
  const [a, b] = [`l.${identifier('k')}`, `r.${identifier(right.name)}`];
  const as = (type: string): string => `CAST(${a} AS ${type}) = CAST(${b} AS ${type})`;
  if (left.type === right.type || (isInteger(left.type) && isInteger(right.type))) return `${a} = ${b}`;
  return as(isTime(right.type) ? 'TIMESTAMP' : 'DOUBLE');
}

function drawKeys(draw: Draw, stage: Stage, right: Stage): Key[] {
  const scope = scopeOfStage(stage);
  const goes = (a: ColumnType, b: ColumnType): boolean =>
    a === b || (isNumeric(a) && isNumeric(b)) || (isTime(a) && isTime(b));
  const pairs = [...scope.values()].flatMap((left) =>
    right.columns.filter(({ type }) => goes(left.type, type)).map((column): Key => ({ left, right: column })),
  );
  if (pairs.length === 0) return [];
  const keys = draw.list(draw.pick([1, 1, 1, 2]), () => draw.pick(pairs));
  return keys.map((key) =>
    isNumeric(key.right.type) && draw.chance(0.15) ? { ...key, left: drawNumber(draw, scope, 1) } : key,
  );
}

export interface Counted {
  readonly step: Step;
  readonly count: string;
}

/** Joins and conditions on other rows. */
export function drawPair(draw: Draw, stage: Stage, pool: readonly Stage[]): Counted | undefined {
  const rights = pool.filter(({ rows }) => rows <= 1000);
  if (rights.length === 0) return undefined;
  const picked = draw.pick(rights);
  const prefix = newName(draw);
  const rename = draw.chance(0.5);
  const names = new Map(
    picked.columns.map(({ name }, i) => [name, rename ? `${prefix}${'abcdefghijklmnopqrstuvwxyz'[i]}` : name]),
  );
  const right: Stage = rename
    ? {
        ...picked,
        sql: `(SELECT "#", ${picked.columns.map(({ name }) => `${identifier(name)} AS ${identifier(names.get(name) as string)}`).join(', ')} FROM ${picked.sql})`,
        columns: picked.columns.map((column) => ({ ...column, name: names.get(column.name) as string })),
        build: (env) => picked.build(env).rename(Object.fromEntries(names)),
        text: `${picked.text} | rename ${prefix}`,
      }
    : picked;
  const keys = drawKeys(draw, stage, right);
  if (keys.length === 0) return undefined;
  const how = draw.pick(['inner', 'inner', 'left', 'left', 'semi', 'anti'] as const);
  const nameOf = ({ left }: Key): string | undefined =>
    left.expr.node.kind === 'column' ? left.expr.node.name : undefined;
  const shared = new Set(keys.filter((key) => nameOf(key) === key.right.name).map(({ right: { name } }) => name));
  const taken = new Set(stage.columns.map(({ name }) => name));
  const brought = right.columns
    .filter(({ name }) => !shared.has(name))
    .map((column) => {
      const name = taken.has(column.name) ? `${column.name}_right` : column.name;
      return { column, name, clash: taken.has(name) || !taken.add(name) };
    });
  if (brought.some(({ clash }) => clash)) return undefined;
  const on = keys.map((key, i) => keySql(key).replaceAll('l."k"', `l."k${i}"`)).join(' AND ');
  const left = `(SELECT *, ${keys.map(({ left: { sql } }, i) => `${sql} AS "k${i}"`).join(', ')} FROM ${stage.sql}) l`;
  const options = (env: ChainEnv) =>
    shared.size === keys.length && how !== 'anti'
      ? { on: [...keys.map((key) => key.right.name)] }
      : { leftOn: keys.map((key) => ownExpr(env, key.left.expr)), rightOn: keys.map((key) => key.right.name) };
  const isExists = how === 'semi' || how === 'anti';
  const exists = `${left} WHERE ${how === 'anti' ? 'NOT ' : ''}EXISTS (SELECT 1 FROM ${right.sql} r WHERE ${on})`;
  const joined = `${left} ${how === 'left' ? 'LEFT ' : ''}JOIN ${right.sql} r ON ${on}`;
  const from = isExists ? exists : joined;
  const step: Step = {
    text: `${how} join on ${keys.map((key) => `${key.left.sql} = ${key.right.name}`).join(', ')} with (${right.text.replaceAll('\n', ' |')})`,
    columns: [
      ...stage.columns.map(({ name, type }) => ({ name, type, sql: `l.${identifier(name)}` })),
      ...(isExists ? [] : brought).map(({ column, name }) => ({
        name,
        type: column.type,
        sql: `r.${identifier(column.name)}`,
      })),
    ],
    from,
    order: isExists ? ['l."#"'] : ['l."#"', 'r."#"'],
    wide: wideOf(
      keys.map((key) => key.left),
      stage,
    ),
    others: [right],
    build: (query, env) => {
      const other = right.build(env);
      if (how === 'semi') return query.semiJoin(other, options(env));
      if (how === 'anti') return query.antiJoin(other, options(env));
      return query.join(other, { ...options(env), how });
    },
  };
  return { step, count: `SELECT count(*) FROM ${from}` };
}

export async function isSmall(duck: Duck, { count }: Counted): Promise<boolean> {
  try {
    const [row] = await duck.rows(count);
    return Number(row?.[0]) <= MOST_ROWS;
  } catch (error) {
    if (isOverflow(error)) return false;
    throw error;
  }
}

/** Two aligned tables beside each other. */
export function zipStep(left: Stage, right: Stage): Step {
  const renames = Object.fromEntries(right.columns.map(({ name }, i) => [name, `z${i}`]));
  return {
    text: `zip ${right.text}`,
    columns: [
      ...plainColumns(left).map((column) => ({ ...column, sql: `l.${column.sql}` })),
      ...plainColumns(right).map((column) => ({
        ...column,
        name: renames[column.name] as string,
        sql: `r.${column.sql}`,
      })),
    ],
    from: `${left.sql} l JOIN ${right.sql} r ON l."#" = r."#"`,
    order: ['l."#"'],
    wide: [],
    others: [],
    build: (query, env) => query.zip(right.build(env).rename(renames)),
  };
}
