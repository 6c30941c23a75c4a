/** The logical plan: frozen data, from the table upwards. Nothing is looked up or checked before it is run or explained. */

import type { AggregateNode, ExprNode } from '../expr/nodes.js';

export interface NamedExpr {
  readonly name: string;
  readonly node: ExprNode;
}

export interface NamedAggregate {
  readonly name: string;
  readonly node: AggregateNode;
}

export interface SortKey {
  readonly name: string;
  readonly descending: boolean;
}

/** Steps over rows. */
export type RowNode =
  | { readonly kind: 'scan'; readonly table: string }
  | { readonly kind: 'filter'; readonly input: RowNode; readonly predicate: ExprNode }
  | { readonly kind: 'withColumns'; readonly input: RowNode; readonly columns: readonly NamedExpr[] }
  | { readonly kind: 'select'; readonly input: RowNode; readonly columns: readonly NamedExpr[] };

/** Rows as they are, at most `limit` of them. */
export interface RowsQuery {
  readonly kind: 'rows';
  readonly input: RowNode;
  readonly limit: number | undefined;
}

/** One row a group; a single one where there are no keys. */
export interface AggregateQuery {
  readonly kind: 'aggregate';
  readonly input: RowNode;
  readonly keys: readonly NamedExpr[];
  readonly aggregates: readonly NamedAggregate[];
  readonly sort: readonly SortKey[];
  readonly limit: number | undefined;
}

export type Query = RowsQuery | AggregateQuery;

/** The table at the bottom. */
export function tableOf(node: RowNode): string {
  return node.kind === 'scan' ? node.table : tableOf(node.input);
}
