/** Physical values of a result as an app sees them. */

import {
  type CollectedValue,
  collectedValue,
  isListType,
  plainResult,
  type ResultType,
  type ResultValue,
} from '../../aggregates/index.js';
import type { Physical } from '../../expr/typed.js';
import type { Output } from '../../plan/relation.js';
import { fromPhysical, type LogicalValue } from '../../storage/schema.js';
import type { ColumnType } from '../../storage/types.js';

// Most texts are ASCII, and are themselves then.
const BEYOND_ASCII = /[\x80-\xff]/;

/** A string of UTF-8 bytes, one char a byte, as text. */
export function textOf(bytes: string): string {
  return BEYOND_ASCII.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}

/** As in `collect()`: times and dates as Date (UTC), decimals as exact strings. */
export function logicalOf(type: ColumnType, value: Physical): LogicalValue | null {
  if (value === null) return null;
  return fromPhysical(type, typeof value === 'string' ? textOf(value) : value);
}

/** As `logicalOf`, lists as arrays. */
export function collectedOf(type: ResultType, value: ResultValue): CollectedValue {
  return isListType(type) ? collectedValue(type, value) : logicalOf(type, value as Physical);
}

/** A column that holds no lists. */
export interface PlainOutput {
  readonly name: string;
  readonly type: ColumnType;
}

/** @throws TYPE_MISMATCH for a column of lists, which this form of a result cannot hold */
export function plainOutputs(outputs: readonly Output[]): readonly PlainOutput[] {
  return outputs.map(({ name, type }) => ({ name, type: plainResult(type, `column "${name}"`) }));
}
