/** Checks of what aggregates are told besides their arguments, with errors that name the option. */

import { ShardfoldError, showValue } from '../errors.js';
import type { AggregateOptions } from '../expr/nodes.js';

export function invalid(message: string, hint: string): ShardfoldError {
  return new ShardfoldError('INVALID_ARGUMENT', message, { hint });
}

/** @throws INVALID_ARGUMENT unless the option is a number of the range, ends included */
export function checkNumber(options: AggregateOptions, name: string, [least, most]: readonly [number, number]): void {
  const value = options[name];
  if (typeof value === 'number' && value >= least && value <= most) return;
  throw invalid(`${name} is ${showValue(value)}`, `a number from ${least} to ${most}`);
}

/** @throws INVALID_ARGUMENT unless the option is a whole number from 1 */
export function checkCount(options: AggregateOptions, name: string, most: number): void {
  const value = options[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return;
  throw invalid(`${name} is ${showValue(value)}`, `a whole number from 1 to ${most}`);
}
