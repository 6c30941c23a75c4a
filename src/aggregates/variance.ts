import { ShardfoldError } from '../errors.js';
import { isFloat } from '../expr/typed.js';
import { type Aggregate, type AggregateArg, numberOf, type States } from './aggregate.js';
import { nearestRoot } from './dyadic.js';
import { denominatorOf, exactSum, quotient } from './exact.js';
import { exactMoments, exactVariance } from './exact-moments.js';
import { isSummable } from './sum.js';

/** Squares of whole numbers up to here are exact in a double. */
const MAX_SQUARED = 94_906_265;

const isExact = ({ type, bounds }: AggregateArg): boolean =>
  !isFloat(type) && bounds[0] >= -MAX_SQUARED && bounds[1] <= MAX_SQUARED;

/** The variance of whole numbers as a fraction, rounded once; of two values or more. */
function ofWholeNumbers(states: States, { type }: AggregateArg, lost: 0 | 1, round: typeof quotient): number {
  const total = exactSum(states, 'sumWhole');
  const count = BigInt(numberOf(states, 'valid'));
  const scale = denominatorOf(type);
  const deviations = count * exactSum(states, 'sumSquares') - total * total;
  return round(deviations, count * (count - BigInt(lost)) * scale * scale);
}

/** Sum of squared deviations divided by n - lost; of two values or more. */
function varianceOf(states: States, arg: AggregateArg, lost: 0 | 1): number {
  if (isExact(arg)) return ofWholeNumbers(states, arg, lost, quotient);
  if (arg.exact) return exactVariance(states, arg, lost, false);
  return numberOf(states, 'moments', 3) / (numberOf(states, 'valid') - lost) / Number(denominatorOf(arg.type)) ** 2;
}

/** Null for too few values. */
function variance(states: States, arg: AggregateArg, lost: 0 | 1): number | null {
  const n = numberOf(states, 'valid');
  if (n <= lost) return null;
  // One value does not vary, not even an infinite one: so says DuckDB.
  if (n === 1) return 0;
  const value = varianceOf(states, arg, lost);
  if (Number.isFinite(value)) return value;
  throw new ShardfoldError(
    'OUT_OF_RANGE',
    'the variance is out of range: a value is infinite, NaN, or too large to square',
    {
      hint: 'filter such values out first, or divide the column by a constant',
    },
  );
}

function deviation(states: States, arg: AggregateArg, lost: 0 | 1): number | null {
  const value = variance(states, arg, lost);
  if (value === null || numberOf(states, 'valid') === 1) return value;
  if (!arg.exact) return Math.sqrt(value);
  // Which states there are may depend on where rows are folded, for bounds do: the result does not.
  return isExact(arg) ? ofWholeNumbers(states, arg, lost, nearestRoot) : exactVariance(states, arg, lost, true);
}

function family(name: 'var' | 'std' | 'varPop' | 'stdPop', lost: 0 | 1, root: boolean): Aggregate {
  return {
    name,
    takes: isSummable,
    accepts: 'numbers, decimals and bools',
    resultType: () => 'float64',
    requires: (arg) => {
      if (isExact(arg)) return ['valid', 'sumWhole', 'sumSquares'];
      return arg.exact ? exactMoments(arg) : ['valid', 'moments'];
    },
    finish: (states, arg) => (root ? deviation : variance)(states, arg, lost),
  };
}

/**
 * Variances: of whole numbers from their exact sums; of floats by shifted pairwise blocks, merged by the formula of Chan,
 * Golub & LeVeque (1983); of floats without an order from exact sums, rounded once.
 */
export const sampleVariance = family('var', 1, false);
export const sampleDeviation = family('std', 1, true);
export const populationVariance = family('varPop', 0, false);
export const populationDeviation = family('stdPop', 0, true);
