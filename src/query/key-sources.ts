/** The keys that lie in Redis as queries: what a connection offers beside its tables. */

import type { ClusterLink } from '../cluster/types.js';
import type { KeySource, PackedType } from '../plan/keys/source.js';
import {
  hashesSource,
  jsonSource,
  keysSource,
  listSource,
  packedSource,
  setSource,
  stringsSource,
  zsetSource,
} from './keys.js';
import { HashesQuery, KeysQuery } from './keys-query.js';
import type {
  ElementRow,
  FieldsRow,
  HashSchema,
  JsonSchema,
  KeyOptions,
  KeyRow,
  KeyType,
  MemberRow,
  NumberRow,
  ScoreRow,
  StringRow,
} from './keys-types.js';

export abstract class KeySources {
  abstract readonly link: ClusterLink;

  /**
   * The hashes whose names match a glob (as KEYS and SCAN take it), a row each: `key` and the fields that are declared,
   * `sf.hashes('order:*', { price: 'float64', net: { field: 'Net Price', type: 'decimal(2)' } })`. They are read where they lie, as they
   * are when the query runs: every key that is there throughout counts exactly once, also while slots move. Rows have no order.
   *
   * A field that is missing is null; so is one that is no text of its column's type (as DuckDB's TRY_CAST reads it), which
   * `receipt.keys` counts, or with `{ strict: true }` UNPARSABLE_VALUE names. Keys of another type are passed over. Of every source of
   * keys `slot`, `shard`, `ttl` (seconds), `type` and `memory` (bytes) can be asked for by name.
   * @throws INVALID_ARGUMENT here; when it runs SLOTS_UNSETTLED where slots do not settle in time (see `collect({ partial })`)
   */
  hashes<const D extends HashSchema>(pattern: string, schema: D, options?: KeyOptions): HashesQuery<FieldsRow<D>> {
    return new HashesQuery(this.link, { kind: 'keys', source: hashesSource(pattern, schema, options) });
  }

  /** As `hashes`, of strings that hold one value each: `key` and `value`, `sf.strings('counter:*', 'int64')`. */
  strings<const T extends KeyType>(pattern: string, type: T, options?: KeyOptions): KeysQuery<StringRow<T>> {
    return this.#keys(stringsSource(pattern, type, options));
  }

  /**
   * As `hashes`, of strings that hold JSON: `sf.jsonStrings('doc:*', { city: 'utf8', price: { path: 'lines[0].price', type: 'float64' } })`.
   * Numbers are read from JSON numbers, utf8 from strings, bool from true and false, times from texts. A path that leads nowhere is
   * null; a value of another type, or text that is no JSON, is null and counted.
   */
  jsonStrings<const D extends JsonSchema>(pattern: string, schema: D, options?: KeyOptions): KeysQuery<FieldsRow<D>> {
    return this.#keys(jsonSource(pattern, schema, options));
  }

  /** As `hashes`, of strings of packed little-endian numbers, a row a number: `key`, `index` (from 0 on) and `value`. */
  packed(pattern: string, type: PackedType): KeysQuery<NumberRow> {
    return this.#keys(packedSource(pattern, type));
  }

  /** As `hashes`, of sorted sets, a row a member: `key`, `member` and `score`. */
  zset(pattern: string): KeysQuery<ScoreRow> {
    return this.#keys(zsetSource(pattern));
  }

  /** As `hashes`, of lists, a row an element: `key`, `index` (from 0 on) and `value`. */
  list<const T extends KeyType>(pattern: string, type: T, options?: KeyOptions): KeysQuery<ElementRow<T>> {
    return this.#keys(listSource(pattern, type, options));
  }

  /** As `hashes`, of sets, a row a member: `key` and `member`. */
  set(pattern: string): KeysQuery<MemberRow> {
    return this.#keys(setSource(pattern));
  }

  /** Keys of any type, a row each: `key`, `type`, `ttl` (seconds; null for one that does not expire), `slot` and `shard`; `memory` by name. */
  keys(pattern: string): KeysQuery<KeyRow> {
    return this.#keys(keysSource(pattern));
  }

  #keys<S extends object>(source: KeySource): KeysQuery<S> {
    return new KeysQuery(this.link, { kind: 'keys', source });
  }
}
