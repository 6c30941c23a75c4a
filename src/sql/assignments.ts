/** `total = price * qty` and conditions, as the command line takes them: parts of UPDATE and DELETE over the columns of keys. */

import type { Node, ResTarget } from 'libpg-query';
import type { ExprNode } from '../expr/nodes.js';
import type { NamedExpr } from '../plan/nodes.js';
import { shellQuoted } from '../shell-words.js';
import type { ColumnType } from '../storage/types.js';
import { requireBool } from './conditions.js';
import type { Env, Statement } from './env.js';
import { translate } from './expressions.js';
import { columnText } from './keys/columns-text.js';
import { parseStatement } from './parse.js';
import { matching } from './scope.js';
import type { SqlText } from './text.js';
import { typeOf } from './types.js';

/** A column that expressions may read. */
export interface ReadableColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** What the rows are called, in messages that show the statement. */
const TABLE = 'keys';

/**
 * The assignments of a SET clause. The name of a column is found as everywhere in SQL; any other is that of a field, in just the letters
 * that are written. @param now the moment that now() means @throws SQL_SYNTAX, SQL_UNSUPPORTED, UNKNOWN_COLUMN, TYPE_MISMATCH with the place
 */
export async function assignmentsOf(text: string, columns: readonly ReadableColumn[], now: Date): Promise<NamedExpr[]> {
  const { sql, node } = await parseStatement(`UPDATE ${TABLE} SET ${text}`);
  if (!('UpdateStmt' in node)) throw nothingElse(sql, 'SET');
  const { targetList = [], whereClause, fromClause, returningList } = node.UpdateStmt;
  if (whereClause || fromClause || returningList) throw nothingElse(sql, 'SET');
  const env = envOf({ sql, columns, now }, 'SET');
  return targetList.map((each) => {
    if (!('ResTarget' in each)) throw nothingElse(sql, 'SET');
    const value = translate(each.ResTarget.val, env);
    // Says what does not fit, with its place.
    typeOf(value, env);
    return { name: targetOf(each.ResTarget, sql, columns), node: value };
  });
}

/** A condition. @throws SQL_SYNTAX, SQL_UNSUPPORTED, UNKNOWN_COLUMN, TYPE_MISMATCH with the place */
export async function conditionOf(text: string, columns: readonly ReadableColumn[], now: Date): Promise<ExprNode> {
  // Messages show the statement: it is to be one that frightens nobody.
  const { sql, node } = await parseStatement(`SELECT * FROM ${TABLE} WHERE ${text}`);
  if (!('SelectStmt' in node)) throw nothingElse(sql, 'WHERE');
  const { whereClause, ...others } = node.SelectStmt;
  if (whereClause === undefined || Object.keys(others).some((part) => !PLAIN.has(part)))
    throw nothingElse(sql, 'WHERE');
  const env = envOf({ sql, columns, now }, 'WHERE');
  return requireBool(translate(whereClause as Node, env), env, 'WHERE');
}

/** What the tree of every SELECT has. */
const PLAIN = new Set(['targetList', 'fromClause', 'limitOption', 'op']);

const nothingElse = (sql: SqlText, clause: string) =>
  sql.unsupported(
    `anything but ${clause}`,
    clause === 'SET' ? 'total = price * qty; a condition stands in --where' : 'price > 3 AND qty IS NOT NULL',
    undefined,
  );

function envOf(
  { sql, columns, now }: Pick<Statement, 'sql' | 'now'> & { readonly columns: readonly ReadableColumn[] },
  clause: string,
): Env {
  const statement: Statement = {
    sql,
    parameters: [],
    now,
    places: new WeakMap(),
    usedParameters: new Set(),
  };
  const scope = columns.map(({ name, type }) => ({ name, table: TABLE, id: name, type }));
  return { ...statement, scope, noAggregates: clause, declaring };
}

/** As the command line names fields that are read; of which type the values are, only the user knows. */
const declaring = (name: string): string =>
  `a field is read by --columns ${shellQuoted(`${columnText(name)} float64`)}`;

function targetOf(
  { name = '', indirection, location }: ResTarget,
  sql: SqlText,
  columns: readonly ReadableColumn[],
): string {
  if (indirection)
    throw sql.unsupported('a part of a value', 'a name with a dot stands in double quotes: "a.b"', location);
  const [found, another] = matching(columns, name, (column) => column.name);
  if (found && another)
    throw sql.error(
      'SQL_SYNTAX',
      `"${name}" may mean ${found.name} or ${another.name}`,
      'write it in double quotes',
      location,
    );
  return found?.name ?? sql.asWritten(name, location);
}
