import { isFloat } from '../expr/typed.js';
import { type Aggregate, numberOf } from './aggregate.js';
import { denominatorOf, exactSum, quotient } from './exact.js';
import { compensated, isSummable } from './sum.js';

/** Sum divided by count; exactly rounded once for whole numbers. */
export const mean: Aggregate = {
  name: 'mean',
  takes: isSummable,
  accepts: 'numbers, decimals and bools',
  resultType: () => 'float64',
  requires: ({ type }) => ['valid', isFloat(type) ? 'sumFloat' : 'sumWhole'],
  finish: (states, { type }) => {
    const n = numberOf(states, 'valid');
    if (n === 0) return null;
    return isFloat(type)
      ? compensated(states) / n
      : quotient(exactSum(states, 'sumWhole'), BigInt(n) * denominatorOf(type));
  },
};
