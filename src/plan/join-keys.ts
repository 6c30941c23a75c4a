/** Keys of two sides made comparable: numbers as numbers, dates as times, else values of one type. */

import { ShardfoldError } from '../errors.js';
import { formatNode } from '../expr/nodes.js';
import { isDecimal, isFloat, isInteger, type TypedExpr, type ValueType } from '../expr/typed.js';
import { decimalScale } from '../storage/schema.js';
import type { JoinKey } from './nodes.js';

type Convert = (key: TypedExpr) => TypedExpr;

export interface KeyFit {
  readonly left: Convert;
  readonly right: Convert;
}

const DAY_MS = 86_400_000;
const same: Convert = (key) => key;

/** @throws TYPE_MISMATCH naming both keys and their types */
export function fitKeys(on: JoinKey, [a, b]: readonly [ValueType, ValueType]): KeyFit {
  if (a === b || a === 'null' || b === 'null') return { left: same, right: same };
  if (isNumber(a) && isNumber(b)) return { left: toNumber(a), right: toNumber(b) };
  if (isTime(a) && isTime(b)) return { left: toTimestamp(a), right: toTimestamp(b) };
  const [left, right] = [formatNode(on.left), formatNode(on.right)];
  throw new ShardfoldError('TYPE_MISMATCH', `a join compares ${left}, which is ${a}, with ${right}, which is ${b}`, {
    hint: `cast one of them: col('…').cast('${a}')`,
  });
}

const isNumber = (type: ValueType): boolean => isInteger(type) || isFloat(type) || isDecimal(type);
const isTime = (type: ValueType): boolean => type === 'timestamp' || type === 'date';

function toNumber(type: ValueType): Convert {
  if (!isDecimal(type)) return same;
  const divisor = 10 ** (decimalScale(type) ?? 0);
  return (arg) => ({ kind: 'scale', type: 'float64', arg, factor: 1, divisor });
}

function toTimestamp(type: ValueType): Convert {
  return type === 'timestamp' ? same : (arg) => ({ kind: 'scale', type: 'timestamp', arg, factor: DAY_MS, divisor: 1 });
}
