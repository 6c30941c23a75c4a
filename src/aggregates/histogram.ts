import { showValue } from '../errors.js';
import type { AggregateOptions } from '../expr/nodes.js';
import { type Aggregate, type AggregateArg, mapOf, numberOf, type Requirement } from './aggregate.js';
import { asFloat, numbersOnly } from './numbers.js';
import { checkCount, invalid } from './options.js';
import type { Bin } from './result-type.js';

const MAX_BINS = 10_000;

/** Ascending, all finite. @throws INVALID_ARGUMENT */
function check(options: AggregateOptions): void {
  const { edges, bins } = options;
  if (edges === undefined && bins === undefined) {
    throw invalid(
      'histogram is told neither bins nor edges',
      '{ bins: 3 } cuts it evenly, { edges: [0, 10, 100] } there',
    );
  }
  if (edges === undefined) {
    checkCount(options, 'bins', MAX_BINS);
    return;
  }
  if (bins !== undefined) throw invalid('histogram takes bins or edges, not both', 'leave one of them out');
  const list = Array.isArray(edges) ? (edges as readonly unknown[]) : [];
  const wrong = list.findIndex((edge, i) => !Number.isFinite(edge) || (i > 0 && Number(list[i - 1]) >= Number(edge)));
  if (wrong >= 0) throw invalid(`edge ${wrong} is ${showValue(list[wrong])}`, 'edges are finite numbers, ascending');
  if (list.length < 2 || list.length > MAX_BINS + 1) {
    throw invalid(`edges is ${showValue(edges)}`, `an array of 2 to ${MAX_BINS + 1} ascending numbers`);
  }
}

function requires({ exprs, options }: AggregateArg): readonly Requirement[] {
  const floats = exprs.map(asFloat);
  const edges = options.edges as readonly number[] | undefined;
  return edges === undefined
    ? [{ kind: 'values', exprs: floats }]
    : [
        { kind: 'valid', exprs: floats },
        { kind: 'bins', exprs: floats, param: edges },
      ];
}

/** Bins of equal width between the least and the greatest finite value; half a unit around a single one. */
export function equalBins(counts: ReadonlyMap<number | string, number>, bins: number): readonly Bin[] | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of counts.keys() as Iterable<number>) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return null;
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const edges = Array.from({ length: bins + 1 }, (_, i) => {
    if (i === bins) return high;
    return low * (1 - i / bins) + high * (i / bins);
  });
  const totals = new Array<number>(bins).fill(0);
  for (const [value, count] of counts as ReadonlyMap<number, number>) {
    const bin = binOf(edges, value);
    if (bin > 0) totals[bin - 1] = (totals[bin - 1] as number) + count;
  }
  return binsOf(edges, (bin) => totals[bin - 1] as number);
}

/** The bin of a value among ascending edges, from 1; 0 outside of them and for NaN. The Lua runtime has the same. */
export function binOf(edges: readonly number[], value: number): number {
  const last = edges.length - 1;
  if (!(value >= (edges[0] as number) && value <= (edges[last] as number))) return 0;
  let [low, high] = [1, last];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (value <= (edges[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function binsOf(edges: readonly number[], count: (bin: number) => number): readonly Bin[] {
  return edges.slice(1).map((high, i) => ({ low: edges[i] as number, high, count: count(i + 1) }));
}

/** @throws INVALID_ARGUMENT for bins or edges that are none */
export const histogram: Aggregate = {
  name: 'histogram',
  ...numbersOnly,
  options: ['bins', 'edges'],
  check,
  resultType: () => 'list(bin)',
  requires,
  finish: (states, { options }) => {
    const edges = options.edges as readonly number[] | undefined;
    if (edges === undefined) return equalBins(mapOf(states, 'values'), options.bins as number);
    const counts = mapOf(states, 'bins');
    return numberOf(states, 'valid') === 0 ? null : binsOf(edges, (bin) => counts.get(bin) ?? 0);
  },
};
