/** Lazy queries: frozen plans with methods that extend them; nothing runs before `collect()` or `explain()`. */

import { inspect } from 'node:util';
import type { ClusterLink } from './cluster/types.js';
import { collectQuery, type ResultRow, type Rows } from './engine/collect.js';
import { type ExplainOptions, explainQuery } from './engine/explain.js';
import type { CollectOptions } from './engine/options.js';
import { ShardfoldError, showValue } from './errors.js';
import { AggregateExpr, col, Expr } from './expr/expr.js';
import { formatNode } from './expr/nodes.js';
import type { AggregateQuery, NamedAggregate, NamedExpr, Query, RowNode } from './plan/nodes.js';
import { tableOf } from './plan/nodes.js';
import { openTable } from './storage/catalog.js';

/** Aggregates by the name of their result column. */
export type AggregateMap = Readonly<Record<string, AggregateExpr>>;

abstract class LazyQuery {
  protected readonly link: ClusterLink;

  constructor(link: ClusterLink) {
    this.link = link;
  }

  protected abstract get query(): Query;

  /**
   * Runs the query on the table's newest version. The rows are plain objects; `rows.receipt` accounts for every chunk and
   * says what it cost. `collect<{ n: number }>()` asserts the shape of the rows for the compiler; nothing checks it.
   *
   * @throws TABLE_NOT_FOUND, UNKNOWN_COLUMN, TYPE_MISMATCH before anything is read; DATA_LOSS, NUMERIC_OVERFLOW, OUT_OF_RANGE,
   *   TIMEOUT, ABORTED, …: a result is whole, or an error
   */
  collect<Row extends object = ResultRow>(options: CollectOptions = {}): Promise<Rows<Row>> {
    return collectQuery(this.link, this.query, options) as Promise<Rows<object>> as Promise<Rows<Row>>;
  }

  /** What `console.log` shows. */
  [inspect.custom](): string {
    return 'Query (not run: call .collect())';
  }

  /** The plan in words: steps, columns read, chunks pruned, shards, and the generated kernels. */
  async explain(options: ExplainOptions = {}): Promise<string> {
    const snapshot = await openTable(this.link, tableOf(this.query.input), this.link.context());
    return explainQuery(this.link, this.query, snapshot, options);
  }
}

/** A query that gives rows of a table. */
export class RowQuery extends LazyQuery {
  readonly #node: RowNode;
  readonly #limit: number | undefined;

  constructor(link: ClusterLink, node: RowNode, limit?: number) {
    super(link);
    this.#node = node;
    this.#limit = limit;
  }

  protected get query(): Query {
    return { kind: 'rows', input: this.#node, limit: this.#limit };
  }

  /** Keeps the rows for which the condition is true; false and null drop them. */
  filter(predicate: Expr): RowQuery {
    if (!(predicate instanceof Expr)) throw invalid(`${showValue(predicate)} is no condition`, "e.g. col('x').gt(0)");
    return this.#then({ kind: 'filter', input: this.#rows('filter'), predicate: predicate.node });
  }

  /** Adds columns, or replaces those of the same name. */
  withColumns(...columns: readonly Expr[]): RowQuery {
    return this.#then({ kind: 'withColumns', input: this.#rows('withColumns'), columns: columns.map(named) });
  }

  /** Keeps only these columns, in this order. */
  select(...columns: readonly (string | Expr)[]): RowQuery {
    if (columns.length === 0) throw invalid('select() names no column');
    return this.#then({ kind: 'select', input: this.#rows('select'), columns: columns.map(named) });
  }

  /** At most `count` rows, from the start of the table on. */
  limit(count: number): RowQuery {
    return new RowQuery(this.link, this.#node, Math.min(checkCount(count), this.#limit ?? count));
  }

  /** The first rows, 5 by default. */
  head(count = 5): RowQuery {
    return this.limit(count);
  }

  /** Groups rows by columns or expressions. Null is a group of its own; so is NaN; -0 and 0 are one. */
  groupBy(...keys: readonly (string | Expr)[]): GroupBy {
    if (keys.length === 0) throw invalid('groupBy() names no key', 'aggregate without groups: .agg(…)');
    return new GroupBy(this.link, this.#rows('groupBy'), keys.map(named));
  }

  /** Aggregates all rows into one: `agg({ total: col('x').sum() })` or `agg(col('x').sum().as('total'))`. */
  agg(...aggregates: readonly (AggregateExpr | AggregateMap)[]): AggregatedQuery {
    return aggregated(this.link, this.#rows('agg'), [], aggregates);
  }

  #then(node: RowNode): RowQuery {
    return new RowQuery(this.link, Object.freeze(node));
  }

  #rows(step: string): RowNode {
    if (this.#limit === undefined) return this.#node;
    throw invalid(`${step}() after limit()`, 'put limit() last');
  }
}

/** Rows grouped by keys, waiting for `agg`. */
export class GroupBy {
  readonly #link: ClusterLink;
  readonly #input: RowNode;
  readonly #keys: readonly NamedExpr[];

  constructor(link: ClusterLink, input: RowNode, keys: readonly NamedExpr[]) {
    this.#link = link;
    this.#input = input;
    this.#keys = keys;
  }

  [inspect.custom](): string {
    return 'GroupBy (not run: call .agg(…), then .collect())';
  }

  /** One row a group: the keys, then the aggregates. Ordered by the keys, unless `sort` says otherwise. */
  agg(...aggregates: readonly (AggregateExpr | AggregateMap)[]): AggregatedQuery {
    return aggregated(this.#link, this.#input, this.#keys, aggregates);
  }
}

/** A query that gives one row a group. */
export class AggregatedQuery extends LazyQuery {
  readonly #query: AggregateQuery;

  constructor(link: ClusterLink, query: AggregateQuery) {
    super(link);
    this.#query = Object.freeze(query);
  }

  protected get query(): Query {
    return this.#query;
  }

  /** Orders the groups by a result column; nulls last. A further `sort` orders those that are equal. */
  sort(column: string, order: 'asc' | 'desc' = 'asc'): AggregatedQuery {
    if (this.#query.limit !== undefined) throw invalid('sort() after limit()', 'put limit() last');
    if (order !== 'asc' && order !== 'desc') throw invalid(`the order is "${String(order)}"`, "'asc' or 'desc'");
    const sort = [...this.#query.sort, { name: column, descending: order === 'desc' }];
    return new AggregatedQuery(this.link, { ...this.#query, sort });
  }

  /** The first `count` groups of the order that stands; nothing but `limit` and `collect` may follow. */
  limit(count: number): AggregatedQuery {
    const limit = Math.min(checkCount(count), this.#query.limit ?? count);
    return new AggregatedQuery(this.link, { ...this.#query, limit });
  }

  /** The first groups, 5 by default. */
  head(count = 5): AggregatedQuery {
    return this.limit(count);
  }
}

function aggregated(
  link: ClusterLink,
  input: RowNode,
  keys: readonly NamedExpr[],
  list: readonly (AggregateExpr | AggregateMap)[],
): AggregatedQuery {
  const aggregates = list.flatMap((each) =>
    each instanceof AggregateExpr
      ? [namedAggregate(each, each.alias)]
      : Object.entries(each ?? {}).map(([name, aggregate]) => namedAggregate(aggregate, name)),
  );
  if (aggregates.length === 0)
    throw invalid('agg() names no aggregate', "e.g. .agg({ n: count(), mean: col('x').mean() })");
  return new AggregatedQuery(link, { kind: 'aggregate', input, keys, aggregates, sort: [], limit: undefined });
}

function namedAggregate(each: AggregateExpr, name: string | undefined): NamedAggregate {
  if (!(each instanceof AggregateExpr)) throw invalid(`"${name}" is no aggregate`, "e.g. col('x').sum(), count()");
  const { node } = each;
  const [arg] = node.args;
  const text = arg === undefined && node.where === undefined ? 'count' : formatNode(node);
  return { name: name ?? (arg?.kind === 'column' ? arg.name : text), node };
}

function named(column: string | Expr): NamedExpr {
  const expr = typeof column === 'string' ? col(column) : column;
  if (!(expr instanceof Expr))
    throw invalid(`${showValue(column)} is no column`, "a name, or an expression such as col('x').add(1)");
  return {
    name: expr.alias ?? (expr.node.kind === 'column' ? expr.node.name : formatNode(expr.node)),
    node: expr.node,
  };
}

function checkCount(count: number): number {
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw invalid(`${showValue(count)} rows cannot be asked for`, 'a whole number from 0');
}

function invalid(message: string, hint = "see the method's description"): ShardfoldError {
  return new ShardfoldError('INVALID_ARGUMENT', message, { hint });
}
