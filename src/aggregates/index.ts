/** What the rooms above take from here. */

export type { Aggregate, AggregateArg, BoundCustom, StateField, StateKind, StateSpec, States } from './aggregate.js';
export { quantileOfRanks, quantileRanks } from './quantiles.js';
export { AGGREGATES } from './registry.js';
export {
  type Bin,
  type CollectedValue,
  collectedValue,
  isListType,
  type ListType,
  plainResult,
  type ResultType,
  type ResultValue,
} from './result-type.js';
export {
  AggregateTable,
  aggregatesUseLibm,
  type BoundAggregate,
  exprsOf,
  type FoldArg,
  type ReadState,
  type StatePlace,
} from './table.js';
