/** Keys that hold something else than what was asked for. */

import { ShardfoldError } from '../../errors.js';
import { printableKey } from './printable.js';

/** A key as messages show it: `"order:1"`. */
export const showKey = (key: Buffer): string => `"${printableKey(key)}"`;

/** @param wanted what was asked for, e.g. `set` @param kind as the command TYPE says it @returns TYPE_MISMATCH */
export function wrongType(key: Buffer, wanted: string, kind: string): ShardfoldError {
  return new ShardfoldError('TYPE_MISMATCH', `key ${showKey(key)} is no ${wanted}, but a ${kind}`, {
    hint: 'name other keys, or a pattern that these keys alone match',
  });
}
