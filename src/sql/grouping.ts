/** GROUP BY and aggregates: expressions over rows become expressions over groups. */

import type { Node } from 'libpg-query';
import { mapChildren } from '../expr/map.js';
import type { ExprNode } from '../expr/nodes.js';
import { formatNode } from '../expr/nodes.js';
import type { NamedExpr, PlanNode } from '../plan/nodes.js';
import { hasAggregate } from '../plan/split-aggregates.js';
import { wholeNumber } from './constants.js';
import type { Env } from './env.js';
import { placeOf, translate } from './expressions.js';
import type { Target } from './outputs.js';
import { column } from './relation.js';
import { keyOf } from './rewrite.js';
import { isSubqueryValue } from './rows.js';
import { findColumn, freshName, partsOf } from './scope.js';
import { insideOf } from './text.js';

/** What GROUP BY names: a column of the input, else a column of the result, or its number, or an expression. */
export function groupKeys(nodes: readonly Node[], targets: readonly Target[], env: Env): ExprNode[] {
  return nodes.map((node) => {
    const key = groupKey(node, targets, { ...env, noAggregates: 'GROUP BY' });
    if (hasAggregate(key)) {
      throw env.sql.error(
        'SQL_SYNTAX',
        'GROUP BY names an aggregate',
        'group by columns or expressions of them',
        placeOf(node),
      );
    }
    return key;
  });
}

function groupKey(node: Node, targets: readonly Target[], env: Env): ExprNode {
  const { sql } = env;
  if ('GroupingSet' in node) {
    throw sql.unsupported(
      'GROUP BY ROLLUP, CUBE or GROUPING SETS',
      'join a query for each by UNION ALL',
      insideOf(node),
    );
  }
  if ('ColumnRef' in node) {
    const [name, more] = partsOf(node.ColumnRef);
    if (more === undefined && !findColumn(env.scope, node.ColumnRef, sql)) {
      const named = targets.find((target) => target.name === name);
      if (named) return named.node;
    }
  }
  return 'A_Const' in node ? targetAt(node, targets, env, 'GROUP BY').node : translate(node, env);
}

/** The column of the result that a number means. */
export function targetAt<T>(node: Node, targets: readonly T[], env: Env, clause: string): T {
  const number = wholeNumber(node, env);
  const target = number === undefined ? undefined : targets[number - 1];
  if (target !== undefined) return target;
  const hint = `numbers from 1 to ${targets.length} stand for columns of the SELECT list`;
  throw env.sql.error('SQL_SYNTAX', `${clause} names no column of the result`, hint, placeOf(node));
}

/** Groups rows, and turns expressions over rows into such over groups. */
export class Grouping {
  readonly #keys = new Map<string, NamedExpr>();
  readonly #aggregates = new Map<string, NamedExpr>();
  readonly #names: ReadonlyMap<string, string>;
  readonly #taken = new Set<string>();
  readonly #env: Env;

  /** @param targets columns of the result, whose names the keys and aggregates take where they can */
  constructor(keys: readonly ExprNode[], targets: readonly Target[], env: Env) {
    this.#env = env;
    this.#names = new Map([...targets].reverse().map(({ name, node }) => [keyOf(node), name]));
    // Names of the result are for what stands there.
    for (const { name } of targets) this.#taken.add(name);
    for (const node of keys) if (!this.#keys.has(keyOf(node))) this.#keys.set(keyOf(node), this.#named(node));
  }

  /** @throws SQL_SYNTAX for a column that is neither grouped by nor aggregated */
  over(node: ExprNode): ExprNode {
    const text = keyOf(node);
    const key = this.#keys.get(text);
    if (key) return column(key.name);
    if (node.kind === 'aggregate') {
      const known = this.#aggregates.get(text) ?? this.#named(node);
      this.#aggregates.set(text, known);
      return column(known.name);
    }
    if (node.kind === 'column') {
      // The value of a subquery is the same in every row.
      if (isSubqueryValue(node.name, this.#env.scope)) {
        return this.over({ kind: 'aggregate', aggregate: 'max', args: [node] });
      }
      const name = this.#env.scope.find(({ id }) => id === node.name)?.name ?? node.name;
      const hint = `write it in GROUP BY, or aggregate it: max(${name})`;
      const message = `column "${name}" is neither in GROUP BY nor in an aggregate`;
      throw this.#env.sql.error('SQL_SYNTAX', message, hint, this.#env.places.get(node));
    }
    return mapChildren(node, (child) => this.over(child));
  }

  /** To be asked for when all expressions are known. */
  plan(input: PlanNode): PlanNode {
    return { kind: 'aggregate', input, keys: [...this.#keys.values()], aggregates: [...this.#aggregates.values()] };
  }

  /** Names of the columns of the groups. */
  get columns(): string[] {
    return [...this.#keys.values(), ...this.#aggregates.values()].map(({ name }) => name);
  }

  #named(node: ExprNode): NamedExpr {
    const name = this.#names.get(keyOf(node));
    return { name: name ?? freshName(formatNode(node), this.#taken), node };
  }
}
