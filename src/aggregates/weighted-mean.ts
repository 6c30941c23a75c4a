import { type Aggregate, numberOf } from './aggregate.js';
import { asFloat, numbersOnly, product } from './numbers.js';
import { compensated } from './sum.js';

/** sum(x * w) / sum(w) over the rows where neither is null; NaN or infinite where the weights come to 0. */
export const weightedMean: Aggregate = {
  name: 'weightedMean',
  ...numbersOnly,
  more: [numbersOnly],
  resultType: () => 'float64',
  requires: ({ exprs: [x, w] }) => {
    if (x === undefined || w === undefined) return [];
    const weighted = [product(x, w)];
    return [
      { kind: 'valid', exprs: weighted },
      { kind: 'sumFloat', exprs: weighted },
      { kind: 'sumFloat', exprs: [asFloat(w)], and: { kind: 'isNull', type: 'bool', arg: x, negated: true } },
    ];
  },
  finish: (states) =>
    numberOf(states, 'valid') === 0 ? null : compensated(states) / compensated((kind) => states(kind, 1)),
};
