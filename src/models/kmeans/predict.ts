/** The nearest centre as an expression. */

import { type Expr, least, lit, when } from '../../expr/expr.js';

type Centers = readonly (readonly number[])[];

/** Squared distance, operation by operation as in the pass `clusters`. */
function squaredDistance(columns: readonly Expr[], centre: readonly number[]): Expr {
  const squares = columns.map((column, i): Expr => {
    const difference: Expr = column.sub(centre[i] as number);
    return difference.mul(difference);
  });
  return squares.reduce((sum, square) => sum.add(square));
}

interface Contest {
  readonly winner: Expr;
  /** The squared distance of the winner. */
  readonly least: Expr;
}

/** Half against half, so that the expression grows by k log k; of two as near the lower wins. */
function contest(columns: readonly Expr[], centers: Centers, first: number): Contest {
  const [only] = centers;
  if (only !== undefined && centers.length === 1) return { winner: lit(first), least: squaredDistance(columns, only) };
  const half = centers.length >> 1;
  const low = contest(columns, centers.slice(0, half), first);
  const high = contest(columns, centers.slice(half), first + half);
  return {
    winner: when(high.least.lt(low.least)).then(high.winner).otherwise(low.winner),
    least: least(low.least, high.least),
  };
}

/** The number of the nearest centre, from 0 on; null where a column is null or NaN. */
export function nearest(columns: readonly Expr[], centers: Centers): Expr {
  const missing = columns.map((column): Expr => column.isNull().or(column.isNaN())).reduce((any, each) => any.or(each));
  return when(missing)
    .then(null)
    .otherwise(contest(columns, centers, 0).winner);
}
