/** Which columns the names in a statement mean: PostgreSQL's rules, and the one column that differs only in case. */

import type { ColumnRef } from 'libpg-query';
import type { ShardfoldError } from '../errors.js';
import type { ExprNode } from '../expr/nodes.js';
import type { ColumnType } from '../storage/types.js';
import { closest } from '../suggest.js';
import { RESERVED } from './reserved.js';
import type { SqlText } from './text.js';

/** A column of the rows that a FROM clause makes. */
export interface ScopeColumn {
  /** As the statement calls it. */
  readonly name: string;
  /** The name of the table it is of, or its alias. */
  readonly table: string;
  /** As the plan calls it. */
  readonly id: string;
  readonly type: ColumnType;
  /** Stands behind another one of the same name, of USING: only its table's name reaches it. */
  readonly merged?: boolean;
  /** FROM with another type for it, where the statement leaves its type to a guess. */
  readonly typing?: (type: string) => string;
  /** Is not among those that a star stands for, and makes way for others of its name. */
  readonly hidden?: boolean;
}

export type Scope = readonly ScopeColumn[];

/** The parts of a name that the parser split at its dots; `undefined` for a star. */
export function partsOf({ fields = [] }: ColumnRef): (string | undefined)[] {
  return fields.map((field) => ('String' in field ? (field.String.sval ?? '') : undefined));
}

/** Those of the named things that are meant: the one of this very name, or all that differ in case alone. */
export function matching<T>(things: readonly T[], name: string, nameOf: (thing: T) => string): T[] {
  const exact = things.filter((thing) => nameOf(thing) === name);
  return exact.length > 0 ? exact : things.filter((thing) => nameOf(thing).toLowerCase() === name.toLowerCase());
}

/** The column that a reference means; undefined where there is none. @throws SQL_SYNTAX where it may mean several */
export function findColumn(scope: Scope, ref: ColumnRef, sql: SqlText): ScopeColumn | undefined {
  const [table, name] = nameOf(ref, sql);
  const seen = table === undefined ? scope.filter(({ merged }) => !merged) : inTable(scope, table);
  const found = shownFirst(matching(seen, name, (column) => column.name));
  const [first, second] = found;
  if (second !== undefined) {
    const names = [...new Set(found.map((column) => `${quoted(column.table)}.${quoted(column.name)}`))];
    throw sql.error('SQL_SYNTAX', `"${name}" may mean ${names.join(' or ')}`, 'write which one', ref.location);
  }
  return first;
}

function shownFirst(columns: ScopeColumn[]): ScopeColumn[] {
  const shown = columns.filter(({ hidden }) => !hidden);
  return shown.length > 0 ? shown : columns;
}

/** A table and a column; the table is undefined where only a column is named. */
function nameOf(ref: ColumnRef, sql: SqlText): [string | undefined, string] {
  const parts = partsOf(ref);
  const [first, second = '*', third] = parts;
  if (third !== undefined) throw sql.unsupported('a schema before a table', 'write table.column', ref.location);
  if (parts.length > 1) return [first, second];
  return [undefined, first ?? ''];
}

export const inTable = (scope: Scope, table: string): ScopeColumn[] => matching(scope, table, (column) => column.table);

/** The error for a reference that means nothing, with what was probably meant. */
export function unknownColumn(
  scope: Scope,
  ref: ColumnRef,
  sql: SqlText,
  declaring?: (name: string) => string,
): ShardfoldError {
  const [table, name] = nameOf(ref, sql);
  const at = ref.location;
  if (table !== undefined && inTable(scope, table).length === 0) {
    const tables = [...new Set(scope.map((column) => column.table))];
    const near = closest(table, tables);
    const hint = near === undefined ? `FROM names ${tables.join(', ')}` : `did you mean "${near}"?`;
    return sql.error('UNKNOWN_COLUMN', `FROM names no table "${table}"`, hint, at);
  }
  const names = (table === undefined ? scope : inTable(scope, table)).map((column) => column.name);
  const near = closest(name, names);
  const text = sql.isQuoted(at) ? `text is written '${name}', with single quotes; ` : '';
  const listed = near === undefined ? `the columns are ${[...new Set(names)].join(', ')}` : `did you mean "${near}"?`;
  const declared = declaring === undefined ? '' : ` ${declaring(sql.asWritten(name, at))}`;
  const hint = `${text}${listed}${declared !== '' && near === undefined ? ';' : ''}${declared}`;
  return sql.error('UNKNOWN_COLUMN', `there is no column "${name}"`, hint, at);
}

export const columnNode = ({ id }: Pick<ScopeColumn, 'id'>): ExprNode => ({ kind: 'column', name: id });

/** A name as it is to be written in SQL. */
export const quoted = (name: string): string =>
  /^[a-z_][a-z0-9_$]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** A name that is not among those taken: `name`, `name_1`, `name_2`… It is taken from now on. */
export function freshName(name: string, taken: Set<string>): string {
  let fresh = name;
  for (let i = 1; taken.has(fresh); i++) fresh = `${name}_${i}`;
  taken.add(fresh);
  return fresh;
}
