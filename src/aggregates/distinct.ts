import { type Aggregate, mapOf } from './aggregate.js';
import { estimate } from './hyperloglog.js';

const any = { takes: () => true, accepts: 'values of any type' };

export const countDistinct: Aggregate = {
  name: 'countDistinct',
  ...any,
  resultType: () => 'int64',
  requires: () => ['values'],
  finish: (states) => mapOf(states, 'values').size,
};

export const approxCountDistinct: Aggregate = {
  name: 'approxCountDistinct',
  ...any,
  resultType: () => 'int64',
  requires: () => ['registers'],
  finish: (states) => Math.round(estimate(mapOf(states, 'registers'))),
};
