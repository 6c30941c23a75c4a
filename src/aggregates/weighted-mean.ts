import { type Aggregate, type AggregateArg, numberOf, type States } from './aggregate.js';
import { nearest } from './dyadic.js';
import { denominatorOf } from './exact.js';
import { type ExactTotal, exactTotal } from './exact-floats.js';
import { asFloat, numbersOnly, product } from './numbers.js';
import { compensated } from './sum.js';

/** sum(x * w) / sum(w) over the rows where neither is null; NaN or infinite where the weights come to 0. Exact without an order of rows. */
export const weightedMean: Aggregate = {
  name: 'weightedMean',
  ...numbersOnly,
  more: [numbersOnly],
  resultType: () => 'float64',
  requires: ({ exprs: [x, w], exact }) => {
    if (x === undefined || w === undefined) return [];
    if (exact) return ['valid', { kind: 'exactProduct', param: [0, 1] }, { kind: 'exactSum', param: 1 }];
    const weighted = [product(x, w)];
    return [
      { kind: 'valid', exprs: weighted },
      { kind: 'sumFloat', exprs: weighted },
      { kind: 'sumFloat', exprs: [asFloat(w)], and: { kind: 'isNull', type: 'bool', arg: x, negated: true } },
    ];
  },
  finish: (states, arg) => {
    if (numberOf(states, 'valid') === 0) return null;
    return arg.exact ? exactly(states, arg) : compensated(states) / compensated((kind) => states(kind, 1));
  },
};

function exactly(states: States, { type }: AggregateArg): number {
  const [weighted, weights] = [exactTotal(states, 'exactProduct'), exactTotal(states, 'exactSum')];
  if (typeof weighted === 'number' || typeof weights === 'number' || weights.m === 0n) {
    return plain(weighted) / plain(weights);
  }
  // Powers of ten of decimal weights cancel, those of the values remain.
  const [m, divisor] = weights.m < 0n ? [-weighted.m, -weights.m] : [weighted.m, weights.m];
  return nearest(m, divisor * denominatorOf(type), weighted.e - weights.e);
}

/** As far as it matters where a quotient is infinite or NaN: a number of the same sign. */
const plain = (total: ExactTotal): number => (typeof total === 'number' ? total : nearest(total.m, 1n, total.e));
