/** From a logical plan to a relation: names bound, types checked, and neighbouring steps made one pass. */

import { ShardfoldError } from '../errors.js';
import type { Scope } from '../expr/bind.js';
import type { TypedExpr } from '../expr/typed.js';
import type { TableSnapshot } from '../storage/types.js';
import { allRows, asRows, derived, foldOf, outputsOf, uncut } from './build.js';
import { checkDeclared } from './declared.js';
import { lowerDistinct } from './distinct.js';
import { lowerJoin } from './join.js';
import { keepingHidden, scopeWithHidden, shownOf } from './keys/scope.js';
import { bindCondition, bindOutput, bindPlain, checkNames, findColumn } from './names.js';
import type { PlanNode, SortBy } from './nodes.js';
import type { FoldRelation, OrderBy, Part, Relation, RowsRelation } from './relation.js';
import { lowerSample } from './sample.js';
import { lowerUnion } from './union.js';
import { lowerZip } from './zip.js';

/** The tables of a plan, by name. */
export type Tables = ReadonlyMap<string, TableSnapshot>;

type Node<K extends PlanNode['kind']> = Extract<PlanNode, { kind: K }>;

/** @throws UNKNOWN_COLUMN, TYPE_MISMATCH, INVALID_ARGUMENT: all that can be wrong with a plan, before anything is read */
export function lower(node: PlanNode, tables: Tables): Relation {
  switch (node.kind) {
    case 'scan':
      return lowerScan(node, tables.get(node.table) as TableSnapshot);
    case 'keys':
      return lowerKeys(node);
    case 'deferred':
      throw new TypeError('a plan that was not settled');
    case 'filter':
      return lowerFilter(node, tables);
    case 'select':
    case 'withColumns':
      return lowerColumns(node, tables);
    case 'drop':
      return lowerDrop(node, tables);
    case 'rename':
      return lowerRename(node, tables);
    case 'aggregate':
      return lowerAggregate(node, asRows(lower(node.input, tables)));
    case 'distinct':
      return lowerDistinct(node, asRows(lower(node.input, tables)));
    case 'sort':
      return lowerSort(node, asRows(lower(node.input, tables)));
    case 'slice':
      return lowerSlice(node, asRows(lower(node.input, tables)));
    case 'sample':
      return lowerSample(node, asRows(lower(node.input, tables)));
    case 'union':
      return lowerUnion(node.inputs.map((input) => asRows(lower(input, tables))));
    case 'join':
      return lowerJoin(node, asRows(lower(node.left, tables)), asRows(lower(node.right, tables)));
    case 'zip':
      return lowerZip(node, lower(node.left, tables), lower(node.right, tables));
  }
}

function lowerScan({ columns }: Node<'scan'>, snapshot: TableSnapshot): RowsRelation {
  const rows = allRows({ kind: 'table', snapshot });
  if (columns === undefined) return rows;
  checkDeclared(snapshot, columns);
  return withScopes(rows, (scope) => new Map(columns.map(({ name }) => [name, findColumn(name, scope)])));
}

function lowerKeys({ source }: Node<'keys'>): RowsRelation {
  return withScopes(allRows({ kind: 'keys', keys: source }), (scope) => {
    const columns = [...scope];
    return scopeWithHidden(new Map(columns.slice(0, source.shown)), new Map(columns.slice(source.shown)));
  });
}

function lowerFilter({ input, predicate }: Node<'filter'>, tables: Tables): RowsRelation {
  const rows = uncut(asRows(lower(input, tables)));
  const parts = rows.parts.map((part): Part => {
    const right = bindCondition(predicate, part.scope);
    const { filter } = part;
    return { ...part, filter: filter ? { kind: 'logic', type: 'bool', op: 'and', left: filter, right } : right };
  });
  return { ...rows, parts };
}

/** The same rows with other columns. */
function withScopes(rows: RowsRelation, make: (scope: Scope) => Scope): RowsRelation {
  const parts = rows.parts.map((part): Part => ({ ...part, scope: make(part.scope) }));
  return { ...rows, parts, outputs: outputsOf((parts[0] as Part).scope) };
}

function lowerColumns(node: Node<'select' | 'withColumns'>, tables: Tables): RowsRelation {
  checkNames(node.columns.map(({ name }) => name));
  return withScopes(asRows(lower(node.input, tables)), (scope) => {
    const made = node.columns.map(({ name, node: expr }): [string, TypedExpr] => [name, bindOutput(expr, scope)]);
    return node.kind === 'select' ? new Map(made) : keepingHidden(scope, new Map([...scope, ...made]));
  });
}

function lowerDrop({ input, names }: Node<'drop'>, tables: Tables): RowsRelation {
  return withScopes(asRows(lower(input, tables)), (scope) => {
    for (const name of names) findColumn(name, shownOf(scope));
    const left = [...scope].filter(([name]) => !names.includes(name));
    if (left.length === 0) {
      throw new ShardfoldError('INVALID_ARGUMENT', 'drop() leaves no column', { hint: 'keep one of them' });
    }
    return keepingHidden(scope, new Map(left));
  });
}

function lowerRename({ input, names }: Node<'rename'>, tables: Tables): RowsRelation {
  return withScopes(asRows(lower(input, tables)), (scope) => {
    for (const name of Object.keys(names)) findColumn(name, shownOf(scope));
    const renamed = [...scope].map(([name, expr]): [string, TypedExpr] => [
      Object.hasOwn(names, name) ? (names[name] as string) : name,
      expr,
    ]);
    checkNames(renamed.map(([name]) => name));
    return keepingHidden(scope, new Map(renamed));
  });
}

/** Aggregates for which it matters which rows come first. */
const ORDERED = new Set<string>(['first', 'last', 'argMin', 'argMax', 'topK', 'collectList', 'custom', 'rowPass']);

function lowerAggregate({ keys, aggregates }: Node<'aggregate'>, input: RowsRelation): FoldRelation {
  const names = [...keys, ...aggregates].map(({ name }) => name);
  checkNames(names);
  const ordered = input.order.some((order) => order.length > 0);
  const needsOrder = ordered && aggregates.some(({ node }) => node.kind === 'aggregate' && ORDERED.has(node.aggregate));
  return foldOf(needsOrder ? derived(input) : uncut(input), keys, aggregates);
}

function lowerSort({ by }: Node<'sort'>, input: RowsRelation): RowsRelation {
  const rows = uncut(input);
  // The later order is the first to decide; among equals the one before it stands.
  const order = rows.parts.map(({ scope }, i) => [
    ...by.map((each) => bindOrder(each, scope)),
    ...(rows.order[i] ?? []),
  ]);
  return { ...rows, order };
}

function bindOrder({ node, descending, nullsFirst }: SortBy, scope: Scope): OrderBy {
  return { expr: bindPlain(node, scope), descending, nullsFirst };
}

function lowerSlice({ offset, count }: Node<'slice'>, rows: RowsRelation): RowsRelation {
  const left = rows.count === undefined ? undefined : Math.max(0, rows.count - offset);
  const most = left === undefined ? count : Math.min(left, count ?? left);
  return { ...rows, offset: rows.offset + offset, count: most };
}
