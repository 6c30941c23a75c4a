/** The logical plan: frozen data, from the tables upwards. Nothing is looked up or checked before it is run or explained. */

import type { ExprNode } from '../expr/nodes.js';
import type { ColumnType } from '../storage/types.js';
import type { Catalog } from './catalog.js';
import type { KeySource } from './keys/source.js';

export interface NamedExpr {
  readonly name: string;
  readonly node: ExprNode;
}

/** A column that an app says a table has. */
export interface DeclaredColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether it may hold nulls. */
  readonly nullable: boolean;
}

/** What rows are ordered by; strings by their UTF-8 bytes, NaN as the greatest number. */
export interface SortBy {
  readonly node: ExprNode;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface JoinKey {
  readonly left: ExprNode;
  readonly right: ExprNode;
}

export type JoinHow = 'inner' | 'left' | 'semi' | 'anti';

export type PlanNode =
  /** All rows of a table; with the columns that are declared, or all. */
  | { readonly kind: 'scan'; readonly table: string; readonly columns?: readonly DeclaredColumn[] }
  /** Keys that lie in Redis, as rows. */
  | { readonly kind: 'keys'; readonly source: KeySource }
  /** A plan that is not known before the schemas of its tables are: SQL. It is made each time that it is run. */
  | { readonly kind: 'deferred'; readonly text: string; readonly plan: (catalog: Catalog) => Promise<PlanNode> }
  | { readonly kind: 'filter'; readonly input: PlanNode; readonly predicate: ExprNode }
  | { readonly kind: 'withColumns'; readonly input: PlanNode; readonly columns: readonly NamedExpr[] }
  | { readonly kind: 'select'; readonly input: PlanNode; readonly columns: readonly NamedExpr[] }
  | { readonly kind: 'drop'; readonly input: PlanNode; readonly names: readonly string[] }
  | { readonly kind: 'rename'; readonly input: PlanNode; readonly names: Readonly<Record<string, string>> }
  /** One row a group; a single one where there are no keys. The nodes of `aggregates` are of kind `aggregate`. */
  | {
      readonly kind: 'aggregate';
      readonly input: PlanNode;
      readonly keys: readonly NamedExpr[];
      readonly aggregates: readonly NamedExpr[];
    }
  /** The first row of those that are equal in these columns; in all of them where `on` is undefined. */
  | { readonly kind: 'distinct'; readonly input: PlanNode; readonly on: readonly string[] | undefined }
  /** Stable. */
  | { readonly kind: 'sort'; readonly input: PlanNode; readonly by: readonly SortBy[] }
  | {
      readonly kind: 'slice';
      readonly input: PlanNode;
      readonly offset: number;
      /** Undefined for all that follow. */
      readonly count: number | undefined;
    }
  /** The rows whose chance, by their numbers in the table, lies below the fraction; or the others. */
  | {
      readonly kind: 'sample';
      readonly input: PlanNode;
      readonly fraction: number;
      readonly seed: number;
      readonly rest: boolean;
    }
  /** Rows of one input after the other; their columns go by the same names. */
  | { readonly kind: 'union'; readonly inputs: readonly PlanNode[] }
  | {
      readonly kind: 'join';
      readonly left: PlanNode;
      readonly right: PlanNode;
      readonly how: JoinHow;
      readonly on: readonly JoinKey[];
      /** What is put behind the name of a column of the right side that the left side has too. */
      readonly suffix: string;
    }
  /** Row i of the left beside row i of the right. */
  | { readonly kind: 'zip'; readonly left: PlanNode; readonly right: PlanNode; readonly suffix: string };

/** What a node takes its rows from. */
export function inputsOf(node: PlanNode): readonly PlanNode[] {
  switch (node.kind) {
    case 'scan':
    case 'keys':
    case 'deferred':
      return [];
    case 'union':
      return node.inputs;
    case 'join':
    case 'zip':
      return [node.left, node.right];
    default:
      return [node.input];
  }
}

/** Names of the tables that a plan reads. */
export function tablesOf(node: PlanNode, into: Set<string> = new Set()): Set<string> {
  if (node.kind === 'scan') into.add(node.table);
  for (const input of inputsOf(node)) tablesOf(input, into);
  return into;
}
