/** The nearest centre as an expression. */

import { callNode } from '../../expr/base.js';
import { Expr } from '../../expr/expr.js';

/**
 * The number of the nearest centre, from 0 on, by the squared distances of the pass `clusters`; null where a column is null or NaN. The
 * centers travel as one constant.
 */
export const nearest = (columns: readonly Expr[], centers: readonly (readonly number[])[]): Expr =>
  new Expr(callNode('nearest', [centers.length, ...columns, ...centers.flat()]));
