/** The rows of FROM, and beside them the values of subqueries that give one value each. */

import type { SelectStmt } from 'libpg-query';
import type { ExprNode } from '../expr/nodes.js';
import type { PlanNode } from '../plan/nodes.js';
import { type Env, literal } from './env.js';
import { type Context, column, type Relation, within } from './relation.js';
import { freshName, type Scope, type ScopeColumn } from './scope.js';
import type { Offset } from './text.js';

/** No table is called so: nothing in a statement can mean these columns. */
const SUBQUERY = '\u0001subquery';

export const isSubqueryValue = (id: string, scope: Scope): boolean =>
  scope.some((each) => each.id === id && each.table === SUBQUERY);

export class Rows {
  readonly #relation: Relation;
  readonly #context: Context;
  readonly #scope: ScopeColumn[];
  readonly #taken: Set<string>;
  #plan: PlanNode;

  constructor(relation: Relation, context: Context) {
    this.#relation = relation;
    this.#context = context;
    this.#plan = relation.plan;
    this.#scope = [...relation.scope];
    this.#taken = new Set(relation.scope.map(({ id }) => id));
  }

  /** With the subqueries of all expressions translated so far. */
  get plan(): PlanNode {
    return this.#plan;
  }

  /** Names of the plan's columns, where it has no others beside those of FROM. */
  get columns(): readonly string[] | undefined {
    return this.#plan === this.#relation.plan ? this.#relation.names : undefined;
  }

  /** @param noAggregates the clause, where aggregates may not stand in it */
  env(noAggregates: string | undefined): Env {
    const scalar = (select: SelectStmt, at: Offset) => this.#value(select, at);
    const { statement, around } = this.#context;
    return { ...statement, scope: this.#scope, noAggregates, scalar, ...(around && { around }) };
  }

  /** Joins the one row of a subquery to every row. */
  #value(select: SelectStmt, at: Offset): ExprNode {
    const { sql } = this.#context.statement;
    const { plan, columns, single } = this.#context.select(select, within(this.#context, this.#scope));
    const [first, second] = columns;
    if (!first || second) {
      throw sql.error(
        'SQL_SYNTAX',
        `a value is needed, and the subquery gives ${columns.length}`,
        'select one column',
        at,
      );
    }
    if (!single) {
      const instead = 'aggregate it, e.g. (SELECT max(x) FROM …), or end it by LIMIT 1';
      throw sql.unsupported('a subquery that may give several rows, where a value is needed,', instead, at);
    }
    const name = freshName('subquery', this.#taken);
    const key = freshName('key', this.#taken);
    const right: PlanNode = {
      kind: 'select',
      input: plan,
      columns: [
        { name, node: column(first.name) },
        { name: key, node: literal(1) },
      ],
    };
    const on = [{ left: literal(1), right: column(key) }];
    this.#plan = { kind: 'join', left: this.#plan, right, how: 'left', on, suffix: '_right' };
    this.#scope.push({ name, table: SUBQUERY, id: name, type: first.type, merged: true });
    return column(name);
  }
}
