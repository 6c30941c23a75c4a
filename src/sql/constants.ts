/** Constants of a statement: numbers, text, parameters, and what can be worked out of them before anything is read. */

import type { A_Const, Node, ParamRef } from 'libpg-query';
import { showValue } from '../errors.js';
import type { ExprNode, Literal } from '../expr/nodes.js';
import { literal, type SqlParameter, type Statement } from './env.js';

export function constant(
  { isnull, ival, fval, boolval, sval, bsval, location }: A_Const,
  { sql }: Statement,
): ExprNode {
  if (isnull) return literal(null);
  // The parser leaves out what is zero or empty.
  if (ival) return literal(ival.ival ?? 0);
  if (boolval) return literal(boolval.boolval ?? false);
  if (sval) return literal(sval.sval ?? '');
  if (bsval || !fval) throw sql.unsupported('a bit string', 'write a number', location);
  const text = (fval.fval ?? '').replaceAll('_', '');
  const value = Number(text);
  if (/^-?\d+$/.test(text) && !Number.isSafeInteger(value)) {
    const hint = 'integers reach to ±2^53; as a float64 it is written with a point or an exponent: 1e20';
    throw sql.error('SQL_UNSUPPORTED', `${text} is too large for an integer`, hint, location);
  }
  // `1.0` and `1e3` are no integers, whatever their value.
  return Number.isInteger(value) && !/^-?\d+$/.test(text)
    ? { kind: 'cast', arg: literal(value), to: 'float64', lenient: false }
    : literal(value);
}

/** The value of a parameter that is one value. */
export function parameter(ref: ParamRef, statement: Statement): ExprNode {
  const value = parameterValue(ref, statement);
  if (!Array.isArray(value)) return literal(value as Literal);
  const hint = `compare with the list: = ANY($${ref.number})`;
  throw statement.sql.error('INVALID_ARGUMENT', `$${ref.number} is a list of values`, hint, ref.location);
}

/** @throws INVALID_ARGUMENT where there is no such parameter, or its value is of no kind that SQL knows */
export function parameterValue({ number = 0, location }: ParamRef, statement: Statement): SqlParameter {
  const { sql, parameters, usedParameters } = statement;
  if (number < 1 || number > parameters.length) {
    const given = parameters.length === 1 ? '1 parameter was' : `${parameters.length} parameters were`;
    const hint = "values follow the text: sf.sql('… WHERE x > $1', [10]); --param 10 on the command line";
    throw statement.sql.error('INVALID_ARGUMENT', `$${number} has no value: ${given} given`, hint, location);
  }
  usedParameters.add(number);
  const value = parameters[number - 1] as SqlParameter;
  const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
  for (const part of parts) {
    if (isLiteral(part)) continue;
    const hint = 'a number, bigint, string, boolean, Date or null, or an array of those for = ANY($1)';
    throw sql.error('INVALID_ARGUMENT', `$${number} is ${showParameter(part)}`, hint, location);
  }
  return value;
}

function isLiteral(value: unknown): value is Literal {
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  return value === null || ['number', 'bigint', 'string', 'boolean'].includes(typeof value);
}

const showParameter = (value: unknown): string => (value instanceof Date ? 'an invalid Date' : showValue(value));

/** A whole number that LIMIT, OFFSET, ORDER BY or GROUP BY names; undefined where it is none. */
export function wholeNumber(node: Node, statement: Statement): number | undefined {
  let value: unknown;
  if ('A_Const' in node) value = (constant(node.A_Const, statement) as { value?: unknown }).value;
  else if ('ParamRef' in node) value = parameterValue(node.ParamRef, statement);
  else if ('TypeCast' in node && node.TypeCast.arg) return wholeNumber(node.TypeCast.arg, statement);
  if (typeof value === 'bigint') value = Number(value);
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

/** The constant that an expression is; undefined where it depends on a row. */
export function literalOf(node: ExprNode): Literal | undefined {
  if (node.kind === 'literal') return node.value;
  if (node.kind === 'cast' && node.arg.kind === 'literal') {
    const { value } = node.arg;
    // As comparisons take it: `1.0` is 1, and a DATE its midnight.
    if (node.to === 'float64' && typeof value === 'number') return value;
    if (node.to === 'date' && value instanceof Date) return value;
  }
  return undefined;
}
