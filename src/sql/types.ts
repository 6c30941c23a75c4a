/** Names of types, and the types of expressions. */

import type { TypeName } from 'libpg-query';
import { ShardfoldError } from '../errors.js';
import { type Scope as BindScope, bind } from '../expr/bind.js';
import { mapChildren } from '../expr/map.js';
import { childNodes, type ExprNode, formatNode } from '../expr/nodes.js';
import type { TypedExpr, ValueType } from '../expr/typed.js';
import { checkAggregate } from '../plan/bind-aggregate.js';
import type { ColumnType } from '../storage/types.js';
import { constant, literalOf } from './constants.js';
import { type Env, OUTER, placed, type Statement } from './env.js';
import { inSql, sqlHint } from './hints.js';
import { namingHint } from './keys/naming.js';

export const TYPES: Readonly<Record<string, ColumnType>> = {
  int4: 'int32',
  int: 'int32',
  integer: 'int32',
  int32: 'int32',
  int8: 'int64',
  bigint: 'int64',
  int64: 'int64',
  float8: 'float64',
  double: 'float64',
  float64: 'float64',
  float4: 'float32',
  float: 'float32',
  float32: 'float32',
  bool: 'bool',
  boolean: 'bool',
  text: 'utf8',
  varchar: 'utf8',
  string: 'utf8',
  utf8: 'utf8',
  timestamp: 'timestamp',
  date: 'date',
};

const INSTEAD: Readonly<Record<string, string>> = {
  timestamptz: 'times are UTC: write timestamp',
  bpchar: 'write text',
  int2: 'write integer',
};

/** The last part of a type's name, as PostgreSQL calls it: `int4`, `interval`. */
export function typeName({ names = [] }: TypeName): string {
  const last = names.at(-1);
  return last && 'String' in last ? (last.String.sval ?? '') : '';
}

/** @throws SQL_UNSUPPORTED */
export function columnType(type: TypeName, statement: Statement): ColumnType {
  const { sql } = statement;
  const name = typeName(type).toLowerCase();
  const at = type.location;
  if ((type.arrayBounds ?? []).length > 0) throw sql.unsupported('an array type', 'there are no arrays', at);
  if (name === 'numeric' || name === 'decimal') return decimalType(type, statement);
  const found = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (found !== undefined) return found;
  const known = 'integer, bigint, double precision, real, boolean, text, timestamp, date, numeric(18, 2)';
  throw sql.unsupported(`the type ${name}`, INSTEAD[name] ?? `the types are ${known}`, at);
}

function decimalType(type: TypeName, statement: Statement): ColumnType {
  const [, scale] = (type.typmods ?? []).map((node) =>
    'A_Const' in node ? literalOf(constant(node.A_Const, statement)) : undefined,
  );
  if (typeof scale === 'number' && scale >= 0 && scale <= 15) return `decimal(${scale})`;
  const instead = 'say how many places it has, 0 to 15: numeric(18, 2); or write double precision';
  throw statement.sql.unsupported('this numeric type', instead, type.location);
}

const bindScopes = new WeakMap<object, BindScope>();

function bindScope({ scope, outer = [] }: Env): BindScope {
  const known = outer.length === 0 ? bindScopes.get(scope) : undefined;
  // Values of subqueries come to stand beside the columns while expressions are translated.
  if (known?.size === scope.length) return known;
  const columns = [...scope, ...outer.map(({ id, type }) => ({ id: OUTER + id, type }))];
  const made = new Map(
    columns.map(({ id, type }, index): [string, TypedExpr] => [id, { kind: 'column', type, index }]),
  );
  if (outer.length === 0) bindScopes.set(scope, made);
  return made;
}

/** What an expression comes to. @throws TYPE_MISMATCH and the like, with the place of the part that does not fit */
export function typeOf(node: ExprNode, env: Env): ValueType {
  return located(node, env, () => {
    const types = new Map<string, TypedExpr>();
    const rest = withoutAggregates(node, env, types);
    return bind(rest, types.size === 0 ? bindScope(env) : new Map([...bindScope(env), ...types])).type;
  });
}

/** @throws TYPE_MISMATCH where values of two expressions cannot be compared */
export function requireComparable(
  [left, ofLeft]: readonly [ExprNode, Env],
  [right, ofRight]: readonly [ExprNode, Env],
): void {
  const types = [typeOf(left, ofLeft), typeOf(right, ofRight)];
  const columns = types.map((type, index): TypedExpr => (type === 'null' ? NULL : { kind: 'column', type, index }));
  const scope = new Map(columns.map((column, i) => [i === 0 ? formatNode(left) : `${formatNode(right)} `, column]));
  const [a, b] = [...scope.keys()].map((name): ExprNode => ({ kind: 'column', name })) as [ExprNode, ExprNode];
  const compared: ExprNode = { kind: 'compare', op: 'eq', left: a, right: b };
  located(placed(ofLeft, compared, ofLeft.places.get(left)), ofLeft, () => bind(compared, scope));
}

const NULL: TypedExpr = { kind: 'literal', type: 'null', value: null };

/** The expression with a column of its type, noted in `types`, in the place of each aggregate. */
function withoutAggregates(node: ExprNode, env: Env, types: Map<string, TypedExpr>): ExprNode {
  if (node.kind !== 'aggregate') return mapChildren(node, (child) => withoutAggregates(child, env, types));
  // No aggregate that SQL reaches gives a list.
  const type = located(node, env, () => checkAggregate(node, bindScope(env)).type) as ColumnType;
  // Others may be shown alike.
  const name = `\u0001${formatNode(node)}${' '.repeat(types.size)}`;
  types.set(name, { kind: 'column', type, index: types.size });
  return { kind: 'column', name };
}

/** Adds the place to an error about types: that of the innermost part that fails by itself. */
function located<T>(node: ExprNode, env: Env, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ShardfoldError) || error.place !== undefined) throw error;
    // The columns of a comparison that was made up for this have no place of their own.
    for (const child of childNodes(node)) if (env.places.has(child) || child.kind !== 'column') typeOf(child, env);
    const naming =
      error.code === 'TYPE_MISMATCH' ? namingHint(node, env.scope, (part) => typeOf(part, env)) : undefined;
    const hint = [naming, sqlHint(error.hint)].filter((each) => each !== undefined).join('; or ') || undefined;
    const at = env.places.get(node);
    if (at !== undefined) throw env.sql.error(error.code, error.message, hint, at, error);
    throw naming === undefined
      ? inSql(error)
      : new ShardfoldError(error.code, error.message, { ...(hint && { hint }), cause: error });
  }
}
