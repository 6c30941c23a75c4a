/** Aggregates as methods of the expression that they aggregate. */

import { type Operand, toNode } from './base.js';
import type { Aggregated, ColumnsOf, Kind, NoRows, ValueOf, ValueTag } from './infer.js';
import type { AggregateName, AggregateNode, AggregateOptions, ExprNode } from './nodes.js';
import { Operators } from './operators.js';

/** What every aggregate takes as its last argument. */
export interface AggregateFilter<W extends Operand = Operand> {
  /** Only the rows for which this is true take part. */
  readonly where?: W;
}

/** The node of an aggregate; `where` apart from the other options. */
export function aggregateNode(
  aggregate: AggregateName,
  args: readonly ExprNode[],
  { where, ...options }: AggregateFilter & Record<string, unknown> = {},
): AggregateNode {
  return {
    kind: 'aggregate',
    aggregate,
    args: Object.freeze(args),
    ...(where !== undefined && { where: toNode(where) }),
    ...(Object.keys(options).length > 0 && { options: Object.freeze(options) as AggregateOptions }),
  };
}

/** Aggregates keep the name of the expression. */
export abstract class AggregateMethods<
  K extends Kind,
  V extends string,
  C extends string,
  N extends string,
> extends Operators<K, V, C, N> {
  protected abstract aggregated<Value extends string, Columns extends string>(
    node: AggregateNode,
  ): Aggregated<K, Value, Columns, N>;

  /** Number of non-null values. */
  count<W extends Operand = never>(options?: AggregateFilter<W>): Aggregated<K, 'number', C | ColumnsOf<W>, N> {
    return this.#of('count', options);
  }
  /** Sum of the non-null values; null where there are none. Integers and decimals sum exactly; a result beyond ±2^53 is an error. */
  sum<W extends Operand = never>(
    options?: AggregateFilter<W>,
  ): Aggregated<K, `number like ${V}` | NoRows<V, W>, C | ColumnsOf<W>, N> {
    return this.#of('sum', options);
  }
  /** Arithmetic mean of the non-null values, a float64; null where there are none. */
  mean<W extends Operand = never>(
    options?: AggregateFilter<W>,
  ): Aggregated<K, 'number' | NoRows<V, W>, C | ColumnsOf<W>, N> {
    return this.#of('mean', options);
  }
  /** Least non-null value; NaN only where all are NaN. Strings by their UTF-8 bytes. */
  min<W extends Operand = never>(options?: AggregateFilter<W>): Aggregated<K, V | NoRows<V, W>, C | ColumnsOf<W>, N> {
    return this.#of('min', options);
  }
  /** Greatest non-null value; NaN where there is one. */
  max<W extends Operand = never>(options?: AggregateFilter<W>): Aggregated<K, V | NoRows<V, W>, C | ColumnsOf<W>, N> {
    return this.#of('max', options);
  }
  /** Sample variance (n - 1); null for fewer than two values. */
  var<W extends Operand = never>(options?: AggregateFilter<W>): Aggregated<K, 'number' | 'null', C | ColumnsOf<W>, N> {
    return this.#of('var', options);
  }
  /** Sample standard deviation (n - 1); null for fewer than two values. */
  std<W extends Operand = never>(options?: AggregateFilter<W>): Aggregated<K, 'number' | 'null', C | ColumnsOf<W>, N> {
    return this.#of('std', options);
  }
  /** Population variance (n); null for no values. */
  varPop<W extends Operand = never>(
    options?: AggregateFilter<W>,
  ): Aggregated<K, 'number' | NoRows<V, W>, C | ColumnsOf<W>, N> {
    return this.#of('varPop', options);
  }
  /** Population standard deviation (n); null for no values. */
  stdPop<W extends Operand = never>(
    options?: AggregateFilter<W>,
  ): Aggregated<K, 'number' | NoRows<V, W>, C | ColumnsOf<W>, N> {
    return this.#of('stdPop', options);
  }

  /** Value in the first row, null or not. */
  first<W extends Operand = never>(options?: AggregateFilter<W>): Aggregated<K, V | NoRows<V, W>, C | ColumnsOf<W>, N> {
    return this.#of('first', options);
  }
  /** Value in the last row, null or not. */
  last<W extends Operand = never>(options?: AggregateFilter<W>): Aggregated<K, V | NoRows<V, W>, C | ColumnsOf<W>, N> {
    return this.#of('last', options);
  }
  /** Value in the row where `by` is least, in the first of several; rows where either is null do not take part. */
  argMin<B extends Operand, W extends Operand = never>(
    by: B,
    options?: AggregateFilter<W>,
  ): Aggregated<K, V | NoRows<V | ValueOf<B>, W>, C | ColumnsOf<B | W>, N> {
    return this.#of('argMin', options, [by]);
  }
  /** Value in the row where `by` is greatest (NaN is the greatest), in the first of several. */
  argMax<B extends Operand, W extends Operand = never>(
    by: B,
    options?: AggregateFilter<W>,
  ): Aggregated<K, V | NoRows<V | ValueOf<B>, W>, C | ColumnsOf<B | W>, N> {
    return this.#of('argMax', options, [by]);
  }
  /** The value in the middle, or the mean of the two there; of strings and bools the lower one. */
  median<W extends Operand = never>(
    options?: AggregateFilter<W>,
  ): Aggregated<K, V | NoRows<V, W>, C | ColumnsOf<W>, N> {
    return this.#of('median', options);
  }
  /** The exact quantile, 0 <= q <= 1, interpolated between neighbours; of strings and bools the lower one (SQL's quantile_disc). */
  quantile<W extends Operand = never>(
    q: number,
    options?: AggregateFilter<W>,
  ): Aggregated<K, V | NoRows<V, W>, C | ColumnsOf<W>, N> {
    return this.#of('quantile', { ...options, q });
  }
  /**
   * A quantile within a relative error (0.01 by default) of the value at rank floor(q (n - 1)), by a sketch of buckets whose
   * size does not grow with the rows (DDSketch: Masson, Rim & Lee 2019).
   */
  approxQuantile<W extends Operand = never>(
    q: number,
    options?: AggregateFilter<W> & { readonly relativeError?: number },
  ): Aggregated<K, 'number' | NoRows<V, W>, C | ColumnsOf<W>, N> {
    return this.#of('approxQuantile', { relativeError: 0.01, ...options, q });
  }
  /** Number of different values, null left out; NaN is one, -0 and 0 are one. */
  countDistinct<W extends Operand = never>(options?: AggregateFilter<W>): Aggregated<K, 'number', C | ColumnsOf<W>, N> {
    return this.#of('countDistinct', options);
  }
  /** About the number of different values: standard error 1.6 % (HyperLogLog of 4,096 registers: Flajolet et al. 2007, Ertl 2017). */
  approxCountDistinct<W extends Operand = never>(
    options?: AggregateFilter<W>,
  ): Aggregated<K, 'number', C | ColumnsOf<W>, N> {
    return this.#of('approxCountDistinct', options);
  }
  /** Whether a bool is true anywhere; null where there is no value. */
  any<W extends Operand = never>(
    options?: AggregateFilter<W>,
  ): Aggregated<K, 'boolean' | NoRows<V, W>, C | ColumnsOf<W>, N> {
    return this.#of('any', options);
  }
  /** Whether a bool is true everywhere; null where there is no value. */
  all<W extends Operand = never>(
    options?: AggregateFilter<W>,
  ): Aggregated<K, 'boolean' | NoRows<V, W>, C | ColumnsOf<W>, N> {
    return this.#of('all', options);
  }
  /** sum(x * weight) / sum(weight) over the rows where neither is null. */
  weightedMean<B extends Operand, W extends Operand = never>(
    weight: B,
    options?: AggregateFilter<W>,
  ): Aggregated<K, 'number' | NoRows<V | ValueOf<B>, W>, C | ColumnsOf<B | W>, N> {
    return this.#of('weightedMean', options, [weight]);
  }
  /**
   * Bins `{ low, high, count }`: `bins` of equal width between the least and the greatest value, or between ascending `edges`.
   * A value belongs to the bin with low < value <= high, the least one to the first. NaN and, with `bins`, infinities are left out.
   */
  histogram<W extends Operand = never>(
    options: AggregateFilter<W> & ({ readonly bins: number } | { readonly edges: readonly number[] }),
  ): Aggregated<K, 'list of bin' | NoRows<V, W>, C | ColumnsOf<W>, N> {
    return this.#of('histogram', options);
  }
  /** A list of the k greatest values, the greatest first; null where there is no value. */
  topK<W extends Operand = never>(
    k: number,
    options?: AggregateFilter<W>,
  ): Aggregated<K, `list of ${V & ValueTag}` | NoRows<V, W>, C | ColumnsOf<W>, N> {
    return this.#of('topK', { ...options, k });
  }
  /** A list of the first `limit` values in the order of the rows, nulls among them; null where there is no row. */
  collectList<W extends Operand = never>(
    options: AggregateFilter<W> & { readonly limit: number },
  ): Aggregated<K, `list of ${V}` | NoRows<never, W>, C | ColumnsOf<W>, N> {
    return this.#of('collectList', options);
  }

  #of<Value extends string, Columns extends string>(
    aggregate: AggregateName,
    options?: object,
    more: readonly Operand[] = [],
  ): Aggregated<K, Value, Columns, N> {
    return this.aggregated(aggregateNode(aggregate, [this.node, ...more.map(toNode)], { ...options }));
  }
}
