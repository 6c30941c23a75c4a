/** What sources of keys are declared by, and the rows that the compiler knows of them. */

import type { KeyType } from '../plan/keys/key-types.js';
import type { ColumnType } from '../storage/types.js';
import type { Hidden, Simplify } from './infer.js';
import type { ValueOfType } from './schema.js';

export type { KeyType } from '../plan/keys/key-types.js';
export type { PackedType } from '../plan/keys/source.js';

/** A field of the column's own name, or another one. */
export type HashColumn = KeyType | { readonly field: string; readonly type: KeyType };

/** Columns of hashes by their names: `{ price: 'float64', net: { field: 'Net Price', type: 'decimal(2)' } }`. */
export type HashSchema = Readonly<Record<string, HashColumn>>;

/** A member of the column's own name, or a path: `'lines[0].price'`, `['lines', 0, 'price']`. */
export type JsonColumn = KeyType | { readonly path: string | readonly (string | number)[]; readonly type: KeyType };

/** Columns of JSON texts by their names: `{ city: 'utf8', price: { path: 'lines[0].price', type: 'float64' } }`. */
export type JsonSchema = Readonly<Record<string, JsonColumn>>;

export interface KeyOptions {
  /**
   * Whether a value that cannot be read as its column's type is an error (UNPARSABLE_VALUE, naming key and column). By default it
   * is null, and counted in the receipt.
   */
  readonly strict?: boolean;
}

/** The value of a column that is read from keys, as rows hold it. */
export type ValueOfKeyType<T> = T extends `timestamp(${string})` ? Date : T extends ColumnType ? ValueOfType<T> : never;

type TypeOf<Declared> = Declared extends { readonly type: infer T } ? T : Declared;

/** What can be asked for by name of every key. */
export interface KeyFacts {
  /** As CLUSTER KEYSLOT says; null on a server without cluster mode, whose keys lie in no slots. */
  readonly slot: number | null;
  /** The address of the primary that holds the key. */
  readonly shard: string;
  /** Whole seconds that are left, null for a key that does not expire. */
  readonly ttl: number | null;
  readonly type: string;
  /** Bytes, by MEMORY USAGE. */
  readonly memory: number;
}

type WithFacts<Row> = Simplify<Row> & Hidden<Omit<KeyFacts, keyof Row>>;

/** Fields may be missing, or hold what is no value of their type: null. */
export type FieldsRow<D> = WithFacts<
  { key: string } & { -readonly [K in keyof D]: ValueOfKeyType<TypeOf<D[K]>> | null }
>;

export type StringRow<T> = WithFacts<{ key: string; value: ValueOfKeyType<T> | null }>;
export type ElementRow<T> = WithFacts<{ key: string; index: number; value: ValueOfKeyType<T> | null }>;
export type NumberRow = WithFacts<{ key: string; index: number; value: number | null }>;
export type ScoreRow = WithFacts<{ key: string; member: string; score: number }>;
export type MemberRow = WithFacts<{ key: string; member: string }>;
export type KeyRow = WithFacts<{
  key: string;
  type: string;
  ttl: number | null;
  slot: number | null;
  shard: string;
}>;
