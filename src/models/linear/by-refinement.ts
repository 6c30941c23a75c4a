/** R, and Björck's refinement. */

import { type Problem, penaltiesOf, residualsOf } from './problem.js';
import { refine, refinementRate } from './refine.js';
import { digitsOf, digitsOfError, type Solution } from './solution.js';
import { inverseNorms } from './triangle.js';

/** A correction that shrinks by less than this with every pass is no way to the solution. */
const SLOWEST = 0.1;

/** Undefined where the condition forbids that it converges. */
export async function byRefinement(problem: Problem): Promise<Solution | undefined> {
  const { r, data, norms, condition, rows, intercept, l2 } = problem;
  const p = norms.length - 1;
  const rate = refinementRate(condition, p);
  if (!(rate < SLOWEST)) return undefined;
  const inverse = inverseNorms(r, p);
  const { beta, rss, errors, rssError } = await refine({
    ...{ r, data, condition, inverse, rows },
    l2: penaltiesOf(problem),
    residuals: (pairs) => residualsOf(problem, pairs),
  });
  const y = data.slice(intercept ? 1 : 0, p).map((row) => row[p] as number);
  const explained = y.reduce((sum, z) => sum + z * z, 0);
  const last = data[p]?.[p] as number;
  const total = l2 > 0 ? explained + last * last : explained + rss;
  const deviation = Math.sqrt(rss / (rows - p));
  const standardErrors = inverse.map((u) => u * deviation);
  // Of a root, half the relative error; of a sum that is nearly nothing, the root of its error.
  const deviationError = Math.min(rssError / (2 * rss), Math.sqrt(rssError / rss)) || 0;
  const off = rss > 0 ? deviationError : 0;
  const seErrors = standardErrors.map((se, j) =>
    rss > rssError ? se * (rate + off) : (inverse[j] as number) * Math.sqrt((rss + rssError) / (rows - p)),
  );
  return {
    beta,
    standardErrors: l2 > 0 ? undefined : standardErrors,
    rss,
    explained: l2 > 0 ? total - rss : explained,
    total,
    digits: digitsOf(beta, errors, norms),
    standardErrorDigits: l2 > 0 ? digitsOfError(0) : digitsOf(standardErrors, seErrors, norms),
    solver: 'refined',
  };
}
