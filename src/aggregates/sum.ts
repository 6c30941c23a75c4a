import { isDecimal, isFloat, isInteger, type ValueType } from '../expr/typed.js';
import { type Aggregate, type AggregateArg, numberOf, type StateKind, type States } from './aggregate.js';
import { checkedInteger, exactSum } from './exact.js';
import { exactQuotient } from './exact-floats.js';

/** Types that add up: numbers, and bool as 0 and 1. */
export const isSummable = (type: ValueType): boolean =>
  isFloat(type) || isInteger(type) || isDecimal(type) || type === 'bool' || type === 'null';

/** A compensated sum's value. The compensation of an infinite or NaN sum means nothing. */
export function compensated(states: States): number {
  const [sum, compensation] = states('sumFloat') as [number, number];
  return Number.isFinite(sum) ? sum + compensation : sum;
}

/** The state of a plain sum. */
export const sumKind = ({ type, exact }: AggregateArg): Exclude<StateKind, 'rows'> =>
  isFloat(type) ? (exact ? 'exactSum' : 'sumFloat') : 'sumWhole';

/** Sum of the non-null values: int64 of integers and bools, decimal of decimals, float64 of floats. */
export const sum: Aggregate = {
  name: 'sum',
  takes: isSummable,
  accepts: 'numbers, decimals and bools',
  resultType: (type) => (isFloat(type) ? 'float64' : isDecimal(type) ? type : 'int64'),
  requires: (arg) => ['valid', sumKind(arg)],
  finish: (states, { type, exact }) => {
    if (numberOf(states, 'valid') === 0) return null;
    if (!isFloat(type)) return checkedInteger(exactSum(states, 'sumWhole'), 'the sum');
    return exact ? exactQuotient(states, 1) : compensated(states);
  },
};
