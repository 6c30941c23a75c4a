/** Aggregates by their names in PostgreSQL and DuckDB. */

import type { FuncCall, Node } from 'libpg-query';
import type { AggregateName, AggregateOptions, ExprNode } from '../expr/nodes.js';
import { literalOf } from './constants.js';
import { type Env, placed, type Translate } from './env.js';
import { checkCount, type FunctionCall } from './functions.js';

interface SqlAggregate {
  readonly aggregate: AggregateName;
  /** How many of the arguments are values of rows. */
  readonly values: number;
  /** The name of the option that a further argument, a constant, becomes. */
  readonly option?: string;
  /** Whether equal values count once or often does not matter. */
  readonly distinct?: 'same';
}

const of = (aggregate: AggregateName, values = 1, more: Partial<SqlAggregate> = {}): SqlAggregate => ({
  aggregate,
  values,
  ...more,
});

const same = { distinct: 'same' } as const;
const [variance, deviation] = [of('var'), of('std')];
const quantile = of('quantile', 1, { option: 'q' });
const [argMin, argMax] = [of('argMin', 2), of('argMax', 2)];

const AGGREGATES: Readonly<Record<string, SqlAggregate>> = {
  count: of('count'),
  sum: of('sum'),
  avg: of('mean'),
  mean: of('mean'),
  min: of('min', 1, same),
  max: of('max', 1, same),
  variance,
  var_samp: variance,
  var_pop: of('varPop'),
  stddev: deviation,
  stddev_samp: deviation,
  stddev_pop: of('stdPop'),
  corr: of('corr', 2),
  covar_samp: of('covar', 2),
  covar_pop: of('covarPop', 2),
  median: of('median'),
  quantile_cont: quantile,
  percentile_cont: quantile,
  approx_quantile: of('approxQuantile', 1, { option: 'q' }),
  approx_count_distinct: of('approxCountDistinct', 1, same),
  first: of('first'),
  last: of('last'),
  arg_min: argMin,
  min_by: argMin,
  arg_max: argMax,
  max_by: argMax,
  bool_and: of('all', 1, same),
  every: of('all', 1, same),
  bool_or: of('any', 1, same),
};

const INSTEAD: Readonly<Record<string, string>> = {
  array_agg: "it has no bound; in a program: col('x').collectList({ limit: 100 })",
  list: "it has no bound; in a program: col('x').collectList({ limit: 100 })",
  string_agg: "it has no bound; in a program: col('x').collectList({ limit: 100 })",
  mode: 'count them: GROUP BY x ORDER BY count(*) DESC LIMIT 1',
  percentile_disc: 'percentile_cont and median are, which interpolate',
  quantile: 'quantile_cont(x, 0.9) is, which interpolates',
  any_value: 'min(x) gives one of the values; first(x) that of the first row',
  histogram: "GROUP BY floor(x / 10); in a program: col('x').histogram({ bins: 10 })",
  count_if: 'count(*) FILTER (WHERE …) is',
};

export const isAggregate = (name: string): boolean => Object.hasOwn(AGGREGATES, name) || Object.hasOwn(INSTEAD, name);

export const aggregateNames = (): string[] => Object.keys(AGGREGATES);

/** @throws SQL_UNSUPPORTED, SQL_SYNTAX where aggregates may not stand */
export function aggregateCall(node: FuncCall, name: string, env: Env, translate: Translate): ExprNode {
  const { sql } = env;
  const at = node.location;
  if (Object.hasOwn(INSTEAD, name)) throw sql.unsupported(`the aggregate ${name}`, INSTEAD[name] as string, at);
  if (env.noAggregates !== undefined) {
    const hint = env.noAggregates === 'WHERE' ? 'a condition on aggregates stands in HAVING' : undefined;
    throw sql.error('SQL_SYNTAX', `the aggregate ${name} stands in ${env.noAggregates}`, hint, at);
  }
  const inside: Env = { ...env, noAggregates: 'another aggregate' };
  const found = AGGREGATES[name] as SqlAggregate;
  const where = node.agg_filter && { where: translate(node.agg_filter, { ...inside, noAggregates: 'FILTER' }) };
  if (node.agg_star) {
    if (name !== 'count') throw sql.error('SQL_SYNTAX', `${name}(*) means nothing`, `name a column: ${name}(x)`, at);
    return placed(env, { kind: 'aggregate', aggregate: 'count', args: [], ...where }, at);
  }
  const all = (node.agg_within_group ? withinGroup(node, name, env) : (node.args ?? [])).map((arg) =>
    translate(arg, inside),
  );
  if (node.agg_order && !node.agg_within_group) {
    throw sql.unsupported(
      `ORDER BY within ${name}`,
      'arg_min(x, y) gives x where y is least, arg_max where it is greatest',
      at,
    );
  }
  const call: FunctionCall = { name, env, at };
  const count = found.values + (found.option === undefined ? 0 : 1);
  checkCount(all.length, { least: count, most: count }, call);
  const args = all.slice(0, found.values);
  const options = found.option === undefined ? {} : { options: quantileOption(found, all.at(-1), node, call) };
  const aggregate = node.agg_distinct ? ofDistinct(found, call) : found.aggregate;
  return placed(env, { kind: 'aggregate', aggregate, args, ...where, ...options }, at);
}

function ofDistinct({ aggregate, distinct }: SqlAggregate, { name, env, at }: FunctionCall): AggregateName {
  if (aggregate === 'count') return 'countDistinct';
  if (distinct === 'same') return aggregate;
  const instead = `${name}(x) over (SELECT DISTINCT x FROM …)`;
  throw env.sql.unsupported(`DISTINCT within ${name}`, instead, at);
}

/** percentile_cont(q) WITHIN GROUP (ORDER BY x): the value, then q. */
function withinGroup(node: FuncCall, name: string, { sql }: Env): (Node | undefined)[] {
  const [order, another] = node.agg_order ?? [];
  if (name !== 'percentile_cont') {
    throw sql.unsupported(
      `WITHIN GROUP of ${name}`,
      'percentile_cont(0.5) WITHIN GROUP (ORDER BY x) is',
      node.location,
    );
  }
  if (!order || !('SortBy' in order) || another) {
    throw sql.error('SQL_SYNTAX', 'WITHIN GROUP orders by one value', undefined, node.location);
  }
  return [order.SortBy.node, ...(node.args ?? [])];
}

function quantileOption(
  { option = '', aggregate }: SqlAggregate,
  arg: ExprNode | undefined,
  node: FuncCall,
  { env, at }: FunctionCall,
): AggregateOptions {
  const q = arg && literalOf(arg);
  if (typeof q !== 'number' || !(q >= 0 && q <= 1)) {
    const hint = 'e.g. quantile_cont(x, 0.9)';
    throw env.sql.error(
      'SQL_SYNTAX',
      'the quantile is no constant between 0 and 1',
      hint,
      (arg && env.places.get(arg)) ?? at,
    );
  }
  const [order] = node.agg_order ?? [];
  const descending = order && 'SortBy' in order && order.SortBy.sortby_dir === 'SORTBY_DESC';
  const relativeError = aggregate === 'approxQuantile' ? { relativeError: 0.01 } : {};
  return { ...relativeError, [option]: descending ? 1 - q : q };
}
