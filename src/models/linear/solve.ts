/** From R to a solution whose digits are known. */

import { byExactSums } from './by-exact-sums.js';
import { byRefinement } from './by-refinement.js';
import { type Problem, penaltiesOf } from './problem.js';
import { digitsOf, digitsOfError, type Solution } from './solution.js';
import { inverseNorms, solveUpper } from './triangle.js';

/** What the result is to have, before exact sums are asked for. */
const ENOUGH_DIGITS = 10;
const ENOUGH_FOR_ERRORS = 6;

const EPS = 2 ** -53;

/** By refinement; by exact sums where that leaves too few digits. `dependent` where a column is a combination of others, exactly. */
export async function solve(problem: Problem): Promise<Solution | 'dependent'> {
  const refined = await byRefinement(problem);
  const isEnough = (refined?.digits ?? 0) >= ENOUGH_DIGITS && (refined?.standardErrorDigits ?? 0) >= ENOUGH_FOR_ERRORS;
  if (refined !== undefined && isEnough) return refined;
  return (await byExactSums(problem)) ?? refined ?? fromR(problem, problem.condition, 'refined');
}

/** By the normal equations, whose error grows with the square of the condition. */
export const solveNormal = (problem: Problem): Solution => fromR(problem, problem.condition ** 2, 'normal');

/** What R alone says. @param growth of errors */
function fromR(problem: Problem, growth: number, solver: Solution['solver']): Solution {
  const { r, data, norms, rows, intercept, l2 } = problem;
  const p = norms.length - 1;
  const z = r.slice(0, p).map((row) => row[p] as number);
  const beta = solveUpper(r, z);
  const last = r[p]?.[p] as number;
  const shrunk = penaltiesOf(problem).reduce((sum, penalty, j) => sum + penalty * (beta[j] as number) ** 2, 0);
  const rss = Math.max(0, last * last - shrunk);
  const explained = data.slice(intercept ? 1 : 0, p).reduce((sum, row) => sum + (row[p] as number) ** 2, 0);
  const rest = data[p]?.[p] as number;
  const total = explained + rest * rest;
  const relative = (64 + 8 * p + sumsOf(rows)) * EPS * growth;
  const inverse = inverseNorms(r, p);
  const y = norms[p] as number;
  return {
    beta,
    standardErrors: l2 > 0 ? undefined : inverse.map((u) => u * Math.sqrt(rss / (rows - p))),
    rss,
    explained: total - rss,
    total,
    digits: digitsOf(
      beta,
      beta.map((b, j) => relative * Math.max(Math.abs(b), y / (norms[j] as number))),
      norms,
    ),
    // Of the root of rss half the relative error.
    standardErrorDigits: digitsOfError(relative + (relative * (y * y)) / (2 * rss)),
    solver,
  };
}

/** Additions that a sum over the rows goes through after its first 64: blocks of a unit of at most 8,128 rows, and the tree of units. */
const sumsOf = (rows: number): number => Math.min(rows, 8128) / 64 + Math.log2(1 + rows / 8128);
