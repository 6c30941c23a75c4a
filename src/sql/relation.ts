/** Rows on their way through a statement: the plan that makes them, and what their columns are called. */

import type { RangeFunction, SelectStmt } from 'libpg-query';
import type { ExprNode } from '../expr/nodes.js';
import type { Column } from '../plan/catalog.js';
import type { NamedExpr, PlanNode } from '../plan/nodes.js';
import type { ColumnType } from '../storage/types.js';
import type { Found } from './catalog.js';
import type { Statement } from './env.js';
import type { KeyTable } from './keys/look-up.js';
import type { Scope } from './scope.js';

/** What a SELECT gives: a plan whose columns go by these names. */
export interface Result {
  readonly plan: PlanNode;
  readonly columns: readonly Column[];
  /** Whether it gives one row at most. */
  readonly single: boolean;
}

/** What a FROM clause gives. */
export interface Relation {
  readonly plan: PlanNode;
  /** Names of the plan's columns, in their order. */
  readonly names: readonly string[];
  readonly scope: Scope;
}

/** What a SELECT may refer to around it. */
export interface Context {
  readonly statement: Statement;
  readonly tables: ReadonlyMap<string, Found>;
  /** Keys that stand in FROM. */
  readonly keys: ReadonlyMap<RangeFunction, KeyTable>;
  /** By the names that WITH gives. */
  readonly with: ReadonlyMap<string, Result>;
  /** Columns of the queries around this one, which it may not refer to. */
  readonly around?: Scope;
  /** Translates a SELECT inside another. */
  readonly select: (select: SelectStmt, context: Context) => Result;
}

/** The context of a subquery by itself, in a query with these columns. */
export const within = (context: Context, scope: Scope): Context => ({
  ...context,
  around: [...scope, ...(context.around ?? [])],
});

export const column = (name: string): ExprNode => ({ kind: 'column', name });

export const filtered = (plan: PlanNode, predicate: ExprNode): PlanNode => ({ kind: 'filter', input: plan, predicate });

/** These columns in this order; the plan itself where it has no others. */
export function selected(
  plan: PlanNode,
  columns: readonly NamedExpr[],
  before: readonly string[] | undefined,
): PlanNode {
  const same =
    before?.length === columns.length &&
    columns.every(({ name, node }, i) => name === before[i] && node.kind === 'column' && node.name === name);
  return same ? plan : { kind: 'select', input: plan, columns: columns.map(({ name, node }) => ({ name, node })) };
}

/** As result columns have them: a null of no type is one of integers. */
export const plainType = (type: ColumnType | 'null'): ColumnType => (type === 'null' ? 'int32' : type);
