/** Exact sums of products from the shards, and the normal equations in rational arithmetic: right to the last digit. */

import { exactSums } from '../../codegen/passes/products.js';
import { MOST_EXACT, penalties, type Ratio, rounded, roundedRoot, solveExactly } from './exact.js';
import type { Problem } from './problem.js';
import { MOST_DIGITS, type Solution } from './solution.js';

/** Undefined where there are too many columns, or their products leave the range; `dependent` where a column is one exactly. */
export async function byExactSums(problem: Problem): Promise<Solution | 'dependent' | undefined> {
  const { columns, weighted, l2, penalised, scales, rows, intercept } = problem;
  const p = penalised.length;
  if (p > MOST_EXACT) return undefined;
  const { flat } = await problem.run('products', columns, [weighted ? 1 : 0]);
  const sums = exactSums(flat);
  if (sums === undefined) return undefined;
  const solved = solveExactly(sums, penalties(l2, penalised, scales), intercept);
  if (solved === undefined) return 'dependent';
  const { rss, total, explained } = solved;
  const standardErrors = solved.inverse.map((inverse) => roundedRoot(varianceOf(rss, inverse, rows - p)));
  return {
    beta: solved.beta.map(rounded),
    standardErrors: l2 > 0 ? undefined : standardErrors,
    rss: rounded(rss),
    total: rounded(total),
    explained: rounded(explained),
    digits: MOST_DIGITS,
    standardErrorDigits: MOST_DIGITS,
    solver: 'exact',
  };
}

function varianceOf(rest: Ratio, inverse: Ratio, df: number): Ratio {
  return {
    numerator: rest.numerator * inverse.numerator,
    denominator: rest.denominator * inverse.denominator * BigInt(Math.max(df, 1)),
    exponent: rest.exponent + inverse.exponent,
  };
}
