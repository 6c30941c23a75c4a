/** Variances, covariances and correlations from exact sums: exact rationals, rounded once. */

import { isFloat } from '../expr/typed.js';
import { type AggregateArg, numberOf, type Requirement, type States } from './aggregate.js';
import { type Dyadic, dyadic, nearest, nearestRoot, negated, plus, times } from './dyadic.js';
import { denominatorOf, exactSum } from './exact.js';
import { exactTotal } from './exact-floats.js';
import { sumKind } from './sum.js';

const SQUARE: Requirement = { kind: 'exactProduct', param: [0, 0] };
const PRODUCT: Requirement = { kind: 'exactProduct', param: [0, 1] };
const SUMS: readonly Requirement[] = [
  { kind: 'valid' },
  { kind: 'exactSum', param: 0 },
  { kind: 'exactSum', param: 1 },
  PRODUCT,
];

/** Of one number. */
export const exactMoments = (arg: AggregateArg): readonly Requirement[] => [
  { kind: 'valid' },
  { kind: sumKind(arg) },
  SQUARE,
];
/** Of two numbers: for a covariance, and for a correlation. */
export const exactCoMoments = SUMS;
export const exactCorrelation: readonly Requirement[] = [...SUMS, SQUARE, { kind: 'exactProduct', param: [1, 1] }];

const isDyadic = (total: Dyadic | number): total is Dyadic => typeof total !== 'number';

/** n Σxy - Σx Σy: n times the sum of the products of deviations. */
const deviations = (n: number, xy: Dyadic, x: Dyadic, y: Dyadic): Dyadic =>
  plus(times(dyadic(n), xy), negated(times(x, y)));

/** The variance, or its root; NaN where a value is infinite or NaN, infinite where doubles do not reach. @param lost degrees of freedom, fewer than values */
export function exactVariance(states: States, arg: AggregateArg, lost: 0 | 1, root: boolean): number {
  const n = numberOf(states, 'valid');
  const sum = isFloat(arg.type) ? exactTotal(states, 'exactSum') : { m: exactSum(states, 'sumWhole'), e: 0 };
  const squares = exactTotal(states, 'exactProduct');
  if (!isDyadic(sum) || !isDyadic(squares)) return Number.NaN;
  const { m, e } = deviations(n, squares, sum, sum);
  const divisor = BigInt(n) * BigInt(n - lost) * denominatorOf(arg.type) ** 2n;
  return root ? nearestRoot(m, divisor, e) : nearest(m, divisor, e);
}

/** NaN where a value is infinite or NaN. @param lost degrees of freedom, fewer than values */
export function exactCovariance(states: States, { exprs }: AggregateArg, lost: 0 | 1): number {
  const n = numberOf(states, 'valid');
  const [x, y, xy] = [
    exactTotal(states, 'exactSum'),
    exactTotal(states, 'exactSum', 1),
    exactTotal(states, 'exactProduct'),
  ];
  if (!isDyadic(x) || !isDyadic(y) || !isDyadic(xy)) return Number.NaN;
  const { m, e } = deviations(n, xy, x, y);
  const scale = exprs.reduce((product, { type }) => product * denominatorOf(type), 1n);
  return nearest(m, BigInt(n) * BigInt(n - lost) * scale, e);
}

/** NaN where a number does not vary; undefined where a value is infinite or NaN. */
export function exactCorrelationOf(states: States): number | undefined {
  const n = numberOf(states, 'valid');
  const [x, y] = [exactTotal(states, 'exactSum'), exactTotal(states, 'exactSum', 1)];
  const [xy, xx, yy] = [0, 1, 2].map((nth) => exactTotal(states, 'exactProduct', nth));
  if (!isDyadic(x) || !isDyadic(y)) return undefined;
  const both = deviations(n, xy as Dyadic, x, y);
  const product = times(deviations(n, xx as Dyadic, x, x), deviations(n, yy as Dyadic, y, y));
  if (product.m === 0n) return Number.NaN;
  const root = nearestRoot(both.m * both.m, product.m, 2 * both.e - product.e);
  return both.m < 0n ? -root : root;
}
