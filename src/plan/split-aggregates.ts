/**
 * Expressions that combine aggregates, such as `max(a) - min(b)`: the aggregates are computed first, under names of their own,
 * and the rest of the expression over their results. An aggregate that stands in several expressions is computed once.
 */

import { ShardfoldError } from '../errors.js';
import { keyText } from '../expr/key-text.js';
import { mapChildren } from '../expr/map.js';
import { type AggregateNode, childNodes, type ExprNode, formatNode } from '../expr/nodes.js';
import type { NamedExpr, PlanNode } from './nodes.js';

export class AggregateSplit {
  readonly #names = new Map<string, NamedExpr>();
  readonly #taken: Set<string>;

  /** @param taken names that columns of the result have */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** The expression over the results of the aggregates in it. @throws INVALID_ARGUMENT for an aggregate within another */
  rest(node: ExprNode): ExprNode {
    if (node.kind !== 'aggregate') return mapChildren(node, (child) => this.rest(child));
    if (childNodes(node).some(hasAggregate)) {
      throw new ShardfoldError('INVALID_ARGUMENT', `${formatNode(node)} is an aggregate of an aggregate`, {
        hint: 'aggregate twice: .agg(…).agg(…)',
      });
    }
    return { kind: 'column', name: this.#named(node).name };
  }

  get aggregates(): readonly NamedExpr[] {
    return [...this.#names.values()];
  }

  #named(node: AggregateNode): NamedExpr {
    const text = keyText(node);
    let known = this.#names.get(text);
    if (known === undefined) {
      let name = formatNode(node);
      while (this.#taken.has(name)) name = `${name} `;
      this.#taken.add(name);
      known = { name, node };
      this.#names.set(text, known);
    }
    return known;
  }
}

export const hasAggregate = (node: ExprNode): boolean =>
  node.kind === 'aggregate' || childNodes(node).some(hasAggregate);

/** A plan that groups rows by the keys and gives them and the expressions, which combine aggregates, keys and constants. */
export function aggregatePlan(input: PlanNode, keys: readonly NamedExpr[], exprs: readonly NamedExpr[]): PlanNode {
  if (exprs.every(({ node }) => node.kind === 'aggregate'))
    return { kind: 'aggregate', input, keys, aggregates: exprs };
  const split = new AggregateSplit(keys.map(({ name }) => name));
  const outer = exprs.map(({ name, node }): NamedExpr => ({ name, node: split.rest(node) }));
  const grouped: PlanNode = { kind: 'aggregate', input, keys, aggregates: split.aggregates };
  const columns = keys.map(({ name }): NamedExpr => ({ name, node: { kind: 'column', name } }));
  return { kind: 'select', input: grouped, columns: [...columns, ...outer] };
}
