/** A regression that is ready to be solved: its columns with their scales, R, and the ways to the shards. */

import type { Pair } from '../../codegen/passes/double-double.js';
import type { Expr } from '../../expr/expr.js';
import type { PassResult } from '../run-pass.js';
import type { Residuals } from './refine.js';
import type { Rows } from './triangle.js';

export interface Problem {
  readonly intercept: boolean;
  readonly rows: number;
  /** R of [X, y] in scaled columns, with the penalty's rows, and without. */
  readonly r: Rows;
  readonly data: Rows;
  /** Lengths of the scaled columns of [X, y], the penalty's rows left out. */
  readonly norms: readonly number[];
  /** λ, which of the columns it holds for, and the exponents of their scales. */
  readonly l2: number;
  readonly penalised: readonly boolean[];
  readonly scales: readonly number[];
  readonly condition: number;
  /** Scaled columns: X and y, then the weight. */
  readonly columns: readonly Expr[];
  readonly weighted: boolean;
  run(pass: string, columns: readonly Expr[], list: readonly number[]): Promise<PassResult>;
}

/** λ of each scaled column. */
export const penaltiesOf = ({ l2, penalised, scales }: Problem): number[] =>
  penalised.map((is, j) => (is ? l2 * 2 ** (-2 * (scales[j] as number)) : 0));

export async function residualsOf(problem: Problem, beta: readonly Pair[]): Promise<Residuals> {
  const { flat } = await problem.run('residuals', problem.columns, beta.flat());
  const pairs = Array.from(
    { length: beta.length + 1 },
    (_, j): Pair => [flat[2 * j] as number, flat[2 * j + 1] as number],
  );
  return { products: pairs.slice(0, -1), squares: (pairs[beta.length] as Pair)[0] };
}
