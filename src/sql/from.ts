/** The FROM clause: tables, subqueries, and joins of them. */

import type { JoinExpr, Node, RangeFunction, RangeSubselect, RangeVar } from 'libpg-query';
import type { Column } from '../plan/catalog.js';
import type { KeyColumn } from '../plan/keys/source.js';
import type { PlanNode } from '../plan/nodes.js';
import { closest } from '../suggest.js';
import { placeOf } from './expressions.js';
import { joinOf } from './join.js';
import type { KeyTable } from './keys/look-up.js';
import { isOpen, typing } from './keys/naming.js';
import { type Context, column, type Relation } from './relation.js';
import { matching, quoted, type Scope, type ScopeColumn } from './scope.js';
import { insideOf, type Offset } from './text.js';

/** @throws TABLE_NOT_FOUND, SQL_UNSUPPORTED */
export function from(nodes: readonly Node[], context: Context): Relation {
  const [first, second] = nodes;
  const { sql } = context.statement;
  if (second) {
    const hint = 'write JOIN … ON a.x = b.y between them';
    throw sql.unsupported('a comma between tables', hint, placeOf(second) ?? insideOf(second));
  }
  if (!first) throw sql.unsupported('SELECT without FROM', 'name a table', 0);
  return item(first, context);
}

function item(node: Node, context: Context): Relation {
  const { sql } = context.statement;
  if ('RangeVar' in node) return table(node.RangeVar, context);
  if ('RangeSubselect' in node) return subselect(node.RangeSubselect, context);
  if ('JoinExpr' in node) return join(node.JoinExpr, context);
  if ('RangeFunction' in node) return keys(node.RangeFunction, context);
  if ('RangeTableSample' in node) {
    throw sql.unsupported('TABLESAMPLE', 'LIMIT takes the first rows', node.RangeTableSample.location);
  }
  throw sql.unsupported('this in FROM', 'name a table or a subquery', insideOf(node));
}

function join(node: JoinExpr, context: Context): Relation {
  if (!node.larg || !node.rarg)
    throw context.statement.sql.error('SQL_SYNTAX', 'a join of nothing', undefined, undefined);
  if (node.alias)
    throw context.statement.sql.unsupported('an alias of a join', 'give each table its own', insideOf(node));
  return joinOf(node, item(node.larg, context), item(node.rarg, context), context);
}

function table({ relname = '', schemaname, catalogname, alias, location }: RangeVar, context: Context): Relation {
  const { sql } = context.statement;
  if (schemaname !== undefined || catalogname !== undefined) {
    throw sql.unsupported('a schema before a table', `write ${quoted(relname)}`, location);
  }
  const names = alias?.colnames?.map((name) => ('String' in name ? (name.String.sval ?? '') : ''));
  const common = matching([...context.with], relname, ([name]) => name)[0];
  if (common) {
    const [name, { plan, columns }] = common;
    return relationOf(plan, scopeOf(columns, alias?.aliasname ?? name, names, { context, at: location }));
  }
  const found = context.tables.get(relname);
  if (!found?.columns) {
    const candidates = found?.candidates ?? [];
    if (candidates.length > 1) {
      const hint = 'quote the one that is meant';
      throw sql.error(
        'TABLE_NOT_FOUND',
        `"${relname}" may mean ${candidates.map(quoted).join(' or ')}`,
        hint,
        location,
      );
    }
    const tables = [...context.with.keys(), ...(found?.tables ?? [])];
    const near = closest(relname, tables);
    const listed =
      tables.length === 0 ? 'there are no tables' : 'shardfold tables, or tables() in a program, lists them all';
    const hint = near === undefined ? listed : `did you mean ${quoted(near)}?`;
    throw sql.error('TABLE_NOT_FOUND', `there is no table "${relname}"`, hint, location);
  }
  const scope = scopeOf(found.columns, alias?.aliasname ?? found.table, names, { context, at: location });
  return relationOf({ kind: 'scan', table: found.table }, scope);
}

function subselect({ lateral, subquery, alias }: RangeSubselect, context: Context): Relation {
  const { sql } = context.statement;
  if (lateral) throw sql.unsupported('LATERAL', 'join the tables ON what they have in common', insideOf(subquery));
  if (!subquery || !('SelectStmt' in subquery)) {
    throw sql.unsupported('this in FROM', 'name a table or a subquery', insideOf(subquery));
  }
  const { plan, columns } = context.select(subquery.SelectStmt, context);
  const names = alias?.colnames?.map((name) => ('String' in name ? (name.String.sval ?? '') : ''));
  return relationOf(plan, scopeOf(columns, alias?.aliasname ?? '', names, { context, at: insideOf(subquery) }));
}

function keys(node: RangeFunction, context: Context): Relation {
  const { source, called, used, at, open } = context.keys.get(node) as KeyTable;
  const shown = source.columns.slice(0, source.shown);
  const names = node.alias?.colnames?.map((name) => ('String' in name ? (name.String.sval ?? '') : ''));
  const table = node.alias?.aliasname ?? called;
  const scope = scopeOf(shown, table, names, { context, at }).map((each, i): ScopeColumn => {
    const origin = shown[i] as KeyColumn;
    return open && isOpen(origin) ? { ...each, typing: (type) => typing(open, origin, type) } : each;
  });
  const plan: PlanNode = { kind: 'keys', source };
  if (used.length === 0) return relationOf(plan, scope);
  // From here on they are columns like others, which joins and subqueries carry along; those that nobody reads cost nothing.
  const columns = [...shown, ...used].map(({ name }) => ({ name, node: column(name) }));
  const hidden = used.map(({ name, type }): ScopeColumn => ({ name, table, id: name, type, hidden: true }));
  return relationOf({ kind: 'select', input: plan, columns }, [...scope, ...hidden]);
}

const relationOf = (plan: PlanNode, scope: Scope): Relation => ({ plan, scope, names: scope.map(({ id }) => id) });

/** Columns under the names that an alias gives them: FROM t AS a(x, y). */
function scopeOf(
  columns: readonly Column[],
  table: string,
  names: readonly string[] | undefined,
  { context, at }: { readonly context: Context; readonly at: Offset },
): ScopeColumn[] {
  if (names && names.length > columns.length) {
    const message = `${quoted(table)} has ${columns.length} columns, and the alias names ${names.length}`;
    throw context.statement.sql.error('SQL_SYNTAX', message, undefined, at);
  }
  return columns.map(({ name, type }, i) => ({ name: names?.[i] ?? name, table, id: name, type }));
}
