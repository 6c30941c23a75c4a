/** Random plans: filters, computed columns and selections, then rows, or aggregates over groups. */
import { type AggregateExpr, type AggregateName, col, type Expr } from '../../../src/expr/expr.js';
import type { Query } from '../../../src/query/query.js';
import type { ColumnType } from '../../../src/storage/types.js';
import type { Draw } from './draw.js';
import { drawAny, drawBool, isNumeric, type OracleExpr, type OracleScope, scopeOf } from './exprs.js';
import type { OracleTable } from './table.js';

type Step =
  | { readonly kind: 'filter'; readonly predicate: Expr }
  | { readonly kind: 'withColumns' | 'select'; readonly columns: readonly Expr[] };

export interface OracleAggregate {
  readonly name: string;
  readonly aggregate: AggregateName;
  /** Undefined for `count()`. */
  readonly arg: OracleExpr | undefined;
}

export interface OraclePlan {
  readonly steps: readonly Step[];
  /** Conditions in SQL, all of which hold for the rows that are left. */
  readonly where: readonly OracleExpr[];
  readonly wide: readonly string[];
  readonly end:
    | { readonly kind: 'rows'; readonly columns: readonly (OracleExpr & { name: string })[]; readonly limit?: number }
    | {
        readonly kind: 'aggregate';
        readonly keys: readonly (OracleExpr & { name: string })[];
        readonly aggregates: readonly OracleAggregate[];
      };
}

const AGGREGATES: readonly AggregateName[] = ['count', 'sum', 'mean', 'min', 'max', 'var', 'std', 'varPop', 'stdPop'];
const NUMERIC_ONLY = new Set<AggregateName>(['sum', 'mean', 'var', 'std', 'varPop', 'stdPop']);

/** @param rows whether the plan gives rows back instead of aggregates */
export function drawPlan(draw: Draw, table: OracleTable, rows: boolean): OraclePlan {
  const steps: Step[] = [];
  const where: OracleExpr[] = [];
  const wide: string[] = [];
  let scope: OracleScope = scopeOf(table);
  for (let i = draw.pick([0, 0, 1, 1, 1, 2, 3]); i > 0; i--) {
    const kind = draw.int(0, 4);
    if (kind <= 2) {
      const predicate = drawBool(draw, scope, draw.int(0, 3));
      steps.push({ kind: 'filter', predicate: predicate.expr });
      where.push(predicate);
      wide.push(...predicate.wide);
    } else if (kind === 3) {
      const name = draw.chance(0.5) ? `new${i}` : draw.pick([...scope.keys()]);
      const made = drawAny(draw, scope, 2);
      steps.push({ kind: 'withColumns', columns: [made.expr.as(name)] });
      scope = new Map([...scope, [name, made]]);
    } else {
      const names = [...scope.keys()].filter(() => draw.chance(0.7));
      const kept = names.length > 0 ? names : [...scope.keys()];
      steps.push({ kind: 'select', columns: kept.map((name) => col(name)) });
      scope = new Map(kept.map((name) => [name, scope.get(name) as OracleExpr]));
    }
  }
  if (rows) {
    const columns = [...scope].map(([name, expr]) => ({ ...expr, name }));
    wide.push(...columns.flatMap((column) => column.wide));
    return { steps, where, wide, end: { kind: 'rows', columns, ...(draw.chance(0.3) && { limit: draw.int(0, 40) }) } };
  }
  const keys = draw.list(draw.pick([0, 0, 0, 1, 1, 1, 2, 3, 4, 7]), (i) => ({
    ...drawKey(draw, scope),
    name: `key ${i}`,
  }));
  const aggregates = draw.list(draw.int(1, 4), (i) => drawAggregate(draw, scope, `agg ${i}`));
  wide.push(...keys.flatMap((key) => key.wide), ...aggregates.flatMap(({ arg }) => arg?.wide ?? []));
  return { steps, where, wide, end: { kind: 'aggregate', keys, aggregates } };
}

function drawKey(draw: Draw, scope: OracleScope): OracleExpr {
  if (draw.chance(0.2)) return drawAny(draw, scope, 1);
  const name = draw.pick([...scope.keys()]);
  return { ...(scope.get(name) as OracleExpr), expr: col(name) };
}

function drawAggregate(draw: Draw, scope: OracleScope, name: string): OracleAggregate {
  if (draw.chance(0.1)) return { name, aggregate: 'count', arg: undefined };
  const arg = drawAny(draw, scope, draw.int(0, 2));
  const adds = isNumeric(arg.type) || arg.type === 'bool';
  const aggregate = draw.pick(adds ? AGGREGATES : AGGREGATES.filter((each) => !NUMERIC_ONLY.has(each)));
  return { name, aggregate, arg };
}

/** The classes of expressions, of that copy of the package which is to run the plan. */
export interface Classes {
  readonly Expr: typeof Expr;
  readonly AggregateExpr: typeof AggregateExpr;
}

/** The plan as a query of ours. */
export function toQuery(table: Query, { steps, end }: OraclePlan, classes: Classes): Query {
  const own = ({ node, alias }: Expr, name = alias): Expr => new classes.Expr(node, name);
  let query = table;
  for (const step of steps) {
    if (step.kind === 'filter') query = query.filter(own(step.predicate));
    else query = query[step.kind](...step.columns.map((column) => own(column)));
  }
  if (end.kind === 'rows') return end.limit === undefined ? query : query.limit(end.limit);
  const aggregates = end.aggregates.map(
    ({ name, aggregate, arg }) =>
      new classes.AggregateExpr({ kind: 'aggregate', aggregate, args: arg ? [arg.expr.node] : [] }, name),
  );
  if (end.keys.length === 0) return query.agg(...aggregates);
  return query.groupBy(...end.keys.map(({ expr, name }) => own(expr, name))).agg(...aggregates);
}

/** Names and types of the result. */
export function resultTypes({ end }: OraclePlan): readonly { readonly name: string; readonly type: ColumnType }[] {
  if (end.kind === 'rows') return end.columns;
  return [...end.keys, ...end.aggregates.map((each) => ({ name: each.name, type: aggregateType(each) }))];
}

function aggregateType({ aggregate, arg }: OracleAggregate): ColumnType {
  if (aggregate === 'count' || arg === undefined) return 'int64';
  if (aggregate === 'min' || aggregate === 'max') return arg.type;
  if (aggregate !== 'sum') return 'float64';
  if (arg.type.startsWith('decimal')) return arg.type;
  return arg.type === 'float32' || arg.type === 'float64' ? 'float64' : 'int64';
}
