/** What aggregates come to: a value of a column type, or a list, which can be collected and nothing else. */

import { ShardfoldError } from '../errors.js';
import type { Physical } from '../expr/typed.js';
import { fromPhysical, type LogicalValue } from '../storage/schema.js';
import type { ColumnType } from '../storage/types.js';

/** A bin of a histogram: the number of values with low < value <= high (in the first bin also those that are `low`). */
export interface Bin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Results only: columns cannot hold lists. `list(bin)` is what `histogram` gives. */
export type ListType = `list(${ColumnType})` | 'list(bin)';
export type ResultType = ColumnType | ListType;
export type ResultList = readonly Physical[] | readonly Bin[];
export type ResultValue = Physical | ResultList;

/** A collected value: lists as arrays. */
export type CollectedValue = LogicalValue | null | readonly (LogicalValue | null)[] | readonly Bin[];

export const isListType = (type: string): type is ListType => type.startsWith('list(');

/** A physical result as users get it; strings come as bytes, one char each. */
export function collectedValue(type: ResultType, value: ResultValue): CollectedValue {
  if (value === null) return null;
  if (!isListType(type)) return logical(type, value as Physical);
  if (type === 'list(bin)') return value as readonly Bin[];
  const item = type.slice('list('.length, -1) as ColumnType;
  return (value as readonly Physical[]).map((each) => logical(item, each));
}

function logical(type: ColumnType, value: Physical): LogicalValue | null {
  if (value === null) return null;
  return fromPhysical(type, typeof value === 'string' ? Buffer.from(value, 'latin1').toString('utf8') : value);
}

/** @throws TYPE_MISMATCH where a list would go on as a value: in an expression, a sort, a join */
export function plainResult(type: ResultType, what: string): ColumnType {
  if (!isListType(type)) return type;
  throw new ShardfoldError('TYPE_MISMATCH', `${what} is ${type}, and a list can only be collected`, {
    hint: 'collect it as it is, and go on with the array',
  });
}
