import { isFloat } from '../expr/typed.js';
import { type Aggregate, numberOf } from './aggregate.js';
import { denominatorOf, exactSum, quotient } from './exact.js';
import { exactQuotient } from './exact-floats.js';
import { compensated, isSummable, sumKind } from './sum.js';

/** Sum divided by count; exactly rounded once for whole numbers, and for floats without an order. */
export const mean: Aggregate = {
  name: 'mean',
  takes: isSummable,
  accepts: 'numbers, decimals and bools',
  resultType: () => 'float64',
  requires: (arg) => ['valid', sumKind(arg)],
  finish: (states, { type, exact }) => {
    const n = numberOf(states, 'valid');
    if (n === 0) return null;
    if (!isFloat(type)) return quotient(exactSum(states, 'sumWhole'), BigInt(n) * denominatorOf(type));
    return exact ? exactQuotient(states, n) : compensated(states) / n;
  },
};
