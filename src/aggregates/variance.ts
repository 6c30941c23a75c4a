import { ShardfoldError } from '../errors.js';
import { isFloat } from '../expr/typed.js';
import { type Aggregate, type AggregateArg, numberOf, type States } from './aggregate.js';
import { denominatorOf, exactSum, quotient } from './exact.js';
import { isSummable } from './sum.js';

/** Squares of whole numbers up to here are exact in a double. */
const MAX_SQUARED = 94_906_265;

const isExact = ({ type, bounds }: AggregateArg): boolean =>
  !isFloat(type) && bounds[0] >= -MAX_SQUARED && bounds[1] <= MAX_SQUARED;

/** Sum of squared deviations divided by n - lost; undefined for too few values. */
function variance(states: States, arg: AggregateArg, lost: 0 | 1): number | null {
  const n = numberOf(states, 'valid');
  if (n <= lost) return null;
  // One value does not vary, not even an infinite one: so says DuckDB.
  if (n === 1) return 0;
  let value: number;
  if (isExact(arg)) {
    const total = exactSum(states, 'sumWhole');
    const count = BigInt(n);
    const scale = denominatorOf(arg.type);
    const deviations = count * exactSum(states, 'sumSquares') - total * total;
    value = quotient(deviations, count * BigInt(n - lost) * scale * scale);
  } else {
    value = numberOf(states, 'moments', 3) / (n - lost) / Number(denominatorOf(arg.type)) ** 2;
  }
  if (!Number.isFinite(value)) {
    throw new ShardfoldError(
      'OUT_OF_RANGE',
      'the variance is out of range: a value is infinite, NaN, or too large to square',
      {
        hint: 'filter such values out first, or divide the column by a constant',
      },
    );
  }
  return value;
}

function family(name: 'var' | 'std' | 'varPop' | 'stdPop', lost: 0 | 1, root: boolean): Aggregate {
  return {
    name,
    takes: isSummable,
    accepts: 'numbers, decimals and bools',
    resultType: () => 'float64',
    requires: (arg) => ['valid', ...(isExact(arg) ? (['sumWhole', 'sumSquares'] as const) : (['moments'] as const))],
    finish: (states, arg) => {
      const value = variance(states, arg, lost);
      return value === null || !root ? value : Math.sqrt(value);
    },
  };
}

/**
 * Variances: of whole numbers from their exact sums; of floats by shifted pairwise blocks, merged by the formula of Chan,
 * Golub & LeVeque (1983).
 */
export const sampleVariance = family('var', 1, false);
export const sampleDeviation = family('std', 1, true);
export const populationVariance = family('varPop', 0, false);
export const populationDeviation = family('stdPop', 0, true);
