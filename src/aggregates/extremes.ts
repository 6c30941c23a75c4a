import { isFloat, type ValueType } from '../expr/typed.js';
import type { ColumnType } from '../storage/types.js';
import { type Aggregate, type AggregateArg, numberOf, type States } from './aggregate.js';

const resultType = (type: ValueType): ColumnType => (type === 'null' ? 'int32' : type);

function requires(end: 'min' | 'max') {
  return ({ type }: AggregateArg) => {
    if (type === 'utf8') return ['valid', `${end}String`] as const;
    return isFloat(type) ? (['valid', 'nans', `${end}Number`] as const) : (['valid', `${end}Number`] as const);
  };
}

const nans = (states: States, type: ValueType): number => (isFloat(type) ? numberOf(states, 'nans') : 0);

/** Least value; NaN is the greatest of all numbers, so it comes out only where there is nothing else. */
export const min: Aggregate = {
  name: 'min',
  takes: () => true,
  accepts: 'values of any type',
  resultType,
  requires: requires('min'),
  finish: (states, { type }) => {
    const n = numberOf(states, 'valid');
    if (n === 0) return null;
    if (type === 'utf8') return states('minString')[0] as string;
    return nans(states, type) === n ? Number.NaN : numberOf(states, 'minNumber');
  },
};

/** Greatest value; NaN where there is one. */
export const max: Aggregate = {
  name: 'max',
  takes: () => true,
  accepts: 'values of any type',
  resultType,
  requires: requires('max'),
  finish: (states, { type }) => {
    if (numberOf(states, 'valid') === 0) return null;
    if (type === 'utf8') return states('maxString')[0] as string;
    return nans(states, type) > 0 ? Number.NaN : numberOf(states, 'maxNumber');
  },
};
