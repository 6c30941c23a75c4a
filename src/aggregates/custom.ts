/** A user's aggregate bound to the types of its arguments. */

import { ShardfoldError } from '../errors.js';
import { bind, type Scope } from '../expr/bind.js';
import { type CustomAggregate, type ExprNode, formatNode } from '../expr/nodes.js';
import { isDecimal, isFloat, isInteger, type TypedColumn, type TypedExpr, type ValueType } from '../expr/typed.js';
import type { ColumnType } from '../storage/types.js';
import type { BoundCustom } from './aggregate.js';
import { asFloat } from './numbers.js';

/** Numbers come as float64; times, texts and bools as they are. */
const seenAs = (type: ValueType): ColumnType =>
  isFloat(type) || isInteger(type) || isDecimal(type) || type === 'null' ? 'float64' : type;

const column = (index: number, type: ColumnType): TypedColumn => ({ kind: 'column', type, index });

/**
 * @param written the arguments as the user wrote them, for errors
 * @throws TYPE_MISMATCH where a tree does not fit the arguments, or gives no number
 */
export function bindCustom(
  definition: CustomAggregate,
  exprs: readonly TypedExpr[],
  written: readonly string[],
): BoundCustom {
  const { fields, name } = definition;
  const args = exprs.map(({ type }) => seenAs(type));
  const side = (prefix: string, first: number): [string, TypedExpr][] =>
    fields.map((field, i) => [`${prefix}.${field}`, column(first + i, 'float64')]);
  const own: Scope = new Map([
    ...side('state', 0),
    ...args.map((type, i): [string, TypedExpr] => [`arg${i + 1}`, column(fields.length + i, type)]),
  ]);
  const both: Scope = new Map([...side('a', 0), ...side('b', fields.length)]);
  const numbers = (nodes: readonly ExprNode[], scope: Scope, what: string): TypedExpr[] =>
    nodes.map((node, i) => asNumber(bind(node, scope), node, `${name}: ${what} of ${fields[i]}`));
  return {
    definition,
    args,
    step: withArguments(written, () => numbers(definition.step, own, 'step')),
    merge: numbers(definition.merge, both, 'merge'),
    finish: typeof definition.finish === 'function' ? undefined : bind(definition.finish, new Map(side('state', 0))),
  };
}

/** Errors about arg1, arg2, … tell of the arguments as the user calls them. */
function withArguments<Result>(written: readonly string[], run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ShardfoldError)) throw error;
    const message = error.message.replace(/\barg(\d+)\b/g, (name, nth) => written[Number(nth) - 1] ?? name);
    throw new ShardfoldError(error.code, message, {
      ...(error.hint !== undefined && { hint: error.hint }),
      cause: error,
    });
  }
}

function asNumber(expr: TypedExpr, node: ExprNode, what: string): TypedExpr {
  if (isFloat(expr.type) || isInteger(expr.type) || expr.type === 'bool' || expr.type === 'null') return expr;
  if (isDecimal(expr.type)) return asFloat(expr);
  throw new ShardfoldError('TYPE_MISMATCH', `${what}: ${formatNode(node)} is ${expr.type}, and fields are float64`, {
    hint: 'make it a number, e.g. .length() of text or .year() of a time',
  });
}
