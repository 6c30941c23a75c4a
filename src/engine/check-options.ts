/** Options are checked before anything is sent: a slip would be ignored in silence, or found when half of the work is done. */

import { ShardfoldError, showValue } from '../errors.js';
import { closest } from '../suggest.js';

const FUNCTIONS = ['onProgress', 'onReceipt'];

/**
 * @param names of all options; without them any name will do
 * @throws INVALID_ARGUMENT for what holds no options, for the first option that is none, naming the one that was probably meant, and
 *   for functions and signals that are something else
 */
export function checkOptions(options: unknown, names?: readonly string[]): asserts options is object {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw invalid(
      `the options are ${showValue(options)}`,
      names ? `an object with some of ${names.join(', ')}` : 'an object: { timeout: 5000 }',
    );
  for (const [name, value] of Object.entries(options)) {
    if (names && !names.includes(name)) {
      const near = closest(name, names);
      throw invalid(
        `there is no option ${name}${near === undefined ? '' : `; did you mean ${near}?`}`,
        `the options are ${names.join(', ')}`,
      );
    }
    if (value === undefined) continue;
    if (FUNCTIONS.includes(name) && typeof value !== 'function')
      throw invalid(`${name} is ${showValue(value)}`, 'a function that is called with what it is to be told');
    if (name === 'signal' && value !== null && !isSignal(value))
      throw invalid(`signal is ${showValue(value)}`, 'an AbortSignal: the signal of an AbortController');
  }
}

/** By what is used of it: a signal may be of another realm. */
const isSignal = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value;

const invalid = (message: string, hint: string): ShardfoldError =>
  new ShardfoldError('INVALID_ARGUMENT', message, { hint });
