/** Options that do not exist are refused: a slip would be ignored in silence. */

import { ShardfoldError } from '../errors.js';
import { closest } from '../suggest.js';

/** @throws INVALID_ARGUMENT naming the first option that is none, and the one that was probably meant */
export function checkOptions(options: object, names: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const near = closest(name, names);
    const advice = near === undefined ? '' : `; did you mean ${near}?`;
    throw new ShardfoldError('INVALID_ARGUMENT', `there is no option ${name}${advice}`, {
      hint: `the options are ${names.join(', ')}`,
    });
  }
}
