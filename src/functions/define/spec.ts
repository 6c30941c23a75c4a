import type { Schema } from './schema.js';

/** What servers know of; see the documentation of FUNCTION LOAD. */
export const FUNCTION_FLAGS = ['no-writes', 'allow-oom', 'allow-stale', 'no-cluster', 'allow-cross-slot-keys'] as const;

export type FunctionFlag = (typeof FUNCTION_FLAGS)[number];

/** What stands for a key: one key, or (the last only) any number of them. */
export type KeySchema =
  | { readonly kind: 'string' | 'bytes' }
  | { readonly kind: 'array'; readonly of: { readonly kind: 'string' | 'bytes' } };

/**
 * The contract of one server function. Names of keys, arguments and fields are identifiers, so that the order in which they
 * are written is the order in which they travel.
 *
 * On the wire: KEYS in order (a last `array` key takes the rest); one ARGV an argument. `string` and `bytes` as they are,
 * `number` and `integer` as decimal text (`NaN`, `Infinity`, `-Infinity`, `-0` too), `boolean` as 1 or 0, everything else as
 * JSON, in which `bytes` are strings with one character (U+0000 to U+00FF) a byte and the numbers that JSON lacks are strings.
 * Trailing nullable arguments may be left out. Replies: `number` as text, `integer` as an integer (beyond ±(2^53 - 64) as text,
 * for node-redis misreads such integers), `boolean` as 1 or 0, null as nil, an array as an array, a record or map as a flat array
 * of names and values.
 */
export interface FunctionSpec {
  readonly name: string;
  readonly flags: readonly FunctionFlag[];
  readonly keys: { readonly [name: string]: KeySchema };
  readonly args: { readonly [name: string]: Schema };
  readonly returns: Schema;
}
