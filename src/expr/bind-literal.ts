/** Constants as kernels hold them. */

import type { ShardfoldError } from '../errors.js';
import { MAX_INTEGER, toPhysical } from '../storage/schema.js';
import { literal, mismatch } from './make.js';
import { type ExprNode, formatNode, type Literal } from './nodes.js';
import type { TypedLiteral } from './typed.js';

const INT32_MAX = 2 ** 31 - 1;

export function typedLiteral(value: Literal, node: ExprNode): TypedLiteral {
  if (value === null) return literal('null', null);
  if (typeof value === 'boolean') return literal('bool', value ? 1 : 0);
  if (typeof value === 'string') return literal('utf8', binaryString(value, node));
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw mismatch(node, 'is no point in time', 'check how the Date was made');
    return literal('timestamp', value.getTime());
  }
  const number = Number(value);
  if (typeof value === 'bigint' && BigInt(number) !== value) throw tooLarge(node);
  if (!Number.isInteger(number) || Object.is(number, -0)) return literal('float64', number);
  if (Math.abs(number) > MAX_INTEGER) {
    if (typeof value === 'bigint') throw tooLarge(node);
    return literal('float64', number);
  }
  return literal(number >= -INT32_MAX - 1 && number <= INT32_MAX ? 'int32' : 'int64', number);
}

function tooLarge(node: ExprNode): ShardfoldError {
  return mismatch(
    node,
    'is beyond ±2^53, the range of int64 here',
    'use a number (float64) if an approximation will do',
  );
}

/** UTF-8 bytes, one char a byte. */
function binaryString(text: string, node: ExprNode): string {
  const value = toPhysical('utf8', text, { row: 0, column: formatNode(node) });
  return Buffer.from(value as string, 'utf8').toString('latin1');
}
