/** UNION ALL and UNION. */

import type { SelectStmt } from 'libpg-query';
import type { Column } from '../plan/catalog.js';
import type { PlanNode } from '../plan/nodes.js';
import type { ColumnType } from '../storage/types.js';
import type { Env } from './env.js';

import { ordered, sliceOf, sortKeys } from './order.js';
import type { Target } from './outputs.js';
import { type Context, column, type Result } from './relation.js';
import type { ScopeColumn } from './scope.js';
import { insideOf, type Offset } from './text.js';
import { renamed } from './with.js';

interface Branch extends Result {
  readonly at: Offset;
}

/** Rows of several queries, one after the other; columns meet in their order and go by the names of the first. */
export function setOperation(statement: SelectStmt, context: Context): Result {
  const { sql } = context.statement;
  if (statement.op !== 'SETOP_UNION') {
    const [name, instead] =
      statement.op === 'SETOP_EXCEPT' ? ['EXCEPT', 'WHERE NOT EXISTS (…)'] : ['INTERSECT', 'WHERE EXISTS (…)'];
    throw sql.unsupported(name, `${instead} finds the rows`, insideOf(statement.rarg?.targetList));
  }
  const branches = branchesOf(statement, context);
  const [first, ...others] = branches as [Branch, ...Branch[]];
  const columns = others.reduce<readonly Column[]>((types, branch) => common(types, branch, context), first.columns);
  const names = columns.map(({ name }) => name);
  const inputs = branches.map((branch) => renamed(branch, names).plan);
  const union: PlanNode = { kind: 'union', inputs };
  const rows: PlanNode = statement.all ? union : { kind: 'distinct', input: union, on: undefined };
  const scope = columns.map(({ name, type }): ScopeColumn => ({ name, type, id: name, table: '' }));
  const env: Env = { ...context.statement, scope, noAggregates: 'ORDER BY of a UNION' };
  const targets = columns.map(({ name }): Target => ({ name, node: column(name), at: undefined }));
  const slice = sliceOf(statement, env);
  const plan = ordered(rows, sortKeys(statement.sortClause ?? [], targets, env), slice);
  return { plan, columns, single: slice.count !== undefined && slice.count <= 1 };
}

/** The queries of a chain of the same operation, which PostgreSQL's tree nests. */
function branchesOf(statement: SelectStmt, context: Context): Branch[] {
  return [statement.larg, statement.rarg].flatMap((side) => {
    if (!side) return [];
    const chained = side.op === 'SETOP_UNION' && side.all === statement.all;
    const plain = !side.sortClause && !side.limitCount && !side.limitOffset && !side.withClause;
    if (chained && plain) return branchesOf(side, context);
    return [{ ...context.select(side, context), at: insideOf(side.targetList) ?? insideOf(side) }];
  });
}

function common(
  columns: readonly Column[],
  { columns: others, at }: Branch,
  { statement: { sql } }: Context,
): Column[] {
  if (others.length !== columns.length) {
    const before = `${columns.length} ${columns.length === 1 ? 'column' : 'columns'}`;
    const message = `the first SELECT of the UNION gives ${before}, and this one ${others.length}`;
    throw sql.error('SQL_SYNTAX', message, 'select as many in each', at);
  }
  return columns.map(({ name, type }, i) => {
    const other = others[i] as Column;
    const both = wider(type, other.type);
    if (both !== undefined) return { name, type: both };
    const message = `UNION joins "${name}" (${type}) and "${other.name}" (${other.type})`;
    throw sql.error('TYPE_MISMATCH', message, `cast one of them: CAST(${other.name} AS …)`, at);
  });
}

const isNumericType = (type: ColumnType): boolean => /^(int|float|decimal)/.test(type);

function wider(a: ColumnType, b: ColumnType): ColumnType | undefined {
  if (a === b) return a;
  if (!isNumericType(a) || !isNumericType(b)) return undefined;
  return a.startsWith('int') && b.startsWith('int') ? 'int64' : 'float64';
}
