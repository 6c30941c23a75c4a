import { isDecimal, isInteger, type Physical, type ValueType } from '../expr/typed.js';
import type { ColumnType } from '../storage/types.js';
import { type Aggregate, mapOf } from './aggregate.js';
import { checkNumber } from './options.js';
import { sortedValues, valueAt } from './value-counts.js';

const DAY_MS = 86_400_000;

/** Numbers and times are interpolated; of the others one that there is is taken. */
function resultType(type: ValueType): ColumnType {
  if (type === 'null' || isInteger(type)) return 'float64';
  return type === 'date' ? 'timestamp' : type;
}

const isDiscrete = (type: ValueType): boolean => type === 'utf8' || type === 'bool';

/** Between two neighbours, as DuckDB does: float64 by weights, others by a part of the difference, rounded to their type. */
function interpolate(type: ValueType, low: number, high: number, part: number): number {
  if (type === 'timestamp' || type === 'date') {
    const unit = type === 'date' ? DAY_MS : 1;
    if (part === 0 || low === high) return low * unit;
    // To the nearest microsecond there, milliseconds here.
    const micros = high * unit * 1000 * part + low * unit * 1000 * (1 - part);
    const whole = BigInt(Math.sign(micros) * Math.floor(Math.abs(micros) + 0.5));
    return Number((whole - (((whole % 1000n) + 1000n) % 1000n)) / 1000n);
  }
  if (part === 0) return low;
  if (isDecimal(type)) return low + Math.trunc((high - low) * part);
  if (type === 'float32') return Math.fround(low + Math.fround(Math.fround(high - low) * part));
  return low * (1 - part) + high * part;
}

/** The ranks, from 0, of the values that a quantile of n values (at least one) is made of. */
export function quantileRanks(type: ValueType, n: number, q: number): readonly number[] {
  if (isDiscrete(type)) return [Math.max(1, n - Math.floor(n - n * q)) - 1];
  const rank = (n - 1) * q;
  return [Math.floor(rank), Math.ceil(rank)];
}

/** @param at the values at the ranks of `quantileRanks` */
export function quantileOfRanks(type: ValueType, n: number, q: number, at: readonly (number | string)[]): Physical {
  const [low, high] = at;
  if (isDiscrete(type)) return low as Physical;
  const rank = (n - 1) * q;
  return interpolate(type, low as number, high as number, rank - Math.floor(rank));
}

/** The quantile of counted values; null of none. */
export function quantileOf(counts: ReadonlyMap<number | string, number>, type: ValueType, q: number): Physical {
  const values = sortedValues(counts);
  const { total } = values;
  if (total === 0) return null;
  const at = quantileRanks(type, total, q).map((rank) => valueAt(values, rank));
  return quantileOfRanks(type, total, q, at);
}

const any = { takes: () => true, accepts: 'values of any type' };

export const median: Aggregate = {
  name: 'median',
  ...any,
  resultType,
  requires: () => ['values'],
  finish: (states, { type }) => quantileOf(mapOf(states, 'values'), type, 0.5),
};

export const quantile: Aggregate = {
  name: 'quantile',
  ...any,
  options: ['q'],
  check: (options) => checkNumber(options, 'q', [0, 1]),
  resultType,
  requires: () => ['values'],
  finish: (states, { type, options }) => quantileOf(mapOf(states, 'values'), type, options.q as number),
};
