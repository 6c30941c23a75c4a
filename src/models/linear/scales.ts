/** Columns whose squares would leave the range of doubles are multiplied by a power of two, which rounds nothing. */

import type { Expr } from '../../expr/expr.js';
import { columnNorms, type Rows } from './triangle.js';

/** Norms between 2^±200 need none: the products of three of them, and the errors of those, are doubles. */
const WIDE = 200;

/** x * 2^e. */
export function scaled(x: number, e: number): number {
  const step = Math.sign(e) * Math.min(Math.abs(e), 1000);
  return e === step ? x * 2 ** e : scaled(x * 2 ** step, e - step);
}

/** The exponents by which columns are divided. */
export function scalesOf(r: Rows): number[] {
  return columnNorms(r).map((norm) => {
    if (norm === 0) return 0;
    const exponent = Math.floor(Math.log2(norm));
    return Math.abs(exponent) > WIDE ? exponent : 0;
  });
}

export const scaledR = (r: Rows, scales: readonly number[]): number[][] =>
  r.map((row) => row.map((x, j) => scaled(x, -(scales[j] as number))));

export function scaledColumn(column: Expr, scale: number): Expr {
  if (scale === 0) return column;
  const step = Math.sign(scale) * Math.min(Math.abs(scale), 1000);
  return scaledColumn(column.mul(2 ** -step), scale - step);
}
