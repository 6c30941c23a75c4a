/** Aggregates as methods of the expression that they aggregate. */

import { type Operand, toNode } from './base.js';
import type { AggregateName, AggregateNode, AggregateOptions, ExprNode } from './nodes.js';
import { Operators } from './operators.js';

/** What every aggregate takes as its last argument. */
export interface AggregateFilter {
  /** Only the rows for which this is true take part. */
  readonly where?: Operand;
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

/** @typeParam A what aggregates are; it keeps the name of the expression. */
export abstract class AggregateMethods<E, A> extends Operators<E> {
  protected abstract aggregated(node: AggregateNode): A;

  /** Number of non-null values. */
  count(options?: AggregateFilter): A {
    return this.#of('count', options);
  }
  /** Sum of the non-null values; null where there are none. Integers and decimals sum exactly; a result beyond ±2^53 is an error. */
  sum(options?: AggregateFilter): A {
    return this.#of('sum', options);
  }
  /** Arithmetic mean of the non-null values, a float64; null where there are none. */
  mean(options?: AggregateFilter): A {
    return this.#of('mean', options);
  }
  /** Least non-null value; NaN only where all are NaN. Strings by their UTF-8 bytes. */
  min(options?: AggregateFilter): A {
    return this.#of('min', options);
  }
  /** Greatest non-null value; NaN where there is one. */
  max(options?: AggregateFilter): A {
    return this.#of('max', options);
  }
  /** Sample variance (n - 1); null for fewer than two values. */
  var(options?: AggregateFilter): A {
    return this.#of('var', options);
  }
  /** Sample standard deviation (n - 1); null for fewer than two values. */
  std(options?: AggregateFilter): A {
    return this.#of('std', options);
  }
  /** Population variance (n); null for no values. */
  varPop(options?: AggregateFilter): A {
    return this.#of('varPop', options);
  }
  /** Population standard deviation (n); null for no values. */
  stdPop(options?: AggregateFilter): A {
    return this.#of('stdPop', options);
  }

  #of(aggregate: AggregateName, options?: AggregateFilter): A {
    return this.aggregated(aggregateNode(aggregate, [this.node], { ...options }));
  }
}
