/**
 * What a function takes and returns, as plain data: written in TypeScript by `t`, in Lua by annotations, kept in the built
 * library and in release records. Every type survives the way to the server and back without loss, or is refused by name.
 */

export type Schema =
  /** Text, sent as UTF-8. In Lua a string. */
  | { readonly kind: 'string' }
  /** Any bytes: a Buffer for the caller, a string in Lua. */
  | { readonly kind: 'bytes' }
  /** A float64, to the last bit; NaN, Infinity and -0 included. */
  | { readonly kind: 'number' }
  /** A whole number within ±(2^53 - 1). */
  | { readonly kind: 'integer' }
  | { readonly kind: 'boolean' }
  /** Nothing: what a function returns that returns no value. */
  | { readonly kind: 'null' }
  /** A list; its elements may not be null, for a Lua table with holes has no length. */
  | { readonly kind: 'array'; readonly of: Schema }
  /** Fields that are known by name, in this order. */
  | { readonly kind: 'record'; readonly fields: { readonly [name: string]: Schema } }
  /** Any strings to values of one type; not nullable. */
  | { readonly kind: 'map'; readonly of: Schema }
  | { readonly kind: 'nullable'; readonly of: Schema };

/** Keeps the literal types of a schema, from which the types of arguments and results are inferred. */
export const t = {
  string: { kind: 'string' },
  bytes: { kind: 'bytes' },
  number: { kind: 'number' },
  integer: { kind: 'integer' },
  boolean: { kind: 'boolean' },
  null: { kind: 'null' },
  array: <const S extends Schema>(of: S) => ({ kind: 'array', of }) as const,
  record: <const F extends { readonly [name: string]: Schema }>(fields: F) => ({ kind: 'record', fields }) as const,
  map: <const S extends Schema>(of: S) => ({ kind: 'map', of }) as const,
  nullable: <const S extends Schema>(of: S) => ({ kind: 'nullable', of }) as const,
} as const;
