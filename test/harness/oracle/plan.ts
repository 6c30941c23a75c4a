/** Random plans: filters, computed columns and selections, then rows, or aggregates over groups. */
import { type AggregateExpr, col, type Expr } from '../../../src/expr/expr.js';
import type { Query } from '../../../src/query/query.js';
import type { ColumnType } from '../../../src/storage/types.js';
import { drawAggregate, nodeOf, type OracleAggregate, partsOf, typeOf } from './aggregates.js';
import type { Draw } from './draw.js';
import { drawAny, drawBool, type OracleExpr, type OracleScope, scopeOf } from './exprs.js';
import type { OracleTable } from './table.js';

export type { OracleAggregate } from './aggregates.js';

type Step =
  | { readonly kind: 'filter'; readonly predicate: Expr }
  | { readonly kind: 'withColumns' | 'select'; readonly columns: readonly Expr[] };

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
  wide.push(
    ...keys.flatMap((key) => key.wide),
    ...aggregates.flatMap((each) => partsOf(each).flatMap((part) => part.wide)),
  );
  return { steps, where, wide, end: { kind: 'aggregate', keys, aggregates } };
}

function drawKey(draw: Draw, scope: OracleScope): OracleExpr {
  if (draw.chance(0.2)) return drawAny(draw, scope, 1);
  const name = draw.pick([...scope.keys()]);
  return { ...(scope.get(name) as OracleExpr), expr: col(name) };
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
    else {
      const columns = step.columns.map((column) => own(column));
      query = step.kind === 'select' ? query.select(...columns) : query.withColumns(...columns);
    }
  }
  if (end.kind === 'rows') return end.limit === undefined ? query : query.limit(end.limit);
  const aggregates = end.aggregates.map((each) => new classes.AggregateExpr(nodeOf(each), each.name));
  if (end.keys.length === 0) return query.agg(...aggregates);
  return query.groupBy(...end.keys.map(({ expr, name }) => own(expr, name))).agg(...aggregates);
}

/** Names and types of the result. */
export function resultTypes({ end }: OraclePlan): readonly { readonly name: string; readonly type: ColumnType }[] {
  if (end.kind === 'rows') return end.columns;
  return [...end.keys, ...end.aggregates.map((each) => ({ name: each.name, type: typeOf(each) }))];
}
