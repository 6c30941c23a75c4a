import { isDecimal, isFloat, isInteger, type ValueType } from '../expr/typed.js';
import { type Aggregate, numberOf, type States } from './aggregate.js';
import { checkedInteger, exactSum } from './exact.js';

/** Types that add up: numbers, and bool as 0 and 1. */
export const isSummable = (type: ValueType): boolean =>
  isFloat(type) || isInteger(type) || isDecimal(type) || type === 'bool' || type === 'null';

/** A compensated sum's value. The compensation of an infinite or NaN sum means nothing. */
export function compensated(states: States): number {
  const [sum, compensation] = states('sumFloat') as [number, number];
  return Number.isFinite(sum) ? sum + compensation : sum;
}

/** Sum of the non-null values: int64 of integers and bools, decimal of decimals, float64 of floats. */
export const sum: Aggregate = {
  name: 'sum',
  takes: isSummable,
  accepts: 'numbers, decimals and bools',
  resultType: (type) => (isFloat(type) ? 'float64' : isDecimal(type) ? type : 'int64'),
  requires: ({ type }) => ['valid', isFloat(type) ? 'sumFloat' : 'sumWhole'],
  finish: (states, { type }) => {
    if (numberOf(states, 'valid') === 0) return null;
    return isFloat(type) ? compensated(states) : checkedInteger(exactSum(states, 'sumWhole'), 'the sum');
  },
};
