import { ShardfoldError } from '../errors.js';
import { type Aggregate, type AggregateArg, numberOf, type Requirement, type States } from './aggregate.js';
import { asFloat, numbers } from './numbers.js';

/** One state for all three, of deviations from pivots, merged by the formula of Chan, Golub & LeVeque (1983). */
const requires = ({ exprs }: AggregateArg): readonly Requirement[] => [
  { kind: 'coMoments', exprs: exprs.map(asFloat) },
];

/** Fields of `coMoments`. */
const N = 0;
const XX = 5;
const XY = 6;
const YY = 7;

function family(name: 'covar' | 'covarPop', lost: 0 | 1): Aggregate {
  return {
    name,
    ...numbers,
    more: [numbers],
    resultType: () => 'float64',
    requires,
    finish: (states) => {
      const n = numberOf(states, 'coMoments', N);
      return n <= lost ? null : numberOf(states, 'coMoments', XY) / (n - lost);
    },
  };
}

export const covar = family('covar', 1);
export const covarPop = family('covarPop', 0);

function correlation(states: States): number | null {
  const n = numberOf(states, 'coMoments', N);
  if (n === 0) return null;
  if (n === 1) return Number.NaN;
  const [xx, xy, yy] = [XX, XY, YY].map((field) => numberOf(states, 'coMoments', field)) as [number, number, number];
  if (!Number.isFinite(xx) || !Number.isFinite(yy)) {
    throw new ShardfoldError(
      'OUT_OF_RANGE',
      'the correlation is out of range: a value is infinite, NaN, or too large to square',
      { hint: 'filter such values out first, or divide the column by a constant' },
    );
  }
  const both = xx * yy;
  // One root keeps corr(x, x) at 1; two where the product leaves the range of doubles.
  return xy / (both > 1e-290 && both < Number.POSITIVE_INFINITY ? Math.sqrt(both) : Math.sqrt(xx) * Math.sqrt(yy));
}

/** Pearson's; NaN where x or y does not vary, as in DuckDB. @throws OUT_OF_RANGE for values that are not finite */
export const corr: Aggregate = {
  name: 'corr',
  ...numbers,
  more: [numbers],
  resultType: () => 'float64',
  requires,
  finish: correlation,
};
