/** Types of columns as a text names them: ours, PostgreSQL's, and times written as numbers. */

import { ShardfoldError } from '../../errors.js';
import { parseKeyType, type ReadAs } from '../../plan/keys/key-types.js';
import { TYPES } from '../types.js';

/** Names that PostgreSQL's parser puts others in the place of, in a statement. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(double\s+precision|float)$/, 'float64'],
  [/^real$/, 'float32'],
  [/^character\s+varying(\s*\(.*\))?$|^varchar\s*\(.*\)$/, 'utf8'],
  [/^timestamp\s+without\s+time\s+zone$/, 'timestamp'],
];

/** @throws INVALID_ARGUMENT */
export function readType(text: string): ReadAs {
  const name = text.trim().toLowerCase();
  const numeric = /^(numeric|decimal)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?$/.exec(name);
  if (numeric !== null) {
    const [, word, first, second] = numeric;
    // decimal(2) is our own: two places. PostgreSQL's numeric(2) has none, and is hardly ever meant.
    const places = second ?? (word === 'decimal' ? first : undefined);
    if (places !== undefined) return parseKeyType(`decimal(${places})`);
    const hint = 'say how many places it has, 0 to 15: decimal(2), or numeric(18, 2)';
    throw new ShardfoldError('INVALID_ARGUMENT', `"${text.trim()}" does not say how many places it has`, { hint });
  }
  const [, words] = WORDS.find(([pattern]) => pattern.test(name)) ?? [];
  return parseKeyType(words ?? (Object.hasOwn(TYPES, name) ? (TYPES[name] as string) : text));
}
