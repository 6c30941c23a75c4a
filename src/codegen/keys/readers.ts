/** How the columns of keys are read, as Lua around the code of a row. */

import type { KeyKind, KeySource } from '../../plan/keys/source.js';
import type { KernelColumn } from '../shape.js';
import type { ReadColumn } from './attributes.js';
import { COLUMN_TABLES, hasLocals } from './column-locals.js';
import { readHashes } from './read-hashes.js';
import { readJson } from './read-json.js';
import { readMembers } from './read-members.js';
import { readPacked } from './read-packed.js';
import { readScores } from './read-scores.js';
import { readAny, readStrings } from './read-strings.js';
import { type ReaderContext, ReaderParts, type Wrap } from './reader-parts.js';

export interface KeyReader {
  /** Lua before the loop: helper functions, and text of the user's bound from the arguments. */
  readonly setup: readonly string[];
  /** Arguments of the reader's own. */
  readonly args: readonly (string | Buffer)[];
  /**
   * Lua for one `key`, around the code of its row or rows. It sets the variables of COLUMN_NAMES
   * (column-locals.ts) and counts in matched, rows_read, other_type, unparsable and `large`; a key that has gone counts nowhere.
   */
  wrap(row: string): string;
}

const KINDS: Readonly<Record<KeyKind, (context: ReaderContext) => Wrap>> = {
  keys: readAny,
  hashes: readHashes,
  strings: readStrings,
  json: readJson,
  packed: readPacked,
  zset: readScores,
  list: readMembers,
  set: readMembers,
};

export interface ReaderOptions extends Pick<ReaderContext, 'scores' | 'mustRead'> {
  /** Of its arguments: Lua for the k-th, from 0 on. */
  arg(k: number): string;
}

/** @param columns those that are read; their `index` is the place among the source's columns, f64 or (text) plain their encoding */
export function keyReader(
  source: KeySource,
  columns: readonly KernelColumn[],
  { arg, ...how }: ReaderOptions,
): KeyReader {
  const parts = new ReaderParts();
  const read = columns.map((column): ReadColumn => {
    const from = source.columns[column.index]?.from;
    if (from === undefined) throw new RangeError(`keys have no column ${column.index}`);
    return { column, from };
  });
  if (!columns.every(hasLocals)) parts.use([COLUMN_TABLES]);
  const wrap = KINDS[source.kind]({ source, columns: read, parts, ...how });
  return { setup: parts.setup(arg), args: parts.args, wrap };
}
