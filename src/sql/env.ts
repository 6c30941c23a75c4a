/** What translating one expression needs to know of the statement around it. */

import type { Node, SelectStmt } from 'libpg-query';
import type { ExprNode, Literal } from '../expr/nodes.js';
import type { ColumnType } from '../storage/types.js';
import type { Scope } from './scope.js';
import type { Offset, SqlText } from './text.js';

/** A value for $1, $2, …; a list goes with = ANY($1). */
export type SqlParameter = Literal | readonly Literal[];

export interface Statement {
  readonly sql: SqlText;
  readonly parameters: readonly SqlParameter[];
  /** The moment that now() means throughout the statement. */
  readonly now: Date;
  /** Where the parts of expressions stand in the text. */
  readonly places: WeakMap<ExprNode, Offset>;
  /** Those that a reference was made to. */
  readonly usedParameters: Set<number>;
}

export interface Env extends Statement {
  readonly scope: Scope;
  /** The clause, where aggregates may not stand in it: `WHERE`. */
  readonly noAggregates: string | undefined;
  /** Columns of the query around a subquery. In expressions their names begin with `OUTER`. */
  readonly outer?: Scope;
  /** Columns of the queries around a subquery that may not be referred to: to tell what was meant. */
  readonly around?: Scope;
  /** A subquery that gives one value, as an expression; undefined where none may stand. */
  readonly scalar?: (select: SelectStmt, at: Offset) => ExprNode;
  /** What makes a column of a name that is none, where something does; for hints. */
  readonly declaring?: (name: string) => string;
}

/** No column of ours begins so: names hold no control characters of which the catalog knows. */
export const OUTER = '\u0001outer ';

/** Translates the expressions below one. */
export type Translate = (node: Node | undefined, env: Env) => ExprNode;

/** An expression with its place. */
export function placed<T extends ExprNode>(env: Statement, node: T, at: Offset): T {
  if (at !== undefined && at >= 0 && !env.places.has(node)) env.places.set(node, at);
  return node;
}

export const literal = (value: Literal): Extract<ExprNode, { kind: 'literal' }> => ({ kind: 'literal', value });
export const call = (fn: Extract<ExprNode, { kind: 'call' }>['fn'], ...args: readonly ExprNode[]): ExprNode => ({
  kind: 'call',
  fn,
  args,
});
export const cast = (arg: ExprNode, to: ColumnType): Extract<ExprNode, { kind: 'cast' }> => ({
  kind: 'cast',
  arg,
  to,
  lenient: false,
});
export const branch = (when: ExprNode, then: ExprNode) => ({ when, then });
export const not = (arg: ExprNode): ExprNode => ({ kind: 'not', arg });
export const isNull = (arg: ExprNode, negated = false): ExprNode => ({ kind: 'isNull', arg, negated });
export const equals = (left: ExprNode, right: ExprNode): ExprNode => ({ kind: 'compare', op: 'eq', left, right });

/** Conditions joined in a tree that is as low as can be: printers walk it by recursion. */
export function joined(op: 'and' | 'or', conditions: readonly ExprNode[]): ExprNode {
  const [first] = conditions;
  if (first === undefined) return literal(op === 'and');
  if (conditions.length === 1) return first;
  const half = conditions.length >> 1;
  return { kind: 'logic', op, left: joined(op, conditions.slice(0, half)), right: joined(op, conditions.slice(half)) };
}
