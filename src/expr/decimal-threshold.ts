/** Comparing a decimal column with a number exactly: the constant becomes a scaled integer, never the column a float. */

import { MAX_INTEGER } from '../storage/schema.js';
import type { ComparisonOp } from './nodes.js';

/** Beyond every scaled integer that a column may hold (±2^53), and still exact as a double. */
const BEYOND = 2 ** 54;
const LIMIT = BigInt(MAX_INTEGER);

export interface Threshold {
  readonly op: ComparisonOp;
  /** Scaled integer; undefined where no value can be equal, so that `eq` is false and `neq` true for all values. */
  readonly value: number | undefined;
}

/**
 * `x op constant` for x = n / 10^scale, as `n op' m`. A constant between two scaled integers is rounded down, and the
 * operator adjusted: n < 1.5 is n <= 1.
 * @param text the constant in decimal digits, with or without an exponent
 */
export function decimalThreshold(op: ComparisonOp, text: string, scale: number): Threshold {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const shift = scale - fraction.length + Number(exponent);
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}` || '0');
  if (shift >= 0) {
    // A long shift only makes a constant that is out of reach anyway longer.
    const scaled = digits * 10n ** BigInt(Math.min(shift, 400));
    return { op, value: clamp(scaled) };
  }
  const divisor = 10n ** BigInt(Math.min(-shift, 400));
  const truncated = digits / divisor;
  const remainder = digits % divisor;
  if (remainder === 0n) return { op, value: clamp(truncated) };
  if (op === 'eq' || op === 'neq') return { op, value: undefined };
  const floor = remainder < 0n ? truncated - 1n : truncated;
  return { op: op === 'lt' || op === 'ltEq' ? 'ltEq' : 'gt', value: clamp(floor) };
}

function clamp(scaled: bigint): number {
  if (scaled > LIMIT) return BEYOND;
  return scaled < -LIMIT ? -BEYOND : Number(scaled);
}
