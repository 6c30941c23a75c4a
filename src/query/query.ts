/** Lazy queries: frozen plans with methods that extend them; nothing runs before `collect()` or `explain()`. */

import { inspect } from 'node:util';
import type { ClusterLink } from '../cluster/types.js';
import { checkOptions } from '../engine/check-options.js';
import type { ResultRow } from '../engine/results/rows.js';
import { showValue } from '../errors.js';
import type { Over } from '../expr/infer.js';
import type { NamedExpr, PlanNode } from '../plan/nodes.js';
import { aggregatePlan } from '../plan/split-aggregates.js';
import {
  type Aggregates,
  type ColumnMap,
  type ColumnOperand,
  checkCount,
  checkSample,
  columnNames,
  condition,
  invalid,
  named,
  namedAggregates,
  namedColumns,
  type SampleOptions,
  type SortOperand,
  type SortOrder,
  sortKeys,
} from './arguments.js';
import type {
  Aggregate,
  AggregateGroups,
  Drop,
  keys,
  Names,
  NewNames,
  Rename,
  RowOf,
  RowsOf,
  row,
  SameColumns,
  Select,
  Union,
  Visible,
  WithColumns,
} from './infer.js';
import type { Join, Zip } from './infer-join.js';
import { existsPlan, type JoinKeys, type JoinOptions, joinPlan, type ZipOptions, zipPlan } from './join-arguments.js';
import { RunnableQuery } from './run.js';

/** Rows that are yet to be computed. Every step gives a new query; the one it is called on stays as it is. */
export class Query<out S extends object = ResultRow> extends RunnableQuery<S> {
  /** Keeps the rows for which the condition is true; false and null drop them. After `agg` it is SQL's HAVING. */
  filter(predicate: Over<Names<S>>): Query<S> {
    return this.#then({ kind: 'filter', input: this.plan, predicate: condition(predicate) });
  }

  /** Adds columns, or replaces those of the same name: `withColumns({ net: col('price').mul(0.8) })` or `col('price').mul(0.8).as('net')`. */
  withColumns<R extends object, A extends readonly (Over<Names<R>> | ColumnMap<Names<R>>)[]>(
    this: Query<R>,
    ...columns: A
  ): Query<WithColumns<R, A[number]>> {
    return this.#then({ kind: 'withColumns', input: this.plan, columns: namedColumns(columns) });
  }

  /** Keeps only these columns, in this order: names, expressions, or expressions by the names that they are given. */
  select<R extends object, A extends readonly (ColumnOperand<Names<R>> | ColumnMap<Names<R>>)[]>(
    this: Query<R>,
    ...columns: A
  ): Query<Select<R, A[number]>> {
    const chosen = namedColumns(columns);
    if (chosen.length === 0)
      throw invalid('select() names no column', "e.g. .select('id', { net: col('price').mul(0.8) })");
    return this.#then({ kind: 'select', input: this.plan, columns: chosen });
  }

  /** Leaves out these columns. */
  drop<R extends object, D extends keyof R & string>(this: Query<R>, ...names: readonly D[]): Query<Drop<R, D>> {
    return this.#then({ kind: 'drop', input: this.plan, names: columnNames(names, 'drop') });
  }

  /** Gives columns other names: `rename({ old: 'new' })`. */
  rename<R extends object, const N extends NewNames<R, N>>(this: Query<R>, names: N): Query<Rename<R, N>> {
    const given = { ...(names as Readonly<Record<string, string>>) };
    columnNames(Object.values(given), 'rename');
    return this.#then({ kind: 'rename', input: this.plan, names: Object.freeze(given) });
  }

  /**
   * The first of the rows that are equal in these columns, or in all where none is named; null equals null, NaN equals NaN.
   * Ordered by those columns.
   */
  distinct(...names: readonly (keyof S & string)[]): Query<Visible<S>> {
    const on = names.length === 0 ? undefined : columnNames(names, 'distinct');
    return this.#then({ kind: 'distinct', input: this.plan, on });
  }

  /** Groups rows by columns or expressions. Null is a group of its own; so is NaN; -0 and 0 are one. */
  groupBy<R extends object, A extends readonly ColumnOperand<Names<R>>[]>(
    this: Query<R>,
    ...keys: A
  ): GroupBy<R, Select<R, A[number]>> {
    if (keys.length === 0) throw invalid('groupBy() names no key', 'aggregate without groups: .agg(…)');
    return new GroupBy(this.link, this.plan, keys.map(named));
  }

  /** Aggregates all rows into one: `agg({ total: col('x').sum() })` or `agg(col('x').sum().as('total'))`. */
  agg<R extends object, A extends readonly Aggregates<Names<R>>[]>(
    this: Query<R>,
    ...aggregates: A
  ): Query<Aggregate<R, A[number]>> {
    return this.#then(aggregatePlan(this.plan, [], namedAggregates(aggregates)));
  }

  /**
   * Orders rows: by `'price'`, `col('price').mul(col('qty'))`, `col('price').desc({ nulls: 'first' })`, or several of those.
   * Stable: rows that are equal keep their order, so that a later sort goes before an earlier one. Strings by their UTF-8 bytes,
   * NaN as the greatest number, nulls last unless asked otherwise.
   */
  sort(by: SortOperand<Names<S>> | readonly SortOperand<Names<S>>[], order: SortOrder = 'asc'): Query<S> {
    return this.#then({ kind: 'sort', input: this.plan, by: sortKeys(by, order) });
  }

  /**
   * Rows by chance: of each row of the table a hash of its number and the seed says whether it is drawn, this fraction of them in the
   * long run. The same rows each time, wherever the table lies, whatever the query filters; `rest` gives exactly the others.
   * @throws INVALID_ARGUMENT; when it is run, of rows that are none of a table: of a limit, of groups, of keys
   */
  sample(fraction: number, options: SampleOptions = {}): Query<S> {
    checkOptions(options, ['seed', 'rest']);
    const { seed = 1, rest = false } = options;
    checkSample(fraction, { seed, rest });
    return this.#then({ kind: 'sample', input: this.plan, fraction, seed, rest });
  }

  /** At most `count` rows, from the start on. */
  limit(count: number): Query<S> {
    return this.slice(0, checkCount(count));
  }

  /** At most `count` rows, or all, without the first `offset`. */
  slice(offset: number, count?: number): Query<S> {
    const most = count === undefined ? undefined : checkCount(count);
    return this.#then({ kind: 'slice', input: this.plan, offset: checkCount(offset), count: most });
  }

  /** The first rows, 5 by default. */
  head(count = 5): Query<S> {
    return this.limit(count);
  }

  /** The rows of this query, then those of the others; their columns go by the same names. */
  union<R extends object, O extends readonly RowsOf<SameColumns<R>>[]>(
    this: Query<R>,
    ...others: O
  ): Query<Union<R, RowOf<O[number]>>> {
    const plans = others.map((other) => planOf(other, 'union'));
    return this.#then({ kind: 'union', inputs: Object.freeze([this.plan, ...plans]) });
  }

  /**
   * For each row the rows of `other` with equal keys: `a.join(b, { on: 'id' })`, `{ on: ['x', 'y'] }`, or `{ leftOn, rightOn }` with
   * names or expressions. `how: 'inner'` (the default) drops rows without a match, `'left'` keeps them with nulls. Null matches
   * nothing, NaN matches NaN, -0 matches 0. Rows come in the order of this query, those of one row in the order of `other`.
   * Names that both have take the `suffix` (`_right`) on the right; keys of one name come once.
   *
   * `other` is computed first and sent to the shards along with every call: at most 16,384 rows and 512 KiB of the columns that the
   * query uses, or with `collect({ side: 'client' })` 1,048,576 rows and 64 MiB.
   * @throws when it is run: TYPE_MISMATCH naming keys that cannot be compared, JOIN_TOO_LARGE
   */
  join<R extends object, T extends object, const O extends JoinOptions<Names<R>, keyof T & string>>(
    this: Query<R>,
    other: RowsOf<T>,
    options: O,
  ): Query<Join<R, T, O>> {
    return this.#then(joinPlan(this.plan, planOf(other, 'join'), options));
  }

  /** The rows for which `other` has a row with equal keys, each once. Keys and limits as of `join`; `other` is sent as its distinct keys. */
  semiJoin<T extends object>(other: RowsOf<T>, on: JoinKeys<Names<S>, keyof T & string>): Query<S> {
    return this.#then(existsPlan(this.plan, planOf(other, 'semiJoin'), 'semi', on));
  }

  /** The rows for which `other` has no row with equal keys, those with a null key among them (SQL's NOT EXISTS). As `semiJoin` else. */
  antiJoin<T extends object>(other: RowsOf<T>, on: JoinKeys<Names<S>, keyof T & string>): Query<S> {
    return this.#then(existsPlan(this.plan, planOf(other, 'antiJoin'), 'anti', on));
  }

  /**
   * Row i of `other` beside row i of this query. Both are tables, or columns of them, that were made to lie together:
   * `createTable(…, { alignWith })`, with the same number of rows. Nothing moves between shards, and what follows may be anything
   * that can follow a table. Names that both have take the `suffix` on the right, `_right` by default.
   * @throws when it is run: NOT_ALIGNED; INVALID_ARGUMENT where a side is filtered, sorted, cut, joined or aggregated
   */
  zip<R extends object, T extends object, const X extends string = '_right'>(
    this: Query<R>,
    other: RowsOf<T>,
    options: ZipOptions<X> = {},
  ): Query<Zip<R, T, X>> {
    return this.#then(zipPlan(this.plan, planOf(other, 'zip'), options));
  }

  #then<Next extends object>(plan: PlanNode): Query<Next> {
    return new Query(this.link, plan);
  }
}

/** @throws INVALID_ARGUMENT */
function planOf(other: RowsOf<unknown>, step: string): PlanNode {
  if (!(other instanceof Query)) throw invalid(`${step}(): ${showValue(other)} is no query`, `a.${step}(b, …)`);
  return other.plan;
}

/** Groups are no rows yet. */
const notAggregated = (step: string, otherwise = ''): Error =>
  invalid(
    `${step}() of groups that are not aggregated`,
    `.agg(…) first: .agg({ rows: count() }).${step}(…)${otherwise}`,
  );

/** Rows grouped by keys, waiting for `agg`. */
export class GroupBy<out S extends object = ResultRow, out K extends object = ResultRow> {
  declare readonly [row]: S;
  declare readonly [keys]: K;
  readonly #link: ClusterLink;
  readonly #input: PlanNode;
  readonly #keys: readonly NamedExpr[];

  constructor(link: ClusterLink, input: PlanNode, keys: readonly NamedExpr[]) {
    this.#link = link;
    this.#input = input;
    this.#keys = keys;
  }

  [inspect.custom](): string {
    return 'GroupBy (not run: call .agg(…), then .collect())';
  }

  /** As in a template literal: what `console.log` shows. */
  toString(): string {
    return this[inspect.custom]();
  }

  /** Not before `agg`, which makes rows of the groups. @throws INVALID_ARGUMENT */
  collect(): never {
    throw notAggregated('collect');
  }

  /** Not before `agg`. @throws INVALID_ARGUMENT */
  filter(): never {
    throw notAggregated('filter', ', or .filter(…) before groupBy() for the rows that are grouped');
  }

  /** Not before `agg`. @throws INVALID_ARGUMENT */
  sort(): never {
    throw notAggregated('sort');
  }

  /** Not before `agg`. @throws INVALID_ARGUMENT */
  limit(): never {
    throw notAggregated('limit');
  }

  /** Not before `agg`. @throws INVALID_ARGUMENT */
  select(): never {
    throw notAggregated('select');
  }

  /** Not before `agg`. @throws INVALID_ARGUMENT */
  count(): never {
    throw invalid('count() of groups', '.agg(count()), or .agg({ rows: count() })');
  }

  /** One row a group: the keys, then the aggregates. Ordered by the keys, unless `sort` says otherwise. */
  agg<R extends object, G extends object, A extends readonly Aggregates<Names<R & G>>[]>(
    this: GroupBy<R, G>,
    ...aggregates: A
  ): Query<AggregateGroups<R, G, A[number]>> {
    return new Query(this.#link, aggregatePlan(this.#input, this.#keys, namedAggregates(aggregates)));
  }
}
