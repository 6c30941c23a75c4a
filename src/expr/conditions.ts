/** Conditions taken apart. */

import { childrenOf, isFloat, type TypedExpr } from './typed.js';

/** The parts of a condition that must all hold, from left to right. */
export function conjuncts(expr: TypedExpr | undefined): TypedExpr[] {
  if (expr === undefined) return [];
  return expr.kind === 'logic' && expr.op === 'and' ? [...conjuncts(expr.left), ...conjuncts(expr.right)] : [expr];
}

/** Whether an expression may raise an error for some row. */
export function mayFail(expr: TypedExpr): boolean {
  switch (expr.kind) {
    case 'call':
    case 'cast':
      return true;
    case 'arithmetic':
    case 'negate':
      return !isFloat(expr.type) || childrenOf(expr).some(mayFail);
    default:
      return childrenOf(expr).some(mayFail);
  }
}
