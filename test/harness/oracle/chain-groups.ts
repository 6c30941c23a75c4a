/** Random groups within chains: aggregates of all kinds, expressions that combine them, distinct rows. */

import { mapChildren } from '../../../src/expr/map.js';
import type { ExprNode } from '../../../src/expr/nodes.js';
import { drawAggregate, isExact, nodeOf, type OracleAggregate, partsOf, sqlOf, typeOf } from './aggregates.js';
import { drawTyped, isTyped, newName, shuffledNames, wideOf } from './chain-rows.js';
import { ownExpr, plainColumns, type Stage, type Step, type StepColumn, scopeOfStage } from './chain-stage.js';
import type { Draw } from './draw.js';
import { drawBool, drawNumber, type OracleExpr } from './exprs.js';
import { identifier } from './sql.js';

/** A step whose values are within bounds instead of equal, or of either zero: the next step takes ours. */
export interface GroupStep extends Step {
  readonly keys: readonly OracleExpr[];
  readonly aggregates: readonly OracleAggregate[];
  readonly settled: boolean;
}

const isFloat = ({ arg }: OracleAggregate): boolean => arg?.type === 'float64' || arg?.type === 'float32';
const isTime = ({ arg }: OracleAggregate): boolean => arg?.type === 'timestamp' || arg?.type === 'date';

/** Whether DuckDB gives these very bits. */
function isSettled(each: OracleAggregate): boolean {
  if (!isExact(each)) return false;
  const { aggregate } = each;
  if (aggregate === 'median' || aggregate === 'quantile') return !isFloat(each) && !isTime(each);
  // Ordered, DuckDB's arg_min and arg_max make 0 of -0.
  return !(['min', 'max', 'argMin', 'argMax'].includes(aggregate) && isFloat(each));
}

/** -0 and 0 are one group, shown as 0. */
const keySql = ({ type, sql }: OracleExpr): string =>
  type === 'float64' ? `(${sql} + CAST(0 AS DOUBLE))` : type === 'float32' ? `(${sql} + CAST(0 AS FLOAT))` : sql;

export function drawGroups(draw: Draw, stage: Stage): GroupStep {
  const scope = scopeOfStage(stage);
  const keyNames = shuffledNames(draw, [...scope.keys()]).slice(0, draw.pick([0, 0, 1, 1, 1, 2, 3]));
  const keys = keyNames.map((name) => {
    const known = scope.get(name) as OracleExpr;
    return draw.chance(0.2) ? { name: newName(draw), key: drawTyped(draw, scope, 1) } : { name, key: known };
  });
  const drawn = draw.list(draw.pick([1, 2, 3, 5]), () => drawAggregate(draw, scope, newName(draw)));
  const typed = drawn.filter(({ arg, by }) => isTyped([arg, by].filter((part) => part !== undefined)));
  const aggregates: OracleAggregate[] =
    typed.length > 0 ? typed : [{ name: newName(draw), aggregate: 'count', arg: undefined }];
  const compounds = draw.chance(0.4) ? draw.list(draw.int(1, 2), () => drawCompound(draw, aggregates)) : [];
  const made = compounds.filter((each) => each !== undefined);
  const parts = aggregates.flatMap((each) =>
    [each.arg, each.by, each.where].flatMap((part, k) =>
      part === undefined ? [] : [`${part.sql} AS ${names(each)['abw'[k] as 'a']}`],
    ),
  );
  const flat = [...keys.map(({ key }, i) => `${keySql(key)} AS k${i}`), ...parts, '"#"'];
  const groups = [
    ...keys.map((_, i) => `k${i}`),
    ...aggregates.map((each) => `${sqlOf(each, { ...names(each), row: '"#"' })} AS ${identifier(each.name)}`),
  ];
  const by = keys.length === 0 ? '' : ` GROUP BY ${keys.map((_, i) => `k${i}`).join(', ')}`;
  const grouped = `SELECT ${groups.join(', ')} FROM (SELECT ${flat.join(', ')} FROM ${stage.sql})${by}`;
  const columns: StepColumn[] = [
    ...keys.map(({ name, key }, i) => ({ name, type: key.type, sql: `k${i}` })),
    ...aggregates.map((each) => ({ name: each.name, type: typeOf(each), sql: identifier(each.name) })),
    ...made.map(({ name, expr: { type, sql } }) => ({ name, type, sql })),
  ];
  const whole = { sql: `(${grouped})` } as Stage;
  return {
    text: `group by ${keys.map(({ name, key }) => `${key.sql} AS ${name}`).join(', ')}: ${aggregates.map((each) => `${each.aggregate}(${[each.arg, each.by].map((part) => part?.sql ?? '').join(', ')})${each.where ? ` where ${each.where.sql}` : ''} AS ${each.name}`).join(', ')}; ${made.map(({ name, expr }) => `${expr.sql} AS ${name}`).join(', ')}`,
    columns,
    from: `(${grouped})`,
    order: keys.map((_, i) => `k${i} NULLS LAST`),
    wide: [
      ...wideOf([...keys.map(({ key }) => key), ...aggregates.flatMap((each) => partsOf(each))], stage),
      ...wideOf(
        made.map(({ expr }) => expr),
        whole,
      ),
    ],
    others: [],
    keys: keys.map(({ key }) => key),
    aggregates,
    settled: aggregates.every(isSettled),
    build: (query, env) => {
      const list = [
        ...aggregates.map((each) => new env.classes.AggregateExpr(nodeOf(each), each.name)),
        ...made.map(({ name, node }) => new env.classes.Expr(node, name)),
      ];
      if (keys.length === 0) return query.agg(...list);
      return query.groupBy(...keys.map(({ name, key }) => ownExpr(env, key.expr, name))).agg(...list);
    },
  };
}

const names = ({ name }: OracleAggregate) => {
  const own = name.replaceAll(/\W/g, '');
  return { a: `a${own}`, b: `b${own}`, w: `w${own}` };
};

/** An expression over aggregates, by the names of those that are settled. */
function drawCompound(draw: Draw, aggregates: readonly OracleAggregate[]) {
  const settled = aggregates.filter(isSettled);
  if (settled.length === 0) return undefined;
  const scope = scopeOfStage({
    columns: settled.map((each) => ({ name: each.name, type: typeOf(each), samples: [] })),
  });
  const expr = draw.chance(0.8) ? drawNumber(draw, scope, 2) : drawBool(draw, scope, 1);
  let found = false;
  const substitute = (node: ExprNode): ExprNode => {
    if (node.kind !== 'column') return mapChildren(node, substitute);
    found = true;
    return nodeOf(settled.find(({ name }) => name === node.name) as OracleAggregate);
  };
  const node = substitute(expr.expr.node);
  return found ? { name: newName(draw), node, expr } : undefined;
}

/** Distinct rows, of all columns or the first ones of some. */
export function drawDistinct(draw: Draw, stage: Stage): Step {
  const all = stage.columns.map(({ name }) => name);
  const on = draw.chance(0.4) ? all : shuffledNames(draw, all).slice(0, draw.int(1, Math.min(2, all.length)));
  const whole = on === all;
  const scope = scopeOfStage(stage);
  const keys = all.filter((name) => on.includes(name));
  const columns = plainColumns(stage).map((column) => {
    const place = keys.indexOf(column.name);
    return { ...column, sql: place >= 0 ? `k${place}` : `first(${identifier(column.name)} ORDER BY "#")` };
  });
  const keyColumns = keys.map((name, i) => `${keySql(scope.get(name) as OracleExpr)} AS k${i}`);
  const by = keys.map((_, i) => `k${i}`).join(', ');
  const inner = `(SELECT *, ${keyColumns.join(', ')} FROM ${stage.sql})`;
  const grouped = `(SELECT ${by}, ${columns.map(({ sql }, i) => `${sql} AS d${i}`).join(', ')} FROM ${inner} GROUP BY ${by})`;
  return {
    text: `distinct ${whole ? '' : on.join(', ')}`,
    columns: columns.map((column, i) => ({ ...column, sql: `d${i}` })),
    from: grouped,
    order: keys.map((_, i) => `k${i} NULLS LAST`),
    wide: [],
    others: [],
    build: (query) => (whole ? query.distinct() : query.distinct(...on)),
  };
}
