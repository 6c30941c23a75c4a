/** Keys that hold something else than what was asked for. */

import { isUtf8 } from 'node:buffer';
import { ShardfoldError } from '../../errors.js';

const MOST_SHOWN = 120;

/** A key as messages show it: `"order:1"`, bytes that are no text as `"\xff"`. */
export function showKey(key: Buffer): string {
  const cut = key.length > MOST_SHOWN ? key.subarray(0, MOST_SHOWN) : key;
  const text = isUtf8(key)
    ? JSON.stringify(cut.toString())
    : `"${cut.toString('latin1').replace(/[^ -~]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`;
  return cut === key ? text : `${text}…`;
}

/** @param wanted what was asked for, e.g. `set` @param kind as the command TYPE says it @returns TYPE_MISMATCH */
export function wrongType(key: Buffer, wanted: string, kind: string): ShardfoldError {
  return new ShardfoldError('TYPE_MISMATCH', `key ${showKey(key)} is no ${wanted}, but a ${kind}`, {
    hint: 'name other keys, or a pattern that these keys alone match',
  });
}
