/** Schemas of keys by their patterns, as a file or a program has them, for SQL that does not name columns. */

import { ShardfoldError, showValue } from '../errors.js';
import { globMatcher } from '../plan/keys/glob.js';
import { byteText } from '../plan/keys/glob-tokens.js';
import { parsePackedType } from '../plan/keys/key-types.js';
import { type KeyShape, makeKeySource } from '../plan/keys/make-source.js';
import type { KeyKind } from '../plan/keys/source.js';
import { closest } from '../suggest.js';
import { invalid } from './arguments.js';
import { hashColumns, jsonColumns, typeOf } from './keys.js';
import type { HashSchema, JsonSchema, KeyType, PackedType } from './keys-types.js';

/** What keys of one kind hold. */
export type KeySchema =
  | { readonly kind: 'hashes'; readonly columns: HashSchema }
  | { readonly kind: 'json'; readonly columns: JsonSchema }
  | { readonly kind: 'strings' | 'list'; readonly type: KeyType }
  | { readonly kind: 'packed'; readonly type: PackedType }
  | { readonly kind: 'zset' | 'set' | 'keys' };

/** By pattern: `{ 'order:*': { kind: 'hashes', columns: { price: 'float64' } } }`; a list where keys of several kinds lie there. */
export type KeySchemas = Readonly<Record<string, KeySchema | readonly KeySchema[]>>;

const EXAMPLE = "e.g. { 'order:*': { kind: 'hashes', columns: { price: 'float64' } } }";

const SHAPES: Readonly<Record<KeyKind, (schema: { readonly columns?: unknown; readonly type?: unknown }) => KeyShape>> =
  {
    hashes: ({ columns }) => ({ columns: hashColumns(columns as HashSchema) }),
    json: ({ columns }) => ({ columns: jsonColumns(columns as JsonSchema) }),
    strings: ({ type }) => ({ value: typeOf(type, "{ kind: 'strings', type: 'int64' }") }),
    list: ({ type }) => ({ value: typeOf(type, "{ kind: 'list', type: 'utf8' }") }),
    packed: ({ type }) => ({ packed: parsePackedType(type) }),
    zset: () => ({}),
    set: () => ({}),
    keys: () => ({}),
  };

interface Known {
  readonly pattern: string;
  readonly kind: KeyKind;
  readonly shape: KeyShape;
  readonly matches: (pattern: string) => boolean;
}

/**
 * What is known of keys by their kind and pattern. A pattern that is not named takes what is said of the first one that matches it, as
 * `order:*` matches `order:7*`.
 * @throws INVALID_ARGUMENT naming the pattern
 */
export function keyShapes(schemas: KeySchemas): (kind: KeyKind, pattern: string) => KeyShape | undefined {
  if (!isObject(schemas)) throw invalid(`the schemas are ${showValue(schemas)}`, EXAMPLE);
  const known = Object.entries(schemas).flatMap(([pattern, given]) =>
    (Array.isArray(given) ? given : [given]).map((schema: unknown) => checked(pattern, schema)),
  );
  return (kind, pattern) => {
    const ofKind = known.filter((each) => each.kind === kind);
    const found = ofKind.find((each) => each.pattern === pattern) ?? ofKind.find(({ matches }) => matches(pattern));
    return found?.shape;
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function checked(pattern: string, schema: unknown): Known {
  try {
    if (!isObject(schema)) throw invalid(`it is ${showValue(schema)}`, EXAMPLE);
    const kinds = Object.keys(SHAPES);
    const kind = kinds.find((each): each is KeyKind => each === schema.kind);
    if (kind === undefined) {
      const near = typeof schema.kind === 'string' ? closest(schema.kind, kinds) : undefined;
      throw invalid(
        `its kind is ${showValue(schema.kind)}`,
        near ? `did you mean '${near}'?` : `one of ${kinds.join(', ')}`,
      );
    }
    const shape = SHAPES[kind](schema);
    // What can be wrong with a source is said now, whether or not anybody asks for it.
    makeKeySource({ kind, pattern, ...shape });
    const matcher = globMatcher(pattern);
    return { pattern, kind, shape, matches: (other) => matcher(byteText(other)) };
  } catch (error) {
    if (!(error instanceof ShardfoldError)) throw error;
    const { code, message, hint = EXAMPLE } = error;
    throw new ShardfoldError(code, `the schema of ${JSON.stringify(pattern)}: ${message}`, { hint, cause: error });
  }
}
