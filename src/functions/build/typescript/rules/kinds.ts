/** What the values of a type may be, in the kinds that JavaScript and Lua treat apart. */

import type { Type, TypeChecker } from 'typescript';
import type { TypeScript } from '../compilers.js';

export type Kind =
  | 'string'
  | 'number'
  | 'boolean'
  | 'null'
  | 'undefined'
  | 'array'
  | 'bytes'
  | 'function'
  | 'class'
  | 'object'
  | 'bigint'
  | 'symbol'
  /** Of `any`, `unknown`, and of type parameters that may be anything. */
  | 'anything';

export type Kinds = ReadonlySet<Kind>;

export function kindsOf(ts: TypeScript, checker: TypeChecker, type: Type): Kinds {
  const found = new Set<Kind>();
  collect({ ts, checker, found }, type);
  return found;
}

interface Collecting {
  readonly ts: TypeScript;
  readonly checker: TypeChecker;
  readonly found: Set<Kind>;
}

const NULLISH: readonly Kind[] = ['null', 'undefined'];

function collect(into: Collecting, type: Type): void {
  const { ts, checker, found } = into;
  const { flags } = type;
  const is = (flag: number) => (flags & flag) !== 0;
  if (type.isUnion()) for (const member of type.types) collect(into, member);
  else if (is(ts.TypeFlags.StringLike)) found.add('string');
  else if (is(ts.TypeFlags.NumberLike)) found.add('number');
  else if (is(ts.TypeFlags.BooleanLike)) found.add('boolean');
  else if (is(ts.TypeFlags.BigIntLike)) found.add('bigint');
  else if (is(ts.TypeFlags.ESSymbolLike)) found.add('symbol');
  else if (is(ts.TypeFlags.Null)) found.add('null');
  else if (is(ts.TypeFlags.Undefined | ts.TypeFlags.Void)) found.add('undefined');
  else if (is(ts.TypeFlags.Never)) return;
  else if (is(ts.TypeFlags.Any | ts.TypeFlags.Unknown)) addAll(found, 'anything', ...NULLISH);
  else if (type.isIntersection()) collectIntersection(into, type.types);
  else if (is(ts.TypeFlags.NonPrimitive)) found.add('object');
  else if (is(ts.TypeFlags.Object)) found.add(objectKind(into, type));
  else {
    const constraint = checker.getBaseConstraintOfType(type);
    if (constraint && constraint !== type) collect(into, constraint);
    else addAll(found, 'anything', ...NULLISH);
  }
}

const addAll = (found: Set<Kind>, ...kinds: readonly Kind[]): void => {
  for (const kind of kinds) found.add(kind);
};

/** `string & { brand }` is a string, `T & {}` what T is but null and undefined. */
function collectIntersection({ ts, checker, found }: Collecting, types: readonly Type[]): void {
  const parts = types.map((type) => kindsOf(ts, checker, type));
  const primitive = parts.find((part) => part.has('string') || part.has('number') || part.has('boolean'));
  const narrow = primitive ?? parts.find((part) => !part.has('anything')) ?? (parts[0] as Kinds);
  for (const kind of narrow) {
    if (!NULLISH.includes(kind) || parts.every((part) => part.has(kind))) found.add(kind);
  }
}

function objectKind({ ts, checker }: Collecting, type: Type): Kind {
  if (checker.isArrayType(type) || checker.isTupleType(type)) return 'array';
  if (type.symbol?.name === 'Bytes') return 'bytes';
  if (type.getConstructSignatures().length > 0) return 'class';
  if (type.getCallSignatures().length > 0) return 'function';
  // `{}` as a type takes everything but null and undefined; as the type of a literal it is an object.
  const empty = type.getProperties().length === 0 && checker.getIndexInfosOfType(type).length === 0;
  const written = type.symbol && (type.symbol.flags & ts.SymbolFlags.TypeLiteral) !== 0;
  return empty && (written || !type.symbol) ? 'anything' : 'object';
}
