import { ShardfoldError } from '../errors.js';
import { type Aggregate, type AggregateArg, numberOf, type Requirement, type States } from './aggregate.js';
import { exactCoMoments, exactCorrelation, exactCorrelationOf, exactCovariance } from './exact-moments.js';
import { asFloat, numbers } from './numbers.js';

/**
 * One state for all three, of deviations from pivots, merged by the formula of Chan, Golub & LeVeque (1983); of rows without an
 * order exact sums, and one rounding.
 */
const requires =
  (exactly: readonly Requirement[]) =>
  ({ exprs, exact }: AggregateArg): readonly Requirement[] =>
    exact ? exactly : [{ kind: 'coMoments', exprs: exprs.map(asFloat) }];

const countOf = (states: States, exact: boolean): number =>
  exact ? numberOf(states, 'valid') : numberOf(states, 'coMoments', N);

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
    requires: requires(exactCoMoments),
    finish: (states, arg) => {
      const { exact = false } = arg;
      const n = countOf(states, exact);
      if (n <= lost) return null;
      return exact ? exactCovariance(states, arg, lost) : numberOf(states, 'coMoments', XY) / (n - lost);
    },
  };
}

export const covar = family('covar', 1);
export const covarPop = family('covarPop', 0);

function correlation(states: States, { exact = false }: AggregateArg): number | null {
  const n = countOf(states, exact);
  if (n === 0) return null;
  if (n === 1) return Number.NaN;
  const value = exact ? exactCorrelationOf(states) : fromDeviations(states);
  if (value !== undefined) return value;
  throw new ShardfoldError(
    'OUT_OF_RANGE',
    'the correlation is out of range: a value is infinite, NaN, or too large to square',
    { hint: 'filter such values out first, or divide the column by a constant' },
  );
}

/** Undefined where a sum of squares is not finite. */
function fromDeviations(states: States): number | undefined {
  const [xx, xy, yy] = [XX, XY, YY].map((field) => numberOf(states, 'coMoments', field)) as [number, number, number];
  if (!Number.isFinite(xx) || !Number.isFinite(yy)) return undefined;
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
  requires: requires(exactCorrelation),
  finish: correlation,
};
