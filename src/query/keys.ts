/** Sources of keys, of what an app hands in: checked here, before anything is read. */

import { checkOptions } from '../engine/check-options.js';
import { showValue } from '../errors.js';
import { parseJsonPath } from '../plan/keys/json-path.js';
import { parseKeyType, parsePackedType, type ReadAs } from '../plan/keys/key-types.js';
import { type DeclaredKeyColumn, makeKeySource, type SourceSpec } from '../plan/keys/make-source.js';
import type { KeySource, PackedType } from '../plan/keys/source.js';
import { isWellFormed } from '../storage/schema.js';
import { invalid } from './arguments.js';
import type { HashSchema, JsonSchema, KeyOptions, KeyType } from './keys-types.js';

/** @throws INVALID_ARGUMENT, as all that follow */
export function hashColumns(schema: HashSchema): readonly DeclaredKeyColumn[] {
  return declared(schema, 'hashes', 'field', (field, name) => {
    if (typeof field === 'string' && isWellFormed(field)) return { field };
    throw invalid(
      `the field of column "${name}" is ${showValue(field)}`,
      "text: { field: 'Unit Price', type: 'float64' }",
    );
  });
}

export function jsonColumns(schema: JsonSchema): readonly DeclaredKeyColumn[] {
  return declared(schema, 'jsonStrings', 'path', (path, name, isName) => {
    // A name alone is that of a member, whatever it holds.
    if (isName) return { path: [name] };
    return { path: typeof path === 'string' ? parseJsonPath(path) : pathOf(path, name) };
  });
}

export function hashesSource(pattern: string, schema: HashSchema, options?: KeyOptions): KeySource {
  return source({ kind: 'hashes', pattern, columns: hashColumns(schema) }, options);
}

export function jsonSource(pattern: string, schema: JsonSchema, options?: KeyOptions): KeySource {
  return source({ kind: 'json', pattern, columns: jsonColumns(schema) }, options);
}

export function stringsSource(pattern: string, type: KeyType, options?: KeyOptions): KeySource {
  return source({ kind: 'strings', pattern, value: typeOf(type, "sf.strings('counter:*', 'int64')") }, options);
}

export function listSource(pattern: string, type: KeyType, options?: KeyOptions): KeySource {
  return source({ kind: 'list', pattern, value: typeOf(type, "sf.list('queue:*', 'utf8')") }, options);
}

export function packedSource(pattern: string, type: PackedType): KeySource {
  return source({ kind: 'packed', pattern, packed: parsePackedType(type) });
}

export const zsetSource = (pattern: string): KeySource => source({ kind: 'zset', pattern });
export const setSource = (pattern: string): KeySource => source({ kind: 'set', pattern });
export const keysSource = (pattern: string): KeySource => source({ kind: 'keys', pattern });

function source(spec: SourceSpec, options: KeyOptions = {}): KeySource {
  if (typeof spec.pattern !== 'string')
    throw invalid(`the pattern is ${showValue(spec.pattern)}`, "a glob as KEYS takes it, e.g. 'order:*'");
  checkOptions(options, ['strict']);
  const { strict = false } = options;
  if (typeof strict !== 'boolean') throw invalid(`strict is ${showValue(strict)}`, 'true or false');
  return makeKeySource({ ...spec, strict });
}

export function typeOf(type: unknown, example: string): ReadAs {
  if (typeof type === 'string') return parseKeyType(type);
  throw invalid(`the type of the values is ${showValue(type)}`, example);
}

type Origin = DeclaredKeyColumn['from'];
const EXAMPLES = {
  hashes: "e.g. { price: 'float64', net: { field: 'Net Price', type: 'decimal(2)' } }",
  jsonStrings: "e.g. { city: 'utf8', price: { path: 'lines[0].price', type: 'float64' } }",
};

/** @param from where a value comes from, by what stands under `part`, or by the name of the column */
function declared(
  schema: unknown,
  method: keyof typeof EXAMPLES,
  part: 'field' | 'path',
  from: (given: unknown, name: string, isName: boolean) => Origin,
): readonly DeclaredKeyColumn[] {
  const hint = EXAMPLES[method];
  if (!isObject(schema)) throw invalid(`${method}(): the schema is ${showValue(schema)}`, hint);
  return Object.entries(schema).map(([name, column]): DeclaredKeyColumn => {
    if (typeof column === 'string') return { name, ...parseKeyType(column), from: from(name, name, true) };
    if (!isObject(column)) throw invalid(`column "${name}" is ${showValue(column)}`, hint);
    checkOptions(column, ['type', part]);
    const { type, [part]: given = name } = column;
    if (typeof type !== 'string') throw invalid(`the type of column "${name}" is ${showValue(type)}`, hint);
    return { name, ...parseKeyType(type), from: from(given, name, column[part] === undefined) };
  });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function pathOf(path: unknown, name: string): readonly (string | number)[] {
  const isStep = (step: unknown): boolean =>
    typeof step === 'string' ? isWellFormed(step) : Number.isSafeInteger(step) && (step as number) >= 0;
  if (Array.isArray(path) && path.length > 0 && path.every(isStep)) return path;
  const shown = Array.isArray(path) ? `[${path.map(showValue).join(', ')}]` : showValue(path);
  throw invalid(`the path of column "${name}" is ${shown}`, "names and places from 0 on: ['lines', 0, 'price']");
}
