/** Aggregates in random plans: which there are for a type, and their twins in DuckDB's SQL. */
import type { AggregateName } from '../../../src/expr/expr.js';
import type { AggregateNode } from '../../../src/expr/nodes.js';
import type { ColumnType } from '../../../src/storage/types.js';
import type { Draw } from './draw.js';
import { drawAny, drawBool, isNumeric, type OracleExpr, type OracleScope } from './exprs.js';

export interface OracleAggregate {
  readonly name: string;
  readonly aggregate: AggregateName;
  /** Undefined for `count()`. */
  readonly arg: OracleExpr | undefined;
  /** The second argument. */
  readonly by?: OracleExpr;
  /** The aggregate's own filter. */
  readonly where?: OracleExpr;
  readonly q?: number;
}

const ANY: readonly AggregateName[] = [
  'count',
  'min',
  'max',
  'first',
  'last',
  'argMin',
  'argMax',
  'median',
  'quantile',
  'countDistinct',
];
const NUMERIC: readonly AggregateName[] = ['sum', 'mean', 'var', 'std', 'varPop', 'stdPop'];
/** Those whose values DuckDB computes as we do; sums and variances of floats are compared with exact arithmetic instead. */
const EXACT = new Set<AggregateName>([...ANY, 'any', 'all']);

export const isExact = ({ aggregate, arg }: OracleAggregate): boolean =>
  EXACT.has(aggregate) || (aggregate === 'sum' && arg?.type !== 'float64' && arg?.type !== 'float32');

export function drawAggregate(draw: Draw, scope: OracleScope, name: string): OracleAggregate {
  const where = draw.chance(0.25) ? { where: drawBool(draw, scope, draw.int(0, 2)) } : {};
  if (draw.chance(0.1)) return { name, aggregate: 'count', arg: undefined, ...where };
  const arg = drawAny(draw, scope, draw.int(0, 2));
  const isBool = arg.type === 'bool';
  const adds = isNumeric(arg.type) || isBool;
  const choices = [...ANY, ...(adds ? [...NUMERIC, ...NUMERIC] : []), ...(isBool ? (['any', 'all'] as const) : [])];
  const aggregate = draw.pick(choices);
  const by = aggregate.startsWith('arg') ? { by: drawAny(draw, scope, draw.int(0, 1)) } : {};
  const q = aggregate === 'quantile' ? { q: draw.pick([0, 0.01, 0.25, 1 / 3, 0.5, 0.9, 1]) } : {};
  return { name, aggregate, arg, ...by, ...where, ...q };
}

/** All expressions of an aggregate. */
export const partsOf = ({ arg, by, where }: OracleAggregate): readonly OracleExpr[] =>
  [arg, by, where].filter((part) => part !== undefined);

export function nodeOf({ aggregate, arg, by, where, q }: OracleAggregate): AggregateNode {
  return {
    kind: 'aggregate',
    aggregate,
    args: [arg, by].flatMap((part) => (part === undefined ? [] : [part.expr.node])),
    ...(where && { where: where.expr.node }),
    ...(q !== undefined && { options: { q } }),
  };
}

/** The aggregate over columns `a`, `b` and `w` of rows numbered in `row`; of those that are not exact, their count. */
export function sqlOf(
  each: OracleAggregate,
  { a, b, w, row }: { a: string; b: string; w: string; row: string },
): string {
  const when = each.where === undefined ? '' : ` FILTER (WHERE ${w})`;
  return finished(each, `${call(each, { a, b, row })}${when}`);
}

function call(each: OracleAggregate, { a, b, row }: { a: string; b: string; row: string }): string {
  const { aggregate, arg, q = 0.5 } = each;
  if (arg === undefined) return 'count(*)';
  const discrete = arg.type === 'utf8' || arg.type === 'bool';
  switch (aggregate) {
    case 'first':
    case 'last':
      return `${aggregate}(${a} ORDER BY ${row})`;
    case 'argMin':
    case 'argMax':
      return `${aggregate === 'argMin' ? 'arg_min' : 'arg_max'}(${a}, ${b} ORDER BY ${row})`;
    case 'median':
    case 'quantile':
      return `quantile_${discrete ? 'disc' : 'cont'}(${a}, CAST(${q} AS DOUBLE))`;
    case 'countDistinct':
      return `count(DISTINCT ${a})`;
    case 'any':
      return `bool_or(${a})`;
    case 'all':
      return `bool_and(${a})`;
    case 'sum':
      return arg.type === 'bool' ? `sum(CAST(${a} AS INTEGER))` : isExact(each) ? `sum(${a})` : `count(${a})`;
    case 'min':
    case 'max':
      return `${aggregate}(${a})`;
    default:
      return `count(${a})`;
  }
}

/** Times between two are cut to milliseconds. */
function finished({ aggregate, arg }: OracleAggregate, sql: string): string {
  const isTime = arg?.type === 'timestamp' || arg?.type === 'date';
  return isTime && (aggregate === 'median' || aggregate === 'quantile') ? `date_trunc('milliseconds', ${sql})` : sql;
}

export function typeOf({ aggregate, arg }: OracleAggregate): ColumnType {
  if (aggregate === 'count' || aggregate === 'countDistinct' || arg === undefined) return 'int64';
  if (aggregate === 'sum') return arg.type.startsWith('decimal') ? arg.type : isFloat(arg.type) ? 'float64' : 'int64';
  if (NUMERIC.includes(aggregate)) return 'float64';
  if (aggregate !== 'median' && aggregate !== 'quantile') return arg.type;
  if (arg.type === 'int32' || arg.type === 'int64') return 'float64';
  return arg.type === 'date' ? 'timestamp' : arg.type;
}

const isFloat = (type: ColumnType): boolean => type === 'float64' || type === 'float32';
