/** Keys that lie in Redis as rows: which keys, what is read of each, and how that becomes columns. Frozen data. */

import type { ColumnType } from '../../storage/types.js';

/**
 * What keys are read as; keys of another type under the pattern are passed over, and counted. One row a key: `keys` (of any type),
 * `hashes`, `strings`, `json` (strings that hold JSON). Several rows a key: members of a `zset` or `set`, elements of a `list`,
 * numbers of `packed` strings.
 */
export type KeyKind = 'keys' | 'hashes' | 'strings' | 'json' | 'packed' | 'zset' | 'list' | 'set';

/** Numbers of packed strings: little-endian, one after the other. */
export type PackedType = 'float64' | 'float32' | 'int32' | 'uint8' | 'uint16';

/** What a time that is written as a number counts. */
export type TimeUnit = 's' | 'ms';

/** Where the value of a column is taken from. */
export type KeyOrigin =
  /** The name of the key, its slot, the address of the primary that holds it, and the name of its type. */
  | { readonly of: 'key' | 'slot' | 'shard' | 'type' }
  /** Seconds that are left, null for a key that does not expire; bytes by MEMORY USAGE. */
  | { readonly of: 'ttl' | 'memory' }
  /** A field of a hash, the text of a string: null where it is missing, or no text of the column's type. */
  | { readonly of: 'field'; readonly field: string; readonly unit?: TimeUnit }
  | { readonly of: 'value'; readonly unit?: TimeUnit }
  /** A value in JSON: names of members, places in arrays from 0 on. Null where it is missing, null, or of another type. */
  | { readonly of: 'path'; readonly path: readonly (string | number)[]; readonly unit?: TimeUnit }
  /** Of rows within a key: a member of a sorted set or set and its score; an element of a list or packed string, and its place from 0 on. */
  | { readonly of: 'member' | 'score' | 'element' | 'index'; readonly unit?: TimeUnit };

export interface KeyColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly from: KeyOrigin;
}

export interface KeySource {
  readonly kind: KeyKind;
  /** A glob as KEYS and SCAN take it. */
  readonly pattern: string;
  /** Those that a query without `select` gives, then those that can only be asked for by name. */
  readonly columns: readonly KeyColumn[];
  /** How many of the columns come without being named. */
  readonly shown: number;
  /** Of `packed`. */
  readonly packed?: PackedType;
  /** Whether a value that cannot be read as its column's type is an error, instead of null and counted. */
  readonly strict: boolean;
}
