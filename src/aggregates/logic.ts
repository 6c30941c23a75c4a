import { type Aggregate, numberOf } from './aggregate.js';

/** Bools are 0 and 1: one of them is true where the greatest is, all are where the least is. */
function quantor(name: 'any' | 'all', kind: 'maxNumber' | 'minNumber'): Aggregate {
  return {
    name,
    takes: (type) => type === 'bool' || type === 'null',
    accepts: 'conditions',
    resultType: () => 'bool',
    requires: () => ['valid', kind],
    finish: (states) => (numberOf(states, 'valid') === 0 ? null : numberOf(states, kind)),
  };
}

export const any = quantor('any', 'maxNumber');
export const all = quantor('all', 'minNumber');
