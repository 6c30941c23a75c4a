/** A plan bound to its tables: names are indexes, types are known, and what runs where is decided. */

import type { ResultType } from '../aggregates/index.js';
import type { LookupTable } from '../codegen/join-table.js';
import type { Scope } from '../expr/bind.js';
import type { TypedExpr } from '../expr/typed.js';
import type { Schema, TableSnapshot } from '../storage/types.js';
import type { CheckedAggregate } from './bind-aggregate.js';
import { schemaOfKeys } from './keys/snapshot.js';
import type { KeySource } from './keys/source.js';
import type { JoinHow } from './nodes.js';

export interface Output {
  readonly name: string;
  readonly type: ResultType;
}

/** Where rows come from: a table in the shards, keys there, or the result of another relation, which is computed first and kept here. */
export type Source =
  | { readonly kind: 'table'; readonly snapshot: TableSnapshot }
  | { readonly kind: 'keys'; readonly keys: KeySource }
  | { readonly kind: 'derived'; readonly input: Relation; readonly schema: Schema; readonly first?: FirstRows };

/** All that is wanted of rows are the first of an order, by columns of theirs: one at least. */
export interface FirstRows {
  readonly count: number;
  readonly by: readonly { readonly column: number; readonly descending: boolean; readonly nullsFirst: boolean }[];
}

/** The right side of a join, which is computed first and sent along: for a row of the left side, the rows whose keys are equal. */
export interface Lookup {
  readonly how: JoinHow;
  /** Of the rows of the part; they may read what earlier look-ups found. */
  readonly keys: readonly TypedExpr[];
  /** How many parts of the filter stand before the join: what may fail is not asked of rows that it drops. */
  readonly conditions: number;
  /** Gives the columns, and behind them the keys. */
  readonly right: Relation;
  /** What the right side came to; absent before it is computed. */
  readonly table?: LookupTable;
}

/** Rows of one source, joined with others, that pass a filter; and the expressions that stand in their columns, in order. */
export interface Part {
  readonly source: Source;
  readonly lookups: readonly Lookup[];
  readonly filter: TypedExpr | undefined;
  readonly scope: Scope;
}

/** Bound to the columns of a part's source. */
export interface OrderBy {
  readonly expr: TypedExpr;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** Rows of one part after the other, ordered and cut. */
export interface RowsRelation {
  readonly kind: 'rows';
  readonly parts: readonly Part[];
  readonly outputs: readonly Output[];
  /** One list a part; empty lists leave the order of the tables. */
  readonly order: readonly (readonly OrderBy[])[];
  readonly offset: number;
  readonly count: number | undefined;
}

export interface FoldPart {
  readonly part: Part;
  readonly keys: readonly TypedExpr[];
  readonly aggregates: readonly CheckedAggregate[];
}

/** One row a group of the rows of all parts: the keys, then the aggregates; ordered by the keys, and cut. */
export interface FoldRelation {
  readonly kind: 'fold';
  readonly parts: readonly FoldPart[];
  readonly outputs: readonly Output[];
}

export type Relation = RowsRelation | FoldRelation;

export function schemaOfSource(source: Source): Schema {
  if (source.kind === 'keys') return schemaOfKeys(source.keys);
  return source.kind === 'table' ? source.snapshot.schema : source.schema;
}
