/** Values as those of the column that they are assigned to. */

import { ShardfoldError } from '../../errors.js';
import { cast } from '../../expr/bind-cast.js';
import { literal, mismatch, scale, toTimestamp } from '../../expr/make.js';
import { type ExprNode, formatNode } from '../../expr/nodes.js';
import { isDecimal, isFloat, isInteger, type TypedExpr, type ValueType } from '../../expr/typed.js';
import { decimalScale } from '../../storage/schema.js';
import type { ColumnType } from '../../storage/types.js';
import type { KeyColumn, TimeUnit } from './source.js';

/**
 * What is not lost by it is converted: whole numbers to wider ones, floats to floats, days to times; and constants, where they are values
 * of the type. What reads the field as that type finds a value there, then. @throws TYPE_MISMATCH, CAST_FAILED
 */
export function asColumn(value: TypedExpr, node: ExprNode, { name, type }: KeyColumn): TypedExpr {
  if (value.type === type || value.type === 'null') return value;
  if (value.kind === 'literal') return constant(value, node, type, name);
  if (widens(value.type, type)) return cast(value, type, node);
  throw mismatch(node, `is ${value.type}, and column "${name}" is ${type}`, `cast it: .cast('${type}')`);
}

function constant(value: TypedExpr, node: ExprNode, type: ColumnType, name: string): TypedExpr {
  const made = cast(value, type, node);
  if (made.kind === 'literal') return made;
  throw new ShardfoldError('CAST_FAILED', `${formatNode(node)} is no ${type}, which column "${name}" is`, {
    hint: 'assign a value of that type, or null',
  });
}

function widens(from: ValueType, to: ColumnType): boolean {
  if (from === 'date') return to === 'timestamp';
  if (isInteger(from)) return to === 'int64' || isFloat(to) || isDecimal(to);
  if (isFloat(from)) return isFloat(to);
  if (isDecimal(from)) {
    return isFloat(to) || (isDecimal(to) && (decimalScale(to) ?? 0) >= (decimalScale(from as ColumnType) ?? 0));
  }
  return false;
}

const SECOND_MS = 1000;

/** A time as a number since 1970, as the column reads it: whole seconds without a fraction. */
export function epochText(time: TypedExpr, unit: TimeUnit, node: ExprNode): TypedExpr {
  const stamp = toTimestamp(time);
  const ms = scale('int64', stamp);
  if (unit === 'ms') return cast(ms, 'utf8', node);
  // Milliseconds are thousandths of a second.
  const exact = cast(scale('decimal(3)', stamp), 'utf8', node);
  const rest: TypedExpr = {
    kind: 'arithmetic',
    type: 'int64',
    op: 'mod',
    left: ms,
    right: literal('int64', SECOND_MS),
  };
  const isWhole: TypedExpr = { kind: 'compare', type: 'bool', op: 'eq', left: rest, right: literal('int64', 0) };
  const whole = cast(scale('int64', stamp, 1, SECOND_MS), 'utf8', node);
  if (stamp.kind === 'literal') return typeof stamp.value === 'number' && stamp.value % SECOND_MS === 0 ? whole : exact;
  return { kind: 'case', type: 'utf8', branches: [{ when: isWhole, then: whole }], otherwise: exact };
}
