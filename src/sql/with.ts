/** WITH: queries by name, each computed where it is used. */

import type { WithClause } from 'libpg-query';
import type { Context, Result } from './relation.js';
import { selected } from './relation.js';
import { quoted } from './scope.js';
import { insideOf } from './text.js';

/** The context with these names; each may use those before it. */
export function withTables({ ctes = [], recursive, location }: WithClause, around: Context): Context {
  const { sql } = around.statement;
  if (recursive) throw sql.unsupported('WITH RECURSIVE', 'run a query for each step', location ?? 0);
  const known = new Map(around.with);
  const context: Context = { ...around, with: known };
  for (const each of ctes) {
    if (!('CommonTableExpr' in each)) continue;
    const { ctename = '', ctequery, aliascolnames = [], location: at } = each.CommonTableExpr;
    if (!ctequery || !('SelectStmt' in ctequery)) {
      throw sql.unsupported('WITH of a statement that is no SELECT', 'only SELECT is', at);
    }
    const result = context.select(ctequery.SelectStmt, context);
    const names = aliascolnames.map((name) => ('String' in name ? (name.String.sval ?? '') : ''));
    if (names.length > result.columns.length) {
      const message = `${quoted(ctename)} has ${result.columns.length} columns, and WITH names ${names.length}`;
      throw sql.error('SQL_SYNTAX', message, undefined, at ?? insideOf(ctequery));
    }
    known.set(ctename, renamed(result, names));
  }
  return context;
}

/** The result with its first columns under other names. */
export function renamed(result: Result, names: readonly string[]): Result {
  const columns = result.columns.map(({ name, type }, i) => ({ name: names[i] ?? name, type }));
  const before = result.columns.map(({ name }) => name);
  const nodes = columns.map(({ name }, i) => ({ name, node: { kind: 'column', name: before[i] as string } as const }));
  return { ...result, columns, plan: selected(result.plan, nodes, before) };
}
