/** What relations are made of: the rows of a source, of another relation, and folds of them. */

import type { ResultType } from '../aggregates/index.js';
import type { Scope } from '../expr/bind.js';
import type { TypedExpr } from '../expr/typed.js';
import type { ColumnType, Schema } from '../storage/types.js';
import { checkAggregate } from './bind-aggregate.js';
import { bindPlain } from './names.js';
import type { NamedExpr } from './nodes.js';
import {
  type FoldRelation,
  type Output,
  type Part,
  type Relation,
  type RowsRelation,
  type Source,
  schemaOfSource,
} from './relation.js';

/** All rows of a source, as they are. */
export function allRows(source: Source): RowsRelation {
  const columns = schemaOfSource(source).map(({ name, type }, index): [string, TypedExpr] => [
    name,
    { kind: 'column', type, index },
  ]);
  const part: Part = { source, lookups: [], filter: undefined, scope: new Map(columns) };
  return { kind: 'rows', parts: [part], outputs: outputsOf(part.scope), order: [[]], offset: 0, count: undefined };
}

/** Whether an order or a cut decides which rows a further step would see. */
export const isCut = ({ offset, count }: RowsRelation): boolean => offset > 0 || count !== undefined;

/** What further steps can be added to; results of aggregates are rows of their own. */
export function asRows(relation: Relation): RowsRelation {
  return relation.kind === 'rows' ? relation : derived(relation);
}

/** The rows of a relation that is computed first. */
export function derived(input: Relation): RowsRelation {
  // Lists go by as they are: nothing that computes is bound to them.
  const schema: Schema = input.outputs.map(({ name, type }, i) => ({
    name,
    type: type as ColumnType,
    id: i.toString(36),
  }));
  const rows = allRows({ kind: 'derived', input, schema });
  const [part] = rows.parts as readonly [Part];
  // A null is of any type still: the steps that follow must not depend on where rows are computed first.
  const scope = [...part.scope].map(([name, expr], i): [string, TypedExpr] => [name, isNull(input, i) ? NULL : expr]);
  return { ...rows, parts: [{ ...part, scope: new Map(scope) }] };
}

const NULL: TypedExpr = { kind: 'literal', type: 'null', value: null };

/** Whether a column holds nothing but nulls without a type, by what stands there. */
function isNull(input: Relation, column: number): boolean {
  if (input.kind === 'fold') return input.parts.every(({ keys }) => keys[column]?.type === 'null');
  return input.parts.every(({ scope }) => [...scope.values()][column]?.type === 'null');
}

/** Rows that a further step may filter or fold. */
export const uncut = (rows: RowsRelation): RowsRelation => (isCut(rows) ? derived(rows) : rows);

export const plainType = (type: TypedExpr['type']): ColumnType => (type === 'null' ? 'int32' : type);

export function outputsOf(scope: Scope): Output[] {
  return [...scope].map(([name, { type }]) => ({ name, type: plainType(type) }));
}

/** A fold of rows that are not cut. */
export function foldOf(rows: RowsRelation, keys: readonly NamedExpr[], aggregates: readonly NamedExpr[]): FoldRelation {
  const parts = rows.parts.map((part) => ({
    part,
    keys: keys.map(({ node }) => bindPlain(node, part.scope)),
    aggregates: aggregates.map(({ node }) => checkAggregate(node, part.scope)),
  }));
  const [first] = parts;
  const types = [
    ...(first?.keys ?? []).map(({ type }) => plainType(type)),
    ...(first?.aggregates ?? []).map(({ type }) => type),
  ];
  const outputs = [...keys, ...aggregates].map(({ name }, i): Output => ({ name, type: types[i] as ResultType }));
  return { kind: 'fold', parts, outputs };
}
